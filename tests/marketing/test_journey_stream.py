"""Ranges of customers out of the engine: whatever the names look like, the same touches and orders come in order."""

import hashlib

import ibis
import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.marketing import journey_query, journey_stream

from tests.marketing.test_journey_query import world

RATES = {"EUR": 1.0}


def built(touch: pd.DataFrame, order: pd.DataFrame):
    return journey_query.build(ibis.memtable(touch), ibis.memtable(order), usd_rates=RATES)


def same(one, other, *, in_order: bool = True) -> None:
    """Raises where two builds differ; without `in_order` the customers may stand in another order."""
    pd.testing.assert_frame_equal(one.account, other.account, rtol=1e-12)
    pd.testing.assert_series_equal(one.touches, other.touches)
    assert one.never_seen == other.never_seen
    if in_order:
        for name in ("codes", "starts", "conversions", "nulls", "age_days"):
            np.testing.assert_array_equal(getattr(one.journeys, name), getattr(other.journeys, name))
        for name, values in one.journeys.values.items():
            np.testing.assert_array_equal(values, other.journeys.values[name])
    else:
        np.testing.assert_array_equal(*(np.sort(made.journeys.age_days) for made in (one, other)))


def renamed(frame: pd.DataFrame, new) -> pd.DataFrame:
    return frame.assign(customer_id=frame["customer_id"].map(new, na_action="ignore"))


@pytest.mark.parametrize("size", [10**9, 60, 7])
@pytest.mark.parametrize("width", [3, 15])
def test_longer_names_in_the_same_order_change_nothing(monkeypatch, size, width):
    touch, order = (renamed(part, lambda name: f"c{int(name[1:]):03d}") for part in world(2))
    plain = built(touch, order)
    monkeypatch.setattr(journey_query, "SLICE", size)
    # Numbers far apart do not fit beside the time, and are counted anew in each range.
    touch, order = (renamed(part, lambda name: "c" + name[1:].ljust(width, "7")) for part in (touch, order))
    same(plain, built(touch, order))


@pytest.mark.parametrize("size", [10**9, 60])
def test_random_names_are_ranked(monkeypatch, size):
    touch, order = world(3)
    plain = built(touch, order)
    monkeypatch.setattr(journey_query, "SLICE", size)
    hashed = [renamed(part, lambda name: hashlib.sha256(name.encode()).hexdigest()) for part in (touch, order)]
    same(plain, built(*hashed), in_order=False)


def test_a_name_spelled_like_none_of_those_read_first(monkeypatch):
    touch, order = (renamed(part, lambda name: name if name != "c7" else "x-7") for part in world(4))
    plain = built(touch, order)
    monkeypatch.setattr(journey_stream, "SOME", 1)
    same(plain, built(touch, order))


@pytest.mark.parametrize("size", [10**9, 60])
def test_buyers_without_a_touch_may_have_any_name(monkeypatch, size):
    monkeypatch.setattr(journey_query, "SLICE", size)
    touch, order = world(5)
    order = pd.concat([order, order.iloc[:2].assign(order_id=["y", "z"], customer_id="somebody else")])
    without = built(touch, order).account.loc["without a touch", "conversions"]
    assert without == built(*world(5)).account.loc["without a touch", "conversions"] + 2


@pytest.mark.parametrize(("milliseconds", "revenue"), [(0, 88.5), (-100, 8.5)])
def test_of_two_orders_in_a_second_the_earlier_takes_the_touches_then_the_larger(milliseconds, revenue):
    touch, order = world(1)
    at = pd.Timestamp("2025-05-20 10:00:00.5", tz="UTC")
    touch = touch.iloc[:1].assign(customer_id="c", at=at, consent=True)
    smaller = at + pd.Timedelta(milliseconds=milliseconds)
    two = order.iloc[:2].assign(customer_id="c", order_id=["o1", "o2"], ordered_at=[smaller, at], quantity=[1, 9])
    made = built(touch, two.assign(unit_price=10.0))
    assert made.account.loc["with a journey", "revenue_usd"] == revenue


def test_without_orders_of_known_customers_all_touches_end_in_nothing():
    touch, order = world(6)
    made = built(touch, order.assign(customer_id=pd.array([None] * len(order), "string")))
    assert not made.journeys.conversions.any()
    assert made.account.loc["without a customer", "conversions"] == len(order)


def test_times_that_cannot_be_are_named():
    touch, order = world(6)
    order = order.assign(ordered_at=[pd.Timestamp("1700-01-01", tz="UTC"), *order["ordered_at"].iloc[1:]])
    assert built(touch, order).account["conversions"].sum() == len(order)
    batches = ibis.memtable(touch).to_pyarrow().to_batches()
    with pytest.raises(InputError, match="years from the first to the last"):
        journey_stream._packing(batches, ibis.memtable(order), [8, 8])
