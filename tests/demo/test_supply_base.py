"""Suppliers, lanes and warehouses: contract, facts of geography, and quality that the record shows."""

import numpy as np
import pytest
from crossborder.company.tables import TABLES
from crossborder.demo import supply_base
from crossborder.demo.world import World


def everything(seed):
    world = World(seed=seed)
    tables, truth = supply_base.part(world, world.rng("supplier_months"))
    tables["suppliers"] = supply_base.suppliers(world.rng("suppliers"))
    tables["lanes"] = supply_base.lanes(world.rng("lanes"))
    tables["warehouses"] = supply_base.warehouses(world.scale)
    return tables, truth


@pytest.fixture(scope="module")
def built():
    return everything(3)


def test_tables_keep_the_contract(built):
    for name, frame in built[0].items():
        TABLES[name].schema().validate(frame, lazy=True)


def test_same_seed_gives_the_same_tables(built):
    again = everything(3)
    for name, frame in built[0].items():
        assert frame.equals(again[0][name])


def test_forty_suppliers_of_six_countries(built):
    suppliers = built[0]["suppliers"]
    assert len(suppliers) == 40
    assert set(suppliers["country"]) == {"CN", "VN", "IN", "ID", "TR", "MX"}
    assert suppliers.groupby("category").size().min() >= 5


@pytest.mark.parametrize(
    ("indicator", "sign"),
    [("on_time_rate", 1), ("defect_rate", -1), ("response_hours", -1), ("flexibility", 1), ("traceability", 1)],
)
def test_indicators_follow_hidden_quality(built, indicator, sign):
    tables, truth = built
    correlation = tables["suppliers"][indicator].corr(truth["supplier_quality"]["quality"], method="spearman")
    assert sign * correlation > 0.35


def test_failed_supplier_delivers_no_more(built):
    months = built[0]["supplier_months"]
    failed = supply_base.FAILED_SUPPLIER
    rows = months[months["supplier_id"] == failed["supplier_id"]]
    assert rows["month"].max() < np.datetime64(failed["failed_in"])
    slip = rows.loc[rows["month"] >= failed["slips_from"], "on_time_rate"].mean()
    assert slip < rows.loc[rows["month"] < failed["slips_from"], "on_time_rate"].mean() - 0.1


def test_monthly_record_is_unbiased_about_the_true_rate(built):
    tables, truth = built
    both = tables["supplier_months"].merge(truth["supplier_rates"], on=["month", "supplier_id"])
    error = both["on_time_rate"] - both["on_time_true"]
    assert abs(error.mean()) < 3 * error.std() / np.sqrt(len(error))


def test_rail_and_road_reach_only_europe(built):
    lanes = built[0]["lanes"]
    by_land = lanes[lanes["mode"].isin(["rail", "road"])]
    assert set(by_land["market"]) == {"DE", "GB"}


def test_every_market_has_sea_air_and_courier_from_three_origins(built):
    lanes = built[0]["lanes"]
    basic = lanes[lanes["mode"].isin(["sea", "air", "courier"])]
    assert (basic.groupby("market")["origin"].nunique() == 3).all()
    assert len(basic) == 8 * 3 * 3


def test_sea_is_slower_and_cheaper_than_air(built):
    lanes = built[0]["lanes"].pivot_table(index=["origin", "market"], columns="mode", values="transit_days_mean")
    cost = built[0]["lanes"].pivot_table(index=["origin", "market"], columns="mode", values="cost_per_kg")
    assert (lanes["sea"] > lanes["air"]).all()
    assert (cost["air"] < cost["courier"]).all()


def test_every_lane_has_a_price(built):
    lanes = built[0]["lanes"]
    assert lanes[["cost_per_kg", "cost_per_cbm", "cost_per_container"]].notna().any(axis=1).all()


def test_one_warehouse_in_use_in_every_market(built):
    warehouses = built[0]["warehouses"]
    assert len(warehouses) == 12
    assert (warehouses[warehouses["in_use"]].groupby("market").size() == 1).all()
    assert warehouses.loc[warehouses["in_use"], "market"].nunique() == 8


def test_order_quantities_and_lead_times_suit_a_small_seller(built):
    suppliers = built[0]["suppliers"]
    assert suppliers["min_order_quantity"].between(40, 160).all()
    assert suppliers["lead_time_days_mean"].between(15, 40).all()


def test_room_and_rent_grow_with_the_company():
    one, ten = supply_base.warehouses(1.0), supply_base.warehouses(10.0)
    for name in ("capacity_cbm", "fixed_cost_month"):
        assert (ten[name] == 10 * one[name]).all()
    assert supply_base.warehouses(0.1).equals(one)
