"""Whether a fund that is fed steadily ever runs dry: the ruin probability of the compound Poisson process.

Losses come one by one at a yearly rate; the fund opens with an amount and takes in an accrual all the time. Unlike a
fund that is watched for a few years, this one must last for ever. Sources: F. Lundberg 1903 and H. Cramer 1930; N.
Bowers and others, Actuarial Mathematics, 2nd ed. 1997, chapter 13; S. Klugman, H. Panjer and G. Willmot, Loss Models,
chapter 11 (ladder heights, Beekman's convolution formula).
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError, Refusal
from crossborder.risk.compound import lognormal_grid
from crossborder.risk.frequency_severity import expected_loss

__all__ = ["accrual_for", "adjustment_coefficient", "ever", "exponential", "of_fund"]

POINTS = 2**15


def exponential(fund: ArrayLike, loading: float, mean_loss: float) -> np.ndarray:
    """Probability of ever running dry when losses are exponential; `loading` is accrual over mean losses less one.

    >>> round(float(exponential(0.0, 0.25, 1.0)), 2)
    0.8
    """
    fund = np.asarray(fund, float)
    if loading <= 0:
        return np.ones_like(fund)
    return np.exp(-loading * fund / ((1 + loading) * mean_loss)) / (1 + loading)


def ever(severity: ArrayLike, step: float, loading: float, fund: ArrayLike, tilt: float = 20.0) -> np.ndarray:
    """Probability that a fund of each size ever runs dry; `severity` is probabilities on the grid 0, step, 2 step, ...

    One less the distribution of a geometric number of ladder heights, by Fourier transform. Without a loading above 0
    it is certain. The grid must reach beyond the largest fund.
    """
    severity, fund = np.asarray(severity, float), np.atleast_1d(np.asarray(fund, float))
    if (fund < 0).any() or fund.max() > 0.9 * step * len(severity):
        allowed = f"0 to {0.9 * step * len(severity):,.0f} (nine tenths of the grid)"
        raise InputError.out_of_range("fund", float(fund.max()), allowed, "take a longer grid")
    if loading <= 0:
        return np.ones_like(fund)
    height = 1 - np.cumsum(severity)  # survival at each point: the ladder height's density within the step after it
    height = np.maximum(height, 0.0) / height.sum()
    height = 0.5 * (height + np.r_[0.0, height[:-1]])  # half at either end of the step
    fade = np.exp(-tilt * np.arange(len(height)) / len(height))
    spectrum = (loading / (1 + loading)) / (1 - np.fft.rfft(height * fade) / (1 + loading))
    total = np.cumsum(np.maximum(np.fft.irfft(spectrum, len(height)) / fade, 0.0))
    return np.clip(1 - np.interp(fund / step, np.arange(len(total)), total), 0.0, 1.0)


def adjustment_coefficient(severity: ArrayLike, step: float, loading: float) -> float:
    """Lundberg's R: a fund u ever runs dry with a probability of at most exp(-R u).

    Solves 1 + (1 + loading) mean R = mean of exp(R X) on the grid; Refusal without a loading above 0.
    """
    from scipy.optimize import brentq

    if loading <= 0:
        raise Refusal.because("no bound on ruin", "the accrual does not exceed the mean losses", "raise the accrual")
    severity = np.asarray(severity, float)
    sizes, severity = step * np.flatnonzero(severity > 0), severity[severity > 0]
    mean = float(sizes @ severity)
    high = 700.0 / sizes.max()  # the largest exponent that still is a number

    def excess(r: float) -> float:
        return float(np.exp(r * sizes) @ severity) - 1 - (1 + loading) * mean * r

    low = 1e-9 * loading / mean
    return float(brentq(excess, low, high)) if excess(high) > 0 else high


def of_fund(risks: pd.DataFrame, accrual_year_usd: float, fund_usd: ArrayLike, reach: float = 400.0) -> np.ndarray:
    """Probability that a fund ever runs dry under a register's independent risks, by its opening amount."""
    mixture, step = _mixture(risks, reach)
    return ever(mixture, step, accrual_year_usd / float(expected_loss(risks).sum()) - 1, fund_usd)


def accrual_for(risks: pd.DataFrame, probability: float = 0.1, reach: float = 400.0) -> float:
    """Yearly accrual, USD, at which a fund that opens with one of them ever runs dry with `probability` at most."""
    from scipy.optimize import brentq

    if not 0 < probability < 1:
        raise InputError.out_of_range("probability", probability, "above 0 and below 1", "")
    mixture, step = _mixture(risks, reach)
    mean = float(expected_loss(risks).sum())

    def surplus(factor: float) -> float:
        return float(ever(mixture, step, factor - 1, factor * mean)[0]) - probability

    highest = 0.8 * reach
    if surplus(highest) > 0:
        raise Refusal.because("no accrual suffices", f"{highest:.0f} times the mean losses is not enough", "insure")
    return mean * float(brentq(surplus, 1 + 1e-9, highest, xtol=1e-4))


def _mixture(risks: pd.DataFrame, reach: float) -> tuple[np.ndarray, float]:
    """Severity of the next loss of any risk on a grid up to `reach` times the mean yearly total."""
    step = reach * float(expected_loss(risks).sum()) / POINTS
    rates = risks["frequency_year"].to_numpy(float)
    mixture = np.zeros(POINTS)
    for rate, median, spread in zip(rates, risks["severity_median_usd"], risks["severity_log_sd"], strict=True):
        mixture += rate / rates.sum() * lognormal_grid(float(median), float(spread), step, POINTS)
    return mixture, step
