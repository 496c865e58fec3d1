"""Some of the orders by the second in which they were placed."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company, moments


def table(second: np.ndarray):
    import ibis

    at = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(second, unit="s")
    return ibis.memtable(pd.DataFrame({"order_id": [f"O{k}" for k in range(len(second))], "ordered_at": at, "line": 1}))


@pytest.mark.parametrize("step", [1, 60, 900, 3600, 86_400], ids=["second", "minute", "quarter", "hour", "day"])
@pytest.mark.parametrize("share", [0.03, 0.4])
def test_a_share_of_the_orders_is_kept_however_coarse_their_times_are(step, share):
    orders = table(step * np.arange(40_000))
    some, kept = moments.of_orders(orders, share, moments.counted(orders))
    assert kept == pytest.approx(share, abs=1e-4)
    assert int(some.count().to_pandas()) == pytest.approx(40_000 * share, rel=0.05)


def test_orders_of_a_few_days_are_not_picked_by_the_day():
    orders = table(86_400 * (np.arange(40_000) % 20))
    lines = moments.counted(orders)
    assert lines == moments.Lines(first=40_000, further=0, timed=False)
    some, _ = moments.of_orders(orders, 0.1, lines)
    assert some.ordered_at.nunique().to_pandas() == 20
    assert int(some.count().to_pandas()) == pytest.approx(4_000, rel=0.05)


def test_orders_are_kept_whole_and_all_of_them_with_a_share_of_one():
    orders = Company.open("data/demo").events("orders")
    lines = moments.counted(orders)
    assert moments.of_orders(orders, 1.0, lines)[0] is orders
    some, share = moments.of_orders(orders, 0.2, lines)
    count = {"lines": orders.count(), "orders": orders.order_id.nunique()}
    whole = orders.semi_join(some.select("order_id"), "order_id")
    assert some.count().to_pandas() == whole.count().to_pandas()
    placed = orders.aggregate(**count).to_pandas().iloc[0]
    assert some.order_id.nunique().to_pandas() == pytest.approx(share * placed["orders"], rel=0.05)
    assert (lines.first, lines.further) == (placed["orders"], placed["lines"] - placed["orders"])
    assert lines.timed
