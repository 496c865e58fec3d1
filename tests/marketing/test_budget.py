"""The optimiser: no random split within the limits is better, and the certificate is true."""

import numpy as np
import pandas as pd
import pytest
from crossborder.marketing import budget
from crossborder.marketing.response import Curves
from hypothesis import given, settings
from hypothesis import strategies as st

NAMES = ("a", "b", "c", "d")
FAMILIES = ["logistic", "michaelis_menten", "exponential", "tanh", "hill2"]


@pytest.mark.parametrize("family", FAMILIES)
def test_no_random_split_is_better(family):
    rng = np.random.default_rng(2)
    curves = Curves(NAMES, np.array([10.0, 30, 20, 5]), np.array([5.0, 20, 8, 2]), family)
    now = pd.Series(12.0, index=list(NAMES))
    bounds = budget.bounds_from_steps(now, step=0.7)
    best = budget.optimise(curves, now, bounds)
    tried = rng.dirichlet(np.ones(4), 20_000) * 48
    inside = ((tried >= bounds["low"].to_numpy()) & (tried <= bounds["high"].to_numpy())).all(axis=1)
    assert inside.sum() > 500
    assert curves.value(tried[inside]).sum(axis=1).max() <= best.response + 1e-6
    assert best.gap < 1e-4


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(1, 100), min_size=4, max_size=4), st.floats(0.05, 0.9))
def test_split_keeps_the_total_and_the_limits(size, step):
    curves = Curves(NAMES, np.array(size), np.array([5.0, 20, 8, 2]), "michaelis_menten")
    now = pd.Series([3.0, 9.0, 20.0, 1.0], index=list(NAMES))
    bounds = budget.bounds_from_steps(now, step=step)
    best = budget.optimise(curves, now, bounds)
    assert best.spend.sum() == pytest.approx(33.0)
    assert (best.spend >= bounds["low"] - 1e-9).all() and (best.spend <= bounds["high"] + 1e-9).all()
    assert best.gain >= -1e-9


def test_a_current_optimum_says_that_it_stays():
    curves = Curves(("a", "b"), np.array([1.0, 1.0]), np.array([0.5, 0.5]), "power")
    best = budget.optimise(
        curves, pd.Series({"a": 5.0, "b": 5.0}), pd.DataFrame({"low": 0.0, "high": 10.0}, index=["a", "b"])
    )
    assert not best.moved
    assert best.certificate["because"].str.startswith("stays").all()


def test_marketplace_gets_the_share_of_its_squared_size():
    curves = Curves(("marketplace", "own"), np.array([3.0, 1.0]), np.array([0.5, 0.5]), "power")
    assert budget.split_gain(curves, np.array([10.0, 40.0]))["share_of_first"].to_numpy() == pytest.approx(
        [0.9, 0.9], rel=1e-4
    )


def test_the_next_dollar_lies_between_the_ends_over_the_draws():
    now = pd.Series([200.0, 300.0], ["a", "b"])
    sure = Curves(("a", "b"), np.array([900.0, 700.0]), np.array([400.0, 300.0]))
    best = budget.optimise(sure, now, budget.bounds_from_steps(now, step=0.9))
    scale = np.random.default_rng(2).lognormal(0, 0.2, (400, 1))
    low, high = budget.next_dollar_interval(Curves(("a", "b"), sure.size * scale, sure.half), best)
    assert low < best.multiplier < high
    alike = Curves(("a", "b"), np.tile(sure.size, (5, 1)), sure.half)
    assert budget.next_dollar_interval(alike, best) == pytest.approx((best.multiplier, best.multiplier), rel=1e-4)
