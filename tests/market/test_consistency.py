"""Arithmetic of growth, shares and weights."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import consistency
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(max_examples=50)
@given(base=st.floats(0.1, 1e6), rate=st.floats(-0.5, 2.0), years=st.floats(0.5, 30))
def test_each_of_four_is_found_from_the_other_three(base, rate, years):
    if abs(rate) < 1e-3:
        rate = 0.01
    end = consistency.solve(base=base, rate=rate, years=years).end
    assert consistency.solve(end=end, rate=rate, years=years).base == pytest.approx(base, rel=1e-9)
    assert consistency.solve(base=base, end=end, years=years).rate == pytest.approx(rate, rel=1e-7, abs=1e-9)
    assert consistency.solve(base=base, end=end, rate=rate).years == pytest.approx(years, rel=1e-7)


def test_path_runs_backward_too():
    path = consistency.growth_path(110, 2025, 2023, 0.0, 0.1, 0.2)
    assert path["year"].tolist() == [2023, 2024, 2025]
    assert path.loc[0, "base"] == pytest.approx(110 / 1.21)
    assert (path["low"] <= path["base"]).all() and (path["base"] <= path["high"]).all()


def test_rounding_forgives_what_printing_hides():
    near = consistency.agreement(1.8, 2.5, 0.18, 2, rate_digits=2)
    assert near.agrees and near.implied_rate == pytest.approx(0.1785, abs=1e-4)
    far = consistency.agreement(6, 8.3, 0.087, 1, base_digits=0)
    assert not far.agrees and far.gap < 0
    assert far.implied_years == pytest.approx(3.89, abs=0.01)


def test_two_regions_have_the_weights_of_the_lever_rule():
    rates = pd.DataFrame({"low": [0.10, 0.30], "high": [0.10, 0.30]}, index=["slow", "fast"])
    found = consistency.feasible_weights(rates, 0.15)
    assert found.loc["slow", ["share_low", "share_high"]].tolist() == pytest.approx([0.75, 0.75])


def test_rate_ranges_widen_the_feasible_weights():
    rates = pd.DataFrame({"low": [0.12, 0.28], "high": [0.15, 0.35]}, index=["West", "others"])
    found = consistency.feasible_weights(rates, 0.223)
    assert found.loc["West", "share_high"] == pytest.approx((0.35 - 0.223) / (0.35 - 0.15))
    assert found.loc["West", "share_low"] == pytest.approx((0.28 - 0.223) / (0.28 - 0.12))


def test_known_floor_narrows_the_others():
    rates = pd.DataFrame({"low": [0.1, 0.2, 0.4], "high": [0.1, 0.2, 0.4]}, index=list("abc"))
    free = consistency.feasible_weights(rates, 0.2)
    held = consistency.feasible_weights(rates, 0.2, floors=pd.Series({"a": 0.3}))
    assert (held["share_high"] <= free["share_high"] + 1e-9).all()
    assert held.loc["a", "share_low"] == pytest.approx(0.3)


def test_part_and_share_give_the_whole_and_the_rest():
    assert consistency.implied_total(1.1, 0.22) == pytest.approx(5.0)
    assert consistency.remainder(14.1, np.array([0.5, 0.313])) == pytest.approx(14.1 * 0.187)
