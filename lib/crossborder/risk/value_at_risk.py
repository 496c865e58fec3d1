"""How much can be lost over a horizon at a confidence level: value at risk and expected shortfall.

`level` is the confidence (0.99: one day in a hundred is worse). Both measures are positive losses in the unit of
the returns. Forecasts for a day use earlier days only.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import gammaln, ndtri, stdtrit

from crossborder.errors import InputError, Refusal
from crossborder.risk.volatility import DECAY, ewma_variance, rolling_garch

__all__ = [
    "MODELS",
    "filtered_historical",
    "garch_fits",
    "historical_es",
    "historical_var",
    "horizon_forecasts",
    "normal_es",
    "normal_var",
    "one_day_forecasts",
    "rolling_historical",
    "student_es",
    "student_var",
]

MODELS = (
    "constant_normal",
    "ewma_normal",
    "historical_250",
    "historical_500",
    "historical_1000",
    "garch_normal",
    "garch_t",
    "garch_fhs",
    "ewma_fhs",
)
"""One-day models; `fhs` is filtered historical simulation (Barone-Adesi, Giannopoulos and Vosper, 1999)."""

FILTER_DAYS = 500


def normal_var(volatility: ArrayLike, level: float, mean: ArrayLike = 0.0) -> np.ndarray:
    """Value at risk of a normal return: z * volatility - mean.

    >>> round(float(normal_var(1.0, 0.99)), 3)
    2.326
    """
    return ndtri(_checked(level)) * np.asarray(volatility, float) - np.asarray(mean, float)


def normal_es(volatility: ArrayLike, level: float, mean: ArrayLike = 0.0) -> np.ndarray:
    """Expected shortfall of a normal return: phi(z) / (1 - level) * volatility - mean.

    >>> round(float(normal_es(1.0, 0.975)), 3)
    2.338
    """
    z = ndtri(_checked(level))
    return np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi) / (1 - level) * np.asarray(volatility, float) - np.asarray(
        mean, float
    )


def student_var(volatility: ArrayLike, nu: ArrayLike, level: float, mean: ArrayLike = 0.0) -> np.ndarray:
    """Value at risk of a Student t return with standard deviation `volatility` and `nu` > 2 degrees of freedom."""
    nu = _checked_nu(nu)
    scale = np.asarray(volatility, float) * np.sqrt((nu - 2) / nu)
    return scale * stdtrit(nu, _checked(level)) - np.asarray(mean, float)


def student_es(volatility: ArrayLike, nu: ArrayLike, level: float, mean: ArrayLike = 0.0) -> np.ndarray:
    """Expected shortfall of the same return (McNeil, Frey and Embrechts, Quantitative Risk Management, 2.3.4)."""
    nu = _checked_nu(nu)
    quantile = stdtrit(nu, _checked(level))
    scale = np.asarray(volatility, float) * np.sqrt((nu - 2) / nu)
    log_density = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * np.log(np.pi * nu)
    log_density = log_density - 0.5 * (nu + 1) * np.log1p(quantile**2 / nu)
    tail = np.exp(log_density) / (1 - level) * (nu + quantile**2) / (nu - 1)
    return scale * tail - np.asarray(mean, float)


def historical_var(returns: ArrayLike, level: float) -> float:
    """Value at risk by historical simulation: the (1 - level) quantile, linear (type 7), sign changed."""
    return float(-np.quantile(_enough(returns, level), 1 - level))


def historical_es(returns: ArrayLike, level: float) -> float:
    """Expected shortfall by historical simulation: mean loss of the returns at or beyond the value at risk."""
    values = _enough(returns, level)
    return float(-values[values <= np.quantile(values, 1 - level)].mean())


def rolling_historical(returns: ArrayLike, level: float, window: int) -> np.ndarray:
    """Columns var, es for each day, from the `window` returns before it; the first `window` rows are NaN."""
    values = np.asarray(returns, float)
    if window >= len(values):
        raise InputError.out_of_range("window", window, f"fewer than the {len(values)} returns", "shorten the window")
    _enough(values[:window], level)
    past = np.lib.stride_tricks.sliding_window_view(values[:-1], window)
    worst = int(np.ceil((window - 1) * (1 - level))) + 1
    low = np.sort(np.partition(past, worst, axis=1)[:, : worst + 1], axis=1)
    rank = (window - 1) * (1 - level)
    below = int(rank)
    quantile = low[:, below] + (rank - below) * (low[:, below + 1] - low[:, below])
    tail = low <= quantile[:, None]
    shortfall = (low * tail).sum(axis=1) / tail.sum(axis=1)
    return np.vstack([np.full((window, 2), np.nan), -np.column_stack([quantile, shortfall])])


def filtered_historical(returns: ArrayLike, volatility: ArrayLike, level: float, window: int = FILTER_DAYS):
    """Filtered historical simulation: columns var, es for each day.

    Past returns are divided by the volatility forecast of their own day; the quantile of the last `window` such
    values times today's forecast is the value at risk.
    """
    volatility = np.asarray(volatility, float)
    return rolling_historical(np.asarray(returns, float) / volatility, level, window) * volatility[:, None]


def one_day_forecasts(
    returns: pd.Series,
    level: float,
    *,
    start: pd.Timestamp,
    models: Sequence[str] = MODELS,
    refit_days: int = 63,
    fits: dict[str, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """One-day forecasts from `start` on: date, model, var, es, realised (the return), hit (the loss exceeded var).

    Windows before `start` come from the returns given, so at least 1,001 returns must lie before it for the longest.
    `refit_days` is the distance between two fits of the GARCH parameters, each on all earlier returns; `fits` takes
    those of `garch_fits`, so that several levels share them.
    """
    for unknown in [name for name in models if name not in MODELS]:
        raise InputError.unknown("model", unknown, MODELS)
    past = int(returns.index.searchsorted(pd.Timestamp(start)))
    need = max([FILTER_DAYS + 250, *(int(name.split("_")[1]) for name in models if name.startswith("historical"))])
    if past < need or past >= len(returns):
        raise Refusal.because(
            f"no back-test from {pd.Timestamp(start):%Y-%m-%d}",
            f"{past} returns lie before it, {need} are needed, and the last is of {returns.index[-1]:%Y-%m-%d}",
            f"choose a start from {returns.index[min(need, len(returns) - 1)]:%Y-%m-%d} on",
        )
    fits = garch_fits(returns, start=start, models=models, refit_days=refit_days) if fits is None else fits
    measures = {name: _forecast(name, returns.to_numpy(float), level, past, fits) for name in models}
    blocks = [
        pd.DataFrame(values, columns=["var", "es"]).assign(
            date=returns.index[past:], model=name, realised=returns.to_numpy()[past:]
        )
        for name, values in measures.items()
    ]
    frame = pd.concat(blocks, ignore_index=True)
    frame["hit"] = frame["realised"] < -frame["var"]
    return frame[["date", "model", "var", "es", "realised", "hit"]]


def horizon_forecasts(
    returns: pd.Series,
    level: float,
    horizon: int,
    *,
    start: pd.Timestamp,
    window: int = 1000,
    paths: int = 2000,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Forecasts over `horizon` days at the begin of each block that does not overlap the next, as `one_day_forecasts`.

    Models: `ewma_scaled` and `historical_scaled` (one-day measure times the square root of the horizon),
    `historical_blocks` (overlapping returns over the horizon) and `ewma_fhs` (bootstrap of filtered returns,
    with the variance updated along each path).
    """
    past = int(returns.index.searchsorted(pd.Timestamp(start)))
    origins = np.arange(past, len(returns) - horizon + 1, horizon)
    if past < window + horizon or not len(origins):
        raise Refusal.because(
            f"no {horizon}-day forecasts from {pd.Timestamp(start):%Y-%m-%d}",
            f"{past} returns lie before it and {window + horizon} are needed",
            "choose a later start or a shorter window",
        )
    values = returns.to_numpy(float)
    variance = ewma_variance(values)
    realised = np.lib.stride_tricks.sliding_window_view(values, horizon).sum(axis=1)
    day = rolling_historical(values, level, window)[origins] * np.sqrt(horizon)
    sigma = np.sqrt(variance[origins] * horizon)
    blocks = rolling_historical(realised, level, window)[origins - horizon + 1]
    measures = {
        "ewma_scaled": np.column_stack([normal_var(sigma, level), normal_es(sigma, level)]),
        "historical_scaled": day,
        "historical_blocks": blocks,
        "ewma_fhs": _bootstrap_paths(values, variance, origins, level, horizon, paths, rng),
    }
    frame = pd.concat(
        [
            pd.DataFrame(v, columns=["var", "es"]).assign(
                date=returns.index[origins], model=k, realised=realised[origins]
            )
            for k, v in measures.items()
        ],
        ignore_index=True,
    )
    frame["hit"] = frame["realised"] < -frame["var"]
    return frame[["date", "model", "var", "es", "realised", "hit"]]


def _bootstrap_paths(values, variance, origins, level, horizon, paths, rng) -> np.ndarray:
    filtered = values / np.sqrt(variance)
    past = np.lib.stride_tricks.sliding_window_view(filtered, FILTER_DAYS)[origins - FILTER_DAYS]
    draws = rng.integers(0, FILTER_DAYS, size=(horizon, len(origins), paths))
    now = np.repeat(variance[origins][:, None], paths, axis=1)
    total = np.zeros_like(now)
    for step in draws:
        move = np.take_along_axis(past, step, axis=1) * np.sqrt(now)
        total += move
        now = DECAY * now + (1 - DECAY) * move**2
    quantile = np.quantile(total, 1 - level, axis=1, keepdims=True)
    tail = total <= quantile
    shortfall = (total * tail).sum(axis=1) / tail.sum(axis=1)
    return -np.column_stack([quantile[:, 0], shortfall])


def garch_fits(
    returns: pd.Series, *, start: pd.Timestamp, models: Sequence[str] = MODELS, refit_days: int = 63
) -> dict[str, pd.DataFrame]:
    """Rolling GARCH fits that the models need, by distribution (normal, t): columns mean, variance, nu by day."""
    wanted = {"normal": {"garch_normal", "garch_fhs"}, "t": {"garch_t"}}
    early = returns.index[max(0, returns.index.searchsorted(pd.Timestamp(start)) - FILTER_DAYS)]
    begin = {"normal": early if "garch_fhs" in models else start, "t": start}
    return {
        name: rolling_garch(returns, name, start=pd.Timestamp(begin[name]), refit_days=refit_days)
        for name, users in wanted.items()
        if users & set(models)
    }


def _forecast(model: str, values: np.ndarray, level: float, past: int, fits: dict) -> np.ndarray:
    """Columns var, es of one model from day number `past` on."""
    if model == "constant_normal":
        spread = np.sqrt(pd.Series(values**2).rolling(FILTER_DAYS).mean().shift(1).to_numpy()[past:])
        return np.column_stack([normal_var(spread, level), normal_es(spread, level)])
    if model.startswith("historical"):
        return rolling_historical(values, level, int(model.split("_")[1]))[past:]
    if model.startswith("ewma"):
        sigma = np.sqrt(ewma_variance(values))
        if model == "ewma_fhs":
            return filtered_historical(values, sigma, level)[past:]
        return np.column_stack([normal_var(sigma, level), normal_es(sigma, level)])[past:]
    fit = fits["t" if model == "garch_t" else "normal"]
    sigma, mean = np.sqrt(fit["variance"].to_numpy()), fit["mean"].to_numpy()
    if model == "garch_fhs":
        late = values[-len(fit) :] - mean
        return (filtered_historical(late, sigma, level) - mean[:, None])[past - len(values) :]
    sigma, mean, nu = (
        sigma[past - len(values) :],
        mean[past - len(values) :],
        fit["nu"].to_numpy()[past - len(values) :],
    )
    if model == "garch_t":
        return np.column_stack([student_var(sigma, nu, level, mean), student_es(sigma, nu, level, mean)])
    return np.column_stack([normal_var(sigma, level, mean), normal_es(sigma, level, mean)])


def _checked(level: float) -> float:
    if not 0.5 < level < 1:
        raise InputError.out_of_range("level", level, "above 0.5 and below 1", "0.99 is one bad day in a hundred")
    return level


def _checked_nu(nu: ArrayLike) -> np.ndarray:
    nu = np.asarray(nu, float)
    if (nu <= 2).any():
        raise InputError.out_of_range("nu", float(nu.min()), "above 2", "below that the variance does not exist")
    return nu


def _enough(returns: ArrayLike, level: float) -> np.ndarray:
    values = np.asarray(returns, float)
    if len(values) * (1 - _checked(level)) < 1:
        raise Refusal.because(
            f"no historical simulation at {level:.1%} from {len(values)} returns",
            f"the tail would hold {len(values) * (1 - level):.1f} of them",
            f"give at least {int(np.ceil(1 / (1 - level)))} returns or lower the level",
        )
    return values
