"""Shapley values: efficiency, the equal-split theorem, sampling with honest errors."""

import numpy as np
import pytest
from crossborder.marketing import shapley
from crossborder.marketing.journeys import from_paths
from hypothesis import given, settings
from hypothesis import strategies as st

PATHS = from_paths(["a > b", "b > c > b", "a", "c > a"], [4, 3, 2, 1], [5, 1, 9, 2])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=16, max_size=16))
def test_values_add_to_the_worth_of_all(worth):
    worth = np.array([0.0, *worth[1:]])
    assert shapley.shapley_value(worth).sum() == pytest.approx(worth[-1], abs=1e-9)


def test_set_shapley_is_the_equal_split_over_distinct_channels():
    exact = shapley.shapley_value(shapley.coalition_worth(PATHS))
    split = np.bincount(PATHS.codes, shapley.set_weights(PATHS) * np.repeat(PATHS.conversions, PATHS.lengths))
    assert exact == pytest.approx(split)


def test_ordered_credit_adds_to_the_set_value():
    table = shapley.ordered_shapley(PATHS)
    assert table.sum(axis=1).to_numpy() == pytest.approx(shapley.shapley_value(shapley.coalition_worth(PATHS)))


def test_rate_worth_sees_journeys_without_an_order():
    # Alone, a converts 1 of 90 journeys: worth 1 order, or 100 / 90 orders at that rate over all 100 journeys.
    quiet = from_paths(["a > b", "a"], [5, 1], [5, 89])
    plain, rate = (shapley.shapley_value(shapley.coalition_worth(quiet, worth)) for worth in ("conversions", "rate"))
    assert plain == pytest.approx([3.5, 2.5])
    assert rate == pytest.approx([(6 + 100 / 90) / 2, (6 - 100 / 90) / 2])


def test_sampled_values_agree_within_their_errors():
    rng = np.random.default_rng(1)
    table = rng.random(2**6)
    table[0] = 0.0

    def worth(members):
        return table[members @ (1 << np.arange(6))]

    found = shapley.sampled_shapley(worth, 6, draws=600, rng=rng)
    assert (np.abs(found.value - shapley.shapley_value(table)) < 4 * found.standard_error + 1e-9).all()


def test_many_games_at_once_have_the_values_of_each():
    worth = np.random.default_rng(1).random((8, 3))
    assert shapley.shapley_value(worth) == pytest.approx(
        np.column_stack([shapley.shapley_value(one) for one in worth.T])
    )
