"""Volatility: recursions against plain loops, GARCH against an independent library, breaks against simulated ones."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import volatility
from hypothesis import given, settings
from hypothesis import strategies as st


def garch_path(days: int, seed: int, nu: float = np.inf) -> np.ndarray:
    """A simulated GARCH(1,1) path written as the plain loop."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal(days) if np.isinf(nu) else rng.standard_t(nu, days) * np.sqrt((nu - 2) / nu)
    variance, returns = 4e-5, np.empty(days)
    for day in range(days):
        returns[day] = np.sqrt(variance) * noise[day]
        variance = 1e-6 + 0.06 * returns[day] ** 2 + 0.915 * variance
    return returns


def test_ewma_equals_the_loop():
    returns = np.random.default_rng(1).normal(size=1300)
    expected = [0.7]
    for value in returns[:-1]:
        expected.append(0.97 * expected[-1] + 0.03 * value**2)
    np.testing.assert_allclose(volatility.ewma_variance(returns, 0.97, start=0.7), expected, rtol=1e-12)


def test_ewma_forecast_does_not_see_its_own_day():
    returns = np.random.default_rng(2).normal(size=400)
    changed = returns.copy()
    changed[300] = 50.0
    before, after = volatility.ewma_variance(returns), volatility.ewma_variance(changed)
    np.testing.assert_array_equal(before[:301], after[:301])
    assert after[301] > before[301]


def test_garch_variance_equals_the_loop():
    returns = garch_path(600, 3)
    model = volatility.Garch(1e-4, 1e-6, 0.06, 0.91, np.inf, 0.0, 4e-5, converged=True)
    expected = [1e-6 + 0.97 * 4e-5]
    for value in returns:
        expected.append(1e-6 + 0.06 * (value - 1e-4) ** 2 + 0.91 * expected[-1])
    np.testing.assert_allclose(volatility.garch_variance(returns, model), expected, rtol=1e-10)


@pytest.mark.parametrize(("distribution", "nu"), [("normal", np.inf), ("t", 6.0)])
def test_garch_finds_the_maximum_that_arch_finds(distribution, nu):
    """Oracle: arch 8.0, constant mean, the same backcast."""
    from arch import arch_model

    returns = garch_path(2500, 4, nu)
    ours = volatility.fit_garch(returns, distribution)
    oracle = arch_model(100 * returns, mean="Constant", vol="GARCH", p=1, q=1, dist=distribution, rescale=False)
    theirs = oracle.fit(disp="off", backcast=1e4 * ours.backcast)
    assert ours.converged
    assert ours.log_likelihood - len(returns) * np.log(100) == pytest.approx(theirs.loglikelihood, abs=1e-3)
    assert (ours.alpha, ours.beta) == pytest.approx((theirs.params["alpha[1]"], theirs.params["beta[1]"]), abs=2e-3)


def test_garch_gradient_is_the_slope_of_the_loss():
    returns = garch_path(400, 5)
    scaled = returns / returns.std()
    for free in ([0.02, -3.0, 2.0, -2.0], [0.02, -2.0, 1.0, -1.5, 1.2]):
        origin = np.array(free)
        _, gradient = volatility._loss(origin, scaled, 1.0)
        step = 1e-6 * np.eye(len(origin))
        slopes = [
            (volatility._loss(origin + s, scaled, 1.0)[0] - volatility._loss(origin - s, scaled, 1.0)[0]) / 2e-6
            for s in step
        ]
        np.testing.assert_allclose(gradient, slopes, atol=1e-7)


def test_rolling_garch_uses_earlier_days_only():
    index = pd.bdate_range("2015-01-01", periods=700)
    returns = pd.Series(garch_path(700, 6), index=index)
    late = returns.copy()
    late.iloc[650:] *= 5
    first = volatility.rolling_garch(returns, start=index[600], refit_days=40)
    second = volatility.rolling_garch(late, start=index[600], refit_days=40)
    pd.testing.assert_frame_equal(first.iloc[:40], second.iloc[:40])
    pd.testing.assert_frame_equal(first.iloc[40:51], second.iloc[40:51])
    assert (second["variance"].iloc[52:] > first["variance"].iloc[52:]).all()


def test_half_life_and_long_run_volatility():
    model = volatility.Garch(0.0, 1e-6, 0.05, 0.90, np.inf, 0.0, 1e-5, converged=True)
    assert 0.95**model.half_life_days == pytest.approx(0.5)
    assert model.long_run_volatility == pytest.approx(np.sqrt(1e-6 / 0.05))


def test_a_jump_in_volatility_is_found_near_its_day():
    rng = np.random.default_rng(7)
    returns = pd.Series(
        np.r_[rng.normal(0, 0.004, 800), rng.normal(0, 0.012, 600)], pd.bdate_range("2012-01-02", periods=1400)
    )
    breaks = volatility.variance_breaks(returns)
    assert len(breaks) == 2
    assert abs(breaks["days"].iloc[0] - 800) < 40
    assert breaks["volatility_year"].iloc[1] == pytest.approx(0.012 * np.sqrt(252), rel=0.1)


def test_steady_volatility_is_one_regime_in_most_samples():
    index = pd.bdate_range("2012-01-02", periods=1000)
    noise = np.random.default_rng(8).standard_normal((40, 1000))
    found = [len(volatility.variance_breaks(pd.Series(row, index))) > 1 for row in noise]
    assert np.mean(found) <= 0.125  # nominal 5 %; three standard errors above it are 15 %


def test_a_peg_is_refused():
    still = np.zeros(600)
    still[::10] = 0.01
    with pytest.raises(Refusal, match="does not move: a peg"):
        volatility.fit_garch(still)


def test_too_few_returns_are_refused():
    with pytest.raises(Refusal, match="no GARCH from 100 returns"):
        volatility.fit_garch(garch_path(100, 9))


def test_unknown_distribution_names_the_choices():
    with pytest.raises(InputError, match="known: normal, t"):
        volatility.fit_garch(garch_path(300, 9), "cauchy")


def test_missing_levels_drop_out_before_the_change():
    levels = pd.Series([100.0, np.nan, 110.0, 99.0])
    assert volatility.simple_returns(levels).tolist() == pytest.approx([0.10, -0.10])


@settings(max_examples=25, deadline=None)
@given(st.floats(0.5, 0.999), st.lists(st.floats(-1, 1), min_size=2, max_size=200))
def test_ewma_variance_stays_between_the_smallest_and_largest_square(decay, values):
    variance = volatility.ewma_variance(values, decay, start=0.5)
    squares = np.r_[0.5, np.square(values)]
    assert (variance >= squares.min() - 1e-12).all()
    assert (variance <= squares.max() + 1e-12).all()
