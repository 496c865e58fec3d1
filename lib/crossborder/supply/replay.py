"""What a policy would have done with the demand that came: stock, service and cost week by week, all SKUs at once.

The only loop runs over weeks. Demand beyond the shelf is lost (or waits, `backorders=True`). Orders placed in a week
arrive `lead_weeks` later, at the start of the week, before demand.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.supply.checks import at_least, needs, positive

__all__ = ["Replay", "actual_policy", "compare", "replay", "target_levels"]


@dataclass(frozen=True)
class Replay:
    """Week by week, SKU x week, pieces: on hand at the end, orders placed, sold, and short."""

    on_hand: np.ndarray
    on_order: np.ndarray
    ordered: np.ndarray
    sold: np.ndarray
    short: np.ndarray
    demand: np.ndarray

    @property
    def fill_rate(self) -> float:
        """Share of all demand served from the shelf."""
        return float(self.sold.sum() / self.demand.sum())

    @property
    def mean_stock(self) -> float:
        """Mean pieces on hand, all SKUs together."""
        return float(self.on_hand.sum(0).mean())


def replay(
    demand: ArrayLike,
    reorder_point: ArrayLike,
    order_up_to: ArrayLike,
    lead_weeks: ArrayLike,
    opening: ArrayLike,
    on_order: ArrayLike | None = None,
    order_quantity: ArrayLike | None = None,
    review_weeks: int = 1,
    pack_size: ArrayLike = 1,
    minimum: ArrayLike = 0,
    backorders: bool = False,
    warm_up: int = 0,
) -> Replay:
    """Replay: every `review_weeks`, order up to `order_up_to` where the position is at or below the point.

    Levels and `lead_weeks` are one number a SKU, or SKU x week. With `order_quantity` the (s, Q) rule is used
    instead. `on_order` is what is due, SKU x weeks ahead. The first `warm_up` weeks are not reported.
    """
    demand = np.atleast_2d(at_least("demand", demand, 0))
    count, weeks = demand.shape
    lead = np.broadcast_to(_columns(at_least("lead_weeks", lead_weeks, 0)), (count, weeks)).astype(int)
    point, up_to = (np.broadcast_to(_columns(x), (count, weeks)) for x in (reorder_point, order_up_to))
    fixed = None if order_quantity is None else np.broadcast_to(_columns(order_quantity), (count, weeks))
    due = _due(on_order, count, weeks + int(lead.max(initial=0)) + 1)
    stock, pending = np.asarray(opening, float) * np.ones(count), due.sum(1)
    kept = {name: np.zeros((count, weeks)) for name in ("on_hand", "on_order", "ordered", "sold", "short")}
    for t in range(weeks):
        stock, pending = stock + due[:, t], pending - due[:, t]
        if t % review_weeks == 0:
            lot = None if fixed is None else fixed[:, t]
            order = _orders(stock + pending, point[:, t], up_to[:, t], lot, pack_size, minimum)
            np.add.at(due, (np.arange(count), np.minimum(t + lead[:, t], due.shape[1] - 1)), order)
            stock, pending = stock + order * (lead[:, t] == 0), pending + order * (lead[:, t] > 0)
            kept["ordered"][:, t] = order
        sold = np.clip(np.minimum(stock, demand[:, t]), 0, None)
        kept["sold"][:, t], kept["short"][:, t] = sold, demand[:, t] - sold
        stock = stock - (demand[:, t] if backorders else sold)
        kept["on_hand"][:, t], kept["on_order"][:, t] = np.maximum(stock, 0), pending
    return Replay(demand=demand[:, warm_up:], **{name: values[:, warm_up:] for name, values in kept.items()})


def _due(on_order: ArrayLike | None, count: int, horizon: int) -> np.ndarray:
    """What is due by week, SKU x week, with room for later orders."""
    due = np.zeros((count, horizon))
    ahead = np.zeros((count, 1)) if on_order is None else np.atleast_2d(np.asarray(on_order, float))
    due[:, : ahead.shape[1]] += ahead[:, :horizon]
    return due


def _orders(position, point, up_to, lot, pack_size, minimum) -> np.ndarray:
    """Pieces ordered now: to the level (or the fixed lot), in whole packs, at least the minimum."""
    pack, gap = positive("pack_size", pack_size), (up_to - position) if lot is None else lot
    order = np.maximum(np.ceil(gap / pack - 1e-9) * pack, np.ceil(np.asarray(minimum, float) / pack) * pack)
    return np.where((position <= point) & (gap > 0), order, 0.0)


def target_levels(
    forecast_week: ArrayLike, error_sd: ArrayLike, lead_weeks: ArrayLike, review_weeks: float, target_fill: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Reorder point and order-up-to level for a target fill rate, pieces, from a weekly forecast and its error.

    Every review lifts the position to the same level, so both are the order-up-to level of `inventory`.
    """
    from crossborder.supply.inventory import order_up_to_for_fill_rate

    mean, sd = np.maximum(np.asarray(forecast_week, float), 1e-6), np.maximum(np.asarray(error_sd, float), 1e-6)
    level = np.maximum(order_up_to_for_fill_rate(target_fill, mean, sd, lead_weeks, review_weeks), 0)
    return level, level


def compare(runs: dict[str, Replay], unit_cost: ArrayLike, holding_rate_year: float, margin: ArrayLike) -> pd.DataFrame:
    """Policies side by side: fill rate, mean stock (pieces, USD), days of stock, and yearly cost (USD).

    Cost is capital and storage (`holding_rate_year` of the stock's value) plus the margin of the lost demand.
    """
    unit_cost, margin = np.asarray(unit_cost, float), np.asarray(margin, float)
    rows = []
    for name, run in runs.items():  # over a handful of policies
        weeks = run.demand.shape[1]
        value = float((run.on_hand.mean(1) * unit_cost).sum())
        lost = float((run.short.sum(1) * margin).sum()) * 52 / weeks
        rows.append(
            {
                "policy": name,
                "fill_rate": run.fill_rate,
                "stock_units": run.mean_stock,
                "stock_usd": value,
                "stock_days": value / max(float((run.sold.sum(1) * unit_cost).sum()) / (7 * weeks), 1e-9),
                "holding_cost_year_usd": value * holding_rate_year,
                "lost_margin_year_usd": lost,
                "cost_year_usd": value * holding_rate_year + lost,
            }
        )
    return pd.DataFrame(rows).set_index("policy")


def actual_policy(inventory: pd.DataFrame, demand: pd.DataFrame) -> Replay:
    """What the company's own rule did: the inventory table set against demand (week, sku, market, units).

    Both are summed to SKU x market; demand is never less than what was sold.
    """
    needs(inventory, "inventory", "week sku market on_hand on_order sold")
    needs(demand, "demand", "week sku market units")
    keys = ["sku", "market"]
    book = inventory.groupby([*keys, "week"], as_index=False)[["on_hand", "on_order", "sold"]].sum()
    wide = {
        name: book.pivot_table(index=keys, columns="week", values=name, fill_value=0.0).sort_index()
        for name in ("on_hand", "on_order", "sold")
    }
    shape = wide["sold"]
    wanted = demand.pivot_table(index=keys, columns="week", values="units", aggfunc="sum", fill_value=0.0)
    wanted = wanted.reindex(index=shape.index, columns=shape.columns, fill_value=0.0).to_numpy(float)
    sold = shape.to_numpy(float)
    wanted = np.maximum(wanted, sold)
    on_hand, on_order = wide["on_hand"].to_numpy(float), wide["on_order"].to_numpy(float)
    return Replay(on_hand, on_order, np.zeros_like(sold), sold, wanted - sold, wanted)


def _columns(value: ArrayLike) -> np.ndarray:
    value = np.asarray(value, float)
    return value[:, None] if value.ndim == 1 else value
