"""Figures of notebook 43: the bottleneck, the half-life, the target and the effect are in the titles."""

import numpy as np
import pandas as pd
import pytest
from crossborder.charts import marketing_customers as charts


def said(fig) -> str:
    texts = " ".join(text.get_text() for text in fig.findobj(lambda one: hasattr(one, "get_text")))
    return " ".join(texts.split(" ")).replace("\n", " ")


def test_the_costliest_step_is_the_title():
    steps = pd.DataFrame(
        {"step": ["visits", "carts"], "people": [1000.0, 240.0], "rate": [1.0, 0.24], "gap_value": [0.0, 5000.0]}
    )
    assert "The step to carts loses most" in said(charts.funnel(steps, "carts"))


@pytest.mark.parametrize(("half", "words"), [(6.5, "halves every 6.5 months"), (np.inf, "does not fade")])
def test_half_life_is_said_or_that_there_is_none(half, words):
    months = pd.date_range("2025-01-01", periods=8, freq="MS")
    matrix = pd.DataFrame(np.linspace(0.3, 0.1, 64).reshape(8, 8), index=months)
    curve = pd.DataFrame({"month": np.arange(8), "share": 0.2, "low": 0.18, "high": 0.22})
    assert words in said(charts.cohort_heat(matrix, curve, half))


def test_calibration_stands_beside_repeating_the_past():
    table = pd.DataFrame(
        {"frequency": [0, 1, 2], "actual": [0.1, 0.3, 0.6], "expected": [0.1, 0.3, 0.5]}
    ).assign(actual_low=lambda f: f["actual"] - 0.05, actual_high=lambda f: f["actual"] + 0.05)  # fmt: skip
    text = said(charts.calibration(table, pd.Series({"expected_over_actual": 0.95, "naive_over_actual": 1.4})))
    assert "expects 95" in text and "expects 140" in text and "2+" in text


def test_only_channels_that_reach_the_target_for_certain_count():
    frame = pd.DataFrame(
        {"ratio": [4.0, 3.2], "ratio_low": [3.5, 2.8], "ratio_high": [5.0, 3.6]}, index=["ads", "mail"]
    )
    assert "1 of 2 channels return 3 times" in said(charts.value_over_cost(frame, 3.0))


def test_the_effect_stands_beside_the_naive_one():
    rows = pd.DataFrame({"estimate": [48.0, 11.0], "low": [46.0, 8.0], "high": [50.0, 14.0]}, index=["plain", "timed"])
    text = said(charts.effect_forest(rows, 12.4))
    assert "48 more" in text and "brings USD\u200911" in text and "truth 12.4" in text


def test_numbers_of_mails_that_cannot_be_told_apart_are_named():
    frame = pd.DataFrame({"sends": [1, 2, 3], "value": [0.1, 0.12, 0.05]})
    frame = frame.assign(value_low=frame["value"] - 0.015, value_high=frame["value"] + 0.015)
    assert "2 e-mails a week bring most; 1 to 2" in said(charts.email_value(frame))
    sure = frame.assign(value_low=frame["value"] - 0.001, value_high=frame["value"] + 0.001)
    assert "cannot be told apart" not in said(charts.email_value(sure))


def effects() -> pd.DataFrame:
    rows = pd.DataFrame(
        {"covariate": ["market", "channel", "channel"], "value": ["DE", "mail", "ads"], "rate": [0.95, 1.4, 1.0]}
    )
    return rows.assign(rate_low=rows["rate"] - 0.1, rate_high=rows["rate"] + 0.1)


def test_covariates_that_stand_apart_are_counted_beside_chance():
    text = said(charts.covariate_forest(effects(), level=0.8))
    assert "1 of 3 markets and channels" in text and "1 would by chance" in text
    assert "by market" in text and "by channel" in text


def test_subtitles_follow_the_level():
    frame = pd.DataFrame({"sends": [1, 2], "value": [0.1, 0.12], "value_low": [0.09, 0.1], "value_high": [0.11, 0.13]})
    rows = pd.DataFrame({"estimate": [48.0, 11.0], "low": [46.0, 8.0], "high": [50.0, 14.0]}, index=["plain", "timed"])
    ratios = pd.DataFrame({"ratio": [4.0], "ratio_low": [3.5], "ratio_high": [5.0]}, index=["ads"])
    made = [
        charts.email_value(frame, level=0.8), charts.effect_forest(rows, None, level=0.8),
        charts.value_over_cost(ratios, 3.0, level=0.8), charts.covariate_forest(effects(), level=0.8),
    ]  # fmt: skip
    for fig in made:
        assert "80\u2009%" in said(fig) and "90\u2009%" not in said(fig)
