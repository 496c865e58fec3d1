"""Rank probabilities under uncertain weights and data."""

import numpy as np
import pytest
from crossborder.selection import acceptability, ranking

UTILITY = np.random.default_rng(4).uniform(size=(25, 5))


def drawn(count=6000, seed=1, **kind):
    return acceptability.weight_draws(5, count, np.random.default_rng(seed), **kind)


def test_weights_lie_on_the_simplex():
    for kind in ({}, {"centre": [1, 2, 3, 4, 5]}, {"order": [2, 1, 3, 5, 4]}):
        weights = drawn(**kind)
        assert weights.sum(axis=1) == pytest.approx(1)
        assert weights.min() >= 0


def test_drawn_weights_keep_the_order_of_importance():
    weights = drawn(order=[2, 1, 3, 5, 4])
    assert (weights[:, 1] >= weights[:, 0]).all()
    assert (weights[:, 3] <= weights[:, 4]).all()


def test_drawn_weights_centre_on_the_stated_ones():
    assert drawn(centre=[5, 2, 1, 1, 1], concentration=40).mean(axis=0) == pytest.approx(
        np.array([5, 2, 1, 1, 1]) / 10, abs=0.01
    )


def test_probabilities_of_the_first_k_add_up_to_k():
    found = acceptability.acceptability(UTILITY, drawn(), 5, places=25)
    assert found.table["top_k"].sum() == pytest.approx(5)
    assert found.ranks.sum(axis=1) == pytest.approx(1)
    assert found.ranks.sum(axis=0) == pytest.approx(1)
    assert found.ranks[:, :5].sum(axis=1) == pytest.approx(found.table["top_k"].to_numpy(), abs=1e-12)


def test_one_fixed_weight_gives_the_plain_ranking():
    found = acceptability.acceptability(UTILITY, np.full((3, 5), 0.2), 5)
    first = ranking.ranks(UTILITY.mean(axis=1)) <= 5
    assert (found.table["top_k"] > 0.5).to_numpy().tolist() == first.tolist()


def test_noise_takes_certainty_away():
    sharp = acceptability.acceptability(UTILITY, drawn(), 3).table["top_k"].max()
    blurred = (
        acceptability.acceptability(UTILITY, drawn(), 3, rng=np.random.default_rng(2), noise=0.6).table["top_k"].max()
    )
    assert blurred < sharp - 0.05


def test_central_weights_make_their_idea_the_first():
    found = acceptability.acceptability(UTILITY, drawn(), 1)
    sure = found.central_weights.dropna()
    scores = UTILITY @ sure.to_numpy().T
    assert scores.argmax(axis=0).tolist() == sure.index.tolist()


def test_confidence_is_one_without_noise():
    found = acceptability.acceptability(UTILITY, drawn(), 1)
    sure = acceptability.confidence_factors(UTILITY, found.central_weights, 0.0, np.random.default_rng(1), draws=10)
    assert sure[found.central_weights.notna().all(axis=1)].tolist() == pytest.approx(
        [1.0] * len(found.central_weights.dropna())
    )


def test_the_weighted_sum_of_fixed_values_knows_no_reversal():
    def plain(matrix, weights, types):
        return matrix @ weights

    found = acceptability.rank_reversal(UTILITY, np.ones(5), 1, plain)
    assert found["pairs_reversed"].max() == 0
    assert not found["winner_changed"].any()


def test_topsis_can_reverse_ranks():
    worst = [acceptability.rank_reversal(np.random.default_rng(s).uniform(size=(8, 5)), np.ones(5), 1, ranking.topsis)
             ["pairs_reversed"].max() for s in range(30)]  # fmt: skip
    assert max(worst) > 0


@pytest.mark.parametrize("k", [1, 2, 3])
def test_alternatives_with_the_same_values_share_alike(k):
    values = [[0.1, 0.9], [0.7, 0.4], [0.7, 0.4], [0.7, 0.4], [0.2, 0.1]]
    drawn = acceptability.weight_draws(2, 500, np.random.default_rng(1))
    found = acceptability.acceptability(values, drawn, k, places=5)
    alike = found.table.loc[[1, 2, 3]]
    assert np.ptp(alike["top_k"]) < 1e-9 and np.ptp(alike["first"]) < 1e-9
    assert found.table["top_k"].sum() == pytest.approx(k)
    assert found.table["first"].sum() == pytest.approx(1)
    assert found.ranks.sum(axis=0) == pytest.approx(np.ones(5))
    assert found.central_weights.loc[1].tolist() == pytest.approx(found.central_weights.loc[3].tolist())
    merged = acceptability.acceptability([values[0], values[1], values[4]], drawn, 1)
    assert found.table.loc[[1, 2, 3], "first"].sum() == pytest.approx(merged.table.loc[1, "first"])
