"""Forwards, swaps and minimum-variance hedges: identities."""

import numpy as np
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import hedging
from hypothesis import given, settings
from hypothesis import strategies as st

RATE = st.floats(-0.05, 0.25)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 200), RATE, RATE, st.floats(0.01, 5))
def test_no_arbitrage_at_the_covered_forward(spot, home, foreign, years):
    forward = float(hedging.covered_forward(spot, home, foreign, years))
    assert hedging.arbitrage_profit(forward, spot, home, foreign, years, 1.0) == pytest.approx(0, abs=1e-9 * spot)
    assert float(hedging.implied_carry(spot, forward, years)) == pytest.approx(home - foreign, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.5, 2), min_size=1, max_size=12))
def test_a_par_forward_lies_between_the_forwards_and_is_worth_the_same(forwards):
    factors = 0.99 ** np.arange(1, len(forwards) + 1)
    par = hedging.par_forward(forwards, factors)
    assert min(forwards) - 1e-12 <= par <= max(forwards) + 1e-12
    assert (np.array(forwards) - par) @ factors == pytest.approx(0, abs=1e-12)


def test_a_fair_swap_is_worth_nothing():
    years = np.array([1.0, 2.0])
    home, foreign = np.array([5.0, 105.0]), np.array([3.0, 103.0])
    fair = (home @ np.exp(-0.04 * years)) / (foreign @ np.exp(-0.02 * years))
    value = hedging.currency_swap_value(home, foreign, years, spot=fair, home_rate=0.04, foreign_rate=0.02)
    assert value == pytest.approx(0, abs=1e-10)


def test_swap_saving_by_hand():
    """Gaps of 2.0 and 0.4 points leave 1.6 points to share, less a fee of 0.2."""
    saving = hedging.swap_saving(0.07, 0.056, 0.05, 0.052, fee=0.002)
    assert (saving["total"], saving["each"]) == pytest.approx((0.014, 0.007))
    assert saving["own_borrows_home"] == 0.0


def test_the_hedge_ratio_minimises_the_variance():
    rng = np.random.default_rng(1)
    hedge = rng.normal(size=400)
    spot = 0.6 * hedge + rng.normal(size=400)
    ratio = hedging.min_variance_hedge(spot, hedge).ratio
    variances = [np.var(spot - h * hedge) for h in (ratio - 0.05, ratio, ratio + 0.05)]
    assert variances[1] == min(variances)


def test_least_variance_weights_give_every_asset_the_same_covariance_with_the_whole():
    factors = np.random.default_rng(2).normal(size=(6, 4))
    covariance = factors.T @ factors
    weights = hedging.min_variance_weights(covariance)
    assert weights.sum() == pytest.approx(1)
    np.testing.assert_allclose(covariance @ weights, (covariance @ weights)[0])


def test_a_pegged_currency_has_no_hedge_ratio():
    with pytest.raises(Refusal, match="does not move"):
        hedging.min_variance_hedge([0.01, -0.01, 0.02], [0.0, 0.0, 0.0])


def test_a_singular_covariance_is_refused():
    with pytest.raises(Refusal, match="singular"):
        hedging.min_variance_weights([[1, 1], [1, 1]])


def test_a_spot_of_zero_is_refused():
    with pytest.raises(InputError, match="above 0"):
        hedging.covered_forward(0.0, 0.01, 0.02, 1)
