"""The exponential-smoothing family for many series at once: simple, Holt, damped, Holt-Winters, seasonal naive.

Series are the rows of an array, periods its columns; the only loop runs over periods. Parameters are one number or
one a row. Source: R. J. Hyndman and G. Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., chapter 8.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from crossborder.errors import InputError, Refusal
from crossborder.supply.checks import between

__all__ = ["Smoothing", "best_of_grid", "holt", "holt_winters", "seasonal_naive", "simple"]

Seasonal = Literal["additive", "multiplicative"]


@dataclass(frozen=True)
class Smoothing:
    """The last state of every series and its one-step forecasts (`fitted`, the same shape as the data).

    `season` holds the last `period` factors, the next period's first; `damping` is the share of the trend that
    survives a period.
    """

    level: np.ndarray
    trend: np.ndarray
    season: np.ndarray
    fitted: np.ndarray
    damping: np.ndarray
    seasonal: str | None = None

    def forecast(self, horizon: int) -> np.ndarray:
        """Point forecasts of the next `horizon` periods, one row a series."""
        steps = np.arange(1, horizon + 1)
        damping = np.asarray(self.damping, float)[..., None]
        gain = np.cumsum(np.broadcast_to(damping, (*damping.shape[:-1], horizon)) ** steps, axis=-1)
        path = self.level[:, None] + gain * self.trend[:, None]
        if self.seasonal is None:
            return path
        factor = self.season[:, (steps - 1) % self.season.shape[1]]
        return path * factor if self.seasonal == "multiplicative" else path + factor


def simple(y: ArrayLike, alpha: ArrayLike, initial_level: ArrayLike | None = None) -> Smoothing:
    """Simple exponential smoothing; the first level is the first value unless given.

    >>> float(simple([[10.0, 20.0]], 0.5).forecast(1)[0, 0])
    15.0
    """
    y = _rows(y)
    alpha = between("alpha", alpha, 0, 1) * np.ones(len(y))
    level = y[:, 0] if initial_level is None else np.asarray(initial_level, float) * np.ones(len(y))
    fitted = np.empty_like(y)
    for t in range(y.shape[1]):
        fitted[:, t] = level
        level = level + alpha * (y[:, t] - level)
    zero = np.zeros(len(y))
    return Smoothing(level, zero, zero[:, None], fitted, np.ones(len(y)))


def holt(
    y: ArrayLike,
    alpha: ArrayLike,
    beta: ArrayLike,
    damping: ArrayLike = 1.0,
    initial: tuple[ArrayLike, ArrayLike] | None = None,
) -> Smoothing:
    """Holt's linear trend, damped when `damping` < 1.

    Unless given, it starts with the first difference as trend and a level that forecasts the first value exactly.

    `beta` is the trend's own smoothing weight (Hyndman's beta*, statsmodels' smoothing_trend).
    """
    y = _rows(y, least=2)
    alpha, beta = between("alpha", alpha, 0, 1), between("beta", beta, 0, 1)
    phi = between("damping", damping, 0, 1) * np.ones(len(y))
    slope = y[:, 1] - y[:, 0]
    level, trend = (y[:, 0] - phi * slope, slope) if initial is None else initial
    level, trend = level * np.ones(len(y)), trend * np.ones(len(y))
    fitted = np.empty_like(y)
    for t in range(y.shape[1]):
        ahead = level + phi * trend
        fitted[:, t] = ahead
        previous, level = level, ahead + alpha * (y[:, t] - ahead)
        trend = beta * (level - previous) + (1 - beta) * phi * trend
    return Smoothing(level, trend, np.zeros((len(y), 1)), fitted, phi)


def holt_winters(
    y: ArrayLike,
    period: int,
    alpha: ArrayLike,
    beta: ArrayLike,
    gamma: ArrayLike,
    seasonal: Seasonal = "multiplicative",
    damping: ArrayLike = 1.0,
    initial: tuple[ArrayLike, ArrayLike, ArrayLike] | None = None,
) -> Smoothing:
    """Holt-Winters with a season of `period`; needs two seasons unless `initial` (level, trend, season) is given.

    Start values: mean of the first season, mean yearly step between the first two, first season over its mean.
    """
    y = _rows(y, least=1 if initial is not None else 2 * period)
    if seasonal not in ("additive", "multiplicative"):
        raise InputError.unknown("seasonal", seasonal, ("additive", "multiplicative"))
    alpha, beta, gamma = between("alpha", alpha, 0, 1), between("beta", beta, 0, 1), between("gamma", gamma, 0, 1)
    phi = between("damping", damping, 0, 1) * np.ones(len(y))
    level, trend, season = _seasonal_start(y, period, seasonal) if initial is None else initial
    level, trend = level * np.ones(len(y)), trend * np.ones(len(y))
    season = np.array(np.broadcast_to(season, (len(y), period)), float)
    fitted = np.empty_like(y)
    for t in range(y.shape[1]):
        ahead, place = level + phi * trend, t % period
        factor = season[:, place]
        if seasonal == "multiplicative":
            fitted[:, t] = ahead * factor
            new = alpha * y[:, t] / np.maximum(factor, 1e-9) + (1 - alpha) * ahead
            season[:, place] = gamma * y[:, t] / np.maximum(ahead, 1e-9) + (1 - gamma) * factor
        else:
            fitted[:, t] = ahead + factor
            new = alpha * (y[:, t] - factor) + (1 - alpha) * ahead
            season[:, place] = gamma * (y[:, t] - ahead) + (1 - gamma) * factor
        trend = beta * (new - level) + (1 - beta) * phi * trend
        level = new
    return Smoothing(level, trend, np.roll(season, -(y.shape[1] % period), axis=1), fitted, phi, seasonal)


def seasonal_naive(y: ArrayLike, period: int, horizon: int) -> np.ndarray:
    """Forecasts that repeat the last season; a shorter history repeats its last value (the naive forecast)."""
    y = _rows(y)
    if y.shape[1] < period:
        return np.repeat(y[:, -1:], horizon, axis=1)
    return y[:, y.shape[1] - period + np.arange(horizon) % period]


def best_of_grid(
    y: ArrayLike, fit, grid: list[dict], skip: int = 1, until: int | None = None
) -> tuple[Smoothing, np.ndarray]:
    """The fit with the least squared one-step error of every series, and the index of its grid point.

    `fit(y, **point)` gives a `Smoothing`; periods before `skip` and from `until` on are not judged.
    """
    y = _rows(y)
    best, chosen = None, np.zeros(len(y), int)
    least = np.full(len(y), np.inf)
    for number, point in enumerate(grid):  # over a few grid points, not over series
        trial = fit(y, **point)
        loss = np.nanmean((y - trial.fitted)[:, skip:until] ** 2, axis=1)
        better = loss < least
        least, chosen = np.where(better, loss, least), np.where(better, number, chosen)
        best = trial if best is None else _merge(best, trial, better)
    return best, chosen


def _merge(old: Smoothing, new: Smoothing, better: np.ndarray) -> Smoothing:
    rows = better[:, None]
    return Smoothing(
        np.where(better, new.level, old.level),
        np.where(better, new.trend, old.trend),
        np.where(rows, new.season, old.season),
        np.where(rows, new.fitted, old.fitted),
        np.where(better, new.damping, old.damping),
        new.seasonal,
    )


def _seasonal_start(y: np.ndarray, period: int, seasonal: str):
    first, second = y[:, :period], y[:, period : 2 * period]
    level, trend = first.mean(1), (second.mean(1) - first.mean(1)) / period
    if seasonal == "multiplicative":
        return level, trend, first / np.maximum(level, 1e-9)[:, None]
    return level, trend, first - level[:, None]


def _rows(y: ArrayLike, least: int = 1) -> np.ndarray:
    y = np.atleast_2d(np.asarray(y, float))
    if not np.isfinite(y).all():
        raise InputError.out_of_range(
            "y", f"{int((~np.isfinite(y)).sum())} missing values", "finite numbers", "fill weeks without sales with 0"
        )
    if y.shape[1] < least:
        why = f"the series have {y.shape[1]} periods, the method needs {least}"
        raise Refusal.because("no forecast", why, "use more history, a shorter season, or `cold_start`")
    return y
