import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.supply import allocation
from crossborder.supply import sourcing_pages as pages


@pytest.fixture(scope="module")
def board(company):
    return pages.board(company, np.random.default_rng(1))


def test_every_supplier_has_a_tier_and_blocked_ones_a_reason(board):
    frame = board.frame
    assert set(frame["tier"]) <= {"strategic", "core", "cooperative", "blocked"}
    blocked = frame[frame["tier"] == "blocked"]
    assert ((blocked["failed"] != "") | (blocked["decision"] == "reject")).all()


def test_the_failed_supplier_and_most_slides_are_named(board, company):
    from crossborder.demo import truth

    warned = set(pages.warnings(board)["supplier_id"])
    known = truth.load(company.path)["supplier_record"]
    assert known["supplier_failure"]["supplier_id"] in warned
    table = pages.truth_check(board, truth.load(company.path)).set_index("check")["value"]
    assert table["rank correlation of score and hidden quality, all"] > 0.7


def test_a_category_is_split_and_priced(board, rng):
    pool, demand = pages.category_suppliers(board, "pet")
    found = allocation.allocate(pool, demand)
    assert found.plan["units"].sum() == pytest.approx(demand)
    caps = pages.frontier(pool, demand)
    curve = pages.resilience(pool, demand, 5.0, 60, 21, rng)
    names = [row["name"] for row in pages.sourcing_results(board, found, curve, caps, None)]
    assert len(names) == len(set(names))
    assert len(pages.answer(board, found, None, curve)) == 5
    assert pages.volume_tiers(pool, demand)["cut_at_double"].between(0, 1).all()
    assert pages.alliance_table(pool, demand)["share"].sum() == pytest.approx(1)
    watch = pages.capacity_watch(pool, demand)
    assert watch["cover"].is_monotonic_decreasing


def test_quality_terms_and_charts(board, rng):
    plans = pages.quality_plans(board)
    assert (plans["sample"] > plans["accept"]).all()
    terms, window = pages.finance_levers(board, 0.22, rng)
    assert (terms["low"] <= terms["high"]).all()
    assert window.months >= 0
    assert pages.batch_chart(board, board.frame["supplier_id"].iloc[0])["rate"].between(0, 1).all()


def test_a_cap_that_cannot_hold_is_loosened_and_told(board):
    pool, demand = pages.category_suppliers(board, "pet")
    found, held = pages.split_under_caps(pool, demand, 0.05, 1.0)
    assert held > 0.05
    assert found.countries.max() <= held + 1e-9


def test_an_unknown_category_is_told(board):
    with pytest.raises(InputError, match="category 'toys' is not known"):
        pages.category_suppliers(board, "toys")
