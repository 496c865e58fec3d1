"""Is the reserve enough? The accrual confronted with the distribution of yearly losses."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from crossborder.errors import InputError
from crossborder.risk import frequency_severity

__all__ = [
    "adequacy",
    "adequacy_uncertain",
    "against_process",
    "as_result",
    "fund_path",
    "needed",
    "parameter_draws",
    "quantile_intervals",
    "sufficiency",
    "with_uncertainty",
]


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


def parameter_draws(
    risks: pd.DataFrame,
    *,
    record_years: float,
    prior_years: float = 3.0,
    draws: int = 100,
    years: int = 4_000,
    correlation: np.ndarray | None = None,
    nu: float = 4.0,
    rng: np.random.Generator,
) -> np.ndarray:
    """Simulated totals (draws x years) when the register's own numbers are uncertain, USD.

    Frequencies are drawn from their gamma posterior (register worth `prior_years`, record of `record_years`), medians
    from a normal of the log with the spread of the events behind them.
    """
    weight = prior_years + record_years
    shape = np.maximum(risks["frequency_year"].to_numpy(float) * weight, 0.5)
    spread = risks["severity_log_sd"].to_numpy(float) / np.sqrt(np.maximum(shape, 1.0))
    totals = np.empty((draws, years))
    for place in range(draws):
        varied = risks.assign(
            frequency_year=rng.gamma(shape) / weight,
            severity_median_usd=risks["severity_median_usd"] * np.exp(spread * rng.standard_normal(len(risks))),
        )
        totals[place] = frequency_severity.simulate(varied, years, correlation=correlation, nu=nu, rng=rng).total
    return totals


def with_uncertainty(totals: np.ndarray, reserve_usd: float, *, level: float = 0.9) -> dict[str, float]:
    """Probability that the reserve suffices, over the uncertain parameters: probability, low, high."""
    found = (totals <= reserve_usd).mean(axis=1)
    tail = (1 - level) / 2
    low, high = np.quantile(found, [tail, 1 - tail])
    return {"probability": float(found.mean()), "low": float(low), "high": float(high)}


def quantile_intervals(totals: np.ndarray, quantiles: ArrayLike, *, level: float = 0.9) -> pd.DataFrame:
    """Quantiles of the yearly loss with the interval of the uncertain parameters: quantile, loss_usd, low, high."""
    found = np.quantile(totals, np.asarray(quantiles, float), axis=1)
    tail = (1 - level) / 2
    low, high = np.quantile(found, [tail, 1 - tail], axis=1)
    return pd.DataFrame({"quantile": quantiles, "loss_usd": np.median(found, axis=1), "low": low, "high": high})


def as_result(found: dict[str, float]) -> dict[str, float]:
    """Value, low and high of a probability for the record of a notebook."""
    return {"value": found["probability"], "low": found["low"], "high": found["high"]}


def adequacy_uncertain(totals: np.ndarray, revenue_usd: float, *, shares: ArrayLike) -> pd.DataFrame:
    """Accrual as share of revenue against the probability that it suffices, over uncertain parameters."""
    rows = [
        {"share": share, "reserve_usd": share * revenue_usd, **with_uncertainty(totals, share * revenue_usd)}
        for share in np.asarray(shares, float).tolist()
    ]
    return pd.DataFrame(rows)


def against_process(
    totals: np.ndarray,
    risks: pd.DataFrame,
    process: Mapping[str, object] | None,
    record: pd.DataFrame | None,
    record_years: float,
    *,
    quantiles: ArrayLike = (0.5, 0.9, 0.95, 0.99),
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Quantiles with intervals against the known process, and the mean against the losses that happened.

    `process` holds `risk_clusters` (risk_id, cluster) and `risk_cluster_shape`; None where no truth is known. Columns
    measure, loss_usd, low, high, true_usd, covered; `true_usd` of the mean is what happened a year where no truth is.
    """
    found = quantile_intervals(totals, quantiles)
    found.insert(0, "measure", [f"{q:.0%} quantile" for q in np.atleast_1d(quantiles)])
    means = totals.mean(axis=1)
    row = {
        "measure": "mean",
        "loss_usd": means.mean(),
        "low": np.quantile(means, 0.05),
        "high": np.quantile(means, 0.95),
    }
    table = pd.concat([found.drop(columns="quantile"), pd.DataFrame([row])], ignore_index=True)
    if process is not None:
        clusters = risks["risk_id"].map(process["risk_clusters"].set_index("risk_id")["cluster"])
        shape = float(process["risk_cluster_shape"])
        true = frequency_severity.simulate_clusters(risks, clusters, 100_000, shape=shape, rng=rng)
        table["true_usd"] = [*np.quantile(true, quantiles), true.mean()]
    else:
        happened = record["loss_usd"].sum() / record_years if record is not None and record_years > 0 else np.nan
        table["true_usd"] = [*[np.nan] * (len(table) - 1), happened]
    return table.assign(covered=(table["low"] <= table["true_usd"]) & (table["true_usd"] <= table["high"]))


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
