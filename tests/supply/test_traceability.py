import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.supply.traceability import recall

DAY = pd.Timestamp("2026-03-02")
SHIPMENTS = pd.DataFrame(
    {
        "purchase_id": ["p1", "p2", "p1"],
        "sku": "a",
        "market": ["DE", "DE", "US"],
        "quantity": [10, 8, 5],
        "arrived_on": pd.to_datetime(["2026-01-05", "2026-02-01", "2026-01-20"]),
    }
)
STOCK = pd.DataFrame({"week": DAY, "sku": "a", "market": ["DE", "US"], "on_hand": [12, 5]})


def test_first_in_first_out_finds_what_is_left_of_the_batch():
    found = recall(SHIPMENTS, STOCK, ["p1"], DAY, 20, 3).by_market.set_index("market")
    assert found.loc["DE", ["in_stock", "sold"]].tolist() == [4, 6]  # of 12 on hand, 8 came later
    assert found.loc["US", ["in_stock", "sold"]].tolist() == [5, 0]


def test_tracing_is_cheaper_than_calling_everything():
    found = recall(SHIPMENTS, STOCK, ["p1"], DAY, 20, 3)
    assert found.traced_cost < found.untraced_cost


def test_an_unknown_batch_is_told():
    with pytest.raises(InputError, match="purchase_id 'p9' is not known"):
        recall(SHIPMENTS, STOCK, ["p9"], DAY, 20, 3)
