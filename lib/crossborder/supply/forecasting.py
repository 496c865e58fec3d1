"""Weekly forecasts with intervals for every SKU x market in one batch, routed by demand pattern.

A series is divided by the season of its group, smoothed by the method that its pattern asks for, and multiplied back.
Intervals are conformal, see `conformal`: quantiles of the errors made on weeks that the fit did not see.
Sources: see `smoothing` and `intermittent`; H. Buehlmann, ASTIN Bulletin 4, 1967 (credibility, for the cold start).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from crossborder.errors import InputError
from crossborder.supply import conformal, intermittent, smoothing
from crossborder.supply.checks import at_least, between

__all__ = [
    "ColdStart",
    "Forecast",
    "batch",
    "causal_levels",
    "cold_start",
    "event_uplift",
    "group_season",
    "naive",
]

SES_GRID = tuple({"alpha": a} for a in (0.02, 0.05, 0.1, 0.2, 0.35, 0.5))
TSB_GRID = tuple({"alpha": a, "beta": b} for a in (0.05, 0.15) for b in (0.03, 0.08, 0.2))


@dataclass(frozen=True)
class Forecast:
    """Forecasts of every series: `mean`, `low`, `high` (series x step, pieces), `pattern` and `method` by series."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    pattern: np.ndarray
    method: np.ndarray
    level: float


@dataclass(frozen=True)
class ColdStart:
    """Forecast of young products: `mean`, `low`, `high` by week ahead, and the weight of their own sales."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    own_weight: np.ndarray


def naive(y: ArrayLike, horizon: int, period: int = 52) -> np.ndarray:
    """The seasonal naive forecast, the yardstick of all others."""
    return smoothing.seasonal_naive(y, period, horizon)


def group_season(
    y: ArrayLike, group: ArrayLike, position: ArrayLike, period: int = 52, smooth: float = 0.2
) -> np.ndarray:
    """Seasonal factors of every group, groups x period, mean 1: each week's share of its centred year, pooled.

    `position` is the place of every column in the season (0 .. period - 1). The factors are shrunk to 1 by the share
    of their spread that the years do not agree on (with less than two years by years / (years + 1/2), below one
    year all are 1). `smooth` is the weight of each neighbouring week. Groups are numbered by sorted name.
    """
    y, position = np.atleast_2d(np.asarray(y, float)), np.asarray(position, int)
    _, code = np.unique(np.asarray(group).astype(str), return_inverse=True)
    totals = np.zeros((code.max() + 1, y.shape[1]))
    np.add.at(totals, code, y)
    years = y.shape[1] / period
    if years < 1:
        return np.ones((len(totals), period))
    ratio = totals / np.maximum(_centred_year(totals, period), 1e-9)
    hot = np.zeros((y.shape[1], period))
    hot[np.arange(y.shape[1]), position] = 1
    count = np.maximum(hot.sum(0), 1)
    factor = (ratio @ hot) / count
    within = ((ratio - factor[:, position]) ** 2 @ hot).sum(1) / np.maximum((count - 1).sum(), 1)
    spread = factor.var(axis=1)
    agreed = 1 - within / np.mean(count) / np.maximum(spread, 1e-9)
    weight = np.clip(agreed, 0, 1) if years >= 2 else np.full(len(totals), years / (years + 0.5))
    factor = (1 - 2 * smooth) * factor + smooth * (np.roll(factor, 1, 1) + np.roll(factor, -1, 1))
    factor = 1 + weight[:, None] * (factor - 1)
    return np.maximum(factor / factor.mean(1, keepdims=True), 0.05)


def event_uplift(y: ArrayLike, group: ArrayLike, events: ArrayLike, ridge: float = 3.0) -> np.ndarray:
    """Log uplift of each event by group, groups x events: ridge regression of log demand around its moving level.

    `events` is weeks x events, the share of the week that lies in the event.
    """
    y, events = np.atleast_2d(np.asarray(y, float)), np.atleast_2d(np.asarray(events, float))
    _, code = np.unique(np.asarray(group).astype(str), return_inverse=True)
    totals = np.zeros((code.max() + 1, y.shape[1]))
    np.add.at(totals, code, y)
    quiet = events.sum(1) == 0
    level = _moving_level(totals, quiet)
    residual = np.log((totals + 1) / (level + 1))
    weight = events.T @ events + ridge * np.eye(events.shape[1]) * 0.1
    return np.linalg.solve(weight, events.T @ residual.T).T


def batch(
    y: ArrayLike,
    horizon: int,
    group: ArrayLike | None = None,
    position: ArrayLike | None = None,
    period: int = 52,
    future_factor: ArrayLike | None = None,
    past_factor: ArrayLike | None = None,
    level: float = 0.8,
    calibration_weeks: int = 26,
) -> Forecast:
    """Forecasts and intervals of all series (rows of `y`, demand a week) for `horizon` weeks ahead.

    `group` pools the season; `position` places the columns in it (default: the last column is `period` - 1).
    `past_factor` / `future_factor` multiply demand on top of the season (events, promotions). Smooth and erratic
    series take exponential smoothing, intermittent and lumpy ones TSB; each picks its weights by past error.
    """
    y = np.atleast_2d(at_least("y (demand)", y, 0, "fill weeks without sales with 0"))
    horizon = int(between("horizon", horizon, 1, 104, "weeks ahead"))
    weeks = y.shape[1]
    place = (np.arange(weeks) - weeks) % period if position is None else np.asarray(position, int)
    group = np.zeros(len(y), int) if group is None else np.asarray(group)
    past = np.ones(y.shape) if past_factor is None else np.broadcast_to(past_factor, y.shape)
    factors, flat, pattern, method = _fit(y, past, group, place, period, weeks)
    ahead = (place[-1] + 1 + np.arange(horizon)) % period
    future = factors[:, ahead] * (1.0 if future_factor is None else np.asarray(future_factor, float))
    mean = flat[:, -1:] * future
    # The same steps once more, learned without the calibration weeks: errors that the fit has not seen.
    learned = conformal.learned_weeks(weeks, horizon, calibration_weeks)
    blind, tried, _, _ = _fit(y, past, group, place, period, learned)
    factor, own = past * blind[:, place], past * factors[:, place]
    errors = conformal.scores(y, tried[:, :-1], factor, learned, horizon)
    spread = conformal.own_spread(y, flat[:, :-1] * own)
    low, high = conformal.bounds(mean, errors, spread, pattern, level)
    return Forecast(mean, low, high, pattern, method, level)


def cold_start(
    own: ArrayLike, own_weeks: ArrayLike, siblings: ArrayLike, horizon: int, level: float = 0.8
) -> ColdStart:
    """Forecast of young products from the launch curves of their siblings, shrunk to own sales as they come.

    `own` is products x weeks (0 beyond `own_weeks`, the weeks on sale); `siblings` is siblings x weeks since launch.
    Each product sells the siblings' mean curve times an unknown factor with a gamma prior fitted to the siblings;
    the forecast is its gamma-Poisson posterior, the interval negative binomial with the siblings' extra spread.
    """
    own, siblings = np.atleast_2d(at_least("own", own, 0)), np.atleast_2d(at_least("siblings", siblings, 0))
    own_weeks = np.asarray(own_weeks, int)
    need = int(own_weeks.max(initial=0)) + horizon
    if siblings.shape[0] < 3 or siblings.shape[1] < need:
        got = f"{siblings.shape[0]} siblings with {siblings.shape[1]} weeks"
        raise InputError.out_of_range("siblings", got, f"at least 3 with {need} weeks", "take a wider category")
    curve = np.maximum(siblings.mean(0), 1e-6)
    shape, excess = _prior(siblings, curve)
    week = np.arange(own.shape[1])
    seen = np.where(week < own_weeks[:, None], own, 0).sum(1)
    expected = np.concatenate([[0.0], np.cumsum(curve)])[own_weeks]
    informed = expected / (1 + excess)  # over-dispersed weeks carry less information than Poisson ones
    factor = (shape + seen / (1 + excess)) / (shape + informed)
    steps = own_weeks[:, None] + np.arange(horizon)
    mean = factor[:, None] * curve[steps]
    variance = mean * (1 + excess) + mean**2 / (shape + informed)[:, None]
    size = mean**2 / np.maximum(variance - mean, 1e-6 * mean)
    low, high = (special.nbdtrik(q, size, size / (size + mean)) for q in ((1 - level) / 2, (1 + level) / 2))
    own_weight = informed / (shape + informed)
    return ColdStart(mean, np.floor(np.nan_to_num(low)), np.ceil(np.nan_to_num(high)), own_weight)


def _prior(siblings: np.ndarray, curve: np.ndarray) -> tuple[float, float]:
    """Gamma shape of the product factor, and variance beyond Poisson as a share of the mean, both from siblings."""
    factor = siblings.sum(1) / curve.sum()
    fitted = factor[:, None] * curve
    excess = max(float(((siblings - fitted) ** 2).sum() / np.maximum(fitted.sum(), 1e-9)) - 1, 0.0)
    noise = (1 + excess) / curve.sum()
    return 1 / max(float(factor.var(ddof=1)) - noise, 1e-3), excess


def _fit(
    y: np.ndarray, past: np.ndarray, group: np.ndarray, place: np.ndarray, period: int, learned: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Season by series, flat one-step forecasts, pattern and method; season and weights from `learned` weeks only."""
    factors = group_season(y[:, :learned] / past[:, :learned], group, place[:learned], period)
    factors = factors[np.unique(group.astype(str), return_inverse=True)[1]]
    return factors, *_routed(y / (past * factors[:, place]), learned)


def _routed(flat: np.ndarray, learned: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One-step forecasts with the next period's in the last column, the pattern and the method of every series.

    Pattern and weights are chosen on the first `learned` weeks; the forecasts then follow all of them.
    """
    pattern = intermittent.demand_pattern(flat[:, :learned])["pattern"].to_numpy().astype(str)
    started = np.maximum((flat > 0).argmax(1), 0)
    level = flat.sum(1) / np.maximum(flat.shape[1] - started, 1)
    regular = np.isin(pattern, ("smooth", "erratic"))
    skip = min(8, learned - 1)
    result = np.zeros((len(flat), flat.shape[1] + 1))
    if regular.any():
        fit, _ = smoothing.best_of_grid(flat[regular], smoothing.simple, list(SES_GRID), skip, learned)
        result[regular] = np.concatenate([fit.fitted, fit.level[:, None]], axis=1)
    rare = ~regular
    if rare.any():  # with the series that had not begun: what they sell later is followed as well
        result[rare] = _best_tsb(flat[rare], skip, learned)
    method = np.where(regular, "exponential smoothing", np.where(pattern == "none", "none", "TSB"))
    return np.where(np.isfinite(result), result, level[:, None]), pattern, method


def _best_tsb(flat: np.ndarray, skip: int, learned: int) -> np.ndarray:
    least, best = np.full(len(flat), np.inf), np.zeros((len(flat), flat.shape[1] + 1))
    for point in TSB_GRID:
        fit = intermittent.tsb(flat, **point)
        loss = ((flat - fit.fitted)[:, skip:learned] ** 2).mean(1)
        better = loss < least
        least = np.where(better, loss, least)
        best[better] = np.concatenate([fit.fitted, fit.rate[:, None]], axis=1)[better]
    return best


def _centred_year(totals: np.ndarray, period: int) -> np.ndarray:
    """Mean of the year around every week; at the ends the trend of the nearest whole years is carried on."""
    weeks = totals.shape[1]
    sums = np.concatenate([np.zeros((len(totals), 1)), np.cumsum(totals, axis=1)], axis=1)
    if weeks < 2 * period:
        return np.repeat(totals.mean(1, keepdims=True), weeks, axis=1)
    middle = (sums[:, period:] - sums[:, :-period]) / period  # the year that starts at each week
    centre = np.arange(len(middle[0])) + (period - 1) / 2
    growth = (middle[:, -1] / np.maximum(middle[:, 0], 1e-9)) ** (1 / max(len(centre) - 1, 1))
    growth = np.clip(np.where(middle[:, 0] > 0, growth, 1.0), 0.98, 1.02)[:, None]
    week = np.arange(weeks)
    place = np.clip(np.round(week - centre[0]).astype(int), 0, len(centre) - 1)
    return middle[:, place] * growth ** (week - centre[place])


def _moving_level(totals: np.ndarray, quiet: np.ndarray, half: int = 4) -> np.ndarray:
    """Mean of the quiet weeks within `half` weeks on both sides."""
    kernel = np.ones(2 * half + 1)
    weight = np.convolve(quiet.astype(float), kernel, "same")
    from scipy.ndimage import convolve1d

    total = convolve1d(totals * quiet, kernel, axis=1, mode="constant")
    return total / np.maximum(weight, 1)


def causal_levels(
    y: ArrayLike, group: ArrayLike, position: ArrayLike, start: int, period: int = 52
) -> tuple[np.ndarray, np.ndarray]:
    """What was known week by week: season-free level before each week (series x week) and the season's factors.

    Season and weights are learned from the first `start` weeks only; the level then follows the data week by week. The
    forecast of week t + h made before week t is level[:, t] x factor[:, place of t + h]. Used to replay policies.
    """
    y, place = np.atleast_2d(at_least("y (demand)", y, 0)), np.asarray(position, int)
    code = np.unique(np.asarray(group).astype(str), return_inverse=True)[1]
    factors = group_season(y[:, :start], group, place[:start], period)[code]
    flat = y / factors[:, place]
    grid = [{"alpha": a} for a in (0.02, 0.05, 0.1, 0.2)]
    _, chosen = smoothing.best_of_grid(flat[:, :start], smoothing.simple, grid, skip=8)
    first = (flat[:, :start] > 0).argmax(1)
    seed = flat[np.arange(len(flat)), first]
    fit = smoothing.simple(flat, np.array([point["alpha"] for point in grid])[chosen], initial_level=0.3 * seed)
    return fit.fitted, factors
