import ibis
import numpy as np
import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.finance.order_costs import add_costs, add_resold, arrival_costs, monthly_sales, usd_rates

ORDERS = pd.DataFrame(
    {
        "ordered_at": pd.to_datetime(
            ["2026-01-05", "2026-01-31T23:30", "2026-02-01", "2026-03-01"], utc=True, format="ISO8601"
        ),
        "sku": ["A", "A", "A", "B"],
        "market": "DE",
        "platform": ["own", "own", None, "own"],
        "currency": "EUR",
        "quantity": [1, 2, 1, 1],
        "unit_price": [10.0, 10.0, 12.0, 9.0],
        "discount": [1.0, 0.0, 0.0, 0.0],
        "tax": [1.6, 3.2, 1.9, 1.4],
        "shipping_charged": [None, 2.0, 0.0, 0.0],
        "refund": [0.0, 10.0, 0.0, 0.0],
        "returned": [0, 1, 0, None],
    }
).astype({"returned": "Int64"})
RATES = pd.DataFrame({"EUR": [1.1, 1.2]}, index=pd.to_datetime(["2026-01-10", "2026-02-10"]))


def sales(since="2026-01-01", until="2026-02-28") -> pd.DataFrame:
    return monthly_sales(ibis.memtable(ORDERS), since, until)


def test_sales_are_reduced_by_month_and_both_ends_count():
    table = sales()
    january = table[table["month"] == "2026-01-01"].iloc[0]
    assert january[["orders", "units", "returned", "price", "discount", "refund", "shipping_charged"]].tolist() == [
        2,
        3,
        1,
        30,
        1,
        10,
        2,
    ]
    assert table["price"].sum() == 42
    assert set(table["platform"]) == {"own", "not stated"}
    assert sales(until="2026-01-31")["units"].sum() == 3


def test_amounts_turn_usd_at_the_month_s_rate_and_a_missing_rate_is_refused():
    table = usd_rates(sales(), RATES)
    assert table["price"].tolist() == pytest.approx([33.0, 14.4])
    with pytest.raises(Refusal, match="no exchange rate for EUR 2026-02-01"):
        usd_rates(sales(), RATES.iloc[:1])


def test_an_empty_period_is_refused():
    with pytest.raises(Refusal, match="no orders from 2020-01-01"):
        sales("2020-01-01", "2020-02-01")


SHIPMENTS = pd.DataFrame(
    {
        "shipped_on": pd.to_datetime(["2026-01-01", "2026-01-02", "2019-01-01"]),
        "sku": "A",
        "market": "DE",
        "quantity": [10, 30, 5],
        "goods_value": [20.0, 100.0, 999.0],
        "inland": 4.0,
        "freight": 8.0,
        "insurance": 0.4,
        "duty": 2.0,
        "brokerage": 1.0,
    }
)
PLATFORMS = pd.DataFrame(
    {
        "platform": ["own", "not stated"],
        "market": "DE",
        "commission_rate": [0.1, 0.0],
        "payment_rate": [0.02, 0.0],
        "fulfilment_fee_unit": [3.0, 0.0],
        "last_mile_unit": [1.0, 0.0],
    }
)
SPEND = pd.DataFrame({"month": pd.to_datetime(["2026-01-01", "2026-02-01"]), "market": "DE", "spend_usd": [6.0, 2.0]})
RATE_OF = {"returns_handling": 2.0, "service": 0.5, "compliance": 0.01}


def test_arrival_costs_are_weighted_by_pieces():
    row = arrival_costs(SHIPMENTS, "2025-12-01", "2026-06-01").iloc[0]
    assert row["product"] == pytest.approx(120 / 40)
    assert row["freight"] == pytest.approx(16 / 40)


def test_costs_by_hand_and_ads_are_shared_out_whole():
    arrivals = arrival_costs(SHIPMENTS, "2025-12-01", "2026-06-01")
    table = add_costs(usd_rates(sales(), RATES), arrivals, PLATFORMS, SPEND, RATE_OF)
    january = table.iloc[0]
    assert january["product"] == pytest.approx(9.0)
    assert january["platform_fee"] == pytest.approx((33 - 1.1) * 0.12)
    assert january["last_mile"] == pytest.approx(3 * 1.0 - 2.2)
    assert january["service"] == pytest.approx(1.0)
    assert table["advertising"].sum() == pytest.approx(8.0)


def test_a_product_without_arrivals_is_counted_and_named():
    late = usd_rates(
        sales("2026-01-01", "2026-03-31").assign(currency="USD"),
        RATES.assign(x=1.0).reindex(pd.to_datetime(["2026-01-10", "2026-02-10", "2026-03-10"])).ffill(),
    )
    arrivals = arrival_costs(SHIPMENTS, "2025-12-01", "2026-06-01")
    table = add_costs(late, arrivals, PLATFORMS, SPEND, RATE_OF)
    assert table.attrs["without_arrivals"] == 1
    assert table.attrs["without_cost"] == ["B"]
    assert np.isnan(table.loc[table["sku"] == "B", "product"]).all()


def test_goods_back_on_the_shelf_are_given_back_at_their_purchase_price():
    """Ten of 40 returned pieces were put back in the period: a quarter of each product's returns, at its own price."""
    sales = pd.DataFrame({"units": [100, 50], "returned": [30, 10], "product": [200.0, 500.0]})
    inventory = pd.DataFrame(
        {"week": pd.to_datetime(["2026-01-05", "2026-02-02", "2026-06-01"]), "restocked": [4, 6, 90]}
    )
    found = add_resold(sales, inventory, "2026-01-01", "2026-02-28")
    assert found["resold"].tolist() == pytest.approx([-0.25 * 30 * 2.0, -0.25 * 10 * 10.0])
    most = add_resold(sales, inventory.assign(restocked=90), "2026-01-01", "2026-02-28")
    assert most["resold"].sum() == pytest.approx(-(30 * 2.0 + 10 * 10.0))
    none = add_resold(sales.assign(returned=0), inventory, "2026-01-01", "2026-02-28")
    assert (none["resold"] == 0).all()
