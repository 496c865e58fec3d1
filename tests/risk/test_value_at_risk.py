"""Value at risk and expected shortfall: closed forms, plain loops, and the real exchange rates."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.reference import exchange
from crossborder.risk import backtests, basket, value_at_risk
from hypothesis import given, settings
from hypothesis import strategies as st

BASKET = "EUR .35, GBP .20, JPY .15, BRL .15, MXN .15"


@pytest.fixture(scope="module", params=["CNY", "USD"])
def one_day(request):
    """One-day forecasts at 99 % on the real history, 2015 to 2025."""
    weights = basket.parse(BASKET)
    rates = exchange.rates(weights.index, base=request.param, start="2010-07-01", end="2025-12-31")
    revenue = basket.weighted(basket.home_returns(rates), weights)
    return value_at_risk.one_day_forecasts(revenue, 0.99, start="2015-01-02")


def test_filtered_history_passes_and_gaussian_limits_fail_on_real_rates(one_day):
    summary = backtests.summary(one_day, 0.99).set_index("model")
    assert summary.loc["ewma_fhs", "kupiec_p"] > 0.05
    assert summary.loc["ewma_fhs", "coverage_p"] > 0.05
    assert summary.loc["ewma_fhs", "independence_p"] > 0.05
    assert not summary.loc[["constant_normal", "ewma_normal", "garch_normal"], "passes"].any()
    assert summary["observations"].eq(2816).all()


def test_rolling_historical_equals_the_loop():
    returns = np.random.default_rng(1).standard_t(4, 700)
    fast = value_at_risk.rolling_historical(returns, 0.975, 250)
    for day in (250, 251, 480, 699):
        window = returns[day - 250 : day]
        expected = (value_at_risk.historical_var(window, 0.975), value_at_risk.historical_es(window, 0.975))
        assert tuple(fast[day]) == pytest.approx(expected)
    assert np.isnan(fast[:250]).all()


def test_filtered_history_is_plain_history_when_volatility_is_constant():
    returns = np.random.default_rng(2).normal(size=900)
    plain = value_at_risk.rolling_historical(returns, 0.99, 500)
    filtered = value_at_risk.filtered_historical(returns, np.full(900, 3.7), 0.99)
    np.testing.assert_allclose(plain[500:], filtered[500:])


def test_student_tends_to_normal():
    ours = [float(f(0.01, 1e7, 0.99)) for f in (value_at_risk.student_var, value_at_risk.student_es)]
    assert ours == pytest.approx(
        [float(value_at_risk.normal_var(0.01, 0.99)), float(value_at_risk.normal_es(0.01, 0.99))], rel=1e-5
    )


def test_student_shortfall_equals_its_integral():
    from scipy.integrate import quad

    mean_tail = quad(lambda u: float(value_at_risk.student_var(1.0, 5.0, u)), 0.99, 1 - 1e-12, limit=200)[0] / 0.01
    assert float(value_at_risk.student_es(1.0, 5.0, 0.99)) == pytest.approx(mean_tail, rel=1e-4)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1, 1, allow_nan=False), min_size=30, max_size=300), st.floats(0.8, 0.96))
def test_shortfall_is_at_least_the_value_at_risk_and_grows_with_the_level(values, level):
    assert value_at_risk.historical_es(values, level) >= value_at_risk.historical_var(values, level) - 1e-12
    higher = value_at_risk.historical_var(values, min(level + 0.03, 0.966))
    assert higher >= value_at_risk.historical_var(values, level) - 1e-12


def test_month_horizon_of_independent_normal_days_scales_with_the_root_of_time():
    rng = np.random.default_rng(3)
    returns = pd.Series(rng.normal(0, 0.01, 4000), pd.bdate_range("2005-01-03", periods=4000))
    month = value_at_risk.horizon_forecasts(returns, 0.95, 21, start=returns.index[1500], paths=1000, rng=rng)
    mean = month.groupby("model")["var"].mean()
    assert mean.to_dict() == pytest.approx(dict.fromkeys(mean.index, 1.645 * 0.01 * np.sqrt(21)), rel=0.08)
    assert month.groupby("model")["date"].count().eq((4000 - 1500) // 21).all()


def test_month_forecasts_do_not_see_their_own_block():
    rng = np.random.default_rng(4)
    returns = pd.Series(rng.normal(0, 0.01, 1300), pd.bdate_range("2015-01-01", periods=1300))
    later = returns.copy()
    later.iloc[1150:] = 0.5
    first, second = (
        value_at_risk.horizon_forecasts(r, 0.95, 21, start=returns.index[1150], rng=np.random.default_rng(5))
        for r in (returns, later)
    )
    pick = first["date"] == returns.index[1150]
    np.testing.assert_allclose(first.loc[pick, "var"], second.loc[pick, "var"])


def test_a_start_without_history_is_refused_with_the_first_day_that_works():
    returns = pd.Series(np.random.default_rng(6).normal(size=1200), pd.bdate_range("2015-01-01", periods=1200))
    with pytest.raises(Refusal, match=r"0 returns lie before it, 1000 are needed[\s\S]*from 2018-11-01 on"):
        value_at_risk.one_day_forecasts(returns, 0.99, start="2015-01-01")


def test_an_empty_tail_is_refused():
    with pytest.raises(Refusal, match=r"tail would hold 0\.5 of them"):
        value_at_risk.historical_var(np.zeros(50), 0.99)


@pytest.mark.parametrize("level", [0.01, 1.0, 99])
def test_a_level_that_is_not_a_confidence_is_refused(level):
    with pytest.raises(InputError, match=r"above 0\.5 and below 1"):
        value_at_risk.normal_var(1.0, level)


def test_an_unknown_model_names_the_known_ones():
    returns = pd.Series(np.zeros(10), pd.bdate_range("2015-01-01", periods=10))
    with pytest.raises(InputError, match="did you mean 'ewma_normal'"):
        value_at_risk.one_day_forecasts(returns, 0.99, start="2015-01-05", models=["ewma_norm"])
