"""Concentration: bounds, classes, groups."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import concentration
from hypothesis import given, settings
from hypothesis import strategies as st


def test_tail_bounds_are_those_worked_out_by_hand():
    # 40, 25, 15 listed: 2,450; a tail of 20 as one of 15 and one of 5 adds 225 + 25
    found = concentration.concentration([40, 25, 15], unit="percent")
    assert (found.hhi_low, found.hhi_high, found.tail) == pytest.approx((2450, 2700, 0.20))
    assert (found.cr3, found.cr4, found.cr4_high) == pytest.approx((0.80, 0.80, 0.95))
    assert found.class_low == found.class_high == "high"


@settings(max_examples=40)
@given(st.lists(st.floats(0.01, 1.0), min_size=2, max_size=12), st.floats(0.3, 1.0))
def test_the_truth_lies_between_the_bounds(sizes, listed):
    shares = np.sort(np.array(sizes) / np.sum(sizes))[::-1]
    known = shares[: max(1, int(listed * len(shares)))]
    found = concentration.concentration(known)
    assert found.hhi_low - 1e-6 <= concentration.hhi(shares) <= found.hhi_high + 1e-6


def test_equal_sellers_have_their_number_as_effective_number():
    assert concentration.concentration(np.full(8, 1 / 8)).effective_sellers == pytest.approx(8)


@pytest.mark.parametrize(
    ("value", "guideline", "name"),
    [(1500, "us_2023", "moderate"), (2000, "us_2023", "high"), (2000, "us_2010", "moderate"), (900, "eu", "low")],
)
def test_classes_follow_the_guideline_named(value, guideline, name):
    assert concentration.concentration_class(value, guideline) == name


def test_bootstrap_interval_holds_the_index_and_narrows_with_sales():
    few = concentration.hhi_interval(np.array([30, 30, 20, 20]), rng=np.random.default_rng(0))
    many = concentration.hhi_interval(np.array([3000, 3000, 2000, 2000]), rng=np.random.default_rng(0))
    assert few[0] == pytest.approx(2600)
    assert few[1] <= few[0] <= few[2]
    assert many[2] - many[1] < few[2] - few[1]


def test_groups_without_sales_are_shown():
    offers = pd.DataFrame({"market": ["DE", "DE", "US"], "seller": ["a", "b", "a"], "units": [30, 70, 0]})
    found = concentration.by_group(offers, ["market"], "seller", "units")
    assert found.loc["DE", "hhi"] == pytest.approx(5800)
    assert found.loc["US", "class"] == "no sales"
