"""Plans: weights, dependencies and capital add up."""

import numpy as np
import pytest
from crossborder.company.tables import TABLES
from crossborder.demo import planning_tables
from crossborder.demo.world import AS_OF, World


@pytest.fixture(scope="module")
def built():
    world = World(seed=15)
    return planning_tables.part(world, world.rng("planning"))


def test_tables_keep_the_contract(built):
    for name, frame in built[0].items():
        TABLES[name].schema().validate(frame, lazy=True)


def test_weights_of_the_scorecard_sum_to_one(built):
    assert built[0]["objectives"]["weight"].sum() == pytest.approx(1.0)


def test_steps_begin_after_those_that_they_wait_for(built):
    frame = built[0]["milestones"].set_index("milestone_id")
    pairs = frame["depends_on"].dropna().str.split("|").explode()
    ends = frame["planned_end"].loc[pairs].to_numpy()
    starts = frame["planned_start"].loc[pairs.index].to_numpy()
    assert (starts > ends).all()


def test_progress_agrees_with_the_dates(built):
    frame = built[0]["milestones"]
    done = frame["actual_end"].notna()
    assert (frame.loc[done, "progress"] == 1).all()
    assert (frame.loc[done, "actual_end"] <= AS_OF).all()
    assert 0.2 < done.mean() < 0.9


def test_late_plan_costs_more_as_stated(built):
    tables, truth = built
    done = tables["milestones"].dropna(subset="actual_end")
    cost = done.groupby("plan")[["planned_cost_usd", "actual_cost_usd"]].sum()
    ratio = cost["actual_cost_usd"] / cost["planned_cost_usd"]
    stated = truth["plan_factors"].set_index("plan")["cost_factor"]
    assert np.allclose(ratio, stated.loc[ratio.index], atol=0.15)


def test_shares_of_a_round_have_one_price(built):
    table = built[0]["cap_table"]
    for order in (1, 2):
        rows = table[table["order"] == order]
        price = rows["pre_money_usd"] / table.loc[table["order"] < order, "shares"].sum()
        assert np.allclose(rows["invested_usd"] / rows["shares"], price, rtol=1e-5)


def test_projects_cover_stages_and_kinds(built):
    frame = built[0]["projects"]
    assert frame["stage"].nunique() == 3
    assert frame["kind"].nunique() == 5
    assert (frame["yearly_cash_low_usd"] < frame["yearly_cash_base_usd"]).all()
    assert (frame["yearly_cash_base_usd"] < frame["yearly_cash_high_usd"]).all()
