"""Tests that may be read before their end: group-sequential boundaries, always-valid p values and intervals."""

from functools import cache

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = [
    "always_valid",
    "boundary",
    "crossing_probability",
    "false_alarm_of_peeking",
    "mixture_scale",
    "spending",
]

KINDS = ("obrien_fleming", "pocock", "lan_demets_obrien_fleming", "lan_demets_pocock")


def boundary(
    looks: int, kind: str = "obrien_fleming", *, alpha: float = 0.05, information: np.ndarray | None = None
) -> np.ndarray:
    """Two-sided critical z value at each look, so that the error over all looks is `alpha`.

    `information` are fractions of the final information at the looks (default equally spaced, ending at 1).
    `obrien_fleming` has limits C * sqrt(1 / t), `pocock` the same limit everywhere; the `lan_demets_` kinds spend alpha
    by the matching spending function, so that looks may fall anywhere.
    Source: Jennison and Turnbull (2000), tables 2.1 and 2.3; Lan and DeMets (1983), Biometrika 70(3).

    >>> boundary(5, "pocock").round(3)[0].item()
    2.413
    """
    from scipy.optimize import brentq

    if kind not in KINDS:
        raise InputError.unknown("kind", kind, KINDS)
    if looks < 1 or not 0 < alpha < 1:
        raise InputError.out_of_range("looks and alpha", (looks, alpha), "looks from 1, alpha between 0 and 1")
    times = _information(looks, information)
    if kind.startswith("lan_demets"):
        return _spend(times, spending(times, kind.removeprefix("lan_demets_"), alpha))
    shape = np.sqrt(times[-1] / times) if kind == "obrien_fleming" else np.ones(looks)

    def excess(scale: float) -> float:
        return crossing_probability(scale * shape, times).sum() - alpha

    return float(brentq(excess, 0.5, 8.0, xtol=1e-7)) * shape


def spending(information: np.ndarray, kind: str = "obrien_fleming", alpha: float = 0.05) -> np.ndarray:
    """Error spent up to each information fraction (two-sided, Lan and DeMets 1983)."""
    from scipy.special import ndtr, ndtri

    times = np.minimum(np.asarray(information, dtype=float), 1.0)
    if kind == "obrien_fleming":
        # Each side spends half: 2 * (2 - 2 * Phi(z / sqrt(t))) with z of alpha / 4.
        return 4 * (1 - ndtr(ndtri(1 - alpha / 4) / np.sqrt(times)))
    if kind == "pocock":
        return alpha * np.log1p((np.e - 1) * times)
    raise InputError.unknown("kind", kind, ["obrien_fleming", "pocock"])


def crossing_probability(limits: np.ndarray, information: np.ndarray | None = None, drift: float = 0.0) -> np.ndarray:
    """Probability of first crossing the two-sided `limits` at each look; `drift` is the mean z at full information.

    By recursive numerical integration (Armitage, McPherson and Rowe 1969).
    """
    from scipy.special import ndtr

    limits = np.asarray(limits, dtype=float)
    times = _information(len(limits), information)
    bounds = limits * np.sqrt(times)
    first = np.sqrt(times[0])
    hit = np.empty(len(limits))
    mean = drift * times
    hit[0] = ndtr((-bounds[0] - mean[0]) / first) + 1 - ndtr((bounds[0] - mean[0]) / first)
    nodes, weights = _gauss(161)
    grid = nodes * bounds[0]
    density = np.exp(-0.5 * ((grid - mean[0]) / first) ** 2) / (first * np.sqrt(2 * np.pi)) * weights * bounds[0]
    for look in range(1, len(limits)):
        step = np.sqrt(times[look] - times[look - 1])
        shift = mean[look] - mean[look - 1]
        centre = grid + shift
        outside = ndtr((-bounds[look] - centre) / step) + 1 - ndtr((bounds[look] - centre) / step)
        hit[look] = density @ outside
        new = nodes * bounds[look]
        kernel = np.exp(-0.5 * ((new[:, None] - centre) / step) ** 2) / (step * np.sqrt(2 * np.pi))
        density = kernel @ density * weights * bounds[look]
        grid = new
    return hit


@cache
def _gauss(points: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of Gauss and Legendre from -1 to 1."""
    return np.polynomial.legendre.leggauss(points)


def false_alarm_of_peeking(looks: int, *, alpha: float = 0.05) -> float:
    """Chance of at least one false alarm when a fixed-size test is read at `looks` equal steps.

    >>> round(false_alarm_of_peeking(5), 3)
    0.142
    """
    from scipy.special import ndtri

    return float(crossing_probability(np.full(looks, ndtri(1 - alpha / 2))).sum())


def always_valid(effect: np.ndarray, standard_error: np.ndarray, *, tau: float, level: float = 0.95) -> pd.DataFrame:
    """Effects, intervals and p values that hold at every look, by the mixture sequential probability ratio test.

    `tau` is the standard deviation of the normal mixture of effects (`mixture_scale` helps). The interval is the set of
    effects which the test keeps, running intersection taken; p never rises.
    Columns: effect, low, high, p_value.
    Source: Johari, Koomen, Pekelis and Walsh (2022), Operations Research 70(3); Robbins (1970).
    """
    effect, error = np.asarray(effect, dtype=float), np.asarray(standard_error, dtype=float)
    if not tau > 0 or (error <= 0).any():
        raise InputError.out_of_range("tau and standard_error", (tau, float(error.min())), "above 0")
    variance = error**2
    log_ratio = 0.5 * np.log(variance / (variance + tau**2))
    log_ratio = log_ratio + 0.5 * effect**2 * tau**2 / (variance * (variance + tau**2))
    p = np.minimum.accumulate(np.minimum(np.exp(-log_ratio), 1.0))
    budget = -2 * np.log(1 - level) + np.log((variance + tau**2) / variance)
    half = np.sqrt(variance * (variance + tau**2) / tau**2 * budget)
    low = np.maximum.accumulate(effect - half)
    high = np.minimum.accumulate(effect + half)
    return pd.DataFrame({"effect": effect, "low": low, "high": high, "p_value": p})


def mixture_scale(standard_error_at_end: float, *, alpha: float = 0.05) -> float:
    """`tau` that makes the interval narrowest at a planned end.

    Source: Howard, Ramdas, McAuliffe and Sekhon (2021), Annals of Statistics 49(2), section 3.5.

    tau^2 = se^2 * (-W(-alpha^2 / e) - 1), W the lower branch of Lambert's function.
    """
    from scipy.special import lambertw

    ratio = -lambertw(-(alpha**2) / np.e, -1).real - 1
    return float(standard_error_at_end * np.sqrt(ratio))


def _information(looks: int, information: np.ndarray | None) -> np.ndarray:
    times = np.arange(1, looks + 1) / looks if information is None else np.asarray(information, dtype=float)
    if len(times) != looks or (np.diff(times, prepend=0) <= 0).any():
        raise InputError.out_of_range("information", times.tolist(), f"{looks} rising fractions above 0")
    return times


def _spend(times: np.ndarray, spent: np.ndarray) -> np.ndarray:
    from scipy.optimize import brentq

    limits = np.empty(len(times))
    already = 0.0
    for look in range(len(times)):

        def excess(limit: float, look: int = look, already: float = already) -> float:
            tried = np.append(limits[:look], limit)
            return crossing_probability(tried, times[: look + 1])[-1] - (spent[look] - already)

        limits[look] = brentq(excess, 0.3, 12.0, xtol=1e-7)
        already = spent[look]
    return limits
