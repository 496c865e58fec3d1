"""Assumptions are well formed, levers are neutral, and every scenario meets rows that it can change."""

import numpy as np
import pytest
from crossborder.company import scenarios
from crossborder.company.tables import TABLES
from crossborder.demo import assumption_table, supply_base
from crossborder.demo.world import World


@pytest.fixture(scope="module")
def company_tables():
    world = World(seed=16)
    tables, _ = assumption_table.part(world, world.rng("assumptions"))
    return {**tables, "lanes": supply_base.lanes(world.rng("lanes"))}


def test_table_keeps_the_contract(company_tables):
    TABLES["assumptions"].schema().validate(company_tables["assumptions"], lazy=True)


def test_names_and_ranges(company_tables):
    frame = company_tables["assumptions"]
    assert frame["name"].str.fullmatch(r"(market|selection|supply|marketing|finance|risk)\.[a-z_]+\.[a-z0-9_]+").all()
    assert (frame["low"] <= frame["base"]).all()
    assert (frame["base"] <= frame["high"]).all()


def test_levers_are_neutral(company_tables):
    levers = company_tables["assumptions"].query("source == @assumption_table.LEVER")
    factor = levers["unit"].str.startswith("factor") | levers["unit"].str.startswith("0 if")
    assert (levers.loc[factor, "base"] == 1).all()
    assert (levers.loc[~factor, "base"] == 0).all()
    assert (levers["low"] == levers["high"]).all()


@pytest.mark.parametrize("name", [name for name in scenarios.available() if name != "base"])
def test_scenario_changes_something_and_keeps_the_contract(company_tables, name):
    scenario = scenarios.load(name)
    assert scenario.title and scenario.description and scenario.source
    changed = 0
    for table in {change.table for change in scenario.changes}:
        before = company_tables[table]
        after = scenario.apply(before.copy(), table)
        TABLES[table].schema().validate(after, lazy=True)
        changed += int(not after.equals(before))
    assert changed == len({change.table for change in scenario.changes})


def test_freight_shock_triples_sea_lanes_only_in_price(company_tables):
    before = company_tables["lanes"]
    after = scenarios.load("freight_shock").apply(before.copy(), "lanes")
    sea = before["mode"] == "sea"
    assert np.allclose(after.loc[sea, "cost_per_container"], 3 * before.loc[sea, "cost_per_container"])
    assert after["transit_days_mean"].equals(before["transit_days_mean"])
