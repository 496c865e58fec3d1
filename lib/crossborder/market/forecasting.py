"""Monthly forecasts for a panel of markets and categories, all series at once, with honest selection.

Methods: naive, seasonal naive, drift, simple exponential smoothing, Theta (Assimakopoulos and Nikolopoulos 2000 in the
form of Hyndman and Billah 2003), damped trend (Gardner and McKenzie 1985) and their mean. Rolling origins choose the
method on early origins and judge it on later ones; intervals come from the errors at each horizon.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["CALENDAR", "METHODS", "Choice", "accuracy", "calendar_factors", "choose", "forecast", "forecast_interval",
           "forecast_with", "interval_coverage", "mase_scale", "rolling_origins", "seasonal_factors",
           "smoothed_level"]  # fmt: skip

MEAN = "mean_theta_damped"
SEASONAL = ("ses", "theta", "damped", MEAN)  # work on values without the season and put it back
METHODS = ("naive", "seasonal_naive", "drift", *SEASONAL)
CALENDAR = "+calendar"  # suffix of a method that works without the moving events and puts them back
ALPHAS = np.linspace(0.02, 0.98, 25)


@dataclass(frozen=True)
class Choice:
    """The method chosen on early origins, its scores on later ones beside the rivals, and its errors by horizon."""

    method: str
    selection: pd.DataFrame
    test: pd.DataFrame
    beats_seasonal_naive: bool
    errors: np.ndarray
    scale: np.ndarray


def _panel(panel: np.ndarray, season: int) -> np.ndarray:
    values = np.atleast_2d(np.asarray(panel, dtype=float))
    if values.ndim != 2 or not np.all(np.isfinite(values)):
        raise InputError.out_of_range(
            "panel", values.shape, "series x months, all finite", "fill months without sales by 0"
        )
    if season < 1:
        raise InputError.out_of_range("season", season, "1 or more periods", "12 for months")
    return values


def seasonal_factors(panel: np.ndarray, season: int = 12, *, shrink: bool = True) -> np.ndarray:
    """Multiplicative seasonal factors (series x season, mean 1), by ratio to the centred moving average.

    Position 0 is the first period of the panel. With `shrink`, factors move towards the panel's common pattern by
    their noise (few years, noisy ratios: more). Series with fewer than two full seasons get ones.
    """
    values = _panel(panel, season)
    count, periods = values.shape
    if season == 1 or periods < 2 * season:
        return np.ones((count, season))
    kernel = np.ones(season) / season if season % 2 else np.r_[0.5, np.ones(season - 1), 0.5] / season
    half = len(kernel) // 2
    padded = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)
    window = 2 * half + 1
    sums = padded[:, window:] - padded[:, :-window]
    average = (sums - 0.5 * (values[:, : periods - window + 1] + values[:, window - 1 :])) / season
    average = average if season % 2 == 0 else sums / window
    ratio = np.full(values.shape, np.nan)
    ratio[:, half : periods - half] = np.divide(
        values[:, half : periods - half], average, out=np.full(average.shape, np.nan), where=average > 0
    )
    cycles = -(-periods // season)
    folded = np.full((count, cycles * season), np.nan)
    folded[:, :periods] = ratio
    folded = folded.reshape(count, cycles, season)
    seen = np.isfinite(folded).sum(axis=1)
    total = np.nansum(folded, axis=1)
    factors = np.divide(total, seen, out=np.ones_like(total), where=seen > 0)
    return _shrunk(factors, folded, seen) if shrink and count > 2 else _mean_one(factors)


def _mean_one(factors: np.ndarray) -> np.ndarray:
    factors = np.maximum(factors, 1e-3)
    return factors / factors.mean(axis=1, keepdims=True)


def _shrunk(factors: np.ndarray, folded: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Empirical Bayes: each series' pattern moves to the common one by noise / (noise + spread between series)."""
    factors = _mean_one(factors)
    centred = np.where(np.isfinite(folded), folded - factors[:, None, :], 0.0)
    noise = np.sum(centred**2, axis=(1, 2)) / np.maximum(1, (np.maximum(seen, 1) - 1).sum(axis=1))
    noise = noise / np.maximum(1, seen.mean(axis=1))
    common = factors.mean(axis=0)
    between = max(0.0, float(np.mean((factors - common) ** 2) - np.mean(noise)))
    weight = (noise / (noise + between))[:, None] if between > 0 else 1.0
    return _mean_one(weight * common + (1 - weight) * factors)


def smoothed_level(panel: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Simple exponential smoothing: last level, alpha and in-sample mean squared error of each series.

    Alpha and the first level minimise the squared one-step errors; the first level is solved exactly for each alpha,
    alpha by grid and parabola.
    """
    values = _panel(panel, 1)
    best_mse, best_alpha, best_level = None, None, None
    grid = ALPHAS
    for _ in range(3):
        level, mse = _ses_paths(values, np.broadcast_to(grid, (len(values), grid.shape[-1])))
        pick = np.argmin(mse, axis=1)[:, None]
        alphas = np.broadcast_to(grid, mse.shape)
        best_mse, best_alpha, best_level = (np.take_along_axis(a, pick, 1)[:, 0] for a in (mse, alphas, level))
        spread = (alphas[:, 1] - alphas[:, 0])[:, None]
        grid = np.clip(best_alpha[:, None] + spread * np.linspace(-1, 1, 21), 1e-4, 1.0)
    return best_level, best_alpha, best_mse


def _ses_paths(values: np.ndarray, alphas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Last level and mean squared error for every series and alpha; the first level by least squares."""
    constant, slope = np.zeros(alphas.shape), np.ones(alphas.shape)
    cc, cs, ss = np.zeros(alphas.shape), np.zeros(alphas.shape), np.zeros(alphas.shape)
    for t in range(values.shape[1]):  # one step a period; series and alphas stay arrays
        error = values[:, t, None] - constant
        cc, cs, ss = cc + error**2, cs + error * slope, ss + slope**2
        constant, slope = constant + alphas * error, slope * (1 - alphas)
    first = cs / ss
    return constant + slope * first, (cc - cs**2 / ss) / values.shape[1]


def _damped(values: np.ndarray, horizon: int) -> np.ndarray:
    """Damped additive trend by grid over (alpha, beta share, phi); last level and trend carried forward."""
    alpha, share, phi = (a.ravel() for a in np.meshgrid([0.1, 0.3, 0.5, 0.8], [0.05, 0.2, 0.5], [0.8, 0.9, 0.97]))
    k = min(6, values.shape[1] - 1)
    start = (values[:, k] - values[:, 0]) / k
    level = np.repeat(values[:, :1] - start[:, None], len(alpha), axis=1)
    trend = np.repeat(start[:, None], len(alpha), axis=1)
    squares = np.zeros(level.shape)
    for t in range(values.shape[1]):
        expected = level + phi * trend
        error = values[:, t, None] - expected
        squares += error**2
        level, trend = expected + alpha * error, phi * trend + alpha * share * error
    pick = np.argmin(squares, axis=1)[:, None]
    level, trend = (np.take_along_axis(a, pick, 1) for a in (level, trend))
    damping = np.cumsum(phi[pick] ** np.arange(1, horizon + 1)[None, :], axis=1)
    return level + trend * damping


def _theta(values: np.ndarray, level: np.ndarray, alpha: np.ndarray, horizon: int) -> np.ndarray:
    """Theta as exponential smoothing with half the trend line's slope as drift (Hyndman and Billah 2003, eq. 5)."""
    periods = values.shape[1]
    t = np.arange(periods) - (periods - 1) / 2
    slope = (values @ t) / np.sum(t**2)
    lag = (1 - (1 - alpha) ** periods) / alpha
    return level[:, None] + 0.5 * slope[:, None] * (np.arange(horizon) + lag[:, None])


def forecast(
    panel: np.ndarray, horizon: int, *, method: str = "theta", season: int = 12, shrink: bool = True
) -> np.ndarray:
    """Point forecasts (series x horizon) of a panel (series x periods, oldest first), never below 0.

    ses, theta, damped and their mean work on seasonally adjusted values and put the season back; `shrink` pools it.
    """
    values = _panel(panel, season)
    if method not in METHODS:
        raise InputError.unknown("method", method, METHODS)
    need = max(3, season if method == "seasonal_naive" else 3)
    if horizon < 1:
        raise InputError.out_of_range("horizon", horizon, "1 or more periods", "")
    if values.shape[1] < need:
        raise Refusal.because(
            f"{method} cannot forecast from {values.shape[1]} periods", f"it needs {need}", "give a longer history"
        )
    steps = np.arange(1, horizon + 1)
    if method == "naive":
        return np.repeat(values[:, -1:], horizon, axis=1)
    if method == "seasonal_naive":
        return values[:, -season:][:, (steps - 1) % season]
    if method == "drift":
        slope = (values[:, -1] - values[:, 0]) / (values.shape[1] - 1)
        return np.maximum(values[:, -1:] + slope[:, None] * steps, 0.0)
    return _seasonal(values, horizon, (method,), season, shrink)[method]


def _seasonal(
    values: np.ndarray, horizon: int, methods: tuple[str, ...], season: int, shrink: bool
) -> dict[str, np.ndarray]:
    """Forecasts of the methods that work without the season; what several of them need is worked out once."""
    factors = seasonal_factors(values, season, shrink=shrink)
    adjusted = values / factors[:, np.arange(values.shape[1]) % season]
    ahead = factors[:, (values.shape[1] + np.arange(horizon)) % season]
    wanted, core = set(methods), {}
    if wanted & {"ses", "theta", MEAN}:
        level, alpha, _ = smoothed_level(adjusted)
        core["ses"] = np.repeat(level[:, None], horizon, axis=1)
        core["theta"] = _theta(adjusted, level, alpha, horizon)
    if wanted & {"damped", MEAN}:
        core["damped"] = _damped(adjusted, horizon)
    if MEAN in wanted:
        core[MEAN] = 0.5 * (core["theta"] + core["damped"])
    return {method: np.maximum(core[method] * ahead, 0.0) for method in methods}


def forecast_with(
    panel: np.ndarray, horizon: int, *, method: str, season: int = 12, exposure: np.ndarray | None = None
) -> np.ndarray:
    """`forecast`, also for a method with the suffix "+calendar", which needs `exposure` (see `calendar_factors`)."""
    if not method.endswith(CALENDAR):
        return forecast(panel, horizon, method=method, season=season)
    values = _panel(panel, season)
    if exposure is None:
        raise InputError.out_of_range("exposure", None, f"events x series x periods for {method}", "or another method")
    periods = values.shape[1]
    _, factors = calendar_factors(values, exposure[:, :, : periods + horizon], season=season)
    plain = forecast(values / factors[:, :periods], horizon, method=method.removesuffix(CALENDAR), season=season)
    return plain * factors[:, periods:]


def mase_scale(panel: np.ndarray, season: int = 12) -> np.ndarray:
    """Mean absolute seasonal-naive error in sample, by series: the unit of MASE (Hyndman and Koehler 2006)."""
    values = _panel(panel, season)
    lag = season if values.shape[1] > season else 1
    return np.abs(values[:, lag:] - values[:, :-lag]).mean(axis=1)


def accuracy(actual: np.ndarray, predicted: np.ndarray, scale: np.ndarray) -> dict[str, float]:
    """MASE, WAPE (fraction of the actual sum), bias (fraction) and RMSSE-like root mean squared scaled error.

    Series whose scale is 0 (constant history) are left out of the scaled scores and counted in `unscaled`.
    """
    error = np.asarray(predicted, dtype=float) - np.asarray(actual, dtype=float)
    usable = scale > 0
    ratio = error[usable] / scale[usable].reshape(-1, *[1] * (error.ndim - 1))
    total = float(np.abs(actual).sum())
    if total == 0:
        raise Refusal.because("relative errors have no value", "all actuals are 0", "leave out an empty market")
    return {
        "mase": float(np.abs(ratio).mean()) if ratio.size else float("nan"),
        "wape": float(np.abs(error).sum() / total),
        "bias": float(error.sum() / total),
        "rmsse": float(np.sqrt((ratio**2).mean())) if ratio.size else float("nan"),
        "unscaled": float((~usable).sum()),
    }


def rolling_origins(
    panel: np.ndarray,
    *,
    horizon: int = 6,
    origins: int = 12,
    season: int = 12,
    methods: tuple[str, ...] = METHODS,
    exposure: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Errors (forecast less actual) of each method from the last `origins` origins: origins x series x horizon."""
    values = _panel(panel, season)
    first = values.shape[1] - horizon - origins + 1
    if first < season + 3:
        raise Refusal.because(
            f"{origins} rolling origins of {horizon} periods do not fit",
            f"the history has {values.shape[1]} periods and the first origin needs {season + 3}",
            f"use at most {max(0, values.shape[1] - horizon - season - 2)} origins or a longer history",
        )
    cuts = range(first, first + origins)
    options = {"season": season, "exposure": exposure}
    found = [_at_origin(values[:, :c], horizon, methods, **options) for c in cuts]
    actual = np.stack([values[:, c : c + horizon] for c in cuts])
    return {m: np.stack([paths[m] for paths in found]) - actual for m in methods}


def _at_origin(
    values: np.ndarray, horizon: int, methods: tuple[str, ...], season: int, exposure: np.ndarray | None
) -> dict[str, np.ndarray]:
    """Forecasts of all methods from one origin; what several of them need is worked out once."""
    plain = tuple(m for m in methods if m in SEASONAL)
    moved = tuple(
        m for m in methods if exposure is not None and m.removesuffix(CALENDAR) in SEASONAL and m not in plain
    )
    rest = [m for m in methods if m not in (*plain, *moved)]
    paths = {m: forecast_with(values, horizon, method=m, season=season, exposure=exposure) for m in rest}
    if plain:
        paths |= _seasonal(values, horizon, plain, season, True)
    if moved:
        periods = values.shape[1]
        _, factors = calendar_factors(values, exposure[:, :, : periods + horizon], season=season)
        bare = _seasonal(
            values / factors[:, :periods], horizon, tuple(m.removesuffix(CALENDAR) for m in moved), season, True
        )
        paths |= {m: bare[m.removesuffix(CALENDAR)] * factors[:, periods:] for m in moved}
    return paths


def choose(
    panel: np.ndarray,
    *,
    horizon: int = 6,
    origins: int = 12,
    season: int = 12,
    methods: tuple[str, ...] = METHODS,
    exposure: np.ndarray | None = None,
) -> Choice:
    """The method with the lowest WAPE on the first half of the origins, judged on the second half.

    `selection` and `test`: index method, columns `wape`, `bias`, `mase`, `rmsse`. `errors` of the chosen method are
    origins x series x horizon, for intervals.
    """
    values = _panel(panel, season)
    if exposure is not None:
        methods = (*methods, *(m + CALENDAR for m in methods if m in ("ses", "theta", "damped", "mean_theta_damped")))
    options = {"horizon": horizon, "origins": origins, "season": season, "exposure": exposure}
    errors = rolling_origins(values, methods=methods, **options)
    first = values.shape[1] - horizon - origins + 1
    scale = mase_scale(values[:, :first], season)
    actual = np.stack([values[:, c : c + horizon] for c in range(first, first + origins)])
    half = origins // 2
    early, late = (_scores(errors, actual, scale, part) for part in (slice(0, half), slice(half, None)))
    method = early["wape"].idxmin()
    beats = (
        bool(late.loc[method, "wape"] < late.loc["seasonal_naive", "wape"]) if "seasonal_naive" in late.index else True
    )
    return Choice(method, early, late, beats, errors[method], scale)


def _scores(errors: dict[str, np.ndarray], actual: np.ndarray, scale: np.ndarray, part: slice) -> pd.DataFrame:
    rows = {
        m: accuracy(np.moveaxis(actual[part], 0, 2), np.moveaxis(e[part] + actual[part], 0, 2), scale)
        for m, e in errors.items()
    }
    return pd.DataFrame(rows).T.rename_axis("method")


def forecast_interval(point: np.ndarray, errors: np.ndarray, *, level: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
    """Low and high of forecasts from past errors at the same horizon, pooled over series in units of the forecast.

    `errors`: origins x series x horizon, forecast less actual. Each series' errors are taken relative to its own mean
    absolute size, quantiles are pooled over series and origins by horizon (split conformal), then scaled back.
    """
    if errors.ndim != 3 or errors.shape[2] < point.shape[1]:
        allowed = f"origins x series x at least {point.shape[1]} horizons"
        raise InputError.out_of_range(
            "errors", errors.shape, allowed, "test the method on the horizon that it forecasts"
        )
    size, low, high = _bands(errors[:, :, : point.shape[1]], level)
    return np.maximum(point + size[:, None] * low, 0.0), point + size[:, None] * high


def interval_coverage(errors: np.ndarray, *, level: float = 0.9) -> float:
    """Share (fraction) of the later half of the origins' outcomes inside intervals made from the earlier half's errors.

    `errors`: origins x series x horizon, two origins or more. Origins a month apart share most of their months, so the
    share rests on fewer outcomes than it counts.
    """
    if errors.ndim != 3 or len(errors) < 2:
        raise InputError.out_of_range("errors", errors.shape, "two origins or more x series x horizons", "")
    half = len(errors) // 2
    size, low, high = _bands(errors[:half], level)
    missed = -errors[half:] / size[None, :, None]  # the outcome less the forecast, in units of past errors
    return float(((missed >= low) & (missed <= high)).mean())


def _bands(errors: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Size of each series' errors, and the ends of the interval by horizon in units of it."""
    count = errors.shape[0] * errors.shape[1]
    size = np.sqrt((errors**2).mean(axis=(0, 2)))
    size = np.where(size > 0, size, 1.0)
    ratio = (errors / size[None, :, None]).reshape(count, -1)
    tail = min(1.0, np.ceil((count + 1) * (1 + level) / 2) / count)
    high = np.quantile(-ratio, tail, axis=0)
    low = np.quantile(-ratio, 1 - tail, axis=0)
    # Errors grow with the horizon: keep the band from narrowing where few origins make it jump.
    high, low = np.maximum.accumulate(high), np.minimum.accumulate(low)
    return size, low, high


def calendar_factors(
    panel: np.ndarray, exposure: np.ndarray, *, ridge: float = 1.0, season: int = 12
) -> tuple[np.ndarray, np.ndarray]:
    """Effect of moving events (Ramadan, Lunar New Year) on monthly demand, pooled over the panel.

    `exposure`: events x series x periods (history then future), days of the event in the month as a fraction of it.
    Fixed events are in the season already: exposure enters as its deviation from the mean of the same calendar
    month. Returns log effects a full month (events) and multipliers (series x all periods), 1 without any event.
    """
    values = _panel(panel, season)
    periods = values.shape[1]
    shares = np.asarray(exposure, dtype=float)
    if shares.ndim != 3 or shares.shape[1] != len(values) or shares.shape[2] < periods:
        raise InputError.out_of_range("exposure", shares.shape, f"events x {len(values)} series x >= {periods}", "")
    place = np.arange(shares.shape[2]) % season
    means = np.stack([shares[:, :, place == k].mean(axis=2) for k in range(season)], axis=2)
    moving = shares - means[:, :, place]
    factors = seasonal_factors(values, season)
    logs = np.log(np.maximum(values / factors[:, place[:periods]], 1e-9 + 0.01 * values.mean(axis=1, keepdims=True)))
    change, x = np.diff(logs, axis=1), np.diff(moving[:, :, :periods], axis=2)
    change = change - np.median(change, axis=1, keepdims=True)
    flat = x.reshape(len(shares), -1)
    noise = float(np.var(change))
    effects = np.linalg.solve(
        flat @ flat.T + ridge * noise * np.eye(len(shares)) + 1e-12 * np.eye(len(shares)), flat @ change.ravel()
    )
    return effects, np.exp(np.tensordot(effects, moving, axes=1))
