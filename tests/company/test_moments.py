"""Some of the orders by the second in which they were placed."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company, moments


def table(second: np.ndarray):
    import ibis

    at = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(second, unit="s")
    return ibis.memtable(pd.DataFrame({"order_id": np.arange(len(second)), "ordered_at": at, "line": 1}))


@pytest.mark.parametrize("step", [1, 60, 3600, 86_400], ids=["seconds", "minutes", "hours", "days"])
@pytest.mark.parametrize("share", [0.03, 0.4])
def test_a_share_of_the_moments_is_kept_however_coarse_they_are(step, share):
    some, kept = moments.of_moments(table(step * np.arange(40_000)), share)
    assert kept == pytest.approx(share, abs=1e-4)
    assert int(some.count().to_pandas()) == pytest.approx(40_000 * share, rel=0.05)


def test_orders_are_kept_whole_and_all_of_them_with_a_share_of_one():
    orders = Company.open("data/demo").events("orders")
    assert moments.of_moments(orders, 1.0)[0] is orders
    some, share = moments.of_moments(orders, 0.2)
    count = {"lines": orders.count(), "orders": orders.order_id.nunique()}
    whole = orders.semi_join(some.select("order_id"), "order_id")
    assert some.count().to_pandas() == whole.count().to_pandas()
    placed = orders.aggregate(**count).to_pandas().iloc[0]
    assert some.order_id.nunique().to_pandas() == pytest.approx(share * placed["orders"], rel=0.05)
    assert moments.lines_beyond_first(orders) == placed["lines"] - placed["orders"]
