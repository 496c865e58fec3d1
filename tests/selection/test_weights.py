"""Identities of weighting methods."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.selection import weights
from hypothesis import given, settings
from hypothesis import strategies as st

TRUE = np.array([0.4, 0.3, 0.2, 0.1])
PERFECT = TRUE[:, None] / TRUE


@pytest.mark.parametrize("method", ["eigenvector", "geometric_mean"])
def test_consistent_comparisons_give_back_their_weights(method):
    found = weights.ahp(PERFECT, method=method)
    assert found.weights.to_numpy() == pytest.approx(TRUE)
    assert found.consistency_ratio == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("method", ["eigenvector", "geometric_mean"])
def test_left_out_pairs_of_consistent_comparisons_are_found(method):
    gaps = PERFECT.copy()
    for i, j in ((0, 3), (1, 3), (0, 2)):
        gaps[i, j] = gaps[j, i] = np.nan
    found = weights.ahp(gaps, list("abcd"), method=method)
    assert found.weights.to_numpy() == pytest.approx(TRUE, abs=1e-6)
    assert found.missing == 3
    assert found.completed == pytest.approx(PERFECT, abs=1e-4)


def test_completion_minimises_the_largest_eigenvalue():
    rng = np.random.default_rng(3)
    matrix = PERFECT * np.exp(np.triu(rng.normal(0, 0.3, (4, 4)), 1))
    matrix = np.where(np.tri(4, k=-1, dtype=bool), 1 / matrix.T, matrix)
    gaps = matrix.copy()
    gaps[0, 2] = gaps[2, 0] = np.nan
    best = weights.ahp(gaps)
    for factor in (0.8, 0.95, 1.05, 1.25):
        other = best.completed.copy()
        other[0, 2] *= factor
        other[2, 0] /= factor
        assert weights.ahp(other).largest_eigenvalue >= best.largest_eigenvalue - 1e-9


def test_one_side_of_a_pair_is_enough():
    upper = np.where(np.tri(4, k=-1, dtype=bool), np.nan, PERFECT)
    assert weights.ahp(upper).weights.to_numpy() == pytest.approx(TRUE)


def test_contradictory_comparisons_are_flagged():
    circle = [[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]]
    found = weights.ahp(circle)
    assert not found.consistent
    assert found.consistency_ratio > 1


def test_unconnected_comparisons_are_refused():
    apart = np.full((4, 4), np.nan)
    apart[0, 1], apart[2, 3] = 2, 3
    with pytest.raises(Refusal, match="groups that no comparison connects"):
        weights.ahp(apart)


def test_experts_together_are_the_geometric_mean():
    both = weights.group_comparisons([[[1, 2], [1 / 2, 1]], [[1, 8], [1 / 8, 1]]])
    assert both[0, 1] == pytest.approx(4)


def test_comparisons_are_read_from_text():
    found = weights.comparisons("a/b = 2, c/a = 1/3", ["a", "b", "c"])
    assert found[0, 1] == 2
    assert found[0, 2] == pytest.approx(3)
    assert np.isnan(found[1, 2])


TABLES = st.integers(0, 10_000)


@settings(max_examples=30, deadline=None)
@given(TABLES)
def test_weights_add_up_to_one_and_forget_the_scale(seed):
    rng = np.random.default_rng(seed)
    matrix = rng.lognormal(size=(9, 4))
    scale = rng.lognormal(0, 3, size=4)
    for method in (weights.entropy, weights.critic, weights.standard_deviation, weights.merec):
        found = method(matrix)
        assert found.sum() == pytest.approx(1)
        assert method(matrix * scale) == pytest.approx(found, abs=1e-9)


def test_a_constant_column_gets_no_weight():
    matrix = np.column_stack([np.full(8, 3.0), np.random.default_rng(1).lognormal(size=(8, 2))])
    for method in (weights.entropy, weights.critic, weights.standard_deviation):
        found = method(matrix)
        assert found[0] == pytest.approx(0, abs=1e-12)
        assert np.isfinite(found).all()


def test_nothing_that_varies_is_refused():
    for method in (weights.entropy, weights.critic, weights.standard_deviation):
        with pytest.raises(Refusal, match="no column varies"):
            method(np.ones((4, 3)))


def test_fitted_weights_drop_what_does_harm():
    found = weights.fitted(pd.Series({"a": 3.0, "b": -1.0, "c": 1.0}))
    assert found.to_dict() == pytest.approx({"a": 0.75, "b": 0.0, "c": 0.25})


def test_centroid_is_the_mean_of_ordered_weights():
    rng = np.random.default_rng(5)
    drawn = -np.sort(-rng.dirichlet(np.ones(4), 40_000), axis=1)
    assert weights.rank_order([1, 2, 3, 4]) == pytest.approx(drawn.mean(axis=0), abs=0.004)


def test_agreement_with_pymcdm():
    pymcdm = pytest.importorskip("pymcdm")
    matrix = np.random.default_rng(2).lognormal(size=(15, 5))
    assert weights.entropy(matrix) == pytest.approx(pymcdm.weights.entropy_weights(matrix), abs=1e-10)
    theirs = pymcdm.weights.critic_weights(matrix, np.ones(5))
    assert weights.critic(matrix) == pytest.approx(theirs, abs=1e-10)


def test_another_random_index_scales_the_ratio():
    circle = [[1, 2, 1 / 2], [1 / 2, 1, 3], [2, 1 / 3, 1]]
    usual, other = weights.ahp(circle), weights.ahp(circle, random_index=0.525)
    assert other.consistency_ratio == pytest.approx(usual.consistency_ratio * 0.58 / 0.525)


def test_harkers_ratios_are_those_of_his_weights():
    matrix = np.array([[1, 3, np.nan, 5], [1 / 3, 1, 2, np.nan], [np.nan, 1 / 2, 1, 4], [1 / 5, np.nan, 1 / 4, 1]])
    found = weights.ahp(matrix, fill="harker")
    w = found.weights.to_numpy()
    assert found.completed[0, 2] == pytest.approx(w[0] / w[2])
    assert found.completed @ w == pytest.approx(found.largest_eigenvalue * w)
    least = weights.ahp(matrix)
    assert least.largest_eigenvalue <= found.largest_eigenvalue + 1e-9
    with pytest.raises(InputError, match="harker"):
        weights.ahp(matrix, fill="mean")
