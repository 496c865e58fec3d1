"""Figures of notebook 42: titles follow the verdicts, the moves and the tests."""

import numpy as np
import pandas as pd
import pytest
from crossborder.charts import marketing_budget as charts
from crossborder.marketing import budget, response
from crossborder.marketing.response import Curves


def said(fig) -> str:
    return " ".join(text.get_text() for text in fig.findobj(lambda one: hasattr(one, "get_text")))


def test_arms_that_may_be_acted_on_are_counted():
    rows = pd.DataFrame(
        {
            "subject": ["button", "video"],
            "arm": "treatment",
            "lift": [0.1, 0.4],
            "lift_low": [0.05, -0.1],
            "lift_high": [0.15, 0.9],
            "verdict": ["works", "stopped early, not proven"],
        }
    )
    text = said(charts.test_forest(rows))
    assert "1 of 2 arms" in text and "stopped early" in text


@pytest.mark.parametrize(
    ("fixed", "valid", "words"),
    [(0.01, -0.02, "unproven when looks count"), (0.01, 0.005, "proven even though"), (-0.01, -0.02, "proves nothing")],
)
def test_a_watched_test_is_judged_by_the_interval_that_allows_looks(fixed, valid, words):
    path = pd.DataFrame({"effect": [0.02, 0.03], "fixed_low": fixed, "fixed_high": 0.06, "low": valid, "high": 0.07})
    assert words in said(charts.watched_test(path, "long video"))


@pytest.fixture(scope="module")
def move():
    curves = Curves(("ads", "mail"), np.array([10.0, 30.0]), np.full(2, 0.5), "power")
    now = pd.Series({"ads": 80.0, "mail": 40.0})
    best = budget.optimise(curves, now, budget.bounds_from_steps(now, step=0.3))
    draws = Curves(curves.channels, curves.size * np.array([[0.8], [1.0], [1.2]]), curves.half, "power")
    return curves, draws, now, best


def test_curves_name_the_channel_that_is_known_best(move):
    curves, draws, now, best = move
    narrow = Curves(draws.channels, draws.size * [[1.0, 1.0], [1.0, 0.97], [1.0, 0.85]], draws.half, "power")
    table = response.curve_table(curves, narrow, now.to_numpy())
    assert "known best for mail" in said(charts.response_curves(table, best.spend))


def test_moves_say_their_gain_and_their_limits(move):
    _, draws, now, best = move
    gain = budget.gain_interval(draws, best.spend, now)
    text = said(charts.budget_arrows(best.certificate, gain))
    assert "a week more" in text and "at high" in text


def rois(width: float) -> pd.DataFrame:
    middle = pd.Series({"ads": 2.0, "mail": 4.0})
    return pd.DataFrame({"roi": middle, "roi_low": middle - width, "roi_high": middle + width})


def test_tests_that_narrow_are_said_to_and_truth_is_counted():
    assert "narrow 2 of 2" in said(charts.calibration_pairs(rois(1.0), rois(0.5), None))
    assert "narrow no return" in said(charts.calibration_pairs(rois(1.0), rois(1.0), None))
    known = pd.Series({"ads": 2.1, "mail": 9.0})
    assert "1 of 2 intervals hold" in said(charts.calibration_pairs(rois(1.0), rois(0.5), known))


def test_worlds_count_the_moves_that_gain():
    errors = pd.DataFrame(
        {"model": ["plain", "calibrated"] * 3, "covered": 0.9, "share_distance": 0.1, "true_gain": [0.1] * 5 + [-0.1]}
    )
    text = said(charts.worlds(errors))
    assert "In 3 worlds" in text and "gains in 2" in text


def test_subtitles_follow_the_level(move):
    curves, draws, now, best = move
    table = response.curve_table(curves, draws, now.to_numpy(), level=0.8)
    path = pd.DataFrame({"effect": [0.02, 0.03], "fixed_low": 0.0, "fixed_high": 0.06, "low": -0.1, "high": 0.07})
    made = [
        charts.response_curves(table, best.spend, level=0.8), charts.watched_test(path, "video", level=0.8),
        charts.calibration_pairs(rois(1.0), rois(0.5), None, level=0.8),
    ]  # fmt: skip
    for fig in made:
        assert "80\u2009%" in said(fig) and "90\u2009%" not in said(fig)
