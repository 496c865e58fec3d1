"""How much a group's own record counts against the rest: Buhlmann, Buhlmann and Straub; exact Poisson limits; PERT."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincinv

from crossborder.errors import InputError, Refusal

__all__ = ["Credibility", "buhlmann", "buhlmann_straub", "pert", "poisson_limits", "repairable"]


@dataclass(frozen=True)
class Credibility:
    """Structure and premiums: overall mean, variance within, variance between, weight and estimate of each group."""

    mean: float
    within: float
    between: float
    weight: np.ndarray
    estimate: np.ndarray


def buhlmann(observations: ArrayLike) -> Credibility:
    """Buhlmann's credibility (1967) for groups (rows) with equally many observations (columns), without a prior.

    Within = mean of the groups' variances; between = variance of their means less within / n, never below zero;
    weight = n / (n + within / between). Source: Klugman, Panjer and Willmot, Loss Models, section 19.2.
    """
    values = np.asarray(observations, float)
    if values.ndim != 2 or min(values.shape) < 2:
        raise InputError.out_of_range("observations", values.shape, "two groups and two observations or more", "")
    return buhlmann_straub(values, np.ones_like(values))


def buhlmann_straub(observations: ArrayLike, exposures: ArrayLike) -> Credibility:
    """Buhlmann and Straub's credibility (1970): losses per unit in groups (rows), with exposure; missing cells are nan.

    The overall mean is weighted by credibility, so that the estimates times exposure give back the total. Source:
    Klugman, Panjer and Willmot, Loss Models, section 19.3. With no variance between groups all get the overall mean.
    """
    x, m = np.asarray(observations, float), np.asarray(exposures, float)
    if x.shape != m.shape or x.ndim != 2 or len(x) < 2:
        raise InputError.out_of_range("observations, exposures", (x.shape, m.shape), "alike, two groups or more", "")
    seen = np.isfinite(x) & np.isfinite(m) & (m > 0)
    if (seen.sum(axis=1) < 1).any() or seen.sum() <= len(x):
        raise Refusal.because(
            "no credibility", "no group has two observations", "give two periods of at least one group"
        )
    x, m = np.where(seen, x, 0.0), np.where(seen, m, 0.0)
    size, count = m.sum(axis=1), seen.sum(axis=1)
    own = (m * x).sum(axis=1) / size
    total = size.sum()
    whole = float((size * own).sum() / total)
    within = float((m * (x - own[:, None]) ** 2).sum() / (count - 1).sum())
    spread = float((size * (own - whole) ** 2).sum()) - (len(x) - 1) * within
    between = max(spread / (total - float((size**2).sum()) / total), 0.0)
    weight = size * between / (size * between + within) if between > 0 else np.zeros(len(x))
    mean = float((weight * own).sum() / weight.sum()) if between > 0 else whole
    return Credibility(mean, within, between, weight, weight * own + (1 - weight) * mean)


def poisson_limits(events: ArrayLike, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Exact limits of a Poisson mean from a count (Garwood, 1936): coverage is at least the level."""
    count = np.asarray(events, float)
    if (count < 0).any() or not 0 < level < 1:
        raise InputError.out_of_range("events, level", (count.min(), level), "0 or more; above 0 and below 1", "")
    tail = (1 - level) / 2
    low = np.where(count > 0, gammaincinv(np.maximum(count, 1e-300), tail), 0.0)
    return low, gammaincinv(count + 1, 1 - tail)


def pert(low: ArrayLike, likely: ArrayLike, high: ArrayLike, *, weight: float = 4.0) -> tuple[np.ndarray, np.ndarray]:
    """Mean and spread of three-point estimates: (low + 4 likely + high) / 6 and (high - low) / 6.

    Source: Malcolm, Roseboom, Clark and Fazar (1959). `weight` other than 4 gives the modified PERT.
    """
    a, b, c = (np.asarray(part, float) for part in (low, likely, high))
    if (a > b).any() or (b > c).any():
        raise InputError.out_of_range("low, likely, high", "not in order", "low <= likely <= high", "")
    return (a + weight * b + c) / (weight + 2), (c - a) / (weight + 2)


def repairable(between_failures: ArrayLike, repair: ArrayLike, *, units: int = 1, needed: int = 1) -> dict[str, float]:
    """Availability of units that fail and are mended: mean time between failures over that plus mean time to repair.

    `system` is the chance that at least `needed` of `units` alike and independent work (N - 1: needed = units - 1);
    `down_days_year` is the expected time with fewer.
    """
    up, down = float(np.mean(between_failures)), float(np.mean(repair))
    if up <= 0 or down < 0 or not 1 <= needed <= units:
        raise InputError.out_of_range("times, units, needed", (up, down, units, needed), "above 0; needed <= units", "")
    single = up / (up + down)
    from scipy.special import bdtrc

    system = float(bdtrc(needed - 1, units, single))
    return {"availability": single, "system": system, "down_days_year": 365.25 * (1 - system)}
