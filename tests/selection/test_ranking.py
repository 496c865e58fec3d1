"""Identities of ranking methods, and their agreement with independent packages."""

import numpy as np
import pandas as pd
import pytest
from crossborder.selection import criteria, ranking
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

TABLES = arrays(float, st.tuples(st.integers(2, 12), st.integers(1, 5)), elements=st.integers(-20, 20).map(float))


def problem(seed=0, rows=40, columns=6):
    rng = np.random.default_rng(seed)
    matrix = rng.lognormal(size=(rows, columns))
    return matrix, rng.dirichlet(np.ones(columns)), np.where(rng.uniform(size=columns) < 0.5, 1, -1)


def flows_by_pairs(matrix, weights, types, prefer):
    gap = (matrix[:, None] - matrix) * types
    return (prefer(gap) * weights).sum(axis=2).sum(axis=1) / (len(matrix) - 1)


PAIRWISE = {
    "usual": (lambda d: (d > 0) * 1.0, {}),
    "u_shape": (lambda d: (d > 0.3) * 1.0, {"q": 0.3}),
    "v_shape": (lambda d: np.clip(d / 0.8, 0, 1), {"p": 0.8}),
    "level": (lambda d: 0.5 * (d > 0.2) + 0.5 * (d > 0.9), {"q": 0.2, "p": 0.9}),
    "linear": (lambda d: np.clip((d - 0.2) / 0.7, 0, 1), {"q": 0.2, "p": 0.9}),
    "gaussian": (lambda d: np.where(d > 0, 1 - np.exp(-(d**2) / 2 / 0.5**2), 0), {"s": 0.5}),
}


@pytest.mark.parametrize("name", PAIRWISE)
def test_promethee_by_sorting_equals_all_pairs(name):
    matrix, weights, types = problem()
    prefer, limits = PAIRWISE[name]
    found = ranking.promethee(matrix, weights, types, name, **limits)
    assert found["plus"].to_numpy() == pytest.approx(flows_by_pairs(matrix, weights, types, prefer), abs=1e-12)
    against = flows_by_pairs(matrix, weights, -types, prefer)
    assert found["minus"].to_numpy() == pytest.approx(against, abs=1e-12)


def test_net_flows_of_promethee_cancel():
    found = ranking.promethee(*problem(3), "linear", q=0.1, p=1.0)
    assert found["net"].sum() == pytest.approx(0, abs=1e-10)


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_nothing_turns_into_nan(matrix):
    """Constant, negative and tied columns have defined scores."""
    weights = np.ones(matrix.shape[1])
    scores = ranking.rank_all(matrix, weights, 1)
    assert np.isfinite(scores.to_numpy()).all()
    assert scores[["weighted_sum", "topsis"]].to_numpy().min() >= 0
    assert scores[["weighted_sum", "topsis"]].to_numpy().max() <= 1 + 1e-12


@settings(max_examples=30, deadline=None)
@given(TABLES, st.integers(0, 5))
def test_a_constant_column_changes_no_order(matrix, value):
    wide = np.column_stack([matrix, np.full(len(matrix), float(value))])
    weights = np.ones(matrix.shape[1])
    assert ranking.topsis(wide, np.append(weights, 5.0), 1) == pytest.approx(ranking.topsis(matrix, weights, 1))
    assert ranking.vikor(wide, np.append(weights, 0.0), 1).q == pytest.approx(ranking.vikor(matrix, weights, 1).q)


def test_an_idea_better_in_everything_comes_first():
    matrix, weights, _ = problem(5)
    matrix[7] = matrix.max(axis=0) + 1
    assert (ranking.rank_all(matrix, weights, 1).idxmax() == 7).all()


def test_a_cost_column_is_the_mirrored_gain():
    matrix, weights, types = problem(2)
    turned = np.where(types < 0, -matrix, matrix)
    assert ranking.weighted_sum(matrix, weights, types) == pytest.approx(ranking.weighted_sum(turned, weights, 1))
    assert ranking.topsis(matrix, weights, types) == pytest.approx(ranking.topsis(turned, weights, 1))


def test_long_tables_in_chunks_give_the_same_scores():
    matrix, weights, types = problem(4, rows=3 * ranking.CHUNK // 2)
    size = np.sqrt((matrix**2).sum(axis=0))
    scaled = matrix / size * weights
    best = np.where(types > 0, scaled.max(axis=0), scaled.min(axis=0))
    worst = np.where(types > 0, scaled.min(axis=0), scaled.max(axis=0))
    far = np.linalg.norm(scaled - worst, axis=1)
    assert ranking.topsis(matrix, weights, types) == pytest.approx(far / (far + np.linalg.norm(scaled - best, axis=1)))


def test_ranks_share_the_best_place():
    assert ranking.ranks([3.0, 1.0, 3.0, 2.0]).tolist() == [1, 4, 1, 3]


def test_overlap_and_votes():
    scores = pd.DataFrame({"a": [4, 3, 2, 1.0], "b": [4, 1, 3, 2.0]})
    assert ranking.top_overlap(scores, 2).loc["a", "b"] == pytest.approx(0.5)
    assert ranking.agreement(scores, "kendall").loc["a", "b"] == pytest.approx(1 / 3)
    assert ranking.borda(scores).tolist() == pytest.approx([1, 1 / 3, 1 / 2, 1 / 6])


def test_topsis_agrees_with_pymcdm():
    pymcdm = pytest.importorskip("pymcdm")
    matrix, weights, types = problem(9)
    theirs = pymcdm.methods.TOPSIS()(matrix, weights, types)
    assert ranking.topsis(matrix, weights, types, "minmax") == pytest.approx(theirs, abs=1e-10)


def test_vikor_and_promethee_agree_with_pymcdm():
    pymcdm = pytest.importorskip("pymcdm")
    matrix, weights, types = problem(10)
    assert ranking.vikor(matrix, weights, types).q == pytest.approx(
        pymcdm.methods.VIKOR()(matrix, weights, types), abs=1e-10
    )
    theirs = pymcdm.methods.PROMETHEE_II("usual")(matrix, weights, types)
    assert ranking.promethee(matrix, weights, types)["net"].to_numpy() == pytest.approx(theirs, abs=1e-10)


def test_topsis_agrees_with_scikit_criteria():
    skc = pytest.importorskip("skcriteria")
    from skcriteria.agg.topsis import TOPSIS
    from skcriteria.preprocessing.scalers import VectorScaler

    matrix, weights, _ = problem(11)
    made = VectorScaler(target="matrix").transform(skc.mkdm(matrix, [max] * 6, weights=weights))
    theirs = TOPSIS().evaluate(made).e_.similarity
    assert ranking.topsis(matrix, weights, 1) == pytest.approx(theirs, abs=1e-10)


def test_normalised_values_have_their_bounds():
    matrix, _, types = problem(1)
    for norm in ("minmax", "max"):
        scaled = criteria.normalise(matrix, types, norm)
        assert scaled.max(axis=0) == pytest.approx(1)
    assert criteria.normalise(matrix, types, "sum").sum(axis=0) == pytest.approx(1)


@pytest.mark.parametrize("preference, limits", [("v_shape", {"p": 2.0}), ("linear", {"q": 0.5, "p": 2.0})])
def test_flows_do_not_move_with_where_zero_lies(preference, limits):
    values = np.random.default_rng(4).integers(0, 1024, (5000, 2)) / 256  # exact at any offset used here
    near = ranking.promethee(values, [1, 1], 1, preference, **limits)
    far = ranking.promethee(values + 2.0**40, [1, 1], 1, preference, **limits)
    assert far["net"].to_numpy() == pytest.approx(near["net"].to_numpy(), abs=1e-12)
