"""The permutation test behind the regional methods: symmetric, honest about infinite ends, with a known p value."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.marketing import geo_inference

POST = np.arange(20) >= 16


def nothing(target):
    return np.zeros_like(target)


def test_cyclic_p_value_is_counted_by_hand():
    # Residuals 1 before and 5 in the four last periods: no shift but the one that happened reaches a mean of 5.
    target = np.where(POST, 5.0, 1.0)
    found = geo_inference.conformal(nothing, target, POST, target, level=0.9, permutation="cyclic")
    assert found[2] == pytest.approx(1 / 20)


def test_the_interval_holds_the_effects_that_are_not_rejected():
    rng = np.random.default_rng(0)
    target = rng.normal(size=20) + 3.0 * POST
    low, high, p = geo_inference.conformal(nothing, target, POST, target, level=0.8, rng=np.random.default_rng(1))
    assert low < target[POST].mean() < high
    for tried, inside in ((low + 0.01, True), (low - 0.05, False), (high - 0.01, True), (high + 0.05, False)):
        moved = target - tried * POST
        again = geo_inference.conformal(nothing, moved, POST, moved, level=0.8, rng=np.random.default_rng(1))[2]
        assert (again > 0.2) == inside
    assert (p < 0.2) == (not low <= 0 <= high)


def test_moving_the_outcome_moves_the_interval_along():
    target = np.random.default_rng(2).normal(size=20)
    plain, moved = (
        geo_inference.conformal(nothing, values, POST, values, level=0.9, rng=np.random.default_rng(3))
        for values in (target, target + 7.0 * POST)
    )
    assert moved[:2] == pytest.approx([plain[0] + 7, plain[1] + 7], abs=1e-3)


def test_an_unknown_permutation_is_named():
    with pytest.raises(InputError, match="permutation 'blocks' is not known"):
        geo_inference.conformal(nothing, np.ones(20), POST, np.ones(20), level=0.9, permutation="blocks")


@pytest.mark.parametrize(
    ("treated", "start", "error", "words"),
    [
        (["z"], 3, InputError, "treated region"),
        (["a"], 1, Refusal, "periods before and after its start"),
        (["a"], 9, Refusal, "periods before and after its start"),
        (["a", "b"], 3, Refusal, "no region is left as control"),
    ],
)
def test_what_no_test_can_use_is_refused(treated, start, error, words):
    with pytest.raises(error, match=words):
        geo_inference.ready(pd.DataFrame(np.ones((6, 2)), columns=["a", "b"]), treated, start)
