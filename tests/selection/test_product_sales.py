"""Own sales by product and market, a platform's view of them, tests beside their truth."""

import ibis
import pandas as pd
import pytest
from crossborder.selection import product_sales


@pytest.fixture(scope="module")
def orders() -> "ibis.Table":
    at = pd.to_datetime(["2026-10-01", "2026-10-02", "2026-10-03", "2024-01-01"], utc=True)
    frame = pd.DataFrame(
        {"ordered_at": at, "sku": ["a", "a", "b", "b"], "market": ["US", "US", "DE", "US"], "platform": "own_store",
         "quantity": [2, 3, 4, 9], "returned": [1, 0, 2, 0]}
    )  # fmt: skip
    return ibis.memtable(frame)


def test_pieces_are_summed_in_the_span_and_missing_where_never_sold(orders):
    found = product_sales.by_market(orders, "2026-10-31", days=90)
    assert found.loc["a", "US"] == 5
    assert found.loc["b", "DE"] == 4
    assert found.isna().sum().sum() == 2, "b was sold in the US too long ago"


def test_a_platform_likes_conversion_and_few_returns(orders):
    sessions = ibis.memtable(
        pd.DataFrame({"market": ["US", "DE"], "platform": "own_store", "visits": [200, 100], "orders": [10, 5]})
    )
    found = product_sales.platform_fit(sessions, orders).set_index("market")
    assert found["conversion"].tolist() == pytest.approx([0.05, 0.05])
    assert found.loc["US", "return_rate"] == pytest.approx(1 / 14)
    assert found.index[0] == "US", "as many buy, fewer send back"
    assert (found["conversion_low"] < 0.05).all() and (found["conversion_high"] > 0.05).all()
    assert product_sales.platform_fit(None, orders) is None


def test_a_test_that_must_not_be_read_is_not_judged():
    read = pd.DataFrame(
        {"experiment_id": ["X1", "X2", "X3", "X4"], "arm": "treatment", "relative": 0.1, "relative_low": 0.05,
         "relative_high": 0.15, "verdict": ["better", "split broken: do not read", "better", "better"]}
    )  # fmt: skip
    known = {"X1": {"lift": {"treatment": 0.12}}, "X2": {"lift": {"treatment": 0.0}},
             "X3": {"lift": {"treatment": 0.3}}}  # fmt: skip
    found = product_sales.tests_against_truth(read, known).set_index("experiment_id")["inside"]
    assert found.to_dict() == {"X1": "yes", "X2": "must not be read", "X3": "no"}
    assert product_sales.tests_against_truth(read, None) is None
