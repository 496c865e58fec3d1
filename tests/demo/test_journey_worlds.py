"""Worlds of journeys: effects that belong together, and weeks of the same users."""

import numpy as np
import pytest
from crossborder.demo import journey_worlds


@pytest.fixture(scope="module")
def world():
    return journey_worlds.journey_world(np.random.default_rng(8), users=1500, shapley=True)


def test_free_visits_cause_nothing_and_shares_of_all_add_up(world):
    assert world.truth.loc["direct", "total"] == pytest.approx(0.0, abs=1e-9)
    assert world.truth["shapley"].sum() == pytest.approx(world.all_off, rel=1e-9)
    # Early channels also work through the searches that they cause.
    upper = world.truth.loc[["social", "display", "search_generic", "email"]]
    assert (upper["total"] >= upper["direct"] - 1e-9).all()


def test_touches_are_in_order_and_end_with_the_order(world):
    touches = world.touches
    assert (touches["age_days"] >= 0).all()
    same = touches["journey"].to_numpy()[1:] == touches["journey"].to_numpy()[:-1]
    assert (np.diff(touches["age_days"])[same] <= 1e-12).all()
    assert touches.groupby("journey")["converted"].nunique().max() == 1


def test_weeks_hold_the_same_people_and_the_same_tests(world):
    weeks = world.weeks
    assert list(weeks.spend.columns) == [name for name in journey_worlds.CHANNELS if name != "direct"]
    assert weeks.orders.sum() / weeks.scale == pytest.approx(world.orders, rel=0.15)
    # A test says as many orders a unit of spend as it says orders among the world's users.
    money = weeks.spend.sum()[weeks.tests.index]
    assert (weeks.tests["roi"] * money / weeks.scale).to_numpy() == pytest.approx(world.lift["increment"].to_numpy())


def test_same_seed_same_world():
    one, two = (next(journey_worlds.many(1, 5, users=300)) for _ in range(2))
    assert one.touches.equals(two.touches) and one.lift.equals(two.lift) and one.weeks.orders.equals(two.weeks.orders)
