import numpy as np
import pytest
from crossborder.supply import network_pages as pages


def test_flows_are_a_year_of_pieces(flows):
    assert flows.units_week.sum() * 52 == pytest.approx(flows.inputs.weights.sum())


def test_the_best_mode_never_costs_more_than_sea(flows):
    table = pages.mode_table(flows, 0.22, 0.95, 0.65)
    assert (table["cost"] <= table["sea_only"] + 1e-9).all()
    points = pages.mode_points(flows, "US", 0.22)
    assert points["undominated"].any()
    assert points.set_index("mode")["co2e_kg"]["air"].max() > points.set_index("mode")["co2e_kg"]["sea"].max()
    assert pages.split_table(flows, "US", 0.22)["total"].notna().all()


def test_closures_by_case_and_ship(flows):
    table = pages.closures(flows, {"suez": ("suez",)}, ["neo_panamax", "ultra_large", "neo_panamax"], 0.22, 14.0)
    sums = pages.closure_sums(table)
    assert sums["lanes"].tolist() == [6, 6]
    assert (
        sums.set_index("ship").loc["ultra_large", "extra_days"]
        >= sums.set_index("ship").loc["neo_panamax", "extra_days"]
    )


def test_the_network_is_proven_best_and_cheaper_than_today(flows, company):
    network, sites, regions, worth = pages.network_choice(flows, company.table("warehouses"), company.as_of, 5.0)
    assert network.proven
    assert worth["cost_best"] <= worth["cost_today"] + 1e-6
    assert worth["seconds"] < 5
    assert worth["saved_low"] < worth["cost_today"] - worth["cost_best"] < worth["saved_high"]
    assert sites["units"].sum() == pytest.approx(regions["units"].sum(), rel=1e-6)


def test_orders_of_a_region_go_to_the_nearest_open_site_of_their_market(flows, company):
    _, sites, regions, worth = pages.network_choice(flows, company.table("warehouses"), company.as_of, 5.0)
    named = sites.rename(columns={"warehouse_id": "site", "market": "market_site"})
    served = regions.merge(named[["site", "market_site", "open"]], on="site")
    assert len(served) == len(regions)
    assert (served["market"] == served["market_site"]).all(), "customs lie between"
    assert served["open"].all()
    assert worth["days_best"] < worth["days_today"]


def test_sites_too_small_for_what_is_sold_are_taken_larger_at_the_same_rent(flows, company):
    listed = company.table("warehouses")
    _, _, _, enough = pages.network_choice(flows, listed, company.as_of, 5.0)
    assert enough["room_share"] == 1
    small = listed.assign(capacity_cbm=listed["capacity_cbm"] / 100, fixed_cost_month=listed["fixed_cost_month"] / 100)
    network, sites, _, worth = pages.network_choice(flows, small, company.as_of, 5.0)
    assert network.proven and 0 < worth["room_share"] < 0.5
    assert (sites["used_share"] <= 1 + 1e-9).all()
    assert worth["cost_best"] <= worth["cost_today"] + 1e-6


def test_the_graph_has_a_way_for_every_mode(flows):
    from crossborder.supply.routing import multi_objective_paths

    paths = multi_objective_paths(pages.route_graph(flows), "CNSHA", pages.first_region("US"))
    assert len(paths) >= 2
    assert (np.diff(paths["days"]) < 0).all()
    assert (pages.leg_km(flows.inputs.lanes) > 0).all()
    assert pages.REGIONS.groupby("market")["share"].sum().to_numpy() == pytest.approx(1.0)
    assert pages.co2e(1.0, np.array([100.0]), flows.inputs.lanes["mode"].iloc[:1]).shape == (1,)
