"""The simulator's stated effects are in its data: correctly specified regressions find them."""

import numpy as np
import pytest

from tests.demo import estimators

SEEDS = range(1, 41)


@pytest.fixture(scope="module")
def scores() -> dict[str, np.ndarray]:
    return estimators.errors_in_standard_errors(SEEDS)


@pytest.mark.parametrize("what", ["lifts", "adstock", "demand"])
def test_parameters_lie_within_two_standard_errors_in_nine_of_ten_seeds(scores, what):
    inside = (np.abs(scores[what]) < 2).mean(axis=0)
    assert inside.mean() >= 0.93  # 0.954 when the standard errors are right
    assert inside.min() >= 0.9


@pytest.mark.parametrize("what", ["lifts", "adstock", "demand"])
def test_errors_have_no_direction(scores, what):
    mean = scores[what].mean(axis=0) * np.sqrt(len(SEEDS))
    assert np.abs(mean).max() < 3.5
    assert np.sqrt(np.mean(mean**2)) < 1.6
