"""Stock at cost on past days: the opening day, goods under way, and products without a cost."""

import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.errors import Refusal
from crossborder.finance import stock_value

from tests.finance import small_company


@pytest.fixture(scope="module")
def company():
    return Company.open("data/demo")


def test_the_parts_sum_and_the_opening_day_is_the_opening_item(company):
    start, opening = stock_value.first_balance(company)
    table = stock_value.stock_values(company, [start, "2025-06-30", company.as_of])
    assert table.loc[0, "on_hand_usd"] == pytest.approx(float(opening["inventory"]), abs=0.01)
    assert table.loc[0, ["under_way_usd", "at_origin_usd", "deposits_usd"]].sum() == 0
    assert table[list(stock_value.PARTS)].sum(axis=1).round(2).tolist() == table["amount_usd"].tolist()
    assert (table.loc[1:, list(stock_value.PARTS)] >= 0).all(axis=None)
    assert table.loc[2, "under_way_usd"] > 0


def test_goods_are_counted_once_on_their_way(company):
    """A shipment that arrives moves from under way to on hand; the two do not both hold it."""
    days = pd.date_range("2026-03-02", periods=8, freq="7D")
    table = stock_value.stock_values(company, days)
    step = table["amount_usd"].diff().abs().max() / table["amount_usd"].mean()
    assert step < 0.25


def test_without_an_inventory_the_opening_item_stays(tmp_path):
    small = Company.open(small_company.write(tmp_path))
    table = stock_value.stock_values(small, ["2026-08-31", "2026-10-31"])
    assert table["amount_usd"].tolist() == [500.0, 500.0]


INVENTORY = """week,sku,warehouse_id,market,opening,received,sold,restocked,written_off,on_hand,on_order,received_at
2026-10-26,A1,W1,US,5,0,0,0,0,5,0,
2026-10-26,A2,W1,US,3,0,0,0,0,3,0,
"""
COLUMNS = "sku,name,category,hs_code,unit_cost,currency,weight_kg,length_cm,width_cm,height_cm,supplier_id,launched_on"
PRODUCTS = f"""{COLUMNS}
A1,Box,home,630790,2.00,USD,0.5,10,10,10,S1,2025-01-01
"""


def test_stock_of_an_unknown_product_is_refused(tmp_path):
    folder = small_company.write(tmp_path, inventory=INVENTORY, products=PRODUCTS)
    with pytest.raises(Refusal, match="A2"):
        stock_value.stock_values(Company.open(folder), ["2026-10-31"])
