"""Data-driven attribution: a logit of conversion on exposure, and what the model says each channel added.

Unlike a rule it leaves the conversions that would have happened anyway to nobody. It is right only as far as the
covariates explain who was targeted; compare with an experiment before acting on it.
Source: Shao and Li (2011), Data-driven multi-touch attribution models, KDD.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.marketing.journeys import Journeys
from crossborder.marketing.shapley import sampled_shapley, shapley_value

__all__ = ["LogitFit", "exposure", "fit_logit", "incremental_credit", "newton_logit", "shapley_credit"]


GAMES = 1 << 20
"""Coalitions of all rows together that are worked out at once; how many changes no result."""


@dataclass(frozen=True)
class LogitFit:
    """Coefficients (constant first, then channels, then covariates), their covariance, and what was fitted."""

    channels: tuple[str, ...]
    coefficient: np.ndarray
    covariance: np.ndarray
    design: np.ndarray
    conversions: np.ndarray
    trials: np.ndarray

    @property
    def probability(self) -> np.ndarray:
        """Fitted probability of conversion a row."""
        return _logistic(self.design @ self.coefficient)


def exposure(
    journeys: Journeys, *, half_life_days: float | None = None, transform: str = "log", cap: int = 20
) -> np.ndarray:
    """Exposure of each journey (row) to each channel (column).

    Touches are counted, halved for every `half_life_days` of age where that is given, then `log` (log(1 + n)),
    `presence` (0 or 1) or `count` (at most `cap`) is taken.
    """
    if transform not in ("log", "presence", "count"):
        raise InputError.unknown("transform", transform, ["log", "presence", "count"])
    weight = None
    if half_life_days is not None:
        if journeys.age_days is None:
            raise InputError.out_of_range(
                "age_days", None, "known ages", "build journeys with times, or set no half-life"
            )
        weight = np.exp2(-journeys.age_days / half_life_days)
    players = len(journeys.channels)
    key = journeys.owner * players + journeys.codes
    touched = np.bincount(key, weight, journeys.count * players).reshape(-1, players)
    if transform == "presence":
        return (touched > 0).astype(float)
    return np.log1p(touched) if transform == "log" else np.minimum(touched, cap)


def fit_logit(
    journeys: Journeys,
    features: np.ndarray,
    covariates: np.ndarray | None = None,
    *,
    ridge: float = 1e-3,
    untouched: tuple[float, float] | None = None,
) -> LogitFit:
    """The logit of conversion on `features` (journeys x channels) and covariates, by Newton steps.

    `untouched` is (conversions, people without a conversion) among people without a touch, who anchor the constant.
    Raises Refusal when all or none converted: the slope is then not identified.
    """
    extra = np.empty((journeys.count, 0)) if covariates is None else np.asarray(covariates, dtype=float)
    design = np.column_stack([np.ones(journeys.count), features, extra])
    won, lost = journeys.conversions, journeys.nulls
    if untouched is not None:
        base = np.concatenate([[1.0], np.zeros(features.shape[1]), extra.mean(axis=0)])
        design = np.vstack([design, base])
        won, lost = np.append(won, untouched[0]), np.append(lost, untouched[1])
    if won.sum() <= 0 or lost.sum() <= 0:
        raise Refusal.because(
            "a model of conversion needs people with and without one",
            f"with: {won.sum():.0f}, without: {lost.sum():.0f}",
            "add the journeys without an order, or use a rule",
        )
    coefficient, covariance = newton_logit(design, won, won + lost, ridge)
    return LogitFit(journeys.channels, coefficient, covariance, design, won, won + lost)


def incremental_credit(fit: LogitFit, *, level: float = 0.9) -> pd.DataFrame:
    """Conversions that the model loses when one channel is switched off, with delta-method intervals.

    Columns: channel, credit, credit_low, credit_high, share, share_low, share_high. Negative effects stay negative in
    `credit` and count as 0 in `share`.
    """
    from scipy.special import ndtri

    fitted = fit.probability
    slope = fit.trials * fitted * (1 - fitted)
    base = slope @ fit.design
    credits, gradients = [], []
    for channel in range(len(fit.channels)):
        column = 1 + channel
        off = _logistic(fit.design @ fit.coefficient - fit.design[:, column] * fit.coefficient[column])
        slope_off = (fit.trials * off * (1 - off)) @ fit.design
        slope_off[column] = 0.0
        credits.append(fit.trials @ (fitted - off))
        gradients.append(base - slope_off)
    credit, gradient = np.array(credits), np.array(gradients)
    covariance = gradient @ fit.covariance @ gradient.T
    z = ndtri(0.5 + level / 2)
    error = np.sqrt(np.diag(covariance))
    positive = np.maximum(credit, 0.0)
    share = positive / max(positive.sum(), 1e-300)
    mix = (np.eye(len(credit)) - share[:, None]) * (credit > 0)[None, :] / max(positive.sum(), 1e-300)
    share_error = np.sqrt(np.diag(mix @ covariance @ mix.T))
    return pd.DataFrame(
        {
            "channel": fit.channels,
            "credit": credit,
            "credit_low": credit - z * error,
            "credit_high": credit + z * error,
            "share": share,
            "share_low": np.maximum(share - z * share_error, 0.0),
            "share_high": np.minimum(share + z * share_error, 1.0),
        }
    )


def shapley_credit(fit: LogitFit, *, draws: int = 200, rng: np.random.Generator | None = None) -> pd.Series:
    """Shapley split of the conversions that the model loses when all channels are switched off together.

    Exact to 12 channels; beyond, random orders with `rng`.
    """
    players = len(fit.channels)
    effects = fit.design[:, 1 : 1 + players] * fit.coefficient[1 : 1 + players]
    rest = fit.design @ fit.coefficient - effects.sum(axis=1)
    rounded, group = _distinct_rows(np.column_stack([effects, rest]).round(6))
    weight = np.bincount(group, fit.trials)
    if players <= 12:
        return pd.Series(_row_by_row(rounded[:, :players], rounded[:, players], weight), index=fit.channels)

    def worth(members: np.ndarray) -> np.ndarray:
        logits = rounded[:, :players] @ members.T.astype(float) + rounded[:, players:]
        return weight @ _logistic(logits)

    if rng is None:
        raise InputError.out_of_range("rng", None, "a numpy random generator for more than 12 channels")
    return pd.Series(sampled_shapley(worth, players, draws=draws, rng=rng).value, index=fit.channels)


def _row_by_row(effects: np.ndarray, rest: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Shapley values of the channels (columns), summed over rows, each a game of the few channels that it touched.

    A channel without effect in a row adds nothing to any coalition there, so that it need not play.
    """
    touched = effects != 0
    sizes, total = touched.sum(axis=1), np.zeros(effects.shape[1])
    for size in np.unique(sizes[sizes > 0]):
        coalitions = (np.arange(2**size)[:, None] >> np.arange(size)) & 1
        alike = np.flatnonzero(sizes == size)
        step = max(1, GAMES >> size)
        for rows in (alike[at : at + step] for at in range(0, len(alike), step)):
            players = np.nonzero(touched[rows])[1].reshape(-1, size)
            own = np.take_along_axis(effects[rows], players, axis=1)
            worth = weight[rows] * _logistic(coalitions @ own.T + rest[rows])
            total += np.bincount(players.T.ravel(), shapley_value(worth).ravel(), len(total))
    return total


def newton_logit(
    design: np.ndarray, won: np.ndarray, trials: np.ndarray, ridge: float
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients of a logit and their covariance; `ridge` is the penalty per thousand trials, not on the constant."""
    penalty = np.full(design.shape[1], ridge * trials.sum() / 1e3)
    penalty[0] = 0.0
    coefficient = np.zeros(design.shape[1])
    rate = won.sum() / trials.sum()
    coefficient[0] = np.log(rate / (1 - rate))
    for _ in range(60):
        fitted = _logistic(design @ coefficient)
        weight = trials * fitted * (1 - fitted)
        hessian = (design * weight[:, None]).T @ design + np.diag(penalty + 1e-10)
        step = np.linalg.solve(hessian, design.T @ (won - trials * fitted) - penalty * coefficient)
        coefficient = coefficient + step * min(1.0, 5.0 / max(np.abs(step).max(), 1e-12))
        if np.abs(step).max() < 1e-9:
            break
    return coefficient, np.linalg.inv(hessian)


def _distinct_rows(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct rows in ascending order, and the place of each row among them; columns as numbers sort faster."""
    key, size = np.zeros(len(rows), dtype=np.int64), 1
    for column in rows.T:
        code, values = pd.factorize(column, sort=True)
        if size * len(values) >= 2**62:
            key, kept = pd.factorize(key, sort=True)
            size = len(kept)
        key, size = key * len(values) + code, size * len(values)
    group, kept = pd.factorize(key, sort=True)
    first = np.empty(len(kept), dtype=np.int64)
    first[group[::-1]] = np.arange(len(rows))[::-1]
    return rows[first], group


def _logistic(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1.0 + np.tanh(0.5 * x))
