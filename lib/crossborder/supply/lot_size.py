"""How much to order at a time under steady demand: the economic-order-quantity family and dynamic lot sizes.

Notation: K fixed cost an order, h holding cost a unit and period, D demand a period, Q the order.
Source: L. V. Snyder and Z. M. Shen, Fundamentals of Supply Chain Theory, 2nd ed., Wiley 2019, chapters 3 and 9.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from crossborder.errors import InputError
from crossborder.supply.checks import at_least, positive

__all__ = [
    "LotSchedule",
    "LotSize",
    "eoq",
    "eoq_all_units_discount",
    "eoq_incremental_discount",
    "eoq_with_backorders",
    "eoq_with_disruptions",
    "eoq_with_disruptions_cost",
    "eoq_with_yield",
    "epq",
    "wagner_whitin",
]


@dataclass(frozen=True)
class LotSize:
    """An order quantity, pieces, and the cost a period that comes with it (money a period).

    `backorder_share` is the share of demand that waits; `tier` the price tier that is used.
    """

    order_quantity: np.ndarray
    cost: np.ndarray
    backorder_share: np.ndarray | None = None
    tier: np.ndarray | None = None


@dataclass(frozen=True)
class LotSchedule:
    """Orders by period, pieces, and the least total cost of the horizon, money."""

    orders: np.ndarray
    cost: float
    cost_to_go: np.ndarray


def eoq(
    fixed_cost: ArrayLike, holding_cost: ArrayLike, demand: ArrayLike, order_quantity: ArrayLike | None = None
) -> LotSize:
    """Economic order quantity sqrt(2 K D / h); with `order_quantity` the cost of that order instead.

    >>> round(float(eoq(8, 0.225, 1300).order_quantity), 2)
    304.05
    """
    K, h, D = _positive(fixed_cost=fixed_cost, holding_cost=holding_cost, demand=demand)
    Q = np.sqrt(2 * K * D / h) if order_quantity is None else positive("order_quantity", order_quantity)
    return LotSize(Q, K * D / Q + h * Q / 2)


def eoq_with_backorders(
    fixed_cost: ArrayLike, holding_cost: ArrayLike, stockout_cost_per_unit_time: ArrayLike, demand: ArrayLike
) -> LotSize:
    """Order quantity when demand may wait at a cost a unit and period (Snyder and Shen, section 3.5)."""
    K, h, D = _positive(fixed_cost=fixed_cost, holding_cost=holding_cost, demand=demand)
    p = positive("stockout_cost_per_unit_time", stockout_cost_per_unit_time)
    Q = np.sqrt(2 * K * D * (h + p) / (h * p))
    waiting = h / (h + p)
    cost = h * Q * (1 - waiting) ** 2 / 2 + p * Q * waiting**2 / 2 + K * D / Q
    return LotSize(Q, cost, backorder_share=waiting)


def epq(fixed_cost: ArrayLike, holding_cost: ArrayLike, demand: ArrayLike, production: ArrayLike) -> LotSize:
    """Economic production quantity: stock builds up at `production` a period, which must exceed demand."""
    K, h, D = _positive(fixed_cost=fixed_cost, holding_cost=holding_cost, demand=demand)
    rate = positive("production", production)
    if not (rate > D).all():
        raise InputError.out_of_range("production", float(np.min(rate)), "more than the demand a period")
    Q = np.sqrt(2 * K * D / (h * (1 - D / rate)))
    return LotSize(Q, K * D / Q + h * (1 - D / rate) * Q / 2)


def eoq_all_units_discount(
    fixed_cost: ArrayLike, holding_rate: ArrayLike, demand: ArrayLike, breakpoints: ArrayLike, unit_costs: ArrayLike
) -> LotSize:
    """Best order when the tier's price holds for all pieces; cost includes purchases (Snyder and Shen, 3.4.2).

    `holding_rate` is a fraction of the unit cost a period; tiers run along the last axis, the first breakpoint is 0.
    """
    K, i, D, breaks, price = _tiers(fixed_cost, holding_rate, demand, breakpoints, unit_costs)
    Q = np.maximum(np.sqrt(2 * K * D / (i * price)), breaks)
    inside = np.concatenate([Q[..., :-1] < breaks[..., 1:], np.ones((*Q.shape[:-1], 1), bool)], axis=-1)
    cost = np.where(inside, price * D + K * D / Q + i * price * Q / 2, np.inf)
    return _cheapest_tier(Q, cost)


def eoq_incremental_discount(
    fixed_cost: ArrayLike, holding_rate: ArrayLike, demand: ArrayLike, breakpoints: ArrayLike, unit_costs: ArrayLike
) -> LotSize:
    """Best order when the tier's price holds only for the pieces within the tier (Snyder and Shen, 3.4.3)."""
    K, i, D, breaks, price = _tiers(fixed_cost, holding_rate, demand, breakpoints, unit_costs)
    below = np.zeros(price.shape)
    below[..., 1:] = np.cumsum(price[..., :-1] * np.diff(breaks, axis=-1), axis=-1)
    extra = below - price * breaks  # what earlier tiers cost above this tier's price
    Q = np.sqrt(2 * (K + extra) * D / (i * price))
    upper = np.concatenate([breaks[..., 1:], np.full((*breaks.shape[:-1], 1), np.inf)], axis=-1)
    cost = price * D + i * extra / 2 + (K + extra) * D / Q + i * price * Q / 2
    return _cheapest_tier(Q, np.where((breaks <= Q) & (upper > Q), cost, np.inf))


def eoq_with_disruptions_cost(
    order_quantity: ArrayLike,
    fixed_cost: ArrayLike,
    holding_cost: ArrayLike,
    lost_sale_cost_per_unit: ArrayLike,
    demand: ArrayLike,
    disruptions: ArrayLike,
    recoveries: ArrayLike,
) -> np.ndarray:
    """Exact cost a period when the supplier fails and recovers at random (Snyder and Shen, eq. 9.5)."""
    Q = positive("order_quantity", order_quantity)
    total = np.asarray(disruptions, float) + recoveries
    down = np.asarray(disruptions, float) / total * -np.expm1(-total * Q / demand)
    waste = np.asarray(lost_sale_cost_per_unit, float) * demand * down / recoveries
    return (fixed_cost + holding_cost * Q**2 / (2 * np.asarray(demand, float)) + waste) / (
        Q / demand + down / recoveries
    )


def eoq_with_disruptions(
    fixed_cost: float,
    holding_cost: float,
    lost_sale_cost_per_unit: float,
    demand: float,
    disruptions: float,
    recoveries: float,
    exact: bool = True,
) -> LotSize:
    """Order quantity that also bridges outages; rates a period (Snyder and Shen, section 9.2.2).

    `exact=False` is the closed form that takes the long-run share of outages for every order.
    """
    K, h, D = _positive(fixed_cost=fixed_cost, holding_cost=holding_cost, demand=demand)
    p, fail, back = _positive(
        lost_sale_cost_per_unit=lost_sale_cost_per_unit, disruptions=disruptions, recoveries=recoveries
    )
    psi = fail / (fail + back)
    root = np.sqrt((psi * D * h) ** 2 + 2 * h * back * (K * D * back + D**2 * p * psi))
    Q = (root - psi * D * h) / (h * back)
    if not exact:
        cost = (K + h * Q**2 / (2 * D) + p * D * psi / back) / (Q / D + psi / back)
        return LotSize(Q, cost)
    from scipy.optimize import minimize_scalar

    def cost_at(q: float) -> float:
        return float(eoq_with_disruptions_cost(q, K, h, p, D, fail, back))

    best = minimize_scalar(cost_at, bounds=(float(Q) / 20, float(Q) * 3), method="bounded", options={"xatol": 1e-9})
    return LotSize(np.asarray(best.x), np.asarray(best.fun))


def eoq_with_yield(
    fixed_cost: ArrayLike, holding_cost: ArrayLike, demand: ArrayLike, yield_mean: ArrayLike, yield_sd: ArrayLike
) -> LotSize:
    """Order quantity when a random share of the order arrives good (Snyder and Shen, section 9.3.3.2)."""
    K, h, D = _positive(fixed_cost=fixed_cost, holding_cost=holding_cost, demand=demand)
    mean, sd = positive("yield_mean", yield_mean), at_least("yield_sd", yield_sd, 0)
    second = mean**2 + sd**2
    Q = np.sqrt(2 * K * D / (h * second))
    return LotSize(Q, np.sqrt(2 * K * D * h * second) / mean)


def wagner_whitin(
    demand: ArrayLike, fixed_cost: ArrayLike, holding_cost: ArrayLike, unit_cost: ArrayLike = 0.0
) -> LotSchedule:
    """Least-cost order schedule for a known demand by period (Wagner and Whitin, Management Science 5, 1958).

    Costs may be one number or one a period; stock held over a period's end pays that period's holding cost.
    """
    D = at_least("demand", demand, 0)
    T = len(D)
    K, h, c = (np.broadcast_to(np.asarray(x, float), T) for x in (fixed_cost, holding_cost, unit_cost))
    held = np.concatenate([[0.0], np.cumsum(h)])
    best, choice = np.zeros(T + 1), np.full(T + 1, T)
    for t in range(T - 1, -1, -1):  # a recursion over periods, not over products
        carried = np.cumsum(D[t:] * (held[t:T] - held[t]))
        cost = K[t] + c[t] * np.cumsum(D[t:]) + carried + best[t + 1 :]
        place = int(np.argmin(cost))
        best[t], choice[t] = cost[place], t + 1 + place
        if D[t] == 0 and best[t + 1] < best[t]:
            best[t], choice[t] = best[t + 1], t
    orders, t = np.zeros(T), 0
    while t < T:
        until = choice[t]
        orders[t] = D[t:until].sum()
        t = max(until, t + 1)
    return LotSchedule(orders, float(best[0]), best)


def _positive(**values) -> list[np.ndarray]:
    return [positive(name, value) for name, value in values.items()]


def _tiers(fixed_cost, holding_rate, demand, breakpoints, unit_costs):
    K, i, D = _positive(fixed_cost=fixed_cost, holding_rate=holding_rate, demand=demand)
    breaks, price = at_least("breakpoints", breakpoints, 0), positive("unit_costs", unit_costs)
    if breaks.shape[-1] != price.shape[-1] or not (np.diff(breaks, axis=-1) > 0).all() or (breaks[..., 0] != 0).any():
        raise InputError.out_of_range("breakpoints", breaks.tolist(), "0, then rising, one a unit cost")
    shape = np.broadcast_shapes(K[..., None].shape, i[..., None].shape, D[..., None].shape, breaks.shape, price.shape)
    return K[..., None], i[..., None], D[..., None], np.broadcast_to(breaks, shape), np.broadcast_to(price, shape)


def _cheapest_tier(quantity: np.ndarray, cost: np.ndarray) -> LotSize:
    tier = np.argmin(cost, axis=-1)
    take = tier[..., None]
    return LotSize(
        np.take_along_axis(quantity, take, -1)[..., 0], np.take_along_axis(cost, take, -1)[..., 0], tier=tier
    )
