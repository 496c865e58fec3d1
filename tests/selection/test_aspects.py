import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.reference.files import read
from crossborder.selection import aspects, sentiment


def word(kind: str, label: str) -> str:
    """A word of the English list that stands for the label and needs no pattern."""
    rows = read("review_words.csv")
    rows = rows[(rows["kind"] == kind) & (rows["label"] == label) & (rows["language"] == "en")]
    return next(p for one in rows["pattern"] for p in one.split("|") if p.replace(" ", "").isalpha())


def reviews(texts: list[str], market: str = "US") -> pd.DataFrame:
    ids = [f"{market}{i}" for i in range(len(texts))]
    return pd.DataFrame({"review_id": ids, "market": market, "language": "en", "text": texts})


def labels(kind: str) -> list[str]:
    rows = read("review_words.csv")
    return sorted(rows[(rows["kind"] == kind) & (rows["language"] == "en")]["label"].unique())


def test_clauses_end_at_stops_and_turning_words():
    found = aspects.clauses(reviews(["Fine box, but late. 好"]))
    assert found["clause"].tolist() == ["fine box", "late", "好"]


def test_mentions_are_found_and_an_unread_language_is_refused():
    label = labels("aspect")[0]
    pieces = aspects.clauses(reviews([f"the {word('aspect', label)} pleased us", "nothing to say"]))
    found = aspects.mentions(pieces)
    assert found["label"].tolist() == [label] and found["review_id"].tolist() == ["US0"]
    with pytest.raises(Refusal, match="'xx'"):
        aspects.mentions(pieces.assign(language="xx"))
    with pytest.raises(InputError, match="kind"):
        aspects.mentions(pieces, "smell")


def test_a_value_word_is_typical_where_it_is_said_more():
    first, other = labels("value")[:2]
    us = reviews([f"very {word('value', first)}"] * 30 + [f"very {word('value', other)}"] * 10, "US")
    de = reviews([f"very {word('value', first)}"] * 10 + [f"very {word('value', other)}"] * 30, "DE")
    found = aspects.value_words(aspects.clauses(pd.concat([us, de], ignore_index=True)))
    cell = found.set_index(["market", "label"])
    assert cell.loc[("US", first), ["mentions", "share"]].tolist() == [30, 0.75]
    assert cell.loc[("US", first), "low"] < 0.75 < cell.loc[("US", first), "high"]
    # Monroe, Colaresi and Quinn (2008): prior of 10 pseudo words in the overall shares (here one half each).
    delta = np.log(35 / 15) - np.log(15 / 35)
    assert cell.loc[("US", first), "z"] == pytest.approx(delta / np.sqrt(1 / 35 + 1 / 15))
    assert cell.loc[("DE", first), "z"] == pytest.approx(-cell.loc[("US", first), "z"])


def test_needs_scenes_and_emotions_that_come_together_are_lifted():
    need, scene = labels("need")[0], labels("scene")[0]
    need_b, scene_b = labels("need")[1], labels("scene")[1]
    texts = [f"{word('need', need)} {word('scene', scene)}"] * 10
    texts += [f"{word('need', need_b)} {word('scene', scene_b)}"] * 10
    rows = reviews(texts)
    found = aspects.triples(aspects.clauses(rows), rows)
    top = found[(found["need"] == need) & (found["scene"] == scene) & (found["emotion"] == "none")].iloc[0]
    assert (top["reviews"], top["support"]) == (10, 0.5)
    assert top["lift"] == pytest.approx(0.5 / (0.5 * 0.5 * 1.0))


def test_the_weight_of_a_need_is_what_is_often_named_and_often_bad():
    table = pd.DataFrame(
        {"market": "US", "label": ["a", "b"], "mentions": [10, 30], "good": [0.5, 0.9], "low": [0.4, 0.8],
         "high": [0.6, 0.95]}
    )  # fmt: skip
    found = aspects.need_weights(table).set_index("label")
    assert found["weight"].sum() == pytest.approx(1)
    assert found.loc["a", "weight"] == pytest.approx(5 / 8)


def test_a_rise_of_mentions_is_a_ratio_of_shares():
    day = pd.Timestamp("2026-01-01")
    dates = [day - pd.Timedelta(days=30)] * 100 + [day + pd.Timedelta(days=30)] * 100
    rows = reviews(["x"] * 200).assign(date=dates)
    hits = rows["review_id"].iloc[[*range(10), *range(100, 140)]]
    found = aspects.change_of_mentions(pd.DataFrame({"review_id": hits, "label": "size"}), rows, day).iloc[0]
    assert found["change"] == pytest.approx((40.5 / 101) / (10.5 / 101) - 1)
    assert 0 < found["low"] < found["change"] < found["high"]
    with pytest.raises(Refusal, match="29 reviews after"):
        aspects.change_of_mentions(pd.DataFrame({"review_id": hits, "label": "size"}), rows.iloc[:129], day)


def test_recall_and_precision_by_hand():
    named = pd.DataFrame(
        {"review_id": ["1", "2", "3"], "label": ["size", "size", "price"], "clause": "", "language": "en"}
    )
    known = pd.DataFrame({"review_id": ["1", "4", "3"], "label": ["size", "size", "price"]})
    found = aspects.recall(named, known).set_index("label")
    assert found.loc["size", ["known", "recall", "precision"]].tolist() == [2, 0.5, 0.5]
    assert found.loc["price", ["known", "recall", "precision"]].tolist() == [1, 1.0, 1.0]


def test_clauses_are_scored_alone(plain_reviews):
    model = sentiment.train(plain_reviews)
    one = plain_reviews.head(1).assign(text="great quality but slow delivery")
    named = aspects.mentions(aspects.clauses(one))
    tone = model.score(named["clause"], named["language"]).set_axis(named["label"])
    assert tone["quality"] > 0.5 > tone["delivery"]


def test_weights_of_needs_add_up_in_each_market(plain_reviews):
    table = aspects.aspect_table(aspects.mentions(aspects.clauses(plain_reviews)), sentiment.train(plain_reviews))
    needs = aspects.need_weights(table)
    assert needs.groupby("market")["weight"].sum().to_numpy() == pytest.approx(1)
    assert ((needs["weight_low"] <= needs["weight"]) & (needs["weight"] <= needs["weight_high"])).all()


def test_a_planted_change_of_mentions_is_found(plain_reviews):
    late = plain_reviews.assign(date=pd.Timestamp("2025-06-01"), review_id="E" + plain_reviews["review_id"])
    late["text"] = late["text"].str.replace("slow delivery", "broke after a week")
    both = pd.concat([late, plain_reviews.assign(date=pd.Timestamp("2026-03-01"))])
    found = aspects.change_of_mentions(aspects.mentions(aspects.clauses(both)), both, "2026-01-01").set_index("label")
    assert found.loc["delivery", "low"] > 0
    assert found.loc["durability", "high"] < 0


def test_wording_without_the_usual_words_is_hard(plain_reviews):
    """A reader of one language is tried on that language alone; what the lists do not name is not found."""
    found = aspects.unseen_wording(sentiment.train(plain_reviews))
    every = read("review_check_sentences.csv")
    assert found["count"] == (every["language"] == "en").sum() == 16
    assert every.groupby(["language", "label"])["good"].agg(set).map(len).eq(2).all(), "one good and one bad each"
    assert 0 < found["found"] < 0.9
    assert 0 <= found["tone_right"] <= 1
