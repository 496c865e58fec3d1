"""How strongly a return series moves from day to day, and when its regime changed.

Returns are fractions a period (0.01 is 1 %); variances are squared returns a period.
A forecast for day t uses returns up to day t - 1 only.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln

from crossborder.errors import InputError, Refusal

__all__ = [
    "DECAY",
    "Garch",
    "annual_volatility",
    "ewma_update",
    "ewma_variance",
    "ewma_volatility_year",
    "fit_garch",
    "garch_variance",
    "rolling_garch",
    "simple_returns",
    "variance_breaks",
]

DECAY = 0.94
"""Decay of the exponentially weighted variance for daily data (RiskMetrics, 1996)."""

TRADING_DAYS = 252
MOST_PERSISTENCE = 0.9999
FEWEST_DAYS = 250


def simple_returns(levels: pd.DataFrame | pd.Series) -> pd.DataFrame | pd.Series:
    """Simple returns of each column, fractions a row; the first row drops out.

    Simple and not logarithmic: only simple returns of currencies add up to the return of a basket.
    Rows with a missing level are left out before the change is taken.
    """
    whole = levels.dropna()
    if (np.asarray(whole) <= 0).any():
        raise InputError.out_of_range("levels", float(np.min(np.asarray(whole))), "above 0", "give prices or rates")
    return whole.pct_change().iloc[1:]


def annual_volatility(returns: ArrayLike, periods: int = TRADING_DAYS) -> float:
    """Standard deviation of the returns scaled to a year by the square root of `periods`, fraction."""
    return float(np.std(np.asarray(returns, float), ddof=1) * np.sqrt(periods))


def ewma_update(volatility: float, last_return: float, decay: float = DECAY) -> float:
    """Volatility for the next day: sqrt(decay * volatility^2 + (1 - decay) * last_return^2).

    Source: Hull, Options, Futures and Other Derivatives, equation 23.7.

    >>> round(ewma_update(0.01, 0.02, decay=0.9), 4)
    0.0114
    """
    return float(np.sqrt(_checked_decay(decay) * volatility**2 + (1 - decay) * last_return**2))


def ewma_variance(returns: ArrayLike, decay: float = DECAY, start: float | None = None) -> np.ndarray:
    """Variance forecast for each day of `returns`, made on the day before (RiskMetrics).

    `start` is the forecast for the first day; by default the mean square of the first 250 days,
    so that the first 250 forecasts are a running-in and not out of sample.
    """
    values = np.asarray(returns, float)
    first = float(np.mean(values[:FEWEST_DAYS] ** 2)) if start is None else start
    return _recursion(np.r_[first, (1 - _checked_decay(decay)) * values[:-1] ** 2], decay)


def ewma_volatility_year(returns: pd.Series, decay: float = DECAY) -> pd.Series:
    """The same forecast as volatility a year, by day."""
    yearly = np.sqrt(ewma_variance(returns, decay) * TRADING_DAYS)
    return pd.Series(yearly, index=returns.index, name="volatility_year")


@dataclass(frozen=True)
class Garch:
    """Fitted GARCH(1,1): variance[t] = omega + alpha * residual[t-1]^2 + beta * variance[t-1].

    `nu` are the degrees of freedom of the standardised Student t; infinite for the normal.
    `backcast` is the variance assumed before the first day.
    """

    mean: float
    omega: float
    alpha: float
    beta: float
    nu: float
    log_likelihood: float
    backcast: float
    converged: bool

    @property
    def persistence(self) -> float:
        """alpha + beta: the share of a variance shock that is left a day later."""
        return self.alpha + self.beta

    @property
    def half_life_days(self) -> float:
        """Days until half of a variance shock is gone."""
        return float(np.log(0.5) / np.log(self.persistence)) if 0 < self.persistence < 1 else np.inf

    @property
    def long_run_volatility(self) -> float:
        """Volatility a period to which forecasts return, fraction."""
        return float(np.sqrt(self.omega / (1 - self.persistence)))


def garch_variance(returns: ArrayLike, model: Garch) -> np.ndarray:
    """Variance for each day of `returns` and for the day after the last (one value more), made the day before."""
    squares = (np.asarray(returns, float) - model.mean) ** 2
    drive = model.omega + model.alpha * np.r_[model.backcast, squares]
    drive[0] += model.beta * model.backcast
    return _recursion(drive, model.beta)


def fit_garch(
    returns: ArrayLike,
    distribution: Literal["normal", "t"] = "normal",
    *,
    backcast: float | None = None,
    first_guess: Garch | None = None,
) -> Garch:
    """GARCH(1,1) with a constant mean, by maximum likelihood with analytic gradient.

    `backcast` is the variance before the first day; by default the mean squared deviation, the convention of the
    published benchmark of Fiorentini, Calzolari and Panattoni (1996). Refuses fewer than 250 returns and series
    that stand still (a pegged currency), because the likelihood is then flat or unbounded.
    """
    if distribution not in ("normal", "t"):
        raise InputError.unknown("distribution", distribution, ["normal", "t"])
    values = np.asarray(returns, float)
    _refuse_unfit(values)
    scale = float(values.std())
    start = np.mean((values - values.mean()) ** 2) if backcast is None else backcast
    return _maximise(values / scale, distribution, start / scale**2, scale, first_guess)


def rolling_garch(
    returns: pd.Series,
    distribution: Literal["normal", "t"] = "normal",
    *,
    start: pd.Timestamp,
    refit_days: int = 21,
) -> pd.DataFrame:
    """Variance forecasts from `start` on, by day: mean, variance, nu; parameters refitted every `refit_days`.

    Each fit uses all returns before its first forecast day; between fits only the recursion moves on.
    """
    first = int(returns.index.searchsorted(start))
    values, rows, model = returns.to_numpy(float), [], None
    for begin in range(first, len(values), refit_days):
        end = min(begin + refit_days, len(values))
        model = fit_garch(values[:begin], distribution, first_guess=model)
        variance = garch_variance(values[: end - 1], model)[begin:]
        rows.append(np.column_stack([np.full(end - begin, model.mean), variance, np.full(end - begin, model.nu)]))
    return pd.DataFrame(np.vstack(rows), index=returns.index[first:], columns=["mean", "variance", "nu"])


def variance_breaks(returns: pd.Series, critical: float = 1.405, fewest: int = 120) -> pd.DataFrame:
    """Volatility regimes: start, end, days, volatility_year; split where the cumulated squares leave their line.

    Iterated cumulative sums of squares (Inclan and Tiao, 1994) with the correction for heavy tails and volatility
    clustering of Sanso, Arago and Carrion (2004), statistic kappa-2; `critical` is its 5 % value.
    No regime is shorter than `fewest` days.
    """
    squares = returns.to_numpy(float) ** 2
    edges = sorted({0, len(squares), *_split(squares, 0, critical, fewest)})
    begin, end = np.array(edges[:-1]), np.array(edges[1:])
    mean_square = np.add.reduceat(squares, begin) / (end - begin)
    return pd.DataFrame(
        {
            "start": returns.index[begin],
            "end": returns.index[end - 1],
            "days": end - begin,
            "volatility_year": np.sqrt(mean_square * TRADING_DAYS),
        }
    )


def _split(squares: np.ndarray, offset: int, critical: float, fewest: int) -> list[int]:
    days = len(squares)
    if days < 2 * fewest:
        return []
    centred = squares - squares.mean()
    path = np.cumsum(centred)
    inside = np.abs(path[fewest - 1 : days - fewest])
    at = int(inside.argmax()) + fewest
    if inside.max() / np.sqrt(days * _long_run_variance(centred)) < critical:
        return []
    return [
        *_split(squares[:at], offset, critical, fewest),
        offset + at,
        *_split(squares[at:], offset + at, critical, fewest),
    ]


def _long_run_variance(centred: np.ndarray) -> float:
    """Long-run variance with Bartlett weights and the lag 4 * (days / 100)^(2/9) of Newey and West."""
    lags = int(4 * (len(centred) / 100) ** (2 / 9))
    weights = 1 - np.arange(1, lags + 1) / (lags + 1)
    covariances = np.array([centred[lag:] @ centred[:-lag] for lag in range(1, lags + 1)])
    return float((centred @ centred + 2 * weights @ covariances) / len(centred))


def _recursion(drive: np.ndarray, decay: float) -> np.ndarray:
    """y[t] = drive[t] + decay * y[t-1], by doubling: after step k each value holds the sum of its last 2^k terms."""
    total, reach, factor = np.array(drive, float), 1, decay
    while reach < len(total) and abs(factor) > 1e-18:
        total[reach:] += factor * total[:-reach]
        reach, factor = 2 * reach, factor * factor
    return total


def _checked_decay(decay: float) -> float:
    if not 0 < decay < 1:
        raise InputError.out_of_range("decay", decay, "above 0 and below 1", "0.94 is usual for daily data")
    return decay


def _refuse_unfit(values: np.ndarray) -> None:
    if len(values) < FEWEST_DAYS:
        raise Refusal.because(
            f"no GARCH from {len(values)} returns",
            f"it needs at least {FEWEST_DAYS}; with fewer the parameters are not found",
            "use the exponentially weighted variance",
        )
    if not np.isfinite(values).all():
        raise InputError.out_of_range("returns", "missing or infinite values", "finite numbers", "drop or fill them")
    still = float(np.mean(np.abs(values - np.median(values)) < 1e-5))
    if still > 0.5:
        raise Refusal.because(
            "no GARCH for a series that stands still",
            f"on {still:.0%} of the days it does not move: a peg or a closed market",
            "treat it as pegged and stress the end of the peg instead",
        )


def _maximise(values, distribution, backcast, scale, guess) -> Garch:
    """Maximum of the likelihood over unbounded parameters; `values` have a standard deviation of 1."""
    from scipy.optimize import minimize

    origin = _to_free(guess, scale, distribution) if guess else _to_free(_usual(values, scale), scale, distribution)
    # A warm start lies near the maximum; a looser stop then moves parameters in the fourth digit only.
    stop = {"gtol": 1e-6 if guess is None else 1e-5}
    best = minimize(_loss, origin, args=(values, backcast), jac=True, method="BFGS", options=stop)
    mean, omega, alpha, beta, nu = _from_free(best.x)
    likelihood = -best.fun * len(values) - len(values) * np.log(scale)
    settled = bool(best.success or np.abs(best.jac).max() < 1e-4)
    return Garch(
        mean * scale, omega * scale**2, alpha, beta, nu, float(likelihood), backcast * scale**2, converged=settled
    )


def _usual(values: np.ndarray, scale: float) -> Garch:
    return Garch(float(values.mean()) * scale, 0.05 * scale**2, 0.05, 0.90, 6.0, 0.0, 1.0, converged=False)


def _to_free(model: Garch, scale: float, distribution: str) -> np.ndarray:
    persistence = min(model.persistence / MOST_PERSISTENCE, 0.999)
    split = np.clip(model.alpha / model.persistence, 0.005, 0.995)
    free = [model.mean / scale, np.log(model.omega / scale**2), _logit(persistence), _logit(split)]
    tail = np.log(min(model.nu, 60.0) - 2.0)
    return np.array([*free, tail] if distribution == "t" else free)


def _from_free(free: np.ndarray) -> tuple[float, float, float, float, float]:
    persistence, split = MOST_PERSISTENCE * _logistic(free[2]), _logistic(free[3])
    nu = 2.0 + np.exp(min(free[4], 8.0)) if len(free) > 4 else np.inf
    return float(free[0]), float(np.exp(free[1])), persistence * split, persistence * (1 - split), float(nu)


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


def _logistic(free: float) -> float:
    return float(1 / (1 + np.exp(-min(max(free, -30.0), 30.0))))


def _loss(free: np.ndarray, values: np.ndarray, backcast: float) -> tuple[float, np.ndarray]:
    """Mean negative log likelihood and its gradient in the unbounded parameters."""
    mean, omega, alpha, beta, nu = _from_free(free)
    residual = values - mean
    before = np.concatenate(([0.0], residual[:-1]))
    squares = before**2
    squares[0] = backcast
    drive = omega + alpha * squares
    drive[0] += beta * backcast
    variance = _recursion(drive, beta)
    likelihood, by_variance, by_residual, by_nu = _density(residual, variance, nu)
    # What a day's variance does to all later ones, summed backwards once, serves every parameter.
    later = _recursion(by_variance[::-1], beta)[::-1]
    by_alpha, by_omega = later @ squares, later.sum()
    by_beta = later[0] * backcast + later[1:] @ variance[:-1]
    by_mean = -2 * alpha * (later @ before) - by_residual.sum()
    persistence, split = _logistic(free[2]), _logistic(free[3])
    together = MOST_PERSISTENCE * persistence
    gradient = [
        by_mean,
        by_omega * omega,
        (by_alpha * split + by_beta * (1 - split)) * together * (1 - persistence),
        (by_alpha - by_beta) * together * split * (1 - split),
    ]
    if len(free) > 4:
        gradient.append(by_nu * (nu - 2.0) * (free[4] < 8.0))
    return -likelihood.mean(), -np.array(gradient) / len(values)


def _density(residual, variance, nu):
    """Log density of each residual, its slopes by variance and by residual, and the summed slope by nu."""
    ratio = residual**2 / variance
    if not np.isfinite(nu):
        log = -0.5 * (np.log(2 * np.pi) + np.log(variance) + ratio)
        return log, 0.5 * (ratio - 1) / variance, -residual / variance, 0.0
    far = ratio / (nu - 2)
    weight = 0.5 * (nu + 1) / (1 + far)
    log = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * np.log(np.pi * (nu - 2) * variance)
    log_far = np.log1p(far)
    log = log - 0.5 * (nu + 1) * log_far
    by_nu = 0.5 * (digamma((nu + 1) / 2) - digamma(nu / 2) - 1 / (nu - 2) - log_far) + weight * far / (nu - 2)
    return log, (weight * far - 0.5) / variance, -2 * weight * residual / (variance * (nu - 2)), by_nu.sum()
