"""Distance to the truth over twenty worlds: what is held to tests beats every rule, in share and in level."""

import numpy as np
import pytest
from crossborder.demo import journey_worlds
from crossborder.marketing import accuracy

RULES = ["first", "last", "last_non_direct", "linear", "position", "time_decay", "time_decay_position", "markov",
         "markov_journey", "shapley"]  # fmt: skip


@pytest.fixture(scope="module")
def summary():
    return accuracy.error_summary(accuracy.attribution_errors(journey_worlds.many(20, 20261031)))


@pytest.mark.parametrize("method", ["calibrated", "mix_calibrated"])
def test_what_is_held_to_tests_beats_every_rule_in_share_and_level(summary, method):
    mine = summary.loc[method]
    assert mine["worlds"] == 20
    assert (mine["share_distance"] < summary.loc[RULES, "share_distance"]).all()
    assert (mine["level_error"] < summary.loc[RULES, "level_error"]).all()


def test_rules_share_out_orders_that_would_have_come_anyway(summary):
    assert (summary.loc[RULES, "level_ratio"] > 1.5).all()
    assert summary.loc[RULES, "level_ratio"].nunique() == 1


def test_both_come_near_the_caused_orders(summary):
    assert 0.8 <= summary.loc["calibrated", "level_ratio"] <= 1.25
    assert 0.8 <= summary.loc["mix_calibrated", "level_ratio"] <= 1.25
    assert summary.loc["calibrated", "share_distance"] < 0.7 * summary.loc[RULES, "share_distance"].min()


def test_tests_bring_the_mix_model_nearer_to_the_level(summary):
    assert summary.loc["mix_calibrated", "level_error"] < summary.loc["mix", "level_error"]


def test_each_definition_of_the_effect_has_its_own_distance():
    world = journey_worlds.journey_world(np.random.default_rng(1), users=400, shapley=True)
    found = accuracy.by_definition(world)
    assert list(found.columns) == ["total", "direct", "marginal", "shapley"]
    assert ((found >= 0) & (found <= 1)).all(axis=None)
