import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.supply import conformal, forecasting


@pytest.fixture(scope="module")
def world():
    """Series of all sizes with season, trend-free, over-dispersed; a third is launched on the way."""
    rng = np.random.default_rng(5)
    weeks, series = 150, 600
    shape = 1 + 0.2 * np.sin(2 * np.pi * np.arange(weeks) / 52)
    size = rng.lognormal(0.6, 1.1, (series, 1))
    y = rng.poisson(rng.gamma(4, size / 4, (series, weeks)) * shape).astype(float)
    launch = np.where(rng.random(series) < 0.33, rng.integers(20, 135, series), 0)
    return np.where(np.arange(weeks) < launch[:, None], 0.0, y)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
def test_intervals_cover_what_they_promise_overall_and_by_pattern(world, level):
    made = forecasting.batch(world[:, :-8], 8, level=level)
    inside = (world[:, -8:] >= made.low) & (world[:, -8:] <= made.high)
    assert inside.mean() == pytest.approx(level, abs=0.04)
    for pattern in ("smooth", "intermittent"):
        rows = made.pattern == pattern
        assert inside[rows].mean() == pytest.approx(level, abs=0.05), f"{pattern}: {rows.sum()} series"


def test_a_higher_level_gives_wider_intervals(world):
    narrow, wide = (forecasting.batch(world[:60, :-8], 8, level=level) for level in (0.5, 0.9))
    assert ((wide.high - wide.low) >= (narrow.high - narrow.low) - 1e-9).all()
    assert wide.mean == pytest.approx(narrow.mean)


def test_scores_use_no_week_from_the_part_that_was_learned(world):
    y = world[world[:, 0] > 0][:40, :60].copy()
    fitted, factor = np.ones_like(y), np.ones_like(y)
    before = conformal.scores(y, fitted, factor, 50, 4)
    y[:, 55] += 1000
    after = conformal.scores(y, fitted, factor, 50, 4)
    for step in range(4):
        changed = np.flatnonzero(~np.isclose(before[step], after[step], equal_nan=True).all(0))
        assert changed.tolist() == [5 - step]
    assert [score.shape[1] for score in before] == [10, 9, 8, 7]


def test_a_series_is_not_scored_before_its_first_sale():
    y = np.array([[0, 0, 0, 3, 2, 0, 1, 2.0]])
    score = conformal.scores(y, np.ones_like(y), np.ones_like(y), 2, 1)[0]
    assert np.isfinite(score[0]).tolist() == [False, False, True, True, True, True]


def test_the_bound_is_the_order_statistic_of_the_errors():
    errors = [np.arange(-99.0, 100.0).reshape(1, -1)]  # 199 errors: (n + 1) x 0.1 = 20th and 180th
    low, high = conformal.bounds([[1e6]], errors, np.array([1.0]), ["a"], 0.8)
    assert low[0, 0] == pytest.approx(1e6 - 80 * 1e3)
    assert high[0, 0] == pytest.approx(1e6 + 80 * 1e3)


def test_a_young_series_leans_on_the_others():
    rng = np.random.default_rng(2)
    y = rng.poisson(4, (30, 60)).astype(float)
    y[0, :58] = 0
    spread = conformal.own_spread(y, np.full_like(y, 4.0))
    assert spread[0] == pytest.approx(np.median(spread[1:]), rel=0.15)


@pytest.mark.parametrize("weeks", [1, 2, 3, 9, 14, 30])
def test_short_histories_give_finite_ordered_bounds(weeks):
    y = np.random.default_rng(weeks).poisson(3, (12, weeks)).astype(float)
    made = forecasting.batch(y, 8)
    assert np.isfinite(made.high).all()
    assert (made.low <= made.high).all()
    assert (made.high > 0).any() or not y.any()


def test_a_level_that_is_no_probability_is_refused():
    with pytest.raises(InputError, match="level"):
        conformal.bounds([[1.0]], [np.zeros((1, 0))], np.array([1.0]), ["a"], 1.2)
