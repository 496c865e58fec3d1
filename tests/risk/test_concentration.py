"""Concentration: bounds, caps, outages."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.risk import concentration
from hypothesis import given, settings
from hypothesis import strategies as st

AMOUNTS = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=20)


@settings(max_examples=40, deadline=None)
@given(AMOUNTS)
def test_bounds(amounts):
    index = concentration.hhi(amounts)
    assert 1 / len(amounts) - 1e-12 <= index <= 1 + 1e-12
    assert 1 - 1e-9 <= concentration.effective_number(amounts) <= len(amounts) + 1e-9
    assert concentration.top_share(amounts, 4) >= max(amounts) / sum(amounts) - 1e-12


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.01, 1e4), min_size=5, max_size=12), st.floats(0.25, 0.9))
def test_capped_shares_respect_the_cap_and_add_up(amounts, cap):
    table = concentration.shares_under_cap(pd.Series(amounts), cap)
    assert table["capped"].sum() == pytest.approx(1)
    assert (table["capped"] <= cap + 1e-9).all()


@given(st.floats(0.01, 1))
@settings(max_examples=30, deadline=None)
def test_least_sites_is_the_smallest_number_that_works(cap):
    sites = concentration.least_sites(cap)
    assert 1 / sites <= cap + 1e-6
    assert sites == 1 or 1 / (sites - 1) > cap - 1e-6


def test_a_cap_of_a_quarter_needs_exactly_four_equal_parts():
    table = concentration.shares_under_cap(pd.Series([7.0, 1, 1, 1], list("abcd")), 0.25)
    assert table["capped"].tolist() == pytest.approx([0.25] * 4)
    with pytest.raises(InputError, match="open 4 parts"):
        concentration.shares_under_cap(pd.Series([7.0, 1, 1]), 0.25)


def test_caps_are_checked_by_dimension():
    groups = {"platform": (pd.Series({"a": 60.0, "b": 40.0}), 0.45), "market": (pd.Series({"x": 1.0, "y": 1.0}), 0.5)}
    table = concentration.caps_check(groups).set_index("dimension")
    assert table["within"].to_dict() == {"platform": False, "market": True}
    assert table["feasible"].to_dict() == {"platform": False, "market": True}
    assert table.loc["platform", "name"] == "a"


def test_outage_impact_by_hand():
    table = concentration.outage_impact(pd.Series({"a": 80.0, "b": 20.0}), outage_days=73, cover_days=36.5, cap=0.05)
    assert table["at_risk"].tolist() == pytest.approx([0.08, 0.02])
    assert table["within"].tolist() == [False, True]


def test_measures_say_the_excess():
    found = concentration.measures(pd.Series([4.0, 1, 1, 1, 1]), cap=0.3)
    assert found["excess"] == pytest.approx(0.2)
    assert found["parts"] == 5


def test_impossible_amounts_are_refused():
    for amounts in ([-1.0, 2.0], [0.0, 0.0]):
        with pytest.raises(InputError, match="total above 0"):
            concentration.hhi(amounts)
    with pytest.raises(InputError, match="above 0 and up to 1"):
        concentration.least_sites(0)
    with pytest.raises(InputError, match="total above 0"):
        concentration.shares(pd.Series(np.zeros(3)))


def test_normalised_index_and_entropy_have_their_ends():
    assert concentration.normalised_hhi([5, 5, 5, 5]) == pytest.approx(0)
    assert concentration.normalised_hhi([1, 0, 0]) == pytest.approx(1) == concentration.normalised_hhi([3])
    assert concentration.entropy([2, 2, 2]) == pytest.approx(np.log(3))
    assert concentration.entropy([7, 0]) == 0
    with pytest.raises(InputError, match="amounts"):
        concentration.entropy([0, 0])
