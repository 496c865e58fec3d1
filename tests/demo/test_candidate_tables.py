"""Today's ideas: something for every gate, and true chances that differ."""

import pytest
from crossborder.company.tables import TABLES
from crossborder.demo import candidate_tables, supply_base
from crossborder.demo.world import World


@pytest.fixture(scope="module")
def built():
    world = World(seed=2)
    world.tables["suppliers"] = supply_base.suppliers(world.rng("suppliers"))
    tables, truth = candidate_tables.part(world, world.rng("candidates"))
    return tables["candidates"], truth["candidate_chances"], world.tables["suppliers"]


def test_table_keeps_the_contract(built):
    TABLES["candidates"].schema().validate(built[0], lazy=True)
    assert len(built[0]) == 150


def test_suppliers_exist_and_make_the_category(built):
    frame, _, suppliers = built
    makes = frame["supplier_id"].map(suppliers.set_index("supplier_id")["category"])
    assert (makes == frame["category"]).all()
    assert supply_base.FAILED_SUPPLIER["supplier_id"] not in set(frame["supplier_id"])


def test_gates_find_something_to_hold_against_some_ideas(built):
    frame = built[0]
    assert 0.05 < frame["content_flags"].notna().mean() < 0.25
    assert 0.05 < frame["battery"].mean() < 0.5
    doubtful = frame["materials"].str.contains("|".join(candidate_tables.DOUBTFUL.values()), regex=True)
    assert 0.04 < doubtful.mean() < 0.25
    assert (frame["weight_kg"] > 5).sum() >= 2


def test_some_certificates_asked_for_are_lacking(built):
    frame = built[0]
    german = frame[(frame["market"] == "DE")]
    reach = german["certificates"].fillna("").str.contains("REACH")
    assert 0.3 < reach.mean() < 1.0


def test_true_chances_spread_wide(built):
    assert built[1]["true_probability"].std() > 0.2
