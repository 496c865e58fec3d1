"""Figures of what buyers say: titles state what the tables hold, and emptiness is said."""

import numpy as np
import pandas as pd
import pytest
from crossborder.charts import selection_voice as charts

WEEKS = pd.date_range("2023-10-30", periods=150, freq="W-MON")


def said(fig) -> str:
    return " ".join(text.get_text() for text in fig.findobj(lambda one: hasattr(one, "get_text")))


def aspects() -> pd.DataFrame:
    return pd.DataFrame(
        {"market": ["DE", "US"], "label": "packaging", "mentions": [40, 60], "good": [0.25, 0.8], "low": [0.2, 0.7],
         "high": [0.3, 0.9]}
    )  # fmt: skip


def test_the_least_content_market_is_named_with_its_interval():
    assert "DE buyers are least content with packaging: 25 % of mentions are good" in plain(
        charts.aspect_map(aspects())
    )


def plain(fig) -> str:
    return said(fig).replace("\u2009", " ").replace("\n", " ")


def test_the_weakest_language_is_named():
    held = pd.DataFrame(
        {"language": ["en", "id"], "reviews": [100, 90], "accuracy": [0.9, 0.81], "low": [0.85, 0.75],
         "high": [0.95, 0.86], "always_the_same": [0.7, 0.6]}
    )  # fmt: skip
    assert "read right in 81 % or more; the weakest is id" in plain(charts.sentiment_check(held))


def together(emotion: str = "joy") -> pd.DataFrame:
    return pd.DataFrame(
        {"market": ["JP"], "need": ["space"], "scene": ["flat"], "emotion": [emotion], "reviews": [20], "lift": [1.8]}
    )


def test_the_strongest_triple_makes_the_title():
    assert "JP: space meets flat and leaves joy" in plain(charts.triples(together()))


def test_the_most_typical_value_word_makes_the_title():
    words = pd.DataFrame(
        {"market": ["SA", "DE"], "label": ["premium", "natural"], "mentions": [50, 40], "share": [0.52, 0.44],
         "z": [8.0, 5.0]}
    )  # fmt: skip
    assert "In SA value means premium: 52 % of value words" in plain(charts.value_words(words))


def searches() -> tuple[pd.DataFrame, pd.DataFrame]:
    interest = pd.DataFrame({"week": WEEKS, "market": "GB", "term": "canopies", "interest": np.linspace(90, 200, 150)})
    row = {"market": "GB", "term": "canopies", "week": WEEKS[100], "size": 1.0, "low": 0.9, "high": 1.1, "found": True}
    return pd.DataFrame([row]), interest


def test_breakouts_are_counted_and_the_largest_named():
    found, interest = searches()
    assert "1 terms broke out; canopies in GB jumped by 100 %" in plain(charts.breakouts(found, interest))


def test_the_best_paid_attribute_is_named():
    paid = pd.DataFrame(
        {"market": ["SA", "DE"], "attribute": "local_culture", "premium": [0.22, 0.01], "low": [0.17, -0.03],
         "high": [0.27, 0.05]}
    )  # fmt: skip
    assert "Buyers in SA pay most for local culture: 22 % of the price" in plain(charts.premiums(paid))


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: charts.triples(together("none")), "No need, scene and emotion come together"),
        (
            lambda: charts.value_words(pd.DataFrame()),
            "No review names a value",
        ),
        (lambda: charts.aspect_map(aspects().head(0)), "No aspect is named in enough reviews"),
        (lambda: charts.breakouts(searches()[0].assign(found=False), searches()[1]), "No search term broke out"),
    ],
)
def test_what_is_not_there_is_said(draw, words):
    fig = draw()
    assert words in plain(fig) and len(fig.png()) > 0
