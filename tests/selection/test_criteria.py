"""Decision matrices: shares, directions and norms that every method relies on."""

import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.selection import criteria


def test_weights_become_shares_and_one_direction_stands_for_all():
    values, weights, signs = criteria.decision([[1, 2], [3, 4]], [2, 6], -1)
    assert weights.tolist() == [0.25, 0.75]
    assert signs.tolist() == [-1, -1]
    assert values.tolist() == [[1, 2], [3, 4]]


def test_the_best_value_is_one_in_either_direction():
    matrix = [[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]]
    found = criteria.normalise(matrix, [1, -1])
    assert found[:, 0] == pytest.approx([0, 1 / 3, 1])
    assert found[:, 1] == pytest.approx([1, 2 / 3, 0])
    assert criteria.normalise(matrix, [1, -1], "max")[:, 1] == pytest.approx([1, 0.5, 0.25])
    assert criteria.normalise(matrix, [1, -1], "sum").sum(axis=0) == pytest.approx([1, 1])


def test_a_constant_column_counts_the_same_for_all():
    assert criteria.normalise([[3.0], [3.0]], -1).tolist() == [[0.5], [0.5]]


def test_a_gap_is_named_by_its_place():
    with pytest.raises(InputError, match=r"row 1, column 0 \(2 in all\)"):
        criteria.decision([[1.0, 2.0], [np.nan, np.nan]], [1, 1], 1)
