"""How sure a landed cost is, and what a change of rates does to it: ranges, the tornado, direct parcel against bulk.

All functions take the result of `landed_cost` and weights (pieces sold), and answer per market.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError
from crossborder.supply.checks import at_least
from crossborder.supply.landed_cost import LandedCost

__all__ = [
    "cost_cube",
    "freight_regret",
    "interval_table",
    "landed_interval",
    "margin_pass_through",
    "market_lines",
    "parcel_break_even",
]

SPREAD = {"freight": 0.20, "insurance": 0.25, "inland": 0.20, "brokerage": 0.30, "returns": 0.25, "last_mile": 0.10,
          "storage": 0.15, "handling": 0.10, "carrying": 0.20}  # fmt: skip


def market_lines(cost: LandedCost, units: ArrayLike) -> pd.DataFrame:
    """Mean cost lines by market, USD a piece, weighted by `units` (products x lanes, pieces)."""
    units = at_least("units", units, 0)
    market = cost.lanes["market"].to_numpy(str)
    rows = {}
    for name in np.unique(market):  # over markets
        columns = market == name
        weight = units[:, columns]
        if weight.sum() > 0:
            rows[name] = {
                line: float((values[:, columns] * weight).sum() / weight.sum()) for line, values in cost.lines.items()
            }
    frame = pd.DataFrame(rows).T
    frame["total"] = frame.sum(axis=1)
    frame["before_tax"] = frame["total"] - frame["import_tax"]
    return frame.rename_axis("market").sort_values("total", ascending=False)


def landed_interval(
    cost: LandedCost,
    units: ArrayLike,
    rng: np.random.Generator,
    level: float = 0.9,
    draws: int = 4000,
    spread: dict[str, float] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Interval of the mean landed cost before tax by market, and the drivers of its width (both USD a piece).

    Duty moves between its low and high rates (triangular, the base as mode, all codes of a market together); the other
    lines by lognormal factors with the relative sds in `spread`. Drivers: the width of the interval when only that
    line moves.
    """
    spread = SPREAD if spread is None else spread
    mean = market_lines(cost, units)
    duty = _duty_ends(cost, units).reindex(mean.index)
    point = rng.random(draws)
    factors = {name: np.exp(sd * rng.standard_normal(draws) - sd * sd / 2) for name, sd in spread.items()}
    tail = [(1 - level) / 2, (1 + level) / 2]
    rows, drivers = [], []
    for name in mean.index:  # over markets
        line = mean.loc[name]
        moved = {key: line[key] * (factor - 1) for key, factor in factors.items()}
        moved["duty"] = _triangular(point, *duty.loc[name]) - line["duty"]
        total = line["before_tax"] + np.sum(list(moved.values()), axis=0)
        low, high = np.quantile(total, tail)
        rows.append({"market": name, "before_tax": line["before_tax"], "low": low, "high": high})
        drivers += [
            {"market": name, "line": key, "width": float(np.diff(np.quantile(v, tail))[0])} for key, v in moved.items()
        ]
    table = pd.DataFrame(drivers).sort_values(["market", "width"], ascending=[True, False])
    return pd.DataFrame(rows).set_index("market"), table.reset_index(drop=True)


def cost_cube(
    cost: LandedCost, units: pd.DataFrame, by: tuple[str, ...] = ("market", "platform", "category")
) -> pd.DataFrame:
    """Logistics cost and its share of revenue by market x channel x product: one row a cell, outliers marked.

    `units` has sku, market, platform, units, revenue_usd, lane (column of the cost) and category. Logistics is all
    lines but goods, duty, import tax and selling fees. An outlier lies beyond the upper quartile by 1.5 ranges.
    """
    skip = {"goods", "duty", "import_tax", "selling_fees"}
    logistics = np.sum([values for name, values in cost.lines.items() if name not in skip], axis=0)
    place = pd.Index(cost.products["sku"]).get_indexer(units["sku"])
    if (place < 0).any():
        raise InputError.unknown("sku", units["sku"].to_numpy()[place < 0][0], cost.products["sku"].head(20))
    per_piece = logistics[place, units["lane"].to_numpy(int)]
    rows = units.assign(cost_usd=per_piece * units["units"].to_numpy(float))
    cube = rows.groupby(list(by), as_index=False)[["units", "revenue_usd", "cost_usd"]].sum()
    cube["cost_share"] = cube["cost_usd"] / cube["revenue_usd"].where(cube["revenue_usd"] > 0)
    low, high = cube["cost_share"].quantile([0.25, 0.75])
    cube["outlier"] = cube["cost_share"] > high + 1.5 * (high - low)
    return cube.sort_values("cost_usd", ascending=False).reset_index(drop=True)


def freight_regret(options: dict[str, pd.Series]) -> pd.DataFrame:
    """Regret of every choice across rate scenarios: cost above the best choice of that scenario, and the worst case.

    `options` maps a choice to its cost by scenario (a series). The choice with the smallest worst regret comes first.
    """
    cost = pd.DataFrame(options).T
    regret = cost - cost.min()
    regret["worst_regret"] = regret.max(axis=1)
    return regret.sort_values("worst_regret").rename_axis("choice")


def margin_pass_through(
    lines: pd.DataFrame, price: pd.Series, factors: ArrayLike, pass_through: ArrayLike = (0.0,)
) -> pd.DataFrame:
    """Margin by market when freight is multiplied: market, factor, pass_through, margin_usd, margin_share.

    `lines` as `market_lines` gives them; `price` the mean price without tax by market. Insurance, duty and carrying
    cost move with the freight's share of the value they are taken from.
    """
    rows = []
    for factor in np.atleast_1d(factors):
        for share in np.atleast_1d(pass_through):
            extra = lines["freight"] * (factor - 1)
            value = lines[["goods", "inland", "freight", "insurance"]].sum(axis=1)
            follow = (lines["insurance"] + lines["duty"] + lines["carrying"]) / value
            cost = lines["before_tax"] + extra * (1 + follow)
            income = price.reindex(lines.index) + share * extra
            rows.append(
                pd.DataFrame(
                    {
                        "market": lines.index,
                        "factor": float(factor),
                        "pass_through": float(share),
                        "margin_usd": income - cost,
                        "margin_share": (income - cost) / income,
                    }
                )
            )
    return pd.concat(rows, ignore_index=True)


def parcel_break_even(direct: pd.DataFrame, bulk: pd.DataFrame) -> pd.DataFrame:
    """Where the cheaper way changes along order value: `order_value` at which the difference crosses 0, and which wins.

    Both frames have order_value and cost (USD an order), on the same values. `then` is the cheaper way above it.
    """
    value = direct["order_value"].to_numpy(float)
    gap = direct["cost"].to_numpy(float) - bulk["cost"].to_numpy(float)
    change = np.flatnonzero(np.sign(gap[1:]) * np.sign(gap[:-1]) < 0)
    share = gap[change] / (gap[change] - gap[change + 1])
    where = value[change] + share * (value[change + 1] - value[change])
    return pd.DataFrame({"order_value": where, "then": np.where(gap[change + 1] > 0, "bulk", "parcel")})


def _duty_ends(cost: LandedCost, units: np.ndarray) -> pd.DataFrame:
    market = cost.lanes["market"].to_numpy(str)
    rows = {}
    for name in np.unique(market):
        columns = market == name
        weight = units[:, columns]
        if weight.sum() > 0:
            rows[name] = [
                float((part[:, columns] * weight).sum() / weight.sum())
                for part in (cost.duty_low, cost.lines["duty"], cost.duty_high)
            ]
    return pd.DataFrame(rows, index=["low", "base", "high"]).T


def _triangular(point: np.ndarray, low: float, mode: float, high: float) -> np.ndarray:
    """Quantiles of a triangular distribution; `mode` itself when there is no width."""
    low, high = min(low, mode), max(high, mode)
    if high - low < 1e-12:
        return np.full(len(point), mode)
    cut = (mode - low) / (high - low)
    left = low + np.sqrt(point * (high - low) * (mode - low))
    right = high - np.sqrt((1 - point) * (high - low) * (high - mode))
    return np.where(point < cut, left, right)


def interval_table(
    cost: LandedCost, rules_alone: LandedCost, units: ArrayLike, rng: np.random.Generator, level: float = 0.9
) -> pd.DataFrame:
    """Mean landed cost before tax by market with own bills and with rules alone, intervals, and the gap."""
    own, _ = landed_interval(cost, units, rng, level)
    rules, _ = landed_interval(rules_alone, units, rng, level)
    table = own.rename(columns={"before_tax": "own_bills"}).join(
        rules.rename(columns={"before_tax": "rules_alone", "low": "rules_low", "high": "rules_high"})
    )
    table["gap"] = table["rules_alone"] - table["own_bills"]
    return table.sort_values("own_bills", ascending=False).reset_index()
