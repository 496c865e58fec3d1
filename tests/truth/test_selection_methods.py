"""Published worked examples of tests, intervals, networks and concentration used by the selection."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import concentration
from crossborder.marketing import experiments
from crossborder.selection import associations, competition, cycle_time, launch_review, pilots


@pytest.mark.parametrize("p1, p2, power, printed", [(0.5, 0.75, 0.9, 76.7069285), (0.1, 0.12, 0.8, 3840.8474824)])
def test_people_a_group_as_in_r(p1, p2, power, printed):
    """R 4, power.prop.test: help page prints n = 76.7."""
    assert experiments.sample_size_proportions(p1, p2, power=power) == pytest.approx(printed, rel=1e-6)


@pytest.mark.parametrize("shares, printed", [([30, 30, 20, 20], 2600), ([100], 10_000), ([10] * 10, 1000)])
def test_concentration_as_published(shares, printed):
    """United States Department of Justice, page on the index: 30, 30, 20 and 20 per cent give 2,600."""
    rows = pd.DataFrame(
        {
            "market": "US",
            "category": "c",
            "niche": "n",
            "seller_id": [str(i) for i in range(len(shares))],
            "price": 1.0,
            "units_month": shares,
            "title": "t",
        }
    )
    assert competition.crowding(rows).loc[0, "concentration"] * 10_000 == pytest.approx(printed)
    assert concentration.hhi(np.array(shares) / 100) == pytest.approx(printed)


@pytest.mark.parametrize(
    "hits, count, low, high", [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)]
)
def test_wilson_interval_as_printed(hits, count, low, high):
    """Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3 (95 %)."""
    found = launch_review.wilson(np.array([hits]), np.array([count]), 0.95)
    assert [found[0][0], found[1][0]] == pytest.approx([low, high], abs=6e-5)


@pytest.mark.parametrize(
    "first, second, low, high",
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((10, 10), (0, 20), 0.6791, 1.0)],
)
def test_difference_of_shares_as_printed(first, second, low, high):
    """Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10 (95 %)."""
    before, after = ({"x": hits, "rest": count - hits} for hits, count in (second, first))
    found = pilots.mix_shift(before, after, "x", 0.95)
    assert found[["low", "high"]].tolist() == pytest.approx([low, high], abs=6e-5)


def test_the_critical_path_of_a_textbook_project():
    """Hillier and Lieberman, Introduction to Operations Research, Reliable Construction Co.: 44 weeks."""
    after = {"A": "", "B": "A", "C": "B", "D": "C", "E": "C", "F": "E", "G": "D", "H": "E|G", "I": "C", "J": "F|I",
             "K": "J", "L": "J", "M": "H", "N": "K|L"}  # fmt: skip
    days = [2, 4, 10, 6, 4, 5, 7, 9, 7, 8, 4, 5, 2, 6]
    steps = pd.DataFrame({"step": list(after), "after": list(after.values()), "days": days})
    found = cycle_time.critical_path(steps).set_index("step")
    assert found["end"].max() == 44
    assert "".join(found.index[found["critical"]]) == "ABCEFJLN"
    assert found.loc["D", "slack"] == 4


def test_rules_of_the_five_baskets_of_the_textbook():
    """Tan, Steinbach and Kumar (2005), Introduction to Data Mining, table 6.1: diapers and beer."""
    baskets = ["bread milk", "bread diapers beer eggs", "milk diapers beer cola", "bread milk diapers beer",
               "bread milk diapers cola"]  # fmt: skip
    rows = pd.DataFrame([(i, item) for i, text in enumerate(baskets) for item in text.split()],
                        columns=["basket", "item"])  # fmt: skip
    found = associations.rules(rows, least=1).set_index(["when", "then"])
    rule = found.loc[("diapers", "beer")]
    assert rule[["support", "confidence", "lift"]].tolist() == pytest.approx([0.6, 0.75, 1.25])
    assert rule[["leverage", "conviction"]].tolist() == pytest.approx([0.12, 1.6])
    assert found.loc[("beer", "diapers"), "conviction"] == np.inf
    assert found["leverage"].notna().all() and found["conviction"].notna().all()


def _closed_form(a: int, b: int, c: int, d: int) -> float:
    """P(Beta(c, d) > Beta(a, b)) as a finite sum. Miller (2014), Formulas for Bayesian A/B testing."""
    from scipy.special import betaln

    i = np.arange(c)
    return float(np.exp(betaln(a + i, b + d) - np.log(d + i) - betaln(1 + i, d) - betaln(a, b)).sum())


@pytest.mark.parametrize("control, treated", [((20, 400), (32, 410)), ((0, 5), (1, 4)), ((900, 20000), (950, 20100))])
def test_chance_and_loss_of_a_better_arm_in_closed_form(control, treated):
    """Miller (2014) for the chance; Stucchio (2015), Bayesian A/B testing at VWO, for the expected loss."""
    a, b, c, d = 1 + control[0], 1 + control[1] - control[0], 1 + treated[0], 1 + treated[1] - treated[0]
    found = pilots.better_rate(control, treated)
    assert found["better"] == pytest.approx(_closed_form(a, b, c, d), abs=1e-7)
    lost = a / (a + b) * (1 - _closed_form(a + 1, b, c, d)) - c / (c + d) * (1 - _closed_form(a, b, c + 1, d))
    assert found["loss_if_changed"] == pytest.approx(lost, rel=1e-6, abs=1e-9)
    assert found["loss_if_kept"] - found["loss_if_changed"] == pytest.approx(c / (c + d) - a / (a + b), abs=1e-10)


def test_the_brier_score_falls_into_its_parts():
    """Murphy (1973), Journal of Applied Meteorology 12: two forecasts of 0.2 and 0.8, checked by hand."""
    found = launch_review.brier_parts([0.2] * 5 + [0.8] * 5, [1, 0, 0, 0, 0, 1, 1, 1, 0, 1])
    assert found == pytest.approx(
        {"brier": 0.16, "reliability": 0.0, "resolution": 0.09, "uncertainty": 0.25, "within": 0.0}, abs=1e-12
    )
