"""Rules: the limits that the combined rule must reach, and weights that add to one."""

import numpy as np
import pytest
from crossborder.marketing import rules
from crossborder.marketing.journeys import from_paths
from hypothesis import given, settings
from hypothesis import strategies as st

PATHS = ["a > b > c > a", "b", "c > a", "direct > a > direct"]


def journeys():
    return from_paths(PATHS, [1, 2, 1, 1], days_between=3.0)


@pytest.mark.parametrize("rule", list(rules.RULES))
def test_weights_of_a_journey_add_to_one(rule):
    made = journeys()
    weights = rules.touch_weights(made, rule)
    assert np.add.reduceat(weights, made.starts[:-1]) == pytest.approx(np.ones(4))
    assert (weights >= 0).all()


def test_position_of_four_touches_by_hand():
    assert rules.position(journeys())[:4] == pytest.approx([0.4, 0.1, 0.1, 0.4])


def test_two_touches_share_evenly_and_one_takes_all():
    assert rules.position(journeys())[4:7] == pytest.approx([1.0, 0.5, 0.5])


def test_time_decay_halves_with_the_half_life():
    weights = rules.time_decay(journeys(), half_life_days=3.0)[:4]
    assert weights == pytest.approx(np.array([1, 2, 4, 8]) / 15)


def test_last_non_direct_skips_direct_touches():
    assert rules.last_non_direct(journeys())[-3:] == pytest.approx([0, 1, 0])


def test_endless_half_life_gives_position():
    made = journeys()
    both = rules.time_decay_position(made, half_life_days=np.inf)
    assert both == pytest.approx(rules.position(made))


def test_equal_position_weights_give_time_decay():
    made = from_paths(["a > b > c"], [1], days_between=2.0)
    both = rules.time_decay_position(made, half_life_days=5.0, first_share=1 / 3, last_share=1 / 3)
    assert both == pytest.approx(rules.time_decay(made, half_life_days=5.0))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=8), st.floats(0.5, 60), st.floats(0.05, 0.5), st.floats(0.05, 0.5)
)
def test_combined_rule_adds_to_one_for_any_journey(lengths, half_life, first, last):
    made = from_paths([" > ".join("abcdef"[:n]) for n in lengths], [1] * len(lengths), days_between=1.5)
    weights = rules.time_decay_position(made, half_life_days=half_life, first_share=first, last_share=last)
    assert np.add.reduceat(weights, made.starts[:-1]) == pytest.approx(np.ones(len(lengths)))


def test_very_old_touches_do_not_underflow():
    made = from_paths(["a > b"], [1], days_between=40_000.0)
    assert np.isfinite(rules.time_decay(made, half_life_days=0.5)).all()
