"""Runs of a customer's rows, cut into journeys that end with an order, a gap or the customer."""

import numpy as np
import pandas as pd
from crossborder.marketing import journey_cut

DAY = 86_400


def stream(rows: list[tuple[int, int, bool]]) -> dict[str, np.ndarray]:
    """Rows of day, code and whether the customer begins."""
    days, codes, first = (np.array(part) for part in zip(*rows, strict=True))
    return {
        "seconds": days.astype(np.int64) * DAY,
        "code": codes.astype(np.int16),
        "market": np.zeros(len(rows), dtype=np.int16),
        "first": first.astype(bool),
    }


def made(rows, orders: int, days: float = 10.0) -> dict:
    known = pd.DataFrame({"market": ["DE"] * orders, "revenue_usd": 5.0, "refund_usd": 0.0, "margin_usd": 2.0})
    return journey_cut.cut(stream(rows), known, (["a", "b"], ["DE"]), {"DE": days}, days)


def test_an_order_takes_the_touches_within_its_window():
    order = journey_cut.ORDER
    found = made([(0, 0, True), (15, 1, False), (20, order, False), (21, 0, False)], 1)
    journeys = found["journeys"]
    assert journeys.codes.tolist() == [0, 1, 0] and journeys.starts.tolist() == [0, 1, 2, 3]
    assert journeys.conversions.tolist() == [0, 1, 0] and journeys.values["revenue_usd"].tolist() == [0, 5, 0]
    assert journeys.age_days.tolist() == [0, 5, 0]
    assert found["touches"] == {
        "repeated": 0, "in journeys with an order": 1, "before the window of the next order": 1,
        "not followed by an order": 1,
    }  # fmt: skip


def test_a_long_gap_without_an_order_begins_another_journey():
    journeys = made([(0, 0, True), (5, 1, False), (30, 0, False)], 0)["journeys"]
    assert journeys.lengths.tolist() == [2, 1]


def test_orders_of_people_without_a_touch_are_counted():
    order = journey_cut.ORDER
    rows = stream([(0, order, True), (1, order, False), (0, 0, True), (1, order, False)])
    assert journey_cut.never_seen(rows) == 2
