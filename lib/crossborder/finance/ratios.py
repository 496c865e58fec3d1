"""Ratios that lenders and boards ask for: Altman's Z in its versions, DuPont, break-even, leverage of operations."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError

__all__ = ["ALTMAN", "altman_z", "break_even", "dupont", "operating_leverage"]

# Weights of working capital, retained earnings, operating income, equity over debt, sales; constant; zones.
ALTMAN: dict[str, tuple[tuple[float, ...], float, tuple[float, float]]] = {
    "public manufacturer": ((1.2, 1.4, 3.3, 0.6, 1.0), 0.0, (1.81, 2.99)),
    "private firm": ((0.717, 0.847, 3.107, 0.420, 0.998), 0.0, (1.23, 2.90)),
    "non-manufacturer": ((6.56, 3.26, 6.72, 1.05, 0.0), 0.0, (1.10, 2.60)),
    "emerging market": ((6.56, 3.26, 6.72, 1.05, 0.0), 3.25, (4.35, 5.85)),
}
"""Altman (1968), Z' and Z'' (1983), and the score for emerging markets (Altman, Hartzell and Peck, 1995)."""
PARTS = ("working_capital", "retained_earnings", "operating_income", "equity", "sales")


def altman_z(accounts: Mapping[str, float], version: str = "private firm") -> dict[str, object]:
    """Distance from insolvency: score, zone ("distress", "grey", "safe") and the contribution of each ratio.

    `accounts` has working_capital, retained_earnings, operating_income, equity (market value for the first version,
    book value for the others), sales, total_assets and total_liabilities, all in one currency.
    """
    if version not in ALTMAN:
        raise InputError.unknown("version", version, ALTMAN)
    missing = [name for name in (*PARTS, "total_assets", "total_liabilities") if name not in accounts]
    if missing:
        raise InputError.missing_columns("accounts", missing, accounts)
    if accounts["total_assets"] <= 0 or accounts["total_liabilities"] <= 0:
        raise InputError.out_of_range("total_assets, total_liabilities", "not positive", "above 0", "")
    weights, constant, (low, high) = ALTMAN[version]
    below = {name: accounts["total_assets"] for name in PARTS} | {"equity": accounts["total_liabilities"]}
    parts = {name: w * accounts[name] / below[name] for name, w in zip(PARTS, weights, strict=True)}
    score = constant + sum(parts.values())
    return {"score": score, "zone": "distress" if score < low else "grey" if score <= high else "safe", "parts": parts}


def dupont(net_income: float, pretax: float, ebit: float, sales: float, assets: float, equity: float) -> pd.Series:
    """Return on equity in five factors that multiply to it: tax and interest burden, margin, turnover, leverage.

    `attrs`-free series: tax_burden, interest_burden, operating_margin, asset_turnover, equity_multiplier, and the
    products net_margin, return_on_assets and return_on_equity (DuPont; Bodie, Kane and Marcus, chapter 19).
    """
    for name, below in (("pretax", pretax), ("ebit", ebit), ("sales", sales), ("assets", assets), ("equity", equity)):
        if below == 0:
            raise InputError.out_of_range(name, below, "not 0", "a ratio to it has no meaning")
    return pd.Series(
        {
            "tax_burden": net_income / pretax,
            "interest_burden": pretax / ebit,
            "operating_margin": ebit / sales,
            "asset_turnover": sales / assets,
            "equity_multiplier": assets / equity,
            "net_margin": net_income / sales,
            "return_on_assets": net_income / assets,
            "return_on_equity": net_income / equity,
        }
    )


def break_even(
    fixed_cost: ArrayLike, price: ArrayLike, variable_cost: ArrayLike, *, profit: float = 0.0, tax_rate: float = 0.0
) -> pd.DataFrame:
    """Units and sales at which a profit after tax is reached (0 for break-even), with the margin a unit.

    Source: Horngren, Cost Accounting, chapter 3: units = (fixed cost + profit / (1 - tax)) / unit margin.
    """
    fixed, price, variable = np.broadcast_arrays(*(np.asarray(p, float) for p in (fixed_cost, price, variable_cost)))
    margin = price - variable
    if (margin <= 0).any():
        raise InputError.out_of_range("price", float(price.min()), "above the variable cost", "no volume breaks even")
    if not 0 <= tax_rate < 1:
        raise InputError.out_of_range("tax_rate", tax_rate, "0 to below 1", "")
    units = (fixed + profit / (1 - tax_rate)) / margin
    return pd.DataFrame(
        {
            "units": np.atleast_1d(units),
            "sales": np.atleast_1d(units * price),
            "unit_margin": np.atleast_1d(margin),
            "margin_share": np.atleast_1d(margin / price),
        }
    )


def operating_leverage(contribution: float, operating_income: float) -> float:
    """Per cent change of operating income for one per cent of sales: contribution over operating income."""
    if operating_income == 0:
        raise InputError.out_of_range("operating_income", operating_income, "not 0", "at break-even it is unbounded")
    return contribution / operating_income
