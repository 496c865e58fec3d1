"""Is the reserve enough? The accrual confronted with the distribution of yearly losses."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from crossborder.errors import InputError
from crossborder.risk import frequency_severity

__all__ = ["adequacy", "fund_path", "needed", "parameter_uncertainty", "sufficiency"]


def sufficiency(losses: ArrayLike, reserve_usd: float, *, level: float = 0.9) -> dict[str, float]:
    """Probability that a year's loss stays within the reserve, with the interval of the simulation.

    Also `shortfall_usd`: the mean missing amount in years that exceed it, and `percentile` as the reserve's place.
    """
    losses = np.asarray(losses, float)
    inside = int((losses <= reserve_usd).sum())
    tail = (1 - level) / 2
    low, high = betaincinv(inside + 0.5, len(losses) - inside + 0.5, [tail, 1 - tail])
    beyond = losses[losses > reserve_usd]
    return {
        "probability": inside / len(losses),
        "low": float(low),
        "high": float(high),
        "shortfall_usd": float((beyond - reserve_usd).mean()) if len(beyond) else 0.0,
    }


def needed(losses: ArrayLike, confidence: ArrayLike = (0.9, 0.95, 0.99), *, revenue_usd: float) -> pd.DataFrame:
    """Reserve that suffices with a given confidence: level, reserve_usd with low and high, share of revenue."""
    if revenue_usd <= 0:
        raise InputError.out_of_range("revenue_usd", revenue_usd, "above 0", "give a year's revenue")
    table = frequency_severity.measures(losses, confidence)
    return pd.DataFrame(
        {
            "level": table["level"],
            "reserve_usd": table["var"],
            "low": table["var_low"],
            "high": table["var_high"],
            "revenue_share": table["var"] / revenue_usd,
        }
    )


def parameter_uncertainty(
    risks: pd.DataFrame,
    reserve_usd: float,
    *,
    record_years: float,
    prior_years: float = 3.0,
    draws: int = 60,
    years: int = 5_000,
    correlation: np.ndarray | None = None,
    level: float = 0.9,
    rng: np.random.Generator,
) -> dict[str, float]:
    """Probability that the reserve suffices when the register's own numbers are uncertain: mean, low, high.

    Frequencies are drawn from their gamma posterior (register worth `prior_years`, record of `record_years`), medians
    from a normal of the log with the spread of the events behind them.
    """
    shape = np.maximum(risks["frequency_year"].to_numpy(float) * (prior_years + record_years), 0.5)
    found = np.empty(draws)
    for place in range(draws):
        varied = risks.assign(
            frequency_year=rng.gamma(shape) / (prior_years + record_years),
            severity_median_usd=risks["severity_median_usd"]
            * np.exp(risks["severity_log_sd"] / np.sqrt(np.maximum(shape, 1.0)) * rng.standard_normal(len(risks))),
        )
        losses = frequency_severity.simulate(varied, years, correlation=correlation, rng=rng)
        found[place] = np.mean(losses.total <= reserve_usd)
    tail = (1 - level) / 2
    low, high = np.quantile(found, [tail, 1 - tail])
    return {"probability": float(found.mean()), "low": float(low), "high": float(high)}


def adequacy(losses: ArrayLike, revenue_usd: float, shares: ArrayLike = (0.01, 0.02, 0.03, 0.04, 0.05)) -> pd.DataFrame:
    """Accrual as share of revenue against the probability that it suffices: share, reserve_usd, probability, ..."""
    rows = [
        {"share": share, "reserve_usd": share * revenue_usd, **sufficiency(losses, share * revenue_usd)}
        for share in np.atleast_1d(np.asarray(shares, float)).tolist()
    ]
    return pd.DataFrame(rows)


def fund_path(
    losses: ArrayLike,
    accrual_year_usd: float,
    *,
    opening_usd: float = 0.0,
    years: int = 5,
    paths: int = 5_000,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """A fund that is fed each year and pays each year's loss: year, p5, median, p95, exhausted (probability so far).

    Yearly losses are drawn from `losses`; an exhausted fund stands at zero and the excess is not carried.
    """  # fmt: skip
    drawn = rng.choice(np.asarray(losses, float), size=(years, paths))
    balance, broken, rows = np.full(paths, float(opening_usd)), np.zeros(paths, bool), []
    for year in range(years):
        balance = balance + accrual_year_usd - drawn[year]
        broken |= balance < 0
        balance = np.maximum(balance, 0.0)
        low, middle, high = np.quantile(balance, [0.05, 0.5, 0.95])
        rows.append((year + 1, low, middle, high, float(broken.mean())))
    return pd.DataFrame(rows, columns=["year", "p5", "median", "p95", "exhausted"])
