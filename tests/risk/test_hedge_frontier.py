"""Hedges out of sample: no look-ahead, known ratios found again, rules by hand."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import hedge_frontier


@pytest.fixture(scope="module")
def returns() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    eur = rng.normal(0, 0.006, 1500)
    gbp = 0.8 * eur + rng.normal(0, 0.003, 1500)
    return pd.DataFrame({"EUR": eur, "GBP": gbp}, pd.bdate_range("2015-01-01", periods=1500))


WEIGHTS = pd.Series({"EUR": 0.6, "GBP": 0.4})


def test_the_proxy_ratio_is_the_regression_slope(returns):
    ratios = hedge_frontier.proxy_ratios(returns, WEIGHTS, ["EUR"], start=returns.index[600])
    past = returns.iloc[100:600]
    basket = past @ WEIGHTS
    assert ratios["EUR"].iloc[0] == pytest.approx(np.polyfit(past["EUR"], basket, 1)[0])
    assert ratios["EUR"].mean() == pytest.approx(0.6 + 0.4 * 0.8, abs=0.02)


def test_ratios_do_not_see_later_days(returns):
    later = returns.copy()
    later.iloc[620:] *= -3
    first, second = (
        hedge_frontier.proxy_ratios(r, WEIGHTS, ["EUR"], start=returns.index[600]).iloc[:21] for r in (returns, later)
    )
    pd.testing.assert_frame_equal(first, second)


def test_selling_everything_leaves_nothing(returns):
    left = hedge_frontier.hedged_returns(returns, WEIGHTS, WEIGHTS.to_dict())
    np.testing.assert_allclose(left, 0, atol=1e-15)


def test_the_study_orders_hedges_by_what_they_remove(returns):
    study = hedge_frontier.proxy_study(returns, WEIGHTS, start=returns.index[600], rng=np.random.default_rng(2))
    removed = study.set_index("strategy")["variance_removed"]
    assert removed["none"] == 0
    assert removed["largest"] < removed["proxy"] < removed["all"] == pytest.approx(1)
    assert ((study["low"] <= study["variance_removed"]) & (study["variance_removed"] <= study["high"])).all()


def test_the_frontier_marks_what_no_other_hedge_beats(returns):
    basket = returns @ WEIGHTS
    hedged = {"none": basket, "half": 0.5 * basket, "dear half": 0.5 * basket, "full": 0.1 * basket}
    table = hedge_frontier.compare(
        hedged, {"half": 0.01, "dear half": 0.02, "full": 0.03}, rng=np.random.default_rng(3)
    ).set_index("strategy")
    assert table["efficient"].to_dict() == {"none": True, "half": True, "dear half": False, "full": True}
    assert table.loc["half", "variance_removed"] == pytest.approx(0.75)


def test_the_drawdown_trigger_switches_on_and_off_a_day_later():
    rates = pd.DataFrame({"BRL": [1.0, 1.0, 0.84, 0.86, 0.94, 1.0]}, pd.bdate_range("2020-01-01", periods=6))
    position = hedge_frontier.trigger_positions(rates, trigger=0.15)
    assert position["BRL"].tolist() == [0, 0, 0, 1, 1, 0]


def test_the_volatility_trigger_reacts_to_storms():
    rng = np.random.default_rng(4)
    calm, storm = rng.normal(0, 0.003, 300), rng.normal(0, 0.03, 100)
    rates = pd.DataFrame({"BRL": np.exp(np.cumsum(np.r_[calm, storm]))}, pd.bdate_range("2020-01-01", periods=400))
    position = hedge_frontier.trigger_positions(rates, kind="volatility", trigger=0.15)["BRL"]
    assert position.iloc[:300].mean() == 0
    assert position.iloc[320:].mean() > 0.9


def test_wrong_rules_are_named():
    rates = pd.DataFrame({"BRL": [1.0, 1.1]}, pd.bdate_range("2020-01-01", periods=2))
    with pytest.raises(InputError, match="known: drawdown, volatility"):
        hedge_frontier.trigger_positions(rates, kind="moon")
    with pytest.raises(InputError, match="above 0 and below 1"):
        hedge_frontier.trigger_positions(rates, trigger=15)


def test_a_start_without_history_is_refused(returns):
    with pytest.raises(Refusal, match="100 days lie before the start, 500 are needed"):
        hedge_frontier.proxy_ratios(returns, WEIGHTS, ["EUR"], start=returns.index[100])
