"""Published worked examples of ranking and weighting methods."""

import numpy as np
import pytest
from crossborder.selection import acceptability, ranking, weights

EXAMPLE = [[5, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6]]
EXAMPLE_WEIGHTS = [0.3, 0.4, 0.3]


def test_topsis_gives_the_printed_closeness():
    """Tzeng and Huang (2011), Multiple Attribute Decision Making, TOPSIS example."""
    found = ranking.topsis(EXAMPLE, EXAMPLE_WEIGHTS, [1, 1, 1])
    assert found == pytest.approx([0.5037, 0.6581, 0.7482, 0.3340], abs=6e-5)  # printed to four digits
    assert ranking.ranks(found).tolist() == [3, 2, 1, 4]


def test_topsis_with_minmax_gives_the_other_known_numbers():
    """pymcdm 1.4.0, TOPSIS() with its default norm."""
    found = ranking.topsis(EXAMPLE, EXAMPLE_WEIGHTS, [1, 1, 1], "minmax")
    assert found == pytest.approx([0.48528137, 0.6483713, 0.7767908, 0.36297734], abs=1e-7)


def test_vikor_gives_the_known_compromise():
    """scikit-criteria's test of VIKOR on the example of Tzeng and Huang (2011)."""
    found = ranking.vikor(EXAMPLE, EXAMPLE_WEIGHTS, [1, 1, 1])
    assert found.s == pytest.approx([0.6, 0.3, 0.15, 0.65])
    assert found.r == pytest.approx([0.3, 0.2, 0.15, 0.4])
    assert found.q == pytest.approx([0.75, 0.25, 0.0, 1.0])
    assert (found.advantage, found.stability, found.compromise) == (False, True, [1, 2])


def test_promethee_gives_the_printed_net_flows():
    """Papathanasiou and Ploskas (2018), PROMETHEE chapter: linear preference, q = 1, p = 2."""
    matrix = [[8, 7, 2, 1], [5, 3, 7, 5], [7, 5, 6, 4], [9, 9, 7, 3], [11, 10, 3, 7], [6, 9, 5, 4]]
    found = ranking.promethee(matrix, [0.4, 0.3, 0.1, 0.2], 1, "linear", q=1, p=2)
    assert found["net"].to_numpy() == pytest.approx([-0.26, -0.52, -0.22, 0.36, 0.7, -0.06], abs=1e-9)


DIAKOULAKI = [
    [61, 1.08, 4.33], [20.7, 0.26, 4.34], [16.3, 1.98, 2.53], [9, 3.29, 1.65],
    [5.4, 2.77, 2.33], [4, 4.12, 1.21], [-6.1, 3.52, 2.1], [-34.6, 3.31, 0.98],
]  # fmt: skip


@pytest.mark.parametrize(
    "kind, printed",
    [("pearson", [0.20222554, 0.48090173, 0.31687273]), ("spearman", [0.21454645, 0.4898563, 0.29559726])],
)
def test_critic_gives_the_known_weights(kind, printed):
    """Diakoulaki, Mavrotas and Papayannakis (1995); numbers as in scikit-criteria's tests."""
    assert weights.critic(DIAKOULAKI, 1, kind) == pytest.approx(printed, abs=1e-7)


def test_entropy_gives_the_printed_weights():
    """Xu (2004), EJOR 156(2): .463, .3992, .1378, 0."""
    matrix = [[30, 30, 38, 29], [19, 54, 86, 29], [19, 15, 85, 28.9], [68, 70, 60, 29]]
    expected = [0.462952287, 0.399203549, 0.137840856, 3.3079725e-06]
    assert weights.entropy(matrix) == pytest.approx(expected, abs=1e-6)


DRINKS = ["coffee", "wine", "tea", "beer", "soda", "milk", "water"]
SAATY = np.array([
    [1, 9, 5, 2, 1, 1, 1 / 2], [1 / 9, 1, 1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9], [1 / 5, 3, 1, 1 / 3, 1 / 4, 1 / 3, 1 / 9],
    [1 / 2, 9, 3, 1, 1 / 2, 1, 1 / 3], [1, 9, 4, 2, 1, 2, 1 / 2], [1, 9, 3, 1, 1 / 2, 1, 1 / 3], [2, 9, 9, 3, 2, 3, 1],
])  # fmt: skip


def test_ahp_gives_the_printed_consumption_of_drinks():
    """Saaty (2008), IJSSci 1(1), table 3: shares to three digits, consistency ratio .022."""
    found = weights.ahp(SAATY, DRINKS)
    assert found.weights[DRINKS].to_numpy() == pytest.approx(
        [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327], abs=6e-4
    )
    assert found.largest_eigenvalue == pytest.approx(7.176629, abs=1e-6)
    assert found.consistency_ratio == pytest.approx(0.0223, abs=5e-5)
    assert found.consistent


def test_merec_gives_the_printed_weights():
    """Keshavarz-Ghorabaee et al. (2021), Symmetry 13(4), 525, illustrative example: two gains, two costs."""
    matrix = [[450, 8000, 54, 145], [10, 9100, 2, 160], [100, 8200, 31, 153], [220, 9300, 1, 162], [5, 8400, 23, 158]]
    found = weights.merec(matrix, [1, 1, -1, -1])
    assert found == pytest.approx([0.5752, 0.0141, 0.4016, 0.0091], abs=6e-5)


def test_rank_order_centroid_gives_the_printed_weights():
    """Barron and Barrett (1996), Management Science 42(11): four attributes .5208, .2708, .1458, .0625."""
    assert weights.rank_order([1, 2, 3, 4]) == pytest.approx([0.5208, 0.2708, 0.1458, 0.0625], abs=5e-5)


@pytest.mark.parametrize(
    "utility, first, central",
    [
        pytest.param([[1, 0], [0, 1], [0.6, 0.6]], [0.4, 0.4, 0.2], [[0.8, 0.2], [0.2, 0.8], [0.5, 0.5]], id="two"),
        pytest.param(np.eye(3), [1 / 3] * 3, [[0.6111, 0.1944, 0.1944]] * 3, id="three"),
        pytest.param([*np.eye(3).tolist(), [0.5, 0.5, 0.5]], [0.25] * 4, None, id="three and their middle"),
    ],
)
def test_acceptability_agrees_with_the_integral(utility, first, central):
    """Volumes of the regions of the weight simplex, by hand."""
    rng = np.random.default_rng(11)
    draws = 200_000
    found = acceptability.acceptability(
        utility, acceptability.weight_draws(np.shape(utility)[1], draws, rng), 1, places=1
    )
    error = 3 * np.sqrt(np.array(first) * (1 - np.array(first)) / draws)
    assert (np.abs(found.table["first"].to_numpy() - first) < error).all()
    assert found.ranks[:, 0] == pytest.approx(found.table["first"].to_numpy(), abs=1e-12)
    if central is not None:
        spread = np.roll(np.eye(3), 0, axis=1) if len(central[0]) == 3 else None
        expected = np.where(spread == 1, 0.6111, 0.1944) if spread is not None else np.array(central)
        assert found.central_weights.to_numpy() == pytest.approx(expected, abs=0.005)


WEALTH = [[1, 4, 9, 6, 6, 5, 5], [1 / 4, 1, 7, 5, 5, 3, 4], [1 / 9, 1 / 7, 1, 1 / 5, 1 / 5, 1 / 7, 1 / 5],
          [1 / 6, 1 / 5, 5, 1, 1, 1 / 3, 1 / 3], [1 / 6, 1 / 5, 5, 1, 1, 1 / 3, 1 / 3],
          [1 / 5, 1 / 3, 7, 3, 3, 1, 2], [1 / 5, 1 / 4, 5, 3, 3, 1 / 2, 1]]  # fmt: skip


def test_ahp_gives_the_printed_wealth_of_seven_nations():
    """Saaty (1980), The Analytic Hierarchy Process: shares .427 .230 .021 .052 .052 .123 .094, root 7.61."""
    found = weights.ahp(WEALTH)
    assert found.weights.to_numpy() == pytest.approx([0.427, 0.230, 0.021, 0.052, 0.052, 0.123, 0.094], abs=2.1e-3)
    assert found.largest_eigenvalue == pytest.approx(7.61, abs=6e-3)
    assert found.consistent


@pytest.mark.parametrize("fill", ["harker", "smallest_eigenvalue"])
def test_ahp_with_a_pair_left_out_as_in_harker(fill):
    """Harker (1987), Mathematical Modelling 9(11): root 3, shares 4/7, 2/7, 1/7; the missing ratio is 4."""
    found = weights.ahp([[1, 2, np.nan], [1 / 2, 1, 2], [np.nan, 1 / 2, 1]], fill=fill)
    assert found.weights.to_numpy() == pytest.approx([4 / 7, 2 / 7, 1 / 7], abs=1e-6)
    assert found.largest_eigenvalue == pytest.approx(3, abs=1e-9)
    assert found.completed[0, 2] == pytest.approx(4, abs=1e-5)


def test_vikor_gives_the_printed_climb_of_a_mountain():
    """Opricovic and Tzeng (2004), EJOR 156(2), section 4: risk and altitude of three climbs, the second is chosen."""
    found = ranking.vikor([[1, 3000], [2, 3750], [5, 4500]], [0.5, 0.5], [-1, 1])
    assert found.s == pytest.approx([0.5, 0.375, 0.5])
    assert found.r == pytest.approx([0.5, 0.25, 0.5])
    assert found.q == pytest.approx([1, 0, 1])
    assert found.compromise == [1]
