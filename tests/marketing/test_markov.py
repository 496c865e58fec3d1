"""Markov chains: probabilities, higher order, the two definitions."""

import numpy as np
import pytest
from crossborder.marketing import markov
from crossborder.marketing.journeys import from_paths

PATHS = from_paths(["a > b", "b > a", "a > a > c", "c"], [5, 2, 3, 1], [4, 6, 1, 9])


@pytest.mark.parametrize("order", [1, 2, 3])
def test_rows_of_the_transition_table_add_to_one(order):
    assert markov.chain(PATHS, order).transition().sum(axis=1) == pytest.approx(1.0)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_probability_of_conversion_is_the_observed_rate(order):
    probability, _ = markov.removal_effects(markov.chain(PATHS, order))
    assert probability == pytest.approx(11 / 31)


def test_order_three_removes_exactly_the_journeys_that_touch_the_channel():
    # With memory as long as the journeys the chain is the data: the effect is the share of orders that touch a channel.
    _, effects = markov.removal_effects(markov.chain(PATHS, 3))
    assert effects == pytest.approx([10 / 11, 7 / 11, 4 / 11])


def test_influence_gives_the_same_effects_as_the_plain_solution():
    model = markov.chain(PATHS, 2)
    assert markov.removal_influence(model, PATHS)[0] == pytest.approx(markov.removal_effects(model)[1])


def test_influence_is_the_derivative_of_the_effect():
    step = 1e-5
    model = markov.chain(PATHS)
    _, moved = markov.removal_influence(model, PATHS)
    more = from_paths(
        ["a > b", "b > a", "a > a > c", "c"], np.array([5 * (1 + step), 2, 3, 1]), [4 * (1 + step), 6, 1, 9]
    )
    change = (markov.removal_effects(markov.chain(more))[1] - markov.removal_effects(model)[1]) / step
    assert change == pytest.approx(moved[0], abs=1e-4)


def test_journey_weights_follow_the_effects_of_the_touched_channels():
    weights = markov.journey_weights(PATHS, np.array([0.6, 0.2, 0.0]))
    assert weights[:2] == pytest.approx([0.75, 0.25])
    assert weights[-1] == 1.0  # a journey of channels without effect is shared evenly
