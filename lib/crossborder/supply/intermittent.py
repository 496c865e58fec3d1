"""Forecasts of demand that skips periods: Croston, SBA, SBJ and TSB for many series at once, and demand patterns.

Sources: J. D. Croston, Operational Research Quarterly 23(3), 1972; A. A. Syntetos and J. E. Boylan, International
Journal of Forecasting 21(2), 2005 (SBA) with E. Shale and J. E. Boylan 2006 for SBJ; R. H. Teunter, A. A. Syntetos
and M. Z. Babai, EJOR 214(3), 2011 (TSB); A. A. Syntetos, J. E. Boylan and J. D. Croston, JORS 56(5), 2005 (patterns).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError
from crossborder.supply.checks import at_least, between

__all__ = ["Intermittent", "croston", "demand_pattern", "tsb"]

VARIANTS = ("classic", "sba", "sbj")
STARTS = ("naive", "first")


@dataclass(frozen=True)
class Intermittent:
    """Demand a period (`rate`), its two parts, and the one-step forecasts (`fitted`).

    `size` is the smoothed demand when there is one; `occurrence` the smoothed interval, periods (Croston), or the
    smoothed probability of demand (TSB).
    """

    rate: np.ndarray
    size: np.ndarray
    occurrence: np.ndarray
    fitted: np.ndarray

    def forecast(self, horizon: int) -> np.ndarray:
        """The flat forecast of the next `horizon` periods, one row a series."""
        return np.repeat(self.rate[:, None], horizon, axis=1)


def croston(
    y: ArrayLike,
    alpha: ArrayLike = 0.1,
    beta: ArrayLike | None = None,
    variant: Literal["classic", "sba", "sbj"] = "classic",
) -> Intermittent:
    """Croston's forecast: size over interval, both smoothed when demand occurs; SBA and SBJ take out its bias.

    `alpha` smooths sizes, `beta` intervals (the same unless given). Start ("naive"): first demand, first interval.

    >>> round(float(croston([[1, 0, 4, 0, 1]], 0.1).rate[0]), 4)
    1.0672
    """
    y = _demand(y)
    if variant not in VARIANTS:
        raise InputError.unknown("variant", variant, VARIANTS)
    alpha = between("alpha", alpha, 0, 1) * np.ones(len(y))
    beta = alpha if beta is None else between("beta", beta, 0, 1) * np.ones(len(y))
    factor = {"classic": np.ones(len(y)), "sba": 1 - beta / 2, "sbj": 1 - beta / (2 - beta)}[variant]
    size, interval, since = np.zeros(len(y)), np.ones(len(y)), np.zeros(len(y))
    seen, fitted = np.zeros(len(y), bool), np.zeros_like(y)
    for t in range(y.shape[1]):
        fitted[:, t] = factor * size / interval
        since += 1
        hit = y[:, t] > 0
        first = hit & ~seen
        size = np.where(first, y[:, t], np.where(hit, size + alpha * (y[:, t] - size), size))
        interval = np.where(first, since, np.where(hit, interval + beta * (since - interval), interval))
        since[hit] = 0
        seen |= hit
    return Intermittent(factor * size / interval, size, interval, fitted)


def tsb(
    y: ArrayLike, alpha: ArrayLike = 0.1, beta: ArrayLike = 0.1, initial: Literal["naive", "first"] = "naive"
) -> Intermittent:
    """TSB: size times probability; the probability falls in every period without demand, so dead stock is noticed.

    `alpha` smooths sizes, `beta` the probability. Start "naive": first demand, 1 / first interval; "first": the
    probability starts as 0 or 1 by the first period.

    >>> round(float(tsb([[1, 0, 4, 0, 1]], 0.1, 0.1).rate[0]), 6)
    1.063117
    """
    y = _demand(y)
    if initial not in STARTS:
        raise InputError.unknown("initial", initial, STARTS)
    alpha, beta = between("alpha", alpha, 0, 1), between("beta", beta, 0, 1)
    hits = y > 0
    any_hit = hits.any(1)
    where = np.where(any_hit, hits.argmax(1), 0)
    size = np.where(any_hit, y[np.arange(len(y)), where], 0.0)
    probability = np.where(any_hit, 1 / (where + 1), 0.0) if initial == "naive" else hits[:, 0].astype(float)
    # Week by week the series lie side by side: the walk through time reads and writes whole rows.
    sold, hits, fitted = np.ascontiguousarray(y.T), np.ascontiguousarray(hits.T), np.zeros(y.T.shape)
    for t, (now, hit) in enumerate(zip(sold, hits, strict=True)):
        fitted[t] = probability * size
        begun = t > where
        moving = begun if initial == "naive" else t > 0
        probability = np.where(moving, probability + beta * (hit - probability), probability)
        size = np.where(hit & begun, size + alpha * (now - size), size)
    return Intermittent(probability * size, size, probability, np.ascontiguousarray(fitted.T))


def demand_pattern(y: ArrayLike, interval_limit: float = 1.32, variation_limit: float = 0.49) -> pd.DataFrame:
    """Pattern of every series: smooth, erratic, intermittent or lumpy, with `interval` (ADI) and `variation` (CV^2).

    `interval` is periods per demand occurrence, `variation` the squared coefficient of variation of the sizes that
    are not zero. A series without demand is "none".
    """
    y = _demand(y)
    hits = y > 0
    count = hits.sum(1)
    some = np.maximum(count, 1)
    interval = y.shape[1] / some
    mean = y.sum(1) / some
    variance = np.where(hits, (y - mean[:, None]) ** 2, 0).sum(1) / np.maximum(count - 1, 1)
    variation = variance / np.maximum(mean, 1e-12) ** 2
    rare, rough = interval >= interval_limit, variation >= variation_limit
    names = np.select(
        [count == 0, ~rare & ~rough, ~rare & rough, rare & ~rough],
        ["none", "smooth", "erratic", "intermittent"],
        "lumpy",
    )
    return pd.DataFrame({"pattern": names, "interval": interval, "variation": variation, "mean": y.mean(1)})


def _demand(y: ArrayLike) -> np.ndarray:
    return np.atleast_2d(at_least("y (demand)", y, 0, "fill weeks without sales with 0; returns are not demand"))
