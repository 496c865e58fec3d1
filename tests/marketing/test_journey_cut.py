"""Touches of customers, cut into journeys that end with an order, a gap or the customer."""

import numpy as np
from crossborder.marketing.journey_cut import Cut, Packing, cut

DAY = 86_400
PACKING = Packing(start=0, seconds=23, channels=2, markets=1)


def made(touches: list[tuple], orders: list[tuple[int, float]], days: float = 10.0) -> Cut:
    """Touches of customer, day, channel and market, and orders of customer and day."""
    moments = [(customer << 23) + int(day * DAY) for customer, day, *_ in touches]
    packed = [(m << 2 | channel) << 1 | market for m, (_, _, channel, market) in zip(moments, touches, strict=True)]
    bought = np.array([(customer << 23) + int(day * DAY) for customer, day in orders], dtype=np.int64)
    return cut(np.array(packed), bought, np.full(len(orders), days), np.array([days, days]), PACKING)


def test_an_order_takes_the_touches_within_its_window():
    found = made([(0, 0, 0, 0), (0, 15, 1, 0), (0, 21, 0, 0)], [(0, 20)])
    assert found.codes.tolist() == [0, 1, 0] and found.starts.tolist() == [0, 1, 2, 3]
    assert found.won.tolist() == [False, True, False] and found.orders.tolist() == [0]
    assert (found.ages / DAY).tolist() == [0, 5, 0]
    assert found.touches == {
        "repeated": 0, "in journeys with an order": 1, "before the window of the next order": 1,
        "not followed by an order": 1,
    }  # fmt: skip


def test_a_long_gap_without_an_order_begins_another_journey():
    assert np.diff(made([(0, 0, 0, 0), (0, 5, 1, 0), (0, 30, 0, 0)], []).starts).tolist() == [2, 1]


def test_a_touch_of_the_same_second_leads_to_the_order():
    found = made([(0, 3, 0, 0), (0, 3, 1, 0)], [(0, 3), (0, 3)])
    assert found.won.tolist() == [True] and found.orders.tolist() == [0] and found.starts.tolist() == [0, 2]


def test_a_touch_repeated_in_its_second_counts_once_whatever_its_market():
    found = made([(0, 3, 1, 0), (0, 3, 1, 1), (1, 3, 1, 1)], [(1, 4)])
    assert found.touches["repeated"] == 1 and found.codes.tolist() == [1, 1]
    assert found.won.tolist() == [False, True]


def test_the_order_of_the_next_customer_takes_nothing():
    found = made([(0, 20, 0, 0), (1, 90, 0, 0)], [(1, 0.5), (2, 1)])
    assert not found.won.any() and found.touches["not followed by an order"] == 2


def test_orders_of_people_without_a_touch_are_counted():
    assert made([(1, 0, 0, 0), (3, 5, 0, 0)], [(0, 0), (0, 1), (1, 1), (2, 4), (3, 4), (4, 9)]).unseen == 4
    assert made([(1, 0, 0, 0)], []).unseen == 0
