"""Exact distributions of a yearly total of losses: Fourier transform and Panjer's recursion, to check simulations.

A severity is a row of probabilities on the grid 0, step, 2 step, ...; so is the total.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr

from crossborder.errors import InputError
from crossborder.risk.frequency_severity import expected_loss

__all__ = ["check", "fft_total", "lognormal_grid", "panjer", "poisson_total", "portfolio_total", "quantile"]


def lognormal_grid(median: float, log_sd: float, step: float, points: int) -> np.ndarray:
    """Probabilities of a lognormal severity rounded to the grid; the last point takes the rest of the tail.

    Rounding to the nearest point keeps the mean within a small share of the step.
    """
    edges = (np.arange(points) + 0.5) * step
    with np.errstate(divide="ignore"):
        below = ndtr(np.log(edges / median) / log_sd) if log_sd > 0 else (edges >= median).astype(float)
    return np.diff(np.r_[0.0, below[:-1], 1.0])


def panjer(
    severity: ArrayLike, points: int, *, frequency: str = "poisson", mean: float, size: float = 1.0
) -> np.ndarray:
    """Total by Panjer's recursion (1981) for a Poisson, negative binomial or binomial number of events.

    `mean` is the mean number; `size` is the negative binomial's shape or the binomial's number of trials.
    """
    severity = np.asarray(severity, float)
    a, b, log_zero = _class(frequency, mean, size, severity[0])
    total = np.zeros(points)
    total[0] = np.exp(log_zero)
    reach = np.arange(1, len(severity))
    for place in range(1, points):
        used = reach[: min(place, len(reach))]
        weight = (a + b * used / place) * severity[used]
        total[place] = weight @ total[place - used] / (1 - a * severity[0])
    return total


def fft_total(severity: ArrayLike, mean: float, points: int, tilt: float = 20.0) -> np.ndarray:
    """Poisson total by Fourier transform with exponential tilting against aliasing (Grubel and Hermesmeier, 1999)."""
    fade = np.exp(-tilt * np.arange(points) / points)
    padded = np.zeros(points)
    padded[: min(points, len(np.asarray(severity)))] = np.asarray(severity, float)[:points]
    spectrum = np.exp(mean * (np.fft.rfft(padded * fade) - 1))
    return np.maximum(np.fft.irfft(spectrum, points) / fade, 0.0)


def poisson_total(median: float, log_sd: float, mean: float, step: float, points: int) -> np.ndarray:
    """Total of a Poisson number of lognormal losses on the grid."""
    return fft_total(lognormal_grid(median, log_sd, step, points), mean, points)


def portfolio_total(risks: pd.DataFrame, *, points: int = 2**15, reach: float = 40.0) -> tuple[np.ndarray, np.ndarray]:
    """Exact total of independent risks: losses (USD) and probabilities on a grid up to `reach` times the mean total.

    Independent Poisson risks add up to one Poisson process whose severity is their mixture.
    """
    step = reach * float(expected_loss(risks).sum()) / points
    rates = risks["frequency_year"].to_numpy(float)
    mixture = np.zeros(points)
    for rate, median, spread in zip(rates, risks["severity_median_usd"], risks["severity_log_sd"], strict=True):
        mixture += rate / rates.sum() * lognormal_grid(float(median), float(spread), step, points)
    return step * np.arange(points), fft_total(mixture, float(rates.sum()), points)


def check(risks: pd.DataFrame, totals: ArrayLike, levels: ArrayLike = (0.5, 0.9, 0.95, 0.99)) -> pd.DataFrame:
    """Simulated totals of independent risks against the exact ones: measure, simulated_usd, exact_usd, error_share."""
    losses, probabilities = portfolio_total(risks)
    totals = np.asarray(totals, float)
    rows = [("mean", float(totals.mean()), float(expected_loss(risks).sum()))]
    rows += [
        (f"{level:.0%} quantile", float(np.quantile(totals, level)), quantile(losses, probabilities, float(level)))
        for level in np.atleast_1d(levels)
    ]
    table = pd.DataFrame(rows, columns=["measure", "simulated_usd", "exact_usd"])
    return table.assign(error_share=table["simulated_usd"] / table["exact_usd"] - 1)


def quantile(losses: ArrayLike, probabilities: ArrayLike, level: float) -> float:
    """Smallest loss that the total does not exceed with probability `level`."""
    reached = np.cumsum(np.asarray(probabilities, float)) >= level
    if not reached.any():
        raise InputError.out_of_range("level", level, "within the grid", "extend the reach of the grid")
    return float(np.asarray(losses, float)[reached.argmax()])


def _class(frequency: str, mean: float, size: float, at_zero: float) -> tuple[float, float, float]:
    """a and b of the recursion and the log probability of no loss."""
    if frequency == "poisson":
        return 0.0, mean, -mean * (1 - at_zero)
    if frequency == "negative_binomial":
        beta = mean / size
        return beta / (1 + beta), (size - 1) * beta / (1 + beta), -size * float(np.log1p(beta * (1 - at_zero)))
    if frequency == "binomial":
        q = mean / size
        if not 0 < q < 1:
            raise InputError.out_of_range("mean", mean, f"above 0 and below the {size:g} trials", "")
        return -q / (1 - q), (size + 1) * q / (1 - q), size * float(np.log1p(-q * (1 - at_zero)))
    raise InputError.unknown("frequency", frequency, ["poisson", "negative_binomial", "binomial"])
