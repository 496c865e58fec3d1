"""Conformal intervals of weekly forecasts: quantiles of errors on weeks that the fit did not see, series pooled.

Split conformal: season and weights are learned without the last weeks, the errors on those weeks are scaled by the
size of the forecast and by the series' own past error, so that large and small series share one pool, and their
quantiles are laid around the forecast that has learned from all weeks. The promise holds where errors scale with the
root of the forecast; under a season that swings fourfold, coverage at 80 % strays by up to ten points with the time of
year, because the level is known worse in low weeks.
Sources: V. Vovk, A. Gammerman and G. Shafer, Algorithmic Learning in a Random World, 2005; J. Lei et al., Journal of
the American Statistical Association 113(523), 2018 (split conformal, errors scaled by their own spread).
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from crossborder.supply.checks import between

__all__ = ["bounds", "learned_weeks", "own_spread", "scores"]

LEAST_SCORES = 100  # a pool with fewer errors takes those of all series
PRIOR_WEEKS = 8  # weeks by which a series' own spread is shrunk to that of the pool
SMALL = 0.05  # pieces a week below which a forecast counts as this


def learned_weeks(weeks: int, horizon: int, calibration_weeks: int) -> int:
    """Weeks to learn from when the last `calibration_weeks` are kept for errors, at least half of all (and one).

    The part kept must be longer than `horizon`, or the farthest weeks would have no error of their own.

    >>> learned_weeks(155, 8, 26)
    129
    """
    return max(weeks - max(int(calibration_weeks), horizon + 4), weeks // 2, 1)


def scores(y: ArrayLike, fitted: ArrayLike, factor: ArrayLike, learned: int, horizon: int) -> list[np.ndarray]:
    """Scaled errors by step ahead, each series x forecast; missing where a series had not sold before the forecast.

    `fitted[:, t]` is the flat one-step forecast made before week t; times `factor` it forecasts every later week. Only
    weeks from `learned` on are scored. A step too far ahead for the weeks at hand takes the last one that has errors.
    """
    y, fitted, factor = (np.asarray(x, float) for x in (y, fitted, factor))
    spread = own_spread(y[:, :learned], (fitted * factor)[:, :learned])
    begun = _begun(y)
    found: list[np.ndarray] = []
    for step in range(horizon):  # over weeks ahead, not over series
        last = y.shape[1] - step
        if last <= learned:
            found.append(found[-1] if found else np.empty((len(y), 0)))
            continue
        forecast = fitted[:, learned:last] * factor[:, learned + step : last + step]
        error = (y[:, learned + step : last + step] - forecast) / _scale(forecast, spread)
        found.append(np.where(begun[:, learned:last], error, np.nan))
    return found


def bounds(
    mean: ArrayLike, errors: list[np.ndarray], spread: ArrayLike, group: ArrayLike, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper bounds around `mean` (series x step), at least 0, from the errors of `scores`.

    Errors are pooled by `group` (demand pattern); a small pool takes those of all series, and without any the normal
    distribution stands in.
    """
    mean, spread = np.asarray(mean, float), np.asarray(spread, float)
    alpha = 1 - float(between("level", level, 0.01, 0.999))
    code = np.unique(np.asarray(group).astype(str), return_inverse=True)[1]
    low, high = np.empty_like(mean), np.empty_like(mean)
    for step, score in enumerate(errors):  # over weeks ahead and patterns, not over series
        width = _scale(mean[:, [step]], spread)[:, 0]
        for kind in range(code.max() + 1):
            rows = code == kind
            own = score[rows][np.isfinite(score[rows])]
            lower, upper = _quantiles(own if own.size >= LEAST_SCORES else score[np.isfinite(score)], alpha)
            low[rows, step] = mean[rows, step] + lower * width[rows]
            high[rows, step] = mean[rows, step] + upper * width[rows]
    return np.maximum(low, 0), np.maximum(high, np.maximum(low, 0))


def own_spread(y: ArrayLike, fitted: ArrayLike) -> np.ndarray:
    """Root mean squared error of every series over the root of its forecast, since its first sale.

    Shrunk to the median series by eight weeks, so that a young series does not look certain.
    """
    y, fitted = np.asarray(y, float), np.asarray(fitted, float)
    begun = _begun(y)
    share = np.where(begun, np.minimum((y - fitted) ** 2 / np.maximum(fitted, SMALL), 1e4), 0.0)
    weeks = begun.sum(1)
    some = weeks >= PRIOR_WEEKS
    pool = float(np.median(share[some].sum(1) / weeks[some])) if some.any() else 1.0
    return np.sqrt(np.maximum((share.sum(1) + PRIOR_WEEKS * pool) / (weeks + PRIOR_WEEKS), 1e-6))


def _begun(y: np.ndarray) -> np.ndarray:
    """Whether a series has sold before each week."""
    sold = np.maximum.accumulate(y > 0, axis=1)
    return np.concatenate([np.zeros((len(y), 1), bool), sold[:, :-1]], axis=1)


def _scale(forecast: np.ndarray, spread: np.ndarray) -> np.ndarray:
    return spread[:, None] * np.sqrt(np.maximum(forecast, SMALL))


def _quantiles(score: np.ndarray, alpha: float) -> tuple[float, float]:
    """Lower and upper conformal quantiles with the (n + 1) correction; those of the normal without any score."""
    n = len(score)
    if n == 0:
        return float(special.ndtri(alpha / 2)), float(special.ndtri(1 - alpha / 2))
    upper = min(int(np.ceil((n + 1) * (1 - alpha / 2) - 1e-9)) - 1, n - 1)
    lower = max(int(np.floor((n + 1) * alpha / 2 + 1e-9)) - 1, 0)
    ordered = np.partition(score, [lower, upper])
    return float(ordered[lower]), float(ordered[upper])
