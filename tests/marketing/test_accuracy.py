"""Distance to the truth over twenty worlds: tests beat every rule, in share and in level."""

import numpy as np
import pytest
from crossborder.demo import journey_worlds
from crossborder.marketing import accuracy

RULES = ["first", "last", "last_non_direct", "linear", "position", "time_decay", "time_decay_position", "markov",
         "markov_journey", "shapley"]  # fmt: skip


@pytest.fixture(scope="module")
def summary():
    return accuracy.error_summary(accuracy.attribution_errors(journey_worlds.many(20, 20261031)))


def test_calibrated_credit_beats_every_rule_in_share_and_level(summary):
    mine = summary.loc["calibrated"]
    assert (mine["share_distance"] < summary.loc[RULES, "share_distance"]).all()
    assert (mine["level_error"] < summary.loc[RULES, "level_error"]).all()


def test_rules_share_out_orders_that_would_have_come_anyway(summary):
    assert (summary.loc[RULES, "level_ratio"] > 1.5).all()
    assert summary.loc[RULES, "level_ratio"].nunique() == 1


def test_shapley_truth_adds_to_the_effect_of_all():
    world = journey_worlds.journey_world(np.random.default_rng(1), users=400, shapley=True)
    assert world.truth["shapley"].sum() == pytest.approx(world.all_off, rel=1e-9)
    assert world.truth.loc["direct", "total"] == pytest.approx(0.0, abs=1e-9)


def test_same_seed_same_world():
    one, two = (next(journey_worlds.many(1, 5, users=300)) for _ in range(2))
    assert one.touches.equals(two.touches) and one.lift.equals(two.lift)
