"""Cash policies and annuities: best points, inverses, edges."""

import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.finance import cash_policy


def test_the_lot_is_cheapest():
    best = cash_policy.baumol(1e6, 100, 0.05)
    for lot in (0.8 * best["lot"], 1.25 * best["lot"]):
        assert 1e6 / lot * 100 + lot / 2 * 0.05 > best["cost"]
    with pytest.raises(InputError, match="rate"):
        cash_policy.baumol(1e6, 100, 0)


def test_the_band_is_about_a_third():
    band = cash_policy.miller_orr(1e6, 50, 1e-4, lower=500)
    assert band.target - 500 == pytest.approx(band.spread / 3)
    # A random walk between the limits that restarts at a third has its mean at four ninths of the spread.
    assert band.mean == pytest.approx(500 + 4 / 9 * band.spread)
    with pytest.raises(InputError, match="variance_day"):
        cash_policy.miller_orr(-1, 50, 1e-4)


def test_miller_orr_mean_agrees_with_a_simulated_walk():
    band, rng = cash_policy.miller_orr(1.0, 400.0, 0.1), np.random.default_rng(4)
    cash, seen = np.full(4000, band.target), []
    for day in range(600):
        cash = cash + rng.choice([-1.0, 1.0], len(cash))
        cash = np.where((cash <= band.lower) | (cash >= band.upper), band.target, cash)
        if day > 200:
            seen.append(cash.mean())
    assert np.mean(seen) == pytest.approx(band.mean, rel=0.03)


def test_annuities_with_growth_at_the_rate_and_in_advance():
    flows = 100 * 1.03 ** np.arange(10) / 1.08 ** np.arange(1, 11)
    assert float(cash_policy.annuity_value(100, 0.08, 10, growth=0.03)) == pytest.approx(flows.sum())
    assert float(cash_policy.annuity_value(100, 0.03, 10, growth=0.03)) == pytest.approx(1000 / 1.03)
    assert float(cash_policy.annuity_value(100, 0.0, 10)) == pytest.approx(1000)
    assert float(cash_policy.annuity_value(100, 0.08, 10, due=True)) == pytest.approx(
        1.08 * float(cash_policy.annuity_value(100, 0.08, 10))
    )
    with pytest.raises(InputError, match="rate"):
        cash_policy.annuity_value(1, -1.5, 3)


def test_duration_is_the_slope_of_value():
    flows, step = [3.0, 3, 103], 1e-6
    found, up = cash_policy.duration(flows, 0.05), cash_policy.duration(flows, 0.05 + step)
    assert (up["value"] / found["value"] - 1) / step == pytest.approx(-found["modified"], rel=1e-4)
    assert cash_policy.duration([0, 0, 0, 1.0], 0.05)["macaulay"] == pytest.approx(4)
    with pytest.raises(InputError, match="present value"):
        cash_policy.duration([-1.0], 0.05)


def test_a_discount_costs_more_than_its_rate():
    found = cash_policy.discount_cost(100_000, 0.06, 180, fee=500)
    assert found["proceeds"] == pytest.approx(96_500)
    assert found["rate_year"] > 0.06
    with pytest.raises(InputError, match="proceeds"):
        cash_policy.discount_cost(100, 2.5, 180)
