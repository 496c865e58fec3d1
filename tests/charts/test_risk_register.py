"""Figures of the register."""

import numpy as np
import pandas as pd
from crossborder.charts import risk_register as charts
from crossborder.risk import frequency_severity


def test_the_reserve_is_answered_in_the_title():
    losses = np.random.default_rng(1).lognormal(10, 1, 5_000)
    curves = {
        "together": frequency_severity.exceedance(losses),
        "independent": frequency_severity.exceedance(losses / 2),
    }
    figure = charts.exceedance(curves, 30_000.0, {"probability": 0.61, "low": 0.5, "high": 0.7})
    assert "61" in figure.title_text
    assert figure.png() == charts.exceedance(curves, 30_000.0, {"probability": 0.61, "low": 0.5, "high": 0.7}).png()


def test_costly_risks_that_the_score_misses_are_counted():
    table = pd.DataFrame(
        {"name": ["a", "b", "c"], "rank_score": [1.0, 2, 3], "rank_tail": [1.0, 3, 2],
         "verdict": ["agrees", "overrated", "underrated"]}
    )  # fmt: skip
    assert "1 costly risk" in charts.disagreement(table, 0.5).title_text


def test_the_largest_part_of_the_tail_is_named():
    table = pd.DataFrame(
        {"name": ["ban", "fire"], "mean_usd": [1.0, 2.0], "tail_usd": [9.0, 3.0], "tail_share": [0.75, 0.25]}
    )
    title = charts.tail(table, level=0.95).title_text
    assert title.startswith("ban")
    assert "75" in title


def test_adequacy_reads_the_share_asked_for():
    table = pd.DataFrame({"share": [0.02, 0.03], "probability": [0.4, 0.6], "low": [0.3, 0.5], "high": [0.5, 0.7]})
    assert "60" in charts.adequacy(table, 0.03).title_text
