"""What removes currency risk and what it costs: forwards, swaps, minimum-variance and proxy hedges.

Rates are continuous yearly rates unless a name says otherwise; spot is home money for one foreign unit.
Options live in `currency_options`; the comparison of hedges out of sample in `hedge_frontier`.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError, Refusal

__all__ = [
    "MinimumVariance",
    "arbitrage_profit",
    "covered_forward",
    "currency_swap_value",
    "forward_points",
    "implied_carry",
    "min_variance_hedge",
    "min_variance_weights",
    "par_forward",
    "swap_saving",
]


def covered_forward(spot: ArrayLike, home_rate: ArrayLike, foreign_rate: ArrayLike, years: ArrayLike) -> np.ndarray:
    """Forward rate by covered interest parity: spot * exp((home - foreign) * years), continuous rates.

    Source: Hull, Options, Futures and Other Derivatives, equation 5.9.

    >>> round(float(covered_forward(0.62, 0.07, 0.05, 2)), 4)
    0.6453
    """
    spot = np.asarray(spot, float)
    if (spot <= 0).any():
        raise InputError.out_of_range("spot", float(spot.min()), "above 0", "give home money for one foreign unit")
    return spot * np.exp((np.asarray(home_rate, float) - np.asarray(foreign_rate, float)) * np.asarray(years, float))


def forward_points(spot: ArrayLike, home_rate: ArrayLike, foreign_rate: ArrayLike, years: ArrayLike) -> np.ndarray:
    """Forward less spot, home money for one foreign unit; negative for a currency with the higher rate."""
    return covered_forward(spot, home_rate, foreign_rate, years) - np.asarray(spot, float)


def implied_carry(spot: ArrayLike, forward: ArrayLike, years: ArrayLike) -> np.ndarray:
    """Yearly gain (+) or cost (-) of selling the foreign unit forward, fraction: ln(forward / spot) / years."""
    return np.log(np.asarray(forward, float) / np.asarray(spot, float)) / np.asarray(years, float)


def arbitrage_profit(
    quoted: float, spot: float, home_rate: float, foreign_rate: float, years: float, foreign_amount: float
) -> float:
    """Riskless profit at maturity, home money, from borrowing `foreign_amount` against a quoted forward.

    Positive when the forward is too cheap: borrow abroad, invest at home, buy forward what must be repaid.
    Negative values are the profit of the reverse trade with the sign changed. Source: Hull, example 5.6.

    >>> round(arbitrage_profit(0.63, 0.62, 0.07, 0.05, 2, 1000), 2)
    16.91
    """
    invested = foreign_amount * spot * np.exp(home_rate * years)
    repaid = foreign_amount * np.exp(foreign_rate * years) * quoted
    return float(invested - repaid)


def par_forward(forwards: ArrayLike, discount_factors: ArrayLike, amounts: ArrayLike | None = None) -> float:
    """One rate for a series of deliveries that is worth the same as the forwards of each date.

    Mean of the forwards weighted by discounted amounts; home discount factors, equal amounts by default.
    """
    forwards, factors = np.asarray(forwards, float), np.asarray(discount_factors, float)
    weight = factors * (np.ones_like(forwards) if amounts is None else np.asarray(amounts, float))
    if forwards.shape != factors.shape or not len(forwards):
        raise InputError.out_of_range(
            "discount_factors", factors.shape, f"one for each of the {len(forwards)} forwards", ""
        )
    return float((forwards * weight).sum() / weight.sum())


def currency_swap_value(
    home_flows: ArrayLike,
    foreign_flows: ArrayLike,
    years: ArrayLike,
    *,
    spot: float,
    home_rate: float,
    foreign_rate: float,
) -> float:
    """Value today, home money, of receiving the home flows and paying the foreign flows (principal included).

    Difference of two bonds, continuous rates. Source: Hull, Options, Futures and Other Derivatives, chapter 7.
    """
    years = np.asarray(years, float)
    received = np.asarray(home_flows, float) @ np.exp(-home_rate * years)
    paid = np.asarray(foreign_flows, float) @ np.exp(-foreign_rate * years)
    return float(received - spot * paid)


def swap_saving(
    own_home: float, own_foreign: float, partner_home: float, partner_foreign: float, fee: float = 0.0
) -> dict[str, float]:
    """Comparative advantage in two currencies: total gain of a swap a year, and the part of each side, fractions.

    Each side borrows where it has the advantage; the gain is the difference of the two rate gaps less the bank's fee.
    Source: Hull, chapter 7 (comparative advantage).
    """
    gap_home, gap_foreign = own_home - partner_home, own_foreign - partner_foreign
    total = abs(gap_home - gap_foreign) - fee
    return {"total": total, "each": total / 2, "own_borrows_home": float(gap_home < gap_foreign)}


@dataclass(frozen=True)
class MinimumVariance:
    """Hedge ratio (units of hedge for one held), correlation, effectiveness, standard deviations, contracts."""

    ratio: float
    correlation: float
    effectiveness: float
    spot_deviation: float
    hedge_deviation: float
    contracts: float
    contracts_tailed: float


def min_variance_hedge(
    spot_changes: ArrayLike,
    hedge_changes: ArrayLike,
    *,
    exposure: float = 1.0,
    contract_size: float = 1.0,
    spot: float = 1.0,
    futures: float = 1.0,
) -> MinimumVariance:
    """Ratio that minimises the variance of the hedged change: correlation * sd(spot) / sd(hedge).

    `contracts` is ratio * exposure / contract_size; `contracts_tailed` multiplies it by spot / futures for daily
    settlement. Source: Hull, equations 3.1 to 3.3; effectiveness is the squared correlation.
    """
    spot_changes, hedge_changes = np.asarray(spot_changes, float), np.asarray(hedge_changes, float)
    if spot_changes.shape != hedge_changes.shape or len(spot_changes) < 3:
        raise InputError.out_of_range(
            "changes", (len(spot_changes), len(hedge_changes)), "two series of one length, 3 or more", ""
        )
    if hedge_changes.std() == 0 or spot_changes.std() == 0:
        raise Refusal.because(
            "no hedge ratio", "one of the two series does not move", "leave out pegged currencies before hedging"
        )
    deviation, hedge_deviation = float(spot_changes.std(ddof=1)), float(hedge_changes.std(ddof=1))
    correlation = float(np.corrcoef(spot_changes, hedge_changes)[0, 1])
    ratio = correlation * deviation / hedge_deviation
    contracts = ratio * exposure / contract_size
    return MinimumVariance(
        ratio, correlation, correlation**2, deviation, hedge_deviation, contracts, contracts * spot / futures
    )


def min_variance_weights(covariance: ArrayLike, names: list[str] | None = None) -> pd.Series:
    """Fully invested weights of the least variance: inverse covariance times ones, scaled to 1; short allowed.

    >>> min_variance_weights([[0.04, 0.015], [0.015, 0.09]]).round(4).tolist()
    [0.75, 0.25]
    """
    covariance = np.asarray(covariance, float)
    if covariance.ndim != 2 or covariance.shape[0] != covariance.shape[1] or not np.allclose(covariance, covariance.T):
        raise InputError.out_of_range("covariance", covariance.shape, "a symmetric square matrix", "")
    if np.linalg.eigvalsh(covariance).min() <= 0:
        raise Refusal.because("no weights of least variance", "the covariance is singular", "drop a repeated asset")
    raw = np.linalg.solve(covariance, np.ones(len(covariance)))
    return pd.Series(raw / raw.sum(), index=names)
