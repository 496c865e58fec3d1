"""One row a customer of order lines, counted and kept once."""

import gc

import ibis
import pandas as pd
from crossborder.company import people, sampling

LINES = pd.DataFrame(
    {
        "order_id": ["o1", "o1", "o2", "o3", "o4"],
        "line": [1, 2, 1, 1, 1],
        "customer_id": ["b", "b", "a", None, "b"],
        "ordered_at": pd.to_datetime(
            ["2025-03-01", "2025-03-01", "2025-01-05", "2025-02-01", "2025-01-01"], utc=True
        ),
    }
)  # fmt: skip


def test_each_customer_stands_once_with_lines_and_days_and_guests_do_not():
    found = people.buyers(ibis.memtable(LINES)).order_by("customer_id").to_pandas()
    assert list(found["customer_id"]) == ["a", "b"]
    assert list(found["lines"]) == [1, 3]
    assert list(found["first"].dt.strftime("%Y-%m-%d")) == ["2025-01-05", "2025-01-01"]
    assert list(found["last"].dt.strftime("%Y-%m-%d")) == ["2025-01-05", "2025-03-01"]


def test_the_same_orders_are_grouped_once_and_others_anew():
    orders = ibis.memtable(LINES)
    assert people.buyers(orders) is people.buyers(orders)
    assert people.count(orders) == 2
    assert people.count(orders.filter(orders.customer_id == "a")) == 1


def test_nothing_is_kept_beyond_the_table_of_orders():
    before = len(people._BUYERS)
    orders = ibis.memtable(LINES.iloc[:3])
    people.buyers(orders)
    assert len(people._BUYERS) == before + 1
    del orders
    gc.collect()
    assert len(people._BUYERS) == before


def test_a_sample_of_buyers_is_the_sample_of_their_names(monkeypatch):
    frame = pd.DataFrame({"customer_id": [f"c{n}" for n in range(200)]})
    orders = ibis.memtable(frame.assign(order_id=frame["customer_id"], ordered_at=pd.Timestamp("2025-01-01", tz="UTC")))
    whole, share = sampling.of_buyers(orders, orders)
    assert share == 1 and whole.count().to_pandas() == 200
    monkeypatch.setattr(sampling, "LIMIT", 50)
    some, share = sampling.of_buyers(orders, orders)
    assert share == 0.25
    assert set(some.customer_id.to_pandas()) == set(sampling.of_frame(frame, share)["customer_id"])
