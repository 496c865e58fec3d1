"""Shipments and stock tables agree, and costs follow their stated rates."""

import numpy as np
import pandas as pd


def test_arrivals_are_stock_receipts_and_batches_are_shipped_whole(made):
    tables = made[1]
    ships = tables["shipments"]
    there = ships[ships["arrived_on"].notna()]
    week = there["arrived_on"] - pd.to_timedelta(there["arrived_on"].dt.day_of_week, unit="D")
    came = there.groupby([week, "sku", "warehouse_id"])["quantity"].sum()
    stock = tables["inventory"]
    found = stock[stock["received"] > 0].set_index(["week", "sku", "warehouse_id"])["received"]
    pd.testing.assert_series_equal(came.sort_index(), found.sort_index(), check_names=False, check_dtype=False)
    bought = tables["purchases"].set_index("purchase_id")["quantity"]
    shipped = ships.groupby("purchase_id")["quantity"].sum()
    assert (shipped == bought.loc[shipped.index]).all()


def test_customs_costs_follow_the_stated_rates(made):
    ships, goods, known = made[1]["shipments"], made[1]["products"], made[2]["supply"]
    category = goods.set_index("sku")["category"].loc[ships["sku"]].to_numpy()
    rate = ships["market"].map(known["duty_by_market"]) * pd.Series(category).map(known["duty_category_factor"])
    based = ships["goods_value"] + np.where(ships["market"] == "US", 0, ships["freight"] + ships["insurance"])
    assert (ships["duty"] - rate * based).abs().max() < 0.0051
    assert (ships.loc[ships["market"] == "US", "import_tax"] == 0).all()
    assert (ships.loc[ships["market"] == "DE", "import_tax"] > 0).all()


def test_freight_was_dear_while_the_canal_was_closed(made):
    ships = made[1]["shipments"]
    mine = ships[ships["lane_id"].str.fullmatch("CN.*-DE-sea")]
    price = mine["freight"] / mine["volume_cbm"]
    closed = mine["shipped_on"].between("2024-01-08", "2024-06-24")
    after = mine["shipped_on"].between("2024-07-01", "2024-12-31")
    assert 1.5 < price[closed].median() / price[after].median() < 2.4
