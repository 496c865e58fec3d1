"""How much to hold and when to order: safety stock, (r, Q), (s, S) and (R, S) policies, replenishment, kanban.

Everything broadcasts over SKUs. A penalty always carries its unit in its name: `stockout_cost_per_unit` is paid once
a unit short, `stockout_cost_per_unit_time` for every period that it waits; mixing them changes the answer.
Source: L. V. Snyder and Z. M. Shen, Fundamentals of Supply Chain Theory, 2nd ed., Wiley 2019, chapters 4 and 5;
E. A. Silver, D. F. Pyke and D. J. Thomas, Inventory and Production Management, 4th ed., CRC 2017, chapter 6.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from crossborder.errors import InputError
from crossborder.supply.checks import at_least, between, positive
from crossborder.supply.newsvendor import normal_loss, normal_second_loss

DENSITY_AT_ZERO = 0.3989422804014327  # of the standard normal

__all__ = [
    "ReorderPolicy",
    "base_stock",
    "fill_rate",
    "kanban_cards",
    "lead_time_demand",
    "order_policy_cost",
    "order_up_to_for_fill_rate",
    "reorder_point_for_fill_rate",
    "replenishment",
    "rq_backorder_time",
    "rq_backorder_unit",
    "safety_stock",
    "ss_power",
]


@dataclass(frozen=True)
class ReorderPolicy:
    """Order `order_quantity` pieces when the inventory position falls to `reorder_point`; `cost` a period."""

    reorder_point: np.ndarray
    order_quantity: np.ndarray
    cost: np.ndarray


def lead_time_demand(
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time_mean: ArrayLike,
    lead_time_sd: ArrayLike = 0.0,
    review_periods: ArrayLike = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of demand over lead time and review, pieces.

    sd^2 = (L + R) sd_D^2 + D^2 sd_L^2 (Silver, Pyke and Thomas, eq. 6.36). Times in the periods of the demand.
    """
    mean, sd = np.asarray(demand_mean, float), at_least("demand_sd", demand_sd, 0)
    lead = at_least("lead_time_mean", lead_time_mean, 0, "give the days from order to stock, never below 0")
    cover = lead + at_least("review_periods", review_periods, 0)
    spread = at_least("lead_time_sd", lead_time_sd, 0)
    return mean * cover, np.sqrt(cover * sd**2 + mean**2 * spread**2)


def safety_stock(
    service_level: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time_mean: ArrayLike,
    lead_time_sd: ArrayLike = 0.0,
    review_periods: ArrayLike = 0.0,
) -> np.ndarray:
    """Stock above the expected demand of the lead time for a probability of no stock-out a cycle, pieces.

    >>> round(float(safety_stock(0.95, 100, 30, 4)), 1)
    98.7
    """
    level = between("service_level", service_level, 1e-9, 1 - 1e-9, "a fraction such as 0.95")
    _, sd = lead_time_demand(demand_mean, demand_sd, lead_time_mean, lead_time_sd, review_periods)
    return special.ndtri(level) * sd


def base_stock(
    service_level: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time_mean: ArrayLike,
    lead_time_sd: ArrayLike = 0.0,
    review_periods: ArrayLike = 1.0,
) -> np.ndarray:
    """Order-up-to level S of the (R, S) policy, pieces: expected demand of lead time and review plus safety stock."""
    mean, _ = lead_time_demand(demand_mean, demand_sd, lead_time_mean, lead_time_sd, review_periods)
    return mean + safety_stock(service_level, demand_mean, demand_sd, lead_time_mean, lead_time_sd, review_periods)


def fill_rate(
    reorder_point: ArrayLike, order_quantity: ArrayLike, lead_mean: ArrayLike, lead_sd: ArrayLike
) -> np.ndarray:
    """Share of demand served from the shelf under (r, Q), backorders, normal lead-time demand.

    1 - [n(r) - n(r + Q)] / Q (Silver, Pyke and Thomas, section 6.7.2, both losses kept).
    """
    Q = positive("order_quantity", order_quantity)
    r = np.asarray(reorder_point, float)
    return 1 - (normal_loss(r, lead_mean, lead_sd) - normal_loss(r + Q, lead_mean, lead_sd)) / Q


def reorder_point_for_fill_rate(
    target: ArrayLike, order_quantity: ArrayLike, lead_mean: ArrayLike, lead_sd: ArrayLike
) -> np.ndarray:
    """Reorder point at which `fill_rate` is `target` (a fraction below 1), pieces; bisection for all SKUs at once."""
    target = between("target fill rate", target, 0.0, 1 - 1e-9, "a fraction such as 0.97")
    mean, sd = np.asarray(lead_mean, float), at_least("lead_sd", lead_sd, 0)
    Q = positive("order_quantity", order_quantity)
    target, Q, mean, sd = np.broadcast_arrays(target, Q, mean, sd)
    low, high = mean - Q - 8 * sd - 1, mean + 8 * sd + 1
    for _ in range(60):  # halves the bracket; 60 halvings exhaust a double
        middle = 0.5 * (low + high)
        short = fill_rate(middle, Q, mean, sd) < target
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.where(sd > 0, high, mean - (1 - target) * Q)


def order_up_to_for_fill_rate(
    target: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
    review_periods: ArrayLike = 1.0,
) -> np.ndarray:
    """Order-up-to level S of an (R, S) policy for a fill rate, pieces, normal demand with backorders.

    Solves 1 - [n(S; L + R) - n(S; L)] / (D R) = target, both losses over their own time (Silver, Pyke and Thomas,
    section 6.10); bisection for all SKUs at once.
    """
    target = between("target fill rate", target, 0.0, 1 - 1e-9, "a fraction such as 0.97")
    mean, sd = positive("demand_mean", demand_mean), at_least("demand_sd", demand_sd, 0)
    lead = at_least("lead_time", lead_time, 0, "give the time from order to stock, never below 0")
    review = positive("review_periods", review_periods)
    target, mean, sd, lead, review = np.broadcast_arrays(target, mean, sd, lead, review)
    cover = lead + review
    low, high = mean * lead - 8 * sd * np.sqrt(cover), mean * cover + 8 * sd * np.sqrt(cover) + 1
    for _ in range(60):  # halves the bracket; 60 halvings exhaust a double
        level = 0.5 * (low + high)
        after, before = (normal_loss(level, mean * t, sd * np.sqrt(t)) for t in (cover, lead))
        short = 1 - (after - before) / (mean * review) < target
        low, high = np.where(short, level, low), np.where(short, high, level)
    return high


def rq_backorder_unit(
    holding_cost: ArrayLike,
    stockout_cost_per_unit: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
    iterations: int = 50,
) -> ReorderPolicy:
    """(r, Q) with a penalty paid once a unit short: expected-inventory-level form (Snyder and Shen, eq. 5.16-5.18)."""
    h, p, K, D, sd, L = _policy_inputs(
        holding_cost, stockout_cost_per_unit, fixed_cost, demand_mean, demand_sd, lead_time
    )
    mean, sigma = D * L, sd * np.sqrt(L)
    z = -special.ndtri(np.minimum(np.sqrt(2 * K * D / h) * h / (p * D), 0.999))
    for _ in range(iterations):  # Newton on log P(short) = log Q h / (p D)
        tail, density = special.ndtr(-z), np.exp(-0.5 * z * z) * DENSITY_AT_ZERO
        loss = np.maximum(density - z * tail, 0)
        Q2 = 2 * D * (K + p * sigma * loss) / h
        miss = np.log(tail) - np.log(np.sqrt(Q2) * h / (p * D))
        slope = -density / tail + D * p * sigma * tail / (h * Q2)
        z = z - np.clip(miss / np.minimum(slope, -1e-3), -1.5, 1.5)
        if np.abs(miss).max(initial=0) < 1e-12 or z.min(initial=0) < -6:
            break
    if z.min(initial=0) < -6:
        allowed = "more than the cost of holding a piece for an order cycle, else no reorder point exists"
        raise InputError.out_of_range("stockout_cost_per_unit", float(np.broadcast_to(p, z.shape)[z < -6][0]), allowed)
    r, Q = mean + z * sigma, np.sqrt(Q2)
    shortage = normal_loss(r, mean, sigma)
    cost = h * (r - mean + Q / 2) + K * D / Q + p * D * shortage / Q
    return ReorderPolicy(r, Q, cost)


def rq_backorder_time(
    holding_cost: ArrayLike,
    stockout_cost_per_unit_time: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
    iterations: int = 50,
) -> ReorderPolicy:
    """(r, Q) with a penalty a unit and period: loss-function form (Snyder and Shen, eq. 5.28-5.29).

    The cost is the exact one of the policy found, see `order_policy_cost`.
    """
    h, p, K, D, sd, L = _policy_inputs(
        holding_cost, stockout_cost_per_unit_time, fixed_cost, demand_mean, demand_sd, lead_time
    )
    mean, sigma = D * L, sd * np.sqrt(L)
    Q = np.sqrt(2 * K * D / h)
    width = np.where(sigma > 0, sigma, 1.0)
    z = _first_z(h * Q / ((h + p) * width))
    for _ in range(iterations):  # Newton on log n(r) = log h Q / (h + p)
        tail, density = special.ndtr(-z), np.exp(-0.5 * z * z) * DENSITY_AT_ZERO
        loss = np.maximum(density - z * tail, 1e-300)
        Q2 = 2 * (K * D + 0.5 * (h + p) * sigma**2 * np.maximum((z * z + 1) * tail - z * density, 0)) / h
        miss = np.log(loss) - np.log(h * np.sqrt(Q2) / ((h + p) * width))
        slope = -tail / loss + (h + p) * sigma**2 * loss / (h * Q2)
        z = z - np.clip(miss / np.minimum(slope, -1e-3), -2 - np.abs(z) / 2, 2 + np.abs(z) / 2)
        if np.abs(miss).max(initial=0) < 1e-12:
            break
    Q = np.where(sigma > 0, np.sqrt(Q2), np.sqrt(2 * K * D * (h + p) / (h * p)))
    r = np.where(sigma > 0, mean + z * sigma, mean - h * Q / (h + p))
    return ReorderPolicy(r, Q, order_policy_cost(r, Q, h, p, K, D, sd, L))


def order_policy_cost(
    reorder_point: ArrayLike,
    order_quantity: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost_per_unit_time: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
) -> np.ndarray:
    """Exact cost a period of any (r, Q) under normal demand and a penalty a unit and period (eq. 5.7)."""
    h, p, K, D, sd, L = _policy_inputs(
        holding_cost, stockout_cost_per_unit_time, fixed_cost, demand_mean, demand_sd, lead_time
    )
    r, Q = np.asarray(reorder_point, float), positive("order_quantity", order_quantity)
    mean, sigma = D * L, sd * np.sqrt(L)
    waiting = (normal_second_loss(r, mean, sigma) - normal_second_loss(r + Q, mean, sigma)) / Q
    return h * (r + Q / 2 - mean) + (h + p) * waiting + K * D / Q


def ss_power(
    holding_cost: ArrayLike,
    stockout_cost_per_unit_time: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
) -> tuple[np.ndarray, np.ndarray]:
    """(s, S) levels by the power approximation (Ehrhardt and Mosier, Management Science 30(5), 1984), lead time 0.

    As printed in Snyder and Shen, section 4.4.3: without the cap for small orders.
    """
    h, p, K, D, sd, _ = _policy_inputs(holding_cost, stockout_cost_per_unit_time, fixed_cost, demand_mean, demand_sd, 0)
    Q = 1.30 * D**0.494 * (K / h) ** 0.506 * (1 + sd**2 / D**2) ** 0.116
    z = np.sqrt(Q * h / (sd * p))
    s = 0.973 * D + sd * (0.183 / z + 1.063 - 2.192 * z)
    return s, s + Q


def kanban_cards(
    demand: ArrayLike, lead_time: ArrayLike, safety_share: ArrayLike, container_size: ArrayLike
) -> np.ndarray:
    """Number of kanban cards: demand x lead time x (1 + safety share) / container size, rounded up (Monden, 1983).

    >>> int(kanban_cards(100, 0.5, 0.1, 10))
    6
    """
    need = at_least("demand", demand, 0) * at_least("lead_time", lead_time, 0)
    need = need * (1 + at_least("safety_share", safety_share, 0))
    return np.ceil(need / positive("container_size", container_size) - 1e-9)


def replenishment(
    stock: pd.DataFrame, level: ArrayLike, order_up_to: ArrayLike, pack_size: ArrayLike = 1, minimum: ArrayLike = 0
) -> pd.DataFrame:
    """What to order now, pieces: up to `order_up_to` where on hand + on order is at or below `level`.

    `stock` has on_hand, on_order and expected_promotion (optional extra demand within the lead time).
    Orders are rounded up to the pack and lifted to the minimum.
    """
    from crossborder.supply.checks import needs

    needs(stock, "stock", "on_hand on_order")
    promotion = stock["expected_promotion"].to_numpy(float) if "expected_promotion" in stock else 0.0
    position = stock["on_hand"].to_numpy(float) + stock["on_order"].to_numpy(float) - promotion
    short = np.asarray(order_up_to, float) - position
    pack = positive("pack_size", pack_size)
    order = np.maximum(np.ceil(short / pack - 1e-9) * pack, np.ceil(np.asarray(minimum) / pack) * pack)
    proposal = stock.copy()
    proposal["position"] = position
    proposal["order_quantity"] = np.where((position <= np.asarray(level, float)) & (short > 0), order, 0.0)
    return proposal


def _policy_inputs(h, p, K, D, sd, L) -> list[np.ndarray]:
    return [
        positive("holding_cost", h),
        positive("stock-out cost", p),
        positive("fixed_cost", K),
        positive("demand_mean", D),
        at_least("demand_sd", sd, 0),
        at_least("lead_time", L, 0, "give the time from order to stock, never below 0"),
    ]


def _first_z(loss: np.ndarray) -> np.ndarray:
    """A starting value of z for a standard normal loss: -loss far left, the tail's shape right."""
    return np.where(loss > 0.4, -loss, 0.8 * np.sqrt(np.maximum(-2 * np.log(np.minimum(loss, 0.4) * 2.5), 0)))
