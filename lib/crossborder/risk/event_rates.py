"""How often something happens, from counts: rates and probabilities with intervals, and what they imply per quarter."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betaincinv, gammaincinv

from crossborder.errors import InputError

__all__ = [
    "Probability",
    "Rate",
    "beta_share",
    "event_table",
    "gamma_poisson",
    "probability_over",
    "rate_from_probability",
    "years_to_see",
]


@dataclass(frozen=True)
class Rate:
    """Posterior of a yearly event rate: Gamma(shape, years); mean, interval, and predictive probabilities."""

    shape: float
    years: float
    mean: float
    low: float
    high: float

    def at_least_one(self, years: float) -> float:
        """Predictive probability of one event or more within `years`: 1 - (T / (T + years))^shape."""
        return float(1 - (self.years / (self.years + years)) ** self.shape)


@dataclass(frozen=True)
class Probability:
    """Posterior of a share: Beta(a, b); mean and interval."""

    a: float
    b: float
    mean: float
    low: float
    high: float


def gamma_poisson(
    events: float, years: float, *, level: float = 0.9, prior_events: float = 0.5, prior_years: float = 0.0
) -> Rate:
    """Yearly rate from `events` in `years` with a gamma prior worth `prior_events` in `prior_years`.

    The default prior is Jeffreys' (half an event, no time). Sources: Gelman et al., Bayesian Data Analysis, 2.6.

    >>> round(gamma_poisson(3, 3.0).mean, 3)
    1.167
    """
    if events < 0 or years < 0 or years + prior_years <= 0:
        raise InputError.out_of_range("events, years", (events, years), "events 0 or more, time above 0", "")
    shape, time = events + prior_events, years + prior_years
    if shape <= 0:
        raise InputError.out_of_range("prior_events", prior_events, "above 0 when no event was seen", "0.5 is usual")
    tail = (1 - _level(level)) / 2
    low, high = gammaincinv(shape, [tail, 1 - tail]) / time
    return Rate(shape, time, shape / time, float(low), float(high))


def beta_share(
    successes: float, trials: float, *, level: float = 0.9, prior: tuple[float, float] = (0.5, 0.5)
) -> Probability:
    """Share from `successes` among `trials` with a beta prior; Jeffreys' by default.

    >>> round(beta_share(0, 10).high, 3)
    0.171
    """
    if not 0 <= successes <= trials:
        raise InputError.out_of_range("successes", successes, f"0 to the {trials:g} trials", "")
    a, b = successes + prior[0], trials - successes + prior[1]
    tail = (1 - _level(level)) / 2
    # At the border the interval is one-sided, so that it contains the share seen (Brown, Cai and DasGupta, 2001).
    low = 0.0 if successes == 0 else float(betaincinv(a, b, tail))
    high = 1.0 if successes == trials else float(betaincinv(a, b, 1 - tail))
    return Probability(a, b, a / (a + b), low, high)


def probability_over(rate_year: ArrayLike, years: ArrayLike) -> np.ndarray:
    """Probability of one event or more within `years` at a known yearly rate: 1 - exp(-rate * years)."""
    return -np.expm1(-np.asarray(rate_year, float) * np.asarray(years, float))


def rate_from_probability(probability: ArrayLike, years: float) -> np.ndarray:
    """Yearly rate at which one event or more within `years` has the `probability` (28 % a quarter: 1.31 a year)."""
    share = np.asarray(probability, float)
    if (share < 0).any() or (share >= 1).any():
        raise InputError.out_of_range("probability", float(share.max()), "0 or more and below 1", "")
    return -np.log1p(-share) / years


def years_to_see(rate_year: float, probability: float = 0.95) -> float:
    """Years of record after which at least one event would have been seen with the `probability`."""
    return float(-np.log1p(-probability) / rate_year)


def event_table(events: pd.DataFrame, years: float, *, by: str, level: float = 0.9) -> pd.DataFrame:
    """Rates by group: group, events, rate_year, low, high, quarter (predictive), year (predictive).

    `events` has one row an event; `years` is the length of the record, the same for all groups.
    """
    if by not in events:
        raise InputError.missing_columns("events", [by], events.columns)
    counts = events[by].value_counts().sort_index()
    rates = [gamma_poisson(count, years, level=level) for count in counts]
    return pd.DataFrame(
        {
            by: counts.index,
            "events": counts.to_numpy(),
            "rate_year": [r.mean for r in rates],
            "low": [r.low for r in rates],
            "high": [r.high for r in rates],
            "quarter": [r.at_least_one(0.25) for r in rates],
            "year": [r.at_least_one(1.0) for r in rates],
        }
    ).sort_values("rate_year", ascending=False, ignore_index=True)


def _level(level: float) -> float:
    if not 0 < level < 1:
        raise InputError.out_of_range("level", level, "above 0 and below 1", "0.9 is a usual interval")
    return level
