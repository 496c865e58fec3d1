"""What capital costs, and which mix of debt and equity costs least."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = [
    "RATING_SPREADS",
    "capital_structure",
    "cost_of_equity",
    "levered_beta",
    "miles_ezzell_cost",
    "unlevered_beta",
    "weighted_cost",
]

# Interest coverage (at least) to rating and spread over the risk-free rate, small firms.
# Source: Damodaran, "Ratings, Spreads and Interest Coverage", January 2024 edition; smaller and riskier firms.
RATING_SPREADS = pd.DataFrame(
    [
        (12.5, "AAA", 0.0059), (9.5, "AA", 0.0070), (7.5, "A+", 0.0092), (6.0, "A", 0.0107), (4.5, "A-", 0.0121),
        (4.0, "BBB", 0.0147), (3.5, "BB+", 0.0174), (3.0, "BB", 0.0221), (2.5, "B+", 0.0314), (2.0, "B", 0.0361),
        (1.5, "B-", 0.0524), (1.25, "CCC", 0.0851), (0.8, "CC", 0.1178), (0.5, "C", 0.1700), (-np.inf, "D", 0.2000),
    ],
    columns=["coverage_at_least", "rating", "spread"],
)  # fmt: skip


def cost_of_equity(risk_free_rate: float, beta: float, equity_premium: float, country_premium: float = 0.0) -> float:
    """Yearly cost of equity, a fraction: risk-free rate + beta x premium + country premium (CAPM; Sharpe, 1964)."""
    return risk_free_rate + beta * equity_premium + country_premium


def levered_beta(
    unlevered: float,
    debt_to_equity: float,
    tax_rate: float,
    debt_beta: float = 0.0,
    *,
    convention: str = "hamada",
    debt_rate: float = 0.0,
) -> float:
    """Beta of equity at a debt-to-equity ratio: unlevered + (unlevered - debt beta) x D/E x factor.

    `convention` says what the tax saving is like: "hamada" (debt constant; factor 1 - tax; Hamada, 1972),
    "miles-ezzell" (debt set anew each year; 1 - tax x debt rate / (1 + debt rate); Miles and Ezzell, 1980) or
    "harris-pringle" (set anew all the time; 1; Harris and Pringle, 1985).
    """
    return unlevered + (unlevered - debt_beta) * _relever(convention, tax_rate, debt_rate) * debt_to_equity


def unlevered_beta(
    levered: float,
    debt_to_equity: float,
    tax_rate: float,
    debt_beta: float = 0.0,
    *,
    convention: str = "hamada",
    debt_rate: float = 0.0,
) -> float:
    """Beta of the business itself: the inverse of `levered_beta` under the same convention."""
    weight = _relever(convention, tax_rate, debt_rate) * debt_to_equity
    return (levered + debt_beta * weight) / (1 + weight)


def miles_ezzell_cost(unlevered_cost: float, debt_share: float, debt_rate: float, tax_rate: float) -> float:
    """Weighted cost of capital where debt keeps its share of value, set anew each year (Miles and Ezzell, 1980).

    unlevered cost - share x debt rate x tax x (1 + unlevered cost) / (1 + debt rate).
    """
    if not 0 <= debt_share < 1:
        raise InputError.out_of_range("debt_share", debt_share, "0 to below 1", "")
    return unlevered_cost - debt_share * debt_rate * tax_rate * (1 + unlevered_cost) / (1 + debt_rate)


def _relever(convention: str, tax_rate: float, debt_rate: float) -> float:
    factors = {
        "hamada": 1 - tax_rate,
        "miles-ezzell": 1 - tax_rate * debt_rate / (1 + debt_rate),
        "harris-pringle": 1.0,
    }
    if convention not in factors:
        raise InputError.unknown("convention", convention, factors)
    return factors[convention]


def weighted_cost(equity: float, debt: float, cost_equity: float, cost_debt: float, tax_rate: float) -> float:
    """Weighted average cost of capital, a fraction a year, after tax; `equity` and `debt` at market value.

    Source: Damodaran, Applied Corporate Finance: Ke E/(D+E) + Kd (1 - t) D/(D+E).
    """
    if equity < 0 or debt < 0 or equity + debt <= 0:
        raise InputError.out_of_range("equity and debt", (equity, debt), "values of at least 0, not both 0")
    return (equity * cost_equity + debt * cost_debt * (1 - tax_rate)) / (equity + debt)


def capital_structure(
    *,
    operating_income_usd: float,
    firm_value_usd: float,
    unlevered_beta: float,
    risk_free_rate: float,
    equity_premium: float,
    tax_rate: float,
    debt_ratios: Sequence[float] = tuple(np.arange(0, 0.91, 0.1).round(2)),
    spreads: pd.DataFrame = RATING_SPREADS,
    distress: pd.Series | None = None,
) -> pd.DataFrame:
    """Cost of capital at each debt ratio, with the rating that interest coverage allows; the least-cost row is marked.

    The rate on debt depends on the rating, the rating on interest cover, and cover on the rate: the fixed point is
    found from the best rating downwards (the first rating whose own spread leaves the cover that it asks for). Tax
    saves only on interest up to operating income. `distress` is the share of operating income that buyers, suppliers
    and staff take away at a rating (0 where a rating is not named); `cost_with_distress` is the rate at which the whole
    income would be worth what is left of it at `cost_of_capital`, forever, and decides which row is least.
    Source: Damodaran, Applied Corporate Finance, "cost of capital approach" and its enhanced form.
    """
    if firm_value_usd <= 0:
        raise InputError.out_of_range("firm_value_usd", firm_value_usd, "above 0")
    rows = []
    for ratio in debt_ratios:
        if not 0 <= ratio < 1:
            raise InputError.out_of_range("debt ratio", ratio, "from 0 to below 1")
        debt = ratio * firm_value_usd
        rating, rate, cover = _rating(operating_income_usd, debt, risk_free_rate, spreads)
        interest = rate * debt
        shield = tax_rate if interest <= operating_income_usd else tax_rate * max(operating_income_usd, 0) / interest
        beta = levered_beta(unlevered_beta, ratio / (1 - ratio), shield)
        equity_cost = cost_of_equity(risk_free_rate, beta, equity_premium)
        cost = weighted_cost(1 - ratio, ratio, equity_cost, rate, shield)
        rows.append((ratio, debt, cover, rating, rate, shield, beta, equity_cost, cost))
    columns = [
        "debt_ratio", "debt_usd", "interest_cover", "rating", "cost_of_debt", "tax_rate_used", "beta", "cost_of_equity",
        "cost_of_capital",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    lost = table["rating"].map(distress).fillna(0.0) if distress is not None else 0.0
    whole = table["cost_of_capital"] / (1 - lost)
    return table.assign(income_lost=lost, cost_with_distress=whole, least=whole == whole.min())


def _rating(income: float, debt: float, risk_free_rate: float, spreads: pd.DataFrame) -> tuple[str, float, float]:
    rates = risk_free_rate + spreads["spread"].to_numpy()
    if debt == 0:
        return str(spreads["rating"].iloc[0]), float(rates[0]), float("inf")
    cover = income / (rates * debt)
    fits = np.flatnonzero(cover >= spreads["coverage_at_least"].to_numpy())
    place = int(fits[0])
    return str(spreads["rating"].iloc[place]), float(rates[place]), float(cover[place])
