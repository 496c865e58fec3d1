"""Marketplace fees: tiers by size, weight, price and season."""

import numpy as np
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.reference import fees
from hypothesis import given, settings
from hypothesis import strategies as st

INCH, POUND = 2.54, 0.45359237


@pytest.mark.parametrize(
    "inches, pounds, tier",
    [
        ((15, 12, 0.75), 1.0, "small_standard"),
        ((15, 12, 0.76), 1.0, "large_standard"),
        ((15, 12, 0.75), 1.01, "large_standard"),
        ((18, 14, 8), 20.0, "large_standard"),
        ((18.1, 14, 8), 20.0, "small_bulky"),
        ((59, 20, 5), 45.0, "large_bulky"),
        ((60, 20, 5), 45.0, "extra_large"),
        ((18, 14, 8), 51.0, "extra_large"),
    ],
)
def test_size_tiers_end_at_their_limits(inches, pounds, tier):
    sides = [side * INCH for side in inches]
    assert fees.fba_size_tier(*sides, pounds * POUND).item() == tier


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(1, 150), min_size=3, max_size=3), st.floats(0.01, 80), st.permutations([0, 1, 2]))
def test_the_order_of_the_sides_does_not_matter(sides, weight, order):
    turned = [sides[place] for place in order]
    one, other = (fees.fba_fulfilment(*part, weight, 25.0, "2026-06-01") for part in (sides, turned))
    assert one == pytest.approx(other) and one > 0


def test_a_light_bulky_unit_is_charged_by_volume():
    weight = fees.fba_shipping_weight_lb(18 * INCH, 14 * INCH, 7 * INCH, 1.0)
    assert weight == pytest.approx(18 * 14 * 7 / 139)


def test_dearer_goods_and_the_fuel_surcharge_cost_more():
    low, middle, high = fees.fba_fulfilment(20, 15, 1.5, 0.2, [9, 25, 60], "2026-02-01")
    assert low < middle < high
    assert fees.fba_fulfilment(20, 15, 1.5, 0.2, 25, "2026-04-17") == pytest.approx(1.035 * middle)


def test_storage_is_dear_from_october():
    cubic_foot = 30.48**3
    assert fees.fba_storage(cubic_foot, [9, 10]) == pytest.approx([0.87, 2.40])
    assert fees.fba_storage(cubic_foot, [9, 10], "large_bulky") == pytest.approx([0.56, 1.40])


def test_arrays_of_everything_broadcast():
    found = fees.fba_fulfilment(np.full(5, 20.0), 15.0, 1.5, 0.2, 25.0, "2026-02-01")
    assert found.shape == (5,) and np.ptp(found) == 0


@pytest.mark.parametrize(
    "call, error, text",
    [
        (lambda: fees.fba_size_tier(0, 1, 1, 1), InputError, "length_cm is 0.0"),
        (lambda: fees.fba_size_tier(1, 1, 1, float("nan")), InputError, "weight_kg is nan"),
        (lambda: fees.referral("toy", 5.0), InputError, "did you mean 'toys'"),
        (lambda: fees.fba_storage(100, 13), InputError, "1 to 12"),
        (lambda: fees.fee_rows("fulfilment", "2010-01-01"), Refusal, "begins in 2024"),
        (lambda: fees.fee_rows("fullfilment"), InputError, "did you mean 'fulfilment'"),
    ],
)
def test_wrong_inputs_are_named(call, error, text):
    with pytest.raises(error, match=text):
        call()
