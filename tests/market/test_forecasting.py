"""Forecasts of a panel: against plain loops, on exact patterns, and honest choice."""

import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.market import forecasting

RNG = np.random.default_rng(0)


def seasonal_panel(series: int = 12, months: int = 48, noise: float = 0.05) -> np.ndarray:
    t = np.arange(months)
    pattern = 0.3 * np.sin(2 * np.pi * t / 12)
    return np.exp(RNG.normal(5, 1, (series, 1)) + 0.01 * t + pattern + noise * RNG.standard_normal((series, months)))


def loop_ses(y: np.ndarray, alpha: float) -> float:
    """The slow version: the best first level found by trying, errors summed one by one."""
    best = None
    for first in np.linspace(y.min(), y.max(), 4001):
        level, total = first, 0.0
        for value in y:
            total += (value - level) ** 2
            level += alpha * (value - level)
        best = min(best or (np.inf, 0.0), (total, level))
    return best[1]


def test_smoothing_is_the_loops():
    y = RNG.normal(100, 10, 20)
    level, alpha, _ = forecasting.smoothed_level(y)
    assert level[0] == pytest.approx(loop_ses(y, alpha[0]), rel=1e-3)


@pytest.mark.parametrize("method", forecasting.METHODS)
def test_every_method_keeps_a_constant(method):
    found = forecasting.forecast(np.full((2, 36), 7.0), 6, method=method)
    assert found == pytest.approx(np.full((2, 6), 7.0), rel=1e-6)


@pytest.mark.parametrize("method", forecasting.METHODS)
def test_scale_of_a_series_does_not_matter(method):
    panel = seasonal_panel(3)
    assert forecasting.forecast(1000 * panel, 6, method=method) == pytest.approx(
        1000 * forecasting.forecast(panel, 6, method=method)
    )


def test_exact_season_and_line_are_continued():
    t = np.arange(48)
    season = np.tile(np.linspace(0.6, 1.4, 12), 4)
    panel = np.stack([100 * season, 50 * season[::-1], 80 * season])
    found = forecasting.forecast(panel, 12, method="theta")
    assert found == pytest.approx(panel[:, :12], rel=0.02)
    assert forecasting.forecast((10.0 + 2 * t)[None, :], 3, method="drift")[0] == pytest.approx([106, 108, 110])


def test_factors_have_mean_one():
    assert forecasting.seasonal_factors(seasonal_panel()).mean(axis=1) == pytest.approx(np.ones(12))


def test_choice_is_made_early_and_judged_late():
    found = forecasting.choose(seasonal_panel(), origins=10)
    assert found.method == found.selection["wape"].idxmin()
    assert found.beats_seasonal_naive == (
        found.test.loc[found.method, "wape"] < found.test.loc["seasonal_naive", "wape"]
    )
    assert found.errors.shape == (10, 12, 6)


def test_intervals_hold_new_errors_as_often_as_they_say():
    panel = seasonal_panel(60, 54)
    found = forecasting.choose(panel[:, :48], origins=8)
    point = forecasting.forecast(panel[:, :48], 6, method=found.method)
    low, high = forecasting.forecast_interval(point, found.errors)
    inside = (panel[:, 48:] >= low) & (panel[:, 48:] <= high)
    assert 0.80 <= inside.mean() <= 0.99


def test_errors_are_scaled_by_the_seasonal_naive():
    history, actual = np.array([[1.0, 2, 3, 4, 2, 3, 4, 5]]), np.array([[3.0, 4]])
    scale = forecasting.mase_scale(history, season=4)
    assert scale.tolist() == [1.0]
    found = forecasting.accuracy(actual, actual + 0.5, scale)
    assert (found["mase"], found["wape"], found["bias"]) == pytest.approx((0.5, 1 / 7, 1 / 7))


def test_moving_event_is_found_and_fixed_ones_left_to_the_season():
    months, series = 60, 20
    exposure = np.zeros((1, series, months))
    exposure[0, :10, [4, 15, 26, 37, 48]] = 1.0
    effect = 0.3 * exposure[0]
    panel = np.exp(5 + effect + 0.02 * RNG.standard_normal((series, months)))
    found, multiplier = forecasting.calendar_factors(panel, exposure)
    assert found[0] == pytest.approx(0.3, abs=0.08)
    assert multiplier[15:] == pytest.approx(np.ones((5, months)))


def test_intervals_from_earlier_errors_hold_as_many_later_ones_as_they_say():
    same = np.random.default_rng(7).standard_normal((40, 10, 3))
    assert forecasting.interval_coverage(same, level=0.8) == pytest.approx(0.8, abs=0.05)
    worse = same * np.where(np.arange(40) < 20, 1.0, 10.0)[:, None, None]
    assert forecasting.interval_coverage(worse, level=0.8) < 0.3
    with pytest.raises(InputError, match="two origins or more"):
        forecasting.interval_coverage(same[:1])


@pytest.mark.parametrize("method", ["theta", "damped", "mean_theta_damped", "ses", "theta+calendar"])
def test_rolling_origins_are_the_single_forecasts(method):
    panel = np.exp(4 + 0.1 * np.random.default_rng(2).standard_normal((3, 40)))
    exposure = np.zeros((1, 3, 52))
    exposure[0, :, [5, 16, 27, 38, 49]] = 1.0
    methods = ("naive", "ses", "theta", "damped", "mean_theta_damped", "theta+calendar", "ses+calendar")
    errors = forecasting.rolling_origins(panel, horizon=4, origins=3, methods=methods, exposure=exposure)[method]
    for place, cut in enumerate((34, 35, 36)):
        alone = forecasting.forecast_with(panel[:, :cut], 4, method=method, exposure=exposure)
        assert errors[place] == pytest.approx(alone - panel[:, cut : cut + 4], abs=1e-9)
