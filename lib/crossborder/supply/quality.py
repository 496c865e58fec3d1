"""How many defects: acceptance sampling plans, control charts for the share of defects, and the cost of poor quality.

Source: D. C. Montgomery, Introduction to Statistical Quality Control, 7th ed., Wiley 2013, chapters 7 and 15.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from crossborder.errors import InputError, Refusal
from crossborder.supply.checks import at_least, between, positive

__all__ = [
    "SamplingPlan",
    "acceptance_probability",
    "average_outgoing_quality",
    "average_total_inspection",
    "cost_of_poor_quality",
    "defect_rate_interval",
    "p_chart",
    "sampling_plan",
]


@dataclass(frozen=True)
class SamplingPlan:
    """Inspect `sample_size` pieces of a lot and accept it with at most `accept` defects; the risks it really has."""

    sample_size: int
    accept: int
    producer_risk: float
    consumer_risk: float


def acceptance_probability(
    sample_size: ArrayLike, accept: ArrayLike, defect_rate: ArrayLike, lot_size: int | None = None
) -> np.ndarray:
    """Probability that a lot with `defect_rate` passes: binomial, or hypergeometric with the size of the lot.

    >>> round(float(acceptance_probability(89, 2, 0.01)), 4)
    0.9397
    """
    n, c = positive("sample_size", sample_size), at_least("accept", accept, 0)
    p = between("defect_rate", defect_rate, 0, 1)
    if lot_size is not None:
        from scipy import stats

        return stats.hypergeom.cdf(c, lot_size, np.round(p * lot_size), n)
    return np.where(c >= n, 1.0, special.bdtr(np.minimum(c, n - 1), n.astype(int), p))


def sampling_plan(
    good_rate: float, bad_rate: float, producer_risk: float = 0.05, consumer_risk: float = 0.10, most: int = 5000
) -> SamplingPlan:
    """Smallest single plan: lots at `good_rate` defects pass with 1 - producer_risk, at `bad_rate` with consumer_risk.

    `good_rate` is the acceptable quality level, `bad_rate` the lot tolerance (fractions).
    """
    if not 0 < good_rate < bad_rate < 1:
        raise InputError.out_of_range("good_rate, bad_rate", (good_rate, bad_rate), "0 < good_rate < bad_rate < 1")
    accept = np.arange(0, 200)
    size = np.arange(1, most + 1)
    needed = np.ceil(_least_sample(accept, bad_rate, consumer_risk, size))
    reachable = np.isfinite(needed)
    tried = np.where(reachable, np.maximum(needed, accept + 1), accept + 1)
    fits = reachable & (acceptance_probability(tried, accept, good_rate) >= 1 - producer_risk)
    if not fits.any():
        why = f"no sample up to {most} pieces tells {good_rate:g} from {bad_rate:g} at these risks"
        raise Refusal.because("no sampling plan", why, "accept larger risks or rates further apart")
    place = int(fits.argmax())
    n, c = int(needed[place]), int(accept[place])
    return SamplingPlan(
        n,
        c,
        1 - float(acceptance_probability(n, c, good_rate)),
        float(acceptance_probability(n, c, bad_rate)),
    )


def average_outgoing_quality(
    sample_size: ArrayLike, accept: ArrayLike, defect_rate: ArrayLike, lot_size: float
) -> np.ndarray:
    """Share of defects after inspection when rejected lots are sorted: Pa p (N - n) / N."""
    share = (lot_size - np.asarray(sample_size, float)) / lot_size
    return acceptance_probability(sample_size, accept, defect_rate) * np.asarray(defect_rate, float) * share


def average_total_inspection(
    sample_size: ArrayLike, accept: ArrayLike, defect_rate: ArrayLike, lot_size: float
) -> np.ndarray:
    """Pieces inspected a lot, sorting of rejected lots included: n + (1 - Pa)(N - n)."""
    n = np.asarray(sample_size, float)
    return n + (1 - acceptance_probability(sample_size, accept, defect_rate)) * (lot_size - n)


def p_chart(
    defects: ArrayLike, inspected: ArrayLike, width: float = 3.0, centre: float | None = None, base: int | None = None
) -> pd.DataFrame:
    """Control chart of the share of defects: rate, limits at `width` sds for each sample's size, and out of control.

    The centre is the pooled rate of the first `base` samples (all by default) unless given.
    """
    defects, inspected = at_least("defects", defects, 0), positive("inspected", inspected)
    if (defects > inspected).any():
        raise InputError.out_of_range("defects", float(defects.max()), "at most the pieces inspected")
    base = len(defects) if base is None else base
    inspected = np.broadcast_to(inspected, defects.shape)
    mean = float(defects[:base].sum() / inspected[:base].sum()) if centre is None else centre
    sd = np.sqrt(mean * (1 - mean) / inspected)
    low, high = np.maximum(mean - width * sd, 0), np.minimum(mean + width * sd, 1)
    rate = defects / inspected
    return pd.DataFrame(
        {"rate": rate, "centre": mean, "low": low, "high": high, "out_of_control": (rate > high) | (rate < low)}
    )


def defect_rate_interval(defects: ArrayLike, inspected: ArrayLike, level: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
    """Exact interval of a share of defects (C. J. Clopper and E. S. Pearson, Biometrika 26, 1934)."""
    x, n = at_least("defects", defects, 0), positive("inspected", inspected)
    alpha = 1 - float(between("level", level, 0.01, 0.9999))
    low = np.where(x > 0, special.betaincinv(np.maximum(x, 1), n - x + 1, alpha / 2), 0.0)
    high = np.where(x < n, special.betaincinv(x + 1, np.maximum(n - x, 1), 1 - alpha / 2), 1.0)
    return low, high


def cost_of_poor_quality(
    units_year: ArrayLike,
    defect_rate: ArrayLike,
    caught_share: ArrayLike,
    inside_cost: ArrayLike,
    outside_cost: ArrayLike,
    inspection_cost: ArrayLike = 0.0,
) -> np.ndarray:
    """Yearly cost of defects: those caught cost `inside_cost` a piece, those that reach buyers `outside_cost`."""
    units, rate = at_least("units_year", units_year, 0), between("defect_rate", defect_rate, 0, 1)
    caught = between("caught_share", caught_share, 0, 1)
    bad = units * rate
    return bad * (caught * inside_cost + (1 - caught) * np.asarray(outside_cost, float)) + inspection_cost


def _least_sample(accept: np.ndarray, rate: float, risk: float, size: np.ndarray) -> np.ndarray:
    """Smallest sample for every acceptance number at which a bad lot passes with at most `risk`."""
    # P(X <= c | n, p) falls with n: solve the incomplete beta for n by bisection on whole numbers.
    low, high = accept + 1.0, np.full(len(accept), float(size[-1]))
    reachable = special.bdtr(accept.astype(float), high.astype(int), rate) <= risk
    for _ in range(int(np.ceil(np.log2(size[-1]))) + 1):
        middle = np.floor((low + high) / 2)
        passes = special.bdtr(np.minimum(accept, middle).astype(float), middle.astype(int), rate) <= risk
        low, high = np.where(passes, low, middle + 1), np.where(passes, middle, high)
    return np.where(reachable, high, np.inf)
