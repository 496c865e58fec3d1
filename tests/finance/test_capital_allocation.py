import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.finance.capital_allocation import (
    allocate,
    expected_shortfall,
    mix_table,
    tail_frontier,
    trial_cap,
)
from hypothesis import given, settings
from hypothesis import strategies as st

DRAWS = np.random.default_rng(2).normal([3, 2, 1, 0.5], [9, 4, 1, 0.2], (800, 4))
CAPITAL = [5.0, 4.0, 3.0, 2.0]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-5, 20), st.floats(0.5, 10)), min_size=1, max_size=7), st.floats(1, 25))
def test_the_choice_is_the_best_of_all_subsets(projects, budget):
    value, capital = np.array(projects).T
    subsets = (np.arange(2 ** len(value))[:, None] >> np.arange(len(value))) & 1
    best = (subsets @ value)[subsets @ capital <= budget].max()
    assert allocate(value, capital, budget).value_usd == pytest.approx(best, abs=1e-6)


def test_caps_hold_for_labels_and_a_missing_label_is_free():
    groups = {"market": (["US", "US", None, "DE"], 0.4)}
    choice = allocate([9, 8, 7, 1], [4, 4, 9, 2], 12, groups=groups)
    assert choice.funded[0] + choice.funded[1] <= 1
    assert allocate([1, 1], [1, 1], 5, excludes=[(0, 1)]).funded.sum() == 1


def test_the_linear_form_equals_the_sorted_tail():
    """At full weight on the tail the programme's optimum is the least expected shortfall over a fine grid."""
    best = allocate(DRAWS.mean(0)[:2], [1, 1], 2, draws=DRAWS[:, :2], risk_weight=0.5, fractions=True)
    grid = np.linspace(0, 1, 101)
    a, b = np.meshgrid(grid, grid)
    tries = np.c_[a.ravel(), b.ravel()]
    aims = [0.5 * (DRAWS[:, :2] @ x).mean() - 0.5 * expected_shortfall(DRAWS[:, :2] @ x) for x in tries]
    mine = 0.5 * (DRAWS[:, :2] @ best.funded).mean() - 0.5 * expected_shortfall(DRAWS[:, :2] @ best.funded)
    assert mine >= max(aims) - 1e-6
    assert mine == pytest.approx(max(aims), abs=0.01)


def test_more_caution_means_less_tail_and_less_value_where_it_was_chosen():
    weights = (0.0, 0.3, 0.6)
    table = [allocate(DRAWS.mean(0), CAPITAL, 14, draws=DRAWS, risk_weight=w, fractions=True) for w in weights]
    assert np.all(np.diff([one.shortfall_usd for one in table]) <= 1e-6)
    assert np.all(np.diff([one.value_usd for one in table]) <= 1e-6)
    frontier = tail_frontier(DRAWS, CAPITAL, 14, paths=400)
    assert len(frontier) == 4


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=2, max_size=40), st.floats(0.5, 0.95))
def test_expected_shortfall_lies_between_the_mean_and_the_worst(outcome, level):
    value = expected_shortfall(np.array(outcome), level)
    assert -np.mean(outcome) - 1e-9 <= value <= -min(outcome) + 1e-9


def test_mix_and_trial_cap_by_hand():
    projects = pd.DataFrame({"kind": ["a", "a", "b"], "capital_usd": [10.0, 20.0, 30.0]})
    table = mix_table(projects, {"chosen": np.array([1.0, 0, 1])}).set_index("kind")
    assert table.loc["a"].tolist() == [0.5, 0.25]
    cap = trial_cap([4.0, 6.0, 1.0], [100.0, 100.0, 100.0])
    assert cap["stop"].tolist() == [False, True, True]
    assert cap["left_usd"].tolist() == [1, 0, 4]


def test_bad_input():
    with pytest.raises(InputError, match="shapes"):
        allocate([1, 2], [1], 3)
    with pytest.raises(InputError, match="finite"):
        allocate([1, np.nan], [1, 1], 3)
    with pytest.raises(InputError, match="draws"):
        allocate([1], [1], 3, risk_weight=0.5)
    with pytest.raises(InputError, match="cap of market"):
        allocate([1], [1], 3, groups={"market": (["US"], 0)})
    with pytest.raises(Refusal, match="leave none"):
        tail_frontier(DRAWS, CAPITAL, 5, paths=5000)
    with pytest.raises(InputError, match="cap, spend"):
        trial_cap([1], [0])
