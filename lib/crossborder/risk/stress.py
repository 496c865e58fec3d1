"""Stress tests: what a shock does to every number down the chain, and the smallest shock that breaks a limit.

The chain is a function of shocks that the caller gives (`plan` has one through all areas); `first_order` is a simple
one from yearly totals, for a company without the tables of the whole chain.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = [
    "SHOCKS",
    "Chain",
    "Position",
    "first_order",
    "first_order_table",
    "matrix",
    "reverse_map",
    "reverse_table",
    "shock_frame",
    "without",
]

Chain = Callable[[pd.DataFrame], pd.DataFrame]
"""Shocks (one row a combination, columns named as in `SHOCKS`) to measures (one row each)."""

SHOCKS: dict[str, dict[str, float]] = {
    "base": {},
    "freight +200 %": {"freight": 2.0},
    "home currency -30 %": {"home_currency": -0.30},
    "home currency +10 %": {"home_currency": 0.10},
    "sales currencies -30 %": {"sales_currency": -0.30},
    "tariff +15 points": {"tariff": 0.15},
    "largest platform banned 90 days": {"platform_days": 90.0},
    "canals closed half a year": {"freight": 0.35, "transit_days": 12.0},
    "largest supplier fails 45 days": {"supplier_days": 45.0},
    "advertising cost +40 %": {"ad_cost": 0.40},
    "demand -25 %": {"demand": -0.25},
    "freight, tariff and demand together": {"freight": 1.0, "tariff": 0.10, "demand": -0.15},
}
"""Named shocks; relative changes, except tariff (points of customs value) and days."""

KNOWN = (
    "freight", "home_currency", "sales_currency", "tariff", "platform_days", "supplier_days", "transit_days", "ad_cost",
    "demand",
)  # fmt: skip


@dataclass(frozen=True)
class Position:
    """A year of the company in totals, USD, from which first-order effects follow.

    `home_cost_share`: share of goods and overheads paid in home currency; `foreign_sales_share`: of revenue neither in
    USD nor in a currency tied to it. `largest_platform_share`, `largest_supplier_share`: of revenue, of purchases.
    `kept_share`: sales that move elsewhere when a part fails. `cash_low`: lowest cash of the coming year before a
    shock; `cash_needed`: the covenant's least cash.
    """

    revenue: float
    goods: float
    freight: float
    duty: float
    fees: float
    advertising: float
    overheads: float
    stock: float
    debt: float
    cash_low: float
    cash_needed: float
    leverage_cap: float
    home_cost_share: float = 0.7
    foreign_sales_share: float = 0.5
    largest_platform_share: float = 0.5
    largest_supplier_share: float = 0.2
    kept_share: float = 0.35
    stock_days: float = 60.0

    def __post_init__(self) -> None:
        for field in fields(self):
            if not np.isfinite(getattr(self, field.name)):
                raise InputError.out_of_range(field.name, getattr(self, field.name), "a finite number", "")
        if self.revenue <= 0:
            raise InputError.out_of_range("revenue", self.revenue, "above 0", "give a year's revenue")


def first_order(
    position: Position, shocks: Mapping[str, float] | None = None, *, passed_on: float = 0.0
) -> dict[str, float]:
    """Measures after shocks, all effects on volumes and prices of a year; USD unless a share or days.

    Variable lines move with volume; freight, duty, goods and advertising with their own shock. `passed_on` is the
    share of higher unit cost that prices carry, without loss of demand. Cash low falls by the profit lost within half
    a year and by the stock bought dearer. Keys: revenue, landed_cost, contribution, profit, margin, cash_low,
    cash_headroom, leverage, leverage_headroom.
    """
    shock = _known(shocks or {})
    volume = _volume(position, shock)
    home = 1 + shock["home_currency"]
    goods = position.goods * volume * (position.home_cost_share * home + 1 - position.home_cost_share)
    # Longer transit ties up stock, which costs about a fifth of its value a year.
    transit = 0.2 * position.stock * shock["transit_days"] / max(position.stock_days, 1.0)
    freight = position.freight * volume * (1 + shock["freight"]) + transit
    duty = volume * (position.duty + shock["tariff"] * position.goods)
    advertising = position.advertising * volume * (1 + shock["ad_cost"])
    overheads = position.overheads * (position.home_cost_share * home + 1 - position.home_cost_share)
    landed = goods + freight + duty
    raised = passed_on * max(landed - volume * (position.goods + position.freight + position.duty), 0.0)
    worth = 1 + position.foreign_sales_share * shock["sales_currency"]
    revenue = position.revenue * volume * worth + raised
    contribution = revenue - landed - position.fees * volume * worth - advertising
    profit = contribution - overheads
    before = position.revenue - position.goods - position.freight - position.duty - position.fees
    lost = before - position.advertising - position.overheads - profit
    dearer_stock = position.stock * (landed / volume / (position.goods + position.freight + position.duty) - 1)
    cash_low = position.cash_low - 0.5 * lost - dearer_stock
    leverage = position.debt / profit if profit > 0 else np.inf
    return {
        "revenue": revenue,
        "landed_cost": landed,
        "contribution": contribution,
        "profit": profit,
        "margin": profit / revenue,
        "cash_low": cash_low,
        "cash_headroom": cash_low - position.cash_needed,
        "leverage": leverage,
        "leverage_headroom": position.leverage_cap - leverage,
        # The same under the names of the whole chain.
        "revenue_year": revenue,
        "contribution_share": contribution / revenue,
        "ebitda_year": profit,
    }


def first_order_table(position: Position, shocks: pd.DataFrame, *, passed_on: float = 0.0) -> pd.DataFrame:
    """`first_order` for many combinations of shocks: one row each, columns named as in `SHOCKS`."""
    rows = [first_order(position, row, passed_on=passed_on) for row in shocks.fillna(0.0).to_dict("records")]
    return pd.DataFrame(rows, index=shocks.index)


def shock_frame(scenarios: Mapping[str, Mapping[str, float]] = SHOCKS) -> pd.DataFrame:
    """Named scenarios as a frame: one row a scenario, one column a shock, 0 where a scenario says nothing."""
    for shocks in scenarios.values():
        _known(shocks)
    return pd.DataFrame.from_dict(dict(scenarios), orient="index").reindex(columns=list(KNOWN)).fillna(0.0)


def matrix(
    chain: Chain, scenarios: Mapping[str, Mapping[str, float]] = SHOCKS, *, limits: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Stress matrix: one row a scenario, the chain's measures as columns, and `breaks`: the limits that it breaks.

    `limits` maps a measure to the least value allowed; by default no headroom may be negative.
    """
    table = chain(shock_frame(scenarios)).rename_axis("scenario").reset_index()
    checked = {name: 0.0 for name in table if str(name).endswith("_headroom")} if limits is None else dict(limits)
    for unknown in [name for name in checked if name not in table]:
        raise InputError.unknown("limit", unknown, table.columns)
    broken = pd.DataFrame({name.removesuffix("_headroom"): table[name] < least for name, least in checked.items()})
    return table.assign(breaks=[", ".join(broken.columns[row]) for row in broken.to_numpy()])


def reverse_table(
    chain: Chain,
    worst: Mapping[str, float],
    *,
    measures: Sequence[str] = ("cash_headroom", "leverage_headroom"),
    points: int = 25,
) -> pd.DataFrame:
    """Reverse stress: smallest size of each shock that makes each measure negative; NaN where none up to `worst` does.

    The chain runs on a grid from 0 to `worst`; the crossing is interpolated between the two sizes around it. A measure
    that is negative without a shock gives 0.
    """
    sizes = np.linspace(0, 1, points)
    frames = [pd.DataFrame({name: sizes * end}) for name, end in worst.items()]
    for unknown in [name for name in worst if name not in KNOWN]:
        raise InputError.unknown("shock", unknown, KNOWN)
    found = chain(pd.concat(frames, ignore_index=True).reindex(columns=list(KNOWN)).fillna(0.0))
    rows = []
    for place, (name, end) in enumerate(worst.items()):
        part = found.iloc[place * points : (place + 1) * points]
        crossings = {m: end * _crossing(sizes, part[m].to_numpy(float)) for m in measures}
        rows.append({"shock": name, "worst": end, **crossings})
    return pd.DataFrame(rows)


def reverse_map(
    chain: Chain, first: tuple[str, np.ndarray], second: tuple[str, np.ndarray], *, measure: str = "cash_headroom"
) -> pd.DataFrame:
    """The measure over a grid of two shocks: rows the first's sizes, columns the second's."""
    one, two = np.meshgrid(first[1], second[1], indexing="ij")
    shocks = pd.DataFrame({first[0]: one.ravel(), second[0]: two.ravel()}).reindex(columns=list(KNOWN)).fillna(0.0)
    values = chain(shocks)[measure].to_numpy(float).reshape(one.shape)
    return pd.DataFrame(values, pd.Index(first[1], name=first[0]), pd.Index(second[1], name=second[0]))


def _crossing(sizes: np.ndarray, values: np.ndarray) -> float:
    """First size at which the values are negative, by a straight line between grid points."""
    negative = np.flatnonzero(values < 0)
    if not len(negative):
        return float("nan")
    at = int(negative[0])
    if at == 0:
        return 0.0
    before, after = values[at - 1], max(values[at], -1e300)
    return float(sizes[at - 1] + (sizes[at] - sizes[at - 1]) * before / (before - after))


def without(position: Position, **changes: float) -> Position:
    """The position with some totals changed, for what-if questions."""
    return replace(position, **changes)


def _volume(position: Position, shock: Mapping[str, float]) -> float:
    lost_platform = position.largest_platform_share * shock["platform_days"] / 365 * (1 - position.kept_share)
    uncovered = max(shock["supplier_days"] - position.stock_days, 0.0) + 0.25 * min(
        shock["supplier_days"], position.stock_days
    )
    lost_supplier = position.largest_supplier_share * uncovered / 365
    return max((1 + shock["demand"]) * (1 - lost_platform) * (1 - lost_supplier), 0.01)


def _known(shocks: Mapping[str, float]) -> dict[str, float]:
    for unknown in [name for name in shocks if name not in KNOWN]:
        raise InputError.unknown("shock", unknown, KNOWN)
    return {name: float(shocks.get(name, 0.0)) for name in KNOWN}
