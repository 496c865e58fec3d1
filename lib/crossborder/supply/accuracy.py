"""How good a forecast was: WAPE, MASE, bias, coverage, value added against naive, from rolling origins.

Arrays have series in rows and periods in columns; an error over several origins has the shape series x origin x step.
Source: R. J. Hyndman and A. B. Koehler, International Journal of Forecasting 22(4), 2006 (MASE); S. Kolassa and
W. Schuetz, Foresight 6, 2007 (WAPE as MAD/Mean); T. Gneiting and A. E. Raftery, JASA 102, 2007 (interval score).
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError, Refusal
from crossborder.supply.checks import between

__all__ = [
    "bias",
    "by_group",
    "coverage",
    "interval_score",
    "mase",
    "pinball",
    "rmsse",
    "rolling_origin",
    "value_added",
    "wape",
    "wape_interval",
]


def wape(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Sum of absolute errors over the sum of actuals, a fraction (accuracy as some quote it is 1 - WAPE).

    >>> round(wape([10, 0, 30], [12, 1, 27]), 2)
    0.15
    """
    actual, forecast = _pair(actual, forecast)
    total = np.abs(actual).sum()
    if total == 0:
        raise Refusal.because("no WAPE", "all actuals are 0, so there is nothing to divide by", "take a longer period")
    return float(np.abs(actual - forecast).sum() / total)


def bias(actual: ArrayLike, forecast: ArrayLike) -> float:
    """(Sum of forecasts - sum of actuals) / sum of actuals, a fraction; above 0 the forecast is too high."""
    actual, forecast = _pair(actual, forecast)
    if actual.sum() == 0:
        raise Refusal.because("no bias", "all actuals are 0, so there is nothing to divide by", "take a longer period")
    return float((forecast.sum() - actual.sum()) / actual.sum())


def mase(actual: ArrayLike, forecast: ArrayLike, history: ArrayLike, period: int = 1) -> np.ndarray:
    """Mean absolute error of every series in units of its own (seasonal) naive error in `history`.

    Series whose history never changes have no scale: their value is missing by definition and must be left out.
    """
    actual, forecast = _pair(actual, forecast)
    scale = _naive_scale(history, period, 1)
    error = np.abs(actual - forecast).reshape(len(scale), -1).mean(1)
    return np.where(scale > 0, error / np.where(scale > 0, scale, 1), np.nan)


def rmsse(actual: ArrayLike, forecast: ArrayLike, history: ArrayLike, period: int = 1) -> np.ndarray:
    """Root mean squared scaled error of every series (the M5 measure)."""
    actual, forecast = _pair(actual, forecast)
    scale = _naive_scale(history, period, 2)
    error = ((actual - forecast) ** 2).reshape(len(scale), -1).mean(1)
    return np.where(scale > 0, np.sqrt(error / np.where(scale > 0, scale, 1)), np.nan)


def coverage(actual: ArrayLike, low: ArrayLike, high: ArrayLike) -> float:
    """Share of actuals within [low, high], a fraction."""
    actual = np.asarray(actual, float)
    return float(((actual >= low) & (actual <= high)).mean())


def interval_score(actual: ArrayLike, low: ArrayLike, high: ArrayLike, level: float) -> float:
    """Mean width of the intervals plus the fine 2 / (1 - level) for every unit outside; smaller is better."""
    alpha = 1 - float(between("level", level, 0, 1))
    actual, low, high = (np.asarray(x, float) for x in (actual, low, high))
    fine = np.maximum(low - actual, 0) + np.maximum(actual - high, 0)
    return float((high - low + 2 / alpha * fine).mean())


def pinball(actual: ArrayLike, forecast: ArrayLike, quantile: float) -> float:
    """Mean quantile loss: q (a - f) where the actual is above, (1 - q) (f - a) where below."""
    q = float(between("quantile", quantile, 0, 1))
    actual, forecast = _pair(actual, forecast)
    return float(np.maximum(q * (actual - forecast), (q - 1) * (actual - forecast)).mean())


def value_added(actual: ArrayLike, forecast: ArrayLike, naive: ArrayLike) -> float:
    """Share of the naive forecast's absolute error that the forecast removes (1 is all, below 0 it adds error)."""
    actual, forecast = _pair(actual, forecast)
    base = np.abs(actual - np.asarray(naive, float)).sum()
    if base == 0:
        raise Refusal.because("no value added", "the naive forecast makes no error", "there is nothing to improve")
    return float(1 - np.abs(actual - forecast).sum() / base)


def wape_interval(
    actual: ArrayLike, forecast: ArrayLike, rng: np.random.Generator, level: float = 0.9, draws: int = 500
) -> tuple[float, float]:
    """Bootstrap interval of WAPE: whole series are redrawn, so errors within a series may be alike."""
    actual, forecast = _pair(actual, forecast)
    error = np.abs(actual - forecast).reshape(len(actual), -1).sum(1)
    size = np.abs(actual).reshape(len(actual), -1).sum(1)
    weight = rng.multinomial(len(size), np.full(len(size), 1 / len(size)), size=draws)
    drawn = (weight @ error) / np.maximum(weight @ size, 1e-12)
    return tuple(float(x) for x in np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2]))


def rolling_origin(
    y: ArrayLike, horizon: int, origins: int, forecaster: Callable[[np.ndarray, int], np.ndarray], step: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Actuals and forecasts of `origins` cut-offs, both series x origin x step ahead, the latest origin last.

    `forecaster(history, horizon)` sees only the periods before its cut-off.
    """
    y = np.atleast_2d(np.asarray(y, float))
    first = y.shape[1] - horizon - (origins - 1) * step
    if first < 2:
        why = f"{y.shape[1]} periods leave none before the first of {origins} origins of {horizon} steps"
        raise Refusal.because("no back-test", why, "use fewer origins, a shorter horizon, or more history")
    cuts = first + step * np.arange(origins)
    forecasts = np.stack([forecaster(y[:, :cut], horizon) for cut in cuts], axis=1)
    actuals = np.stack([y[:, cut : cut + horizon] for cut in cuts], axis=1)
    return actuals, forecasts


def by_group(
    actual: ArrayLike, forecast: ArrayLike, naive: ArrayLike, low: ArrayLike, high: ArrayLike, group: ArrayLike
) -> pd.DataFrame:
    """WAPE, naive WAPE, value added, bias and coverage by group of series, the largest group by volume first."""
    actual, forecast = _pair(actual, forecast)
    naive, low, high = (np.asarray(x, float) for x in (naive, low, high))
    flat = actual.reshape(len(actual), -1)
    inside = (actual >= low) & (actual <= high)
    frame = pd.DataFrame(
        {
            "group": np.asarray(group),
            "series": 1,
            "actual": flat.sum(1),
            "error": np.abs(actual - forecast).reshape(len(flat), -1).sum(1),
            "naive_error": np.abs(actual - naive).reshape(len(flat), -1).sum(1),
            "surplus": (forecast - actual).reshape(len(flat), -1).sum(1),
            "inside": inside.reshape(len(flat), -1).sum(1),
            "periods": flat.shape[1],
        }
    )
    sums = frame.groupby("group").sum().sort_values("actual", ascending=False)
    sums = sums[sums["actual"] > 0]
    return pd.DataFrame(
        {
            "series": sums["series"],
            "units": sums["actual"],
            "wape": sums["error"] / sums["actual"],
            "naive_wape": sums["naive_error"] / sums["actual"],
            "value_added": 1 - sums["error"] / sums["naive_error"],
            "bias": sums["surplus"] / sums["actual"],
            "coverage": sums["inside"] / sums["periods"],
        }
    )


def _naive_scale(history: ArrayLike, period: int, power: int) -> np.ndarray:
    history = np.atleast_2d(np.asarray(history, float))
    if history.shape[1] <= period:
        raise Refusal.because(
            "no MASE", f"{history.shape[1]} periods of history for a season of {period}", "use more history"
        )
    return (np.abs(history[:, period:] - history[:, :-period]) ** power).mean(1)


def _pair(actual: ArrayLike, forecast: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    actual, forecast = np.asarray(actual, float), np.asarray(forecast, float)
    if actual.shape != forecast.shape:
        raise InputError.out_of_range("shape of forecast", forecast.shape, f"the shape of actual, {actual.shape}")
    return actual, forecast
