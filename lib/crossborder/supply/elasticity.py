"""Price elasticity by group from weekly prices and units: Poisson regression with an effect for every series.

Source: J. Hausman, B. H. Hall and Z. Griliches, Econometrica 52(4), 1984 (conditional Poisson with fixed effects).
"""

import numpy as np
import pandas as pd

from crossborder.errors import Refusal
from crossborder.supply.checks import needs

__all__ = ["price_elasticity"]


def price_elasticity(prices: pd.DataFrame, group: pd.Series, level: float = 0.9) -> pd.DataFrame:
    """Elasticity of demand by group: value, low, high, series; promotions and the season of the market are controlled.

    `prices` has week, sku, market, price, units, promotion, in_stock; `group` maps a sku to its group. Only weeks with
    at least 90 % on the shelf count. Standard errors are by series, so weeks of a series may be alike.
    """
    needs(prices, "prices", "week sku market price units promotion in_stock")
    rows = prices[(prices["in_stock"] >= 0.9) & (prices["price"] > 0)].copy()
    rows["group"] = rows["sku"].map(group)
    total = rows.groupby(["market", "week"])["units"].transform("sum").astype(float)
    rows["season"] = np.log((total + 5) / total.groupby(rows["market"]).transform("mean"))
    z = 1.645 if level == 0.9 else float(np.sqrt(2) * 1.163)
    found = []
    for name, part in rows.groupby("group"):  # over a handful of groups
        slope, error, count = _conditional_poisson(part)
        found.append(
            {"group": name, "elasticity": slope, "low": slope - z * error, "high": slope + z * error, "series": count}
        )
    if not found:
        raise Refusal.because("no elasticity", "no weeks with price, units and full shelves", "use more weeks")
    return pd.DataFrame(found)


def _conditional_poisson(part: pd.DataFrame) -> tuple[float, float, int]:
    """Slope on log price, its clustered standard error and the number of series, by Newton's method."""
    series = pd.factorize(part["sku"] + "|" + part["market"])[0]
    y = part["units"].to_numpy(float)
    x = np.column_stack([np.log(part["price"].to_numpy(float)), part["promotion"].to_numpy(float), part["season"]])
    count = series.max() + 1
    totals = np.bincount(series, y, count)
    x = (
        x
        - np.column_stack([np.bincount(series, column, count) for column in x.T])[series]
        / np.bincount(series)[series, None]
    )
    beta = np.zeros(x.shape[1])
    for _ in range(25):
        weight = np.exp(np.clip(x @ beta, -20, 20))
        share = weight / np.bincount(series, weight, count)[series]
        fitted = totals[series] * share
        centre = np.column_stack([np.bincount(series, share * column, count) for column in x.T])[series]
        score = x * (y - fitted)[:, None]
        away = x - centre
        information = (away * fitted[:, None]).T @ away
        information = information + 1e-8 * np.eye(len(beta))  # a column that never changes has no slope
        step = np.linalg.solve(information, score.sum(0))
        beta = beta + step
        if np.abs(step).max() < 1e-9:
            break
    clusters = np.column_stack([np.bincount(series, column, count) for column in score.T])
    inverse = np.linalg.inv(information)
    return float(beta[0]), float(np.sqrt((inverse @ clusters.T @ clusters @ inverse)[0, 0])), int((totals > 0).sum())
