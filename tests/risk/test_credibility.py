"""Credibility, exact limits, three points, availability."""

import numpy as np
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import credibility


def test_estimates_give_back_the_total_and_alike_groups_get_the_mean():
    x, m = np.array([[4.0, 6, 5], [9, 11, np.nan]]), np.array([[10.0, 20, 30], [5, 15, np.nan]])
    found = credibility.buhlmann_straub(x, m)
    size = np.array([60.0, 20])
    assert (size * found.estimate).sum() == pytest.approx(np.nansum(x * m))
    assert found.weight[0] > found.weight[1], "more exposure, more weight"
    alike = credibility.buhlmann([[1, 9, 5], [9, 1, 5]])
    assert alike.between == 0 and alike.estimate == pytest.approx([5, 5])
    with pytest.raises(InputError, match="two groups"):
        credibility.buhlmann([[1, 2, 3]])
    with pytest.raises(Refusal, match="two observations"):
        credibility.buhlmann_straub([[1.0], [2.0]], [[1.0], [1.0]])


def test_the_structure_is_found_in_a_simulation():
    rng = np.random.default_rng(2)
    groups = rng.normal(100, 5, 4000)[:, None] + rng.normal(0, 10, (4000, 6))
    found = credibility.buhlmann(groups)
    assert found.within == pytest.approx(100, rel=0.03) and found.between == pytest.approx(25, rel=0.08)


def test_poisson_limits_cover_at_least_the_level():
    for mean in (0.5, 3.0, 12.0):
        counts = np.random.default_rng(4).poisson(mean, 4000)
        low, high = credibility.poisson_limits(counts, 0.9)
        assert ((low <= mean) & (mean <= high)).mean() >= 0.89
    with pytest.raises(InputError, match="events"):
        credibility.poisson_limits(-1)


def test_three_points():
    mean, spread = credibility.pert(2, 5, 14)
    assert (float(mean), float(spread)) == (6.0, 2.0)
    with pytest.raises(InputError, match="order"):
        credibility.pert(3, 2, 5)


def test_availability_of_two_that_stand_in_for_each_other():
    one = credibility.repairable([90.0, 110.0], [5.0, 5.0])
    assert one["availability"] == pytest.approx(100 / 105)
    two = credibility.repairable(100.0, 5.0, units=2, needed=1)
    assert two["system"] == pytest.approx(1 - (5 / 105) ** 2)
    both = credibility.repairable(100.0, 5.0, units=2, needed=2)
    assert both["system"] == pytest.approx((100 / 105) ** 2)
    with pytest.raises(InputError, match="needed"):
        credibility.repairable(100.0, 5.0, units=1, needed=2)
