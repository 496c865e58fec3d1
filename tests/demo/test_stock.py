"""Stock, purchases and arrivals add up, and what happened to them is seen."""

import pandas as pd
import pytest


def test_stock_flows_add_up_and_carry_over(made):
    stock = made[1]["inventory"].sort_values(["sku", "warehouse_id", "week"])
    left = stock["opening"] + stock["received"] - stock["sold"] + stock["restocked"] - stock["written_off"]
    assert (left == stock["on_hand"]).all() and (stock["on_hand"] >= 0).all()
    cell = stock.groupby(["sku", "warehouse_id"])
    before = cell["on_hand"].shift()
    assert (stock["opening"][before.notna()] == before.dropna()).all()
    assert (cell["week"].diff().dropna() == pd.Timedelta(days=7)).all()


def test_what_stock_sold_and_the_price_table_counts_is_what_was_ordered(made):
    tables = made[1]
    orders = tables["orders"]
    day = orders["ordered_at"].dt.tz_localize(None).dt.floor("D")
    week = day - pd.to_timedelta(day.dt.day_of_week, unit="D")
    pieces = orders.groupby([week, "sku", "market"])["quantity"].sum()
    for name, column in (("inventory", "sold"), ("prices", "units")):
        table = tables[name]
        found = table[table[column] > 0].set_index(["week", "sku", "market"])[column]
        pd.testing.assert_series_equal(pieces.sort_index(), found.sort_index(), check_names=False, check_dtype=False)


def test_on_order_is_what_was_bought_and_has_not_arrived(made):
    tables = made[1]
    stock = tables["inventory"]
    on_order = stock[stock["week"] == stock["week"].max()].groupby("sku")["on_order"].sum()
    bought = tables["purchases"]
    failed = (bought["supplier_id"] == "S019") & bought["received_on"].isna()
    came = tables["shipments"].query("arrived_on.notna()").groupby("sku")["quantity"].sum()
    due = bought[~failed].groupby("sku")["quantity"].sum().sub(came, fill_value=0)
    assert (due.reindex(on_order.index, fill_value=0) == on_order).all()


def test_disruptions_delayed_the_lanes_they_hit(made):
    ships, lanes, known = made[1]["shipments"], made[1]["lanes"], made[2]["supply"]["disruptions"]
    took = (ships["arrived_on"] - ships["shipped_on"]).dt.days
    mean = lanes.set_index("lane_id")["transit_days_mean"]
    extra = (took - mean.loc[ships["lane_id"]].to_numpy()).where(ships["lane_id"].str.endswith("sea"))
    for event in known:
        hit = ships["shipped_on"].between(event["from"], event["to"]) & ships["market"].isin(event["markets"])
        assert extra[hit].mean() == pytest.approx(event["days"], abs=2.0)
    calm = ~ships["shipped_on"].between("2024-01-01", "2024-07-01") & ~ships["shipped_on"].between(
        "2025-05-01", "2025-08-10"
    )
    assert extra[calm].mean() == pytest.approx(0.5, abs=1.0)


def test_the_failed_supplier_delivers_no_more(made):
    bought = made[1]["purchases"]
    mine = bought[bought["supplier_id"] == "S019"]
    assert len(mine) > 10
    assert mine["received_on"].max() < pd.Timestamp("2025-06-01")
    assert mine["ordered_on"].max() < pd.Timestamp("2025-07-15")
    assert mine["received_on"].isna().any()
