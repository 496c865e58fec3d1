"""The simulator's stated effects are in its data: correctly specified regressions find them."""

import numpy as np
import pytest
from crossborder.demo import media, prices
from crossborder.demo.world import CATEGORIES, CHANNELS

from tests.demo import estimators

SEEDS = range(1, 41)
REACHING = np.array([c not in media.HARVEST for c in CHANNELS])


def _truth(what: str, small: estimators.Small) -> np.ndarray:
    lift = media.CHANNEL["lift"].to_numpy()
    if what == "lifts":
        return lift
    if what == "adstock":
        return (small.media.reach * lift)[REACHING]
    known = prices.DEMAND
    others = ("rival_price", "rating", "promotion", "after_promotion_1", "after_promotion_2")
    return np.array([*(prices.ELASTICITY[c] for c in CATEGORIES), *(known[name] for name in others)])


@pytest.fixture(scope="module")
def scores() -> dict[str, np.ndarray]:
    """Errors in standard errors: seed x parameter, for the three regressions."""
    found: dict[str, list[np.ndarray]] = {"lifts": [], "adstock": [], "demand": []}
    for seed in SEEDS:
        small = estimators.Small.drawn(seed, 0.15)
        for what, estimate in (
            ("lifts", estimators.lifts),
            ("adstock", estimators.adstock_coefficients),
            ("demand", estimators.demand_coefficients),
        ):
            value, error = estimate(small)
            found[what].append((value - _truth(what, small)) / error)
    return {what: np.array(rows) for what, rows in found.items()}


@pytest.mark.parametrize("what", ["lifts", "adstock", "demand"])
def test_parameters_lie_within_two_standard_errors_in_nine_of_ten_seeds(scores, what):
    inside = (np.abs(scores[what]) < 2).mean(axis=0)
    assert inside.mean() >= 0.93  # 0.954 when the standard errors are right
    assert np.median(inside) >= 0.9
    # With right standard errors one parameter in 26 falls to 35 of 40 by chance alone, and one in 100 below it.
    assert inside.min() >= 35 / len(SEEDS)


@pytest.mark.parametrize("what", ["lifts", "adstock", "demand"])
def test_errors_have_no_direction(scores, what):
    mean = scores[what].mean(axis=0) * np.sqrt(len(SEEDS))
    assert np.abs(mean).max() < 3.5
    assert np.sqrt(np.mean(mean**2)) < 1.6
