"""How much to order once: the newsvendor under normal, Poisson, listed, continuous and observed demand.

Notation: h overage (holding) cost a unit left over, p underage (stock-out) cost a unit short, S the order,
n(S) the expected shortage. All arguments broadcast, so one call serves every SKU.
Source: L. V. Snyder and Z. M. Shen, Fundamentals of Supply Chain Theory, 2nd ed., Wiley 2019, chapter 4.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from crossborder.supply.checks import at_least, positive

__all__ = [
    "Newsvendor",
    "continuous",
    "critical_ratio",
    "discrete",
    "empirical",
    "normal",
    "normal_cost",
    "normal_loss",
    "normal_profit",
    "normal_second_loss",
    "poisson",
    "poisson_cost",
    "poisson_loss",
    "poisson_profit",
    "with_disruptions",
]


@dataclass(frozen=True)
class Newsvendor:
    """An order, pieces, and what it is expected to bring (`cost` or `profit`, money a period) and to serve."""

    order_quantity: np.ndarray
    cost: np.ndarray
    critical_ratio: np.ndarray
    expected_shortage: np.ndarray
    profit: np.ndarray | None = None


def critical_ratio(holding_cost: ArrayLike, stockout_cost_per_unit: ArrayLike) -> np.ndarray:
    """Probability of no stock-out at the optimum, a fraction: p / (p + h)."""
    h = positive("holding_cost", holding_cost)
    p = positive("stockout_cost_per_unit", stockout_cost_per_unit)
    return p / (p + h)


def normal_loss(level: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> np.ndarray:
    """Expected shortage n(S) of a normal demand, pieces; with sd 0 it is the plain shortage.

    >>> round(float(normal_loss(60, 50, 8)), 4)
    0.4047
    """
    sd = at_least("sd", sd, 0)
    gap = np.asarray(level, float) - mean
    z = gap / np.where(sd > 0, sd, 1.0)
    loss = sd * (_density(z) - z * special.ndtr(-z))
    return np.where(sd > 0, np.maximum(loss, 0.0), np.maximum(-gap, 0.0))


def normal_second_loss(level: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> np.ndarray:
    """Second-order loss of a normal demand, pieces squared: half the expected squared shortage."""
    sd = at_least("sd", sd, 0)
    gap = np.asarray(level, float) - mean
    z = gap / np.where(sd > 0, sd, 1.0)
    loss = 0.5 * sd**2 * ((z**2 + 1) * special.ndtr(-z) - z * _density(z))
    return np.where(sd > 0, np.maximum(loss, 0.0), 0.5 * np.maximum(-gap, 0.0) ** 2)


def poisson_loss(level: ArrayLike, mean: ArrayLike) -> np.ndarray:
    """Expected shortage of a Poisson demand at a whole-numbered level, pieces."""
    mean = at_least("mean", mean, 0)
    level = np.asarray(level, float)
    whole = np.maximum(np.floor(level), 0)
    mass = np.exp(special.xlogy(whole, mean) - mean - special.gammaln(whole + 1))
    return np.where(level < 0, mean - level, mean * mass + (mean - level) * special.pdtrc(whole, mean))


def normal(
    holding_cost: ArrayLike,
    stockout_cost_per_unit: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time_periods: ArrayLike = 0,
) -> Newsvendor:
    """Best order for a normal demand over lead time + 1 periods; cost a period (Snyder and Shen, eq. 4.30, 4.37).

    >>> best = normal(0.18, 0.70, 50, 8)
    >>> round(float(best.order_quantity), 2), round(float(best.cost), 4)
    (56.6, 1.9976)
    """
    ratio = critical_ratio(holding_cost, stockout_cost_per_unit)
    periods = at_least("lead_time_periods", lead_time_periods, 0) + 1
    mean = at_least("demand_mean", demand_mean, 0) * periods
    sd = at_least("demand_sd", demand_sd, 0) * np.sqrt(periods)
    z = special.ndtri(ratio)
    density = _density(z)
    order = mean + z * sd
    shortage = sd * (density - z * (1 - ratio))
    cost = (np.asarray(holding_cost, float) + stockout_cost_per_unit) * sd * density
    return Newsvendor(order, cost, ratio, shortage)


def normal_cost(
    order_quantity: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost_per_unit: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
) -> np.ndarray:
    """Expected cost of any order under normal demand, money a period: h (S - mean) + (h + p) n(S)."""
    gap = np.asarray(order_quantity, float) - demand_mean
    shortage = normal_loss(order_quantity, demand_mean, demand_sd)
    return holding_cost * (gap + shortage) + np.asarray(stockout_cost_per_unit, float) * shortage


def poisson(holding_cost: ArrayLike, stockout_cost_per_unit: ArrayLike, demand_mean: ArrayLike) -> Newsvendor:
    """Smallest whole order whose Poisson service reaches the critical ratio (Snyder and Shen, section 4.3.2.7)."""
    ratio = critical_ratio(holding_cost, stockout_cost_per_unit)
    mean = at_least("demand_mean", demand_mean, 0)
    ratio, mean = np.broadcast_arrays(ratio, mean)
    with np.errstate(invalid="ignore"):
        order = np.nan_to_num(np.maximum(np.ceil(special.pdtrik(ratio, mean) - 1e-9), 0))
    order = np.where((order > 0) & (special.pdtr(np.maximum(order - 1, 0), mean) >= ratio), order - 1, order)
    order = np.where(special.pdtr(order, mean) < ratio, order + 1, order)
    shortage = poisson_loss(order, mean)
    cost = holding_cost * (order - mean + shortage) + np.asarray(stockout_cost_per_unit, float) * shortage
    return Newsvendor(order, cost, ratio, shortage)


def poisson_cost(
    order_quantity: ArrayLike, holding_cost: ArrayLike, stockout_cost_per_unit: ArrayLike, demand_mean: ArrayLike
) -> np.ndarray:
    """Expected cost of a whole order under Poisson demand, money a period."""
    shortage = poisson_loss(order_quantity, demand_mean)
    over = np.asarray(order_quantity, float) - demand_mean + shortage
    return np.asarray(holding_cost, float) * over + np.asarray(stockout_cost_per_unit, float) * shortage


def discrete(
    holding_cost: float, stockout_cost_per_unit: float, demand: ArrayLike, probability: ArrayLike
) -> Newsvendor:
    """Best order for a demand that takes listed values with listed probabilities (which add to 1)."""
    demand, probability = np.asarray(demand, float), at_least("probability", probability, 0)
    if demand.shape != probability.shape or abs(probability.sum() - 1) > 1e-6:
        from crossborder.errors import InputError

        raise InputError.out_of_range(
            "sum of probability", float(probability.sum()), "one probability a demand value, adding to 1"
        )
    by_size = np.argsort(demand)
    demand, probability = demand[by_size], probability[by_size]
    ratio = critical_ratio(holding_cost, stockout_cost_per_unit)
    place = min(int(np.searchsorted(np.cumsum(probability), ratio - 1e-12)), len(demand) - 1)
    order = demand[place]
    shortage = float(np.maximum(demand - order, 0) @ probability)
    over = float(np.maximum(order - demand, 0) @ probability)
    cost = holding_cost * over + stockout_cost_per_unit * shortage
    return Newsvendor(np.asarray(order), np.asarray(cost), ratio, np.asarray(shortage))


def continuous(holding_cost: float, stockout_cost_per_unit: float, distribution: object) -> Newsvendor:
    """Best order for any frozen scipy.stats distribution of a demand that is not negative."""
    from scipy import integrate

    ratio = critical_ratio(holding_cost, stockout_cost_per_unit)
    order = float(distribution.ppf(ratio))
    top = float(distribution.isf(1e-13))
    shortage, _ = integrate.quad(distribution.sf, order, top, limit=200)
    cost = holding_cost * (order - float(distribution.mean()) + shortage) + stockout_cost_per_unit * shortage
    return Newsvendor(np.asarray(order), np.asarray(cost), ratio, np.asarray(shortage))


def empirical(holding_cost: ArrayLike, stockout_cost_per_unit: ArrayLike, samples: ArrayLike) -> Newsvendor:
    """Best order on observed demand, the last axis being the sample (the critical fractile of the sample itself).

    Source: R. Levi, G. Perakis and J. Uichanco, Operations Research 63(6), 2015 (sample-average newsvendor).
    """
    ratio = critical_ratio(holding_cost, stockout_cost_per_unit)
    samples = np.sort(at_least("samples", samples, 0), axis=-1)
    count = samples.shape[-1]
    place = np.clip(np.ceil(np.broadcast_to(ratio, samples.shape[:-1]) * count - 1e-9).astype(int) - 1, 0, count - 1)
    order = np.take_along_axis(samples, place[..., None], axis=-1)
    shortage = np.maximum(samples - order, 0).mean(-1)
    over = np.maximum(order - samples, 0).mean(-1)
    cost = holding_cost * over + np.asarray(stockout_cost_per_unit, float) * shortage
    return Newsvendor(order[..., 0], cost, ratio, shortage)


def normal_profit(
    price: ArrayLike,
    unit_cost: ArrayLike,
    salvage_value: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    holding_cost: ArrayLike = 0.0,
    goodwill_cost_per_unit: ArrayLike = 0.0,
) -> Newsvendor:
    """Best order and profit from price, cost and salvage, normal demand (Snyder and Shen, section 4.3.2.3)."""
    over, under = _margins(price, unit_cost, salvage_value, holding_cost, goodwill_cost_per_unit)
    best = normal(over, under, demand_mean, demand_sd)
    profit = (np.asarray(price, float) - unit_cost) * demand_mean - best.cost
    return Newsvendor(best.order_quantity, best.cost, best.critical_ratio, best.expected_shortage, profit)


def poisson_profit(
    price: ArrayLike,
    unit_cost: ArrayLike,
    salvage_value: ArrayLike,
    demand_mean: ArrayLike,
    holding_cost: ArrayLike = 0.0,
    goodwill_cost_per_unit: ArrayLike = 0.0,
) -> Newsvendor:
    """Best whole order and profit from price, cost and salvage, Poisson demand."""
    over, under = _margins(price, unit_cost, salvage_value, holding_cost, goodwill_cost_per_unit)
    best = poisson(over, under, demand_mean)
    profit = (np.asarray(price, float) - unit_cost) * demand_mean - best.cost
    return Newsvendor(best.order_quantity, best.cost, best.critical_ratio, best.expected_shortage, profit)


def with_disruptions(
    holding_cost: float,
    stockout_cost_per_unit: float,
    demand: float,
    disruption_probability: float,
    recovery_probability: float,
) -> Newsvendor:
    """Base stock that rides out supply disruptions under a steady demand, pieces (Snyder and Shen, section 9.3.1).

    The supplier fails with `disruption_probability` a period and recovers with `recovery_probability` a period.
    """
    ratio = float(critical_ratio(holding_cost, stockout_cost_per_unit))
    fail = float(positive("disruption_probability", disruption_probability))
    back = float(positive("recovery_probability", recovery_probability))
    periods = np.arange(0, 100_000)
    # pi(n): share of time that the supplier has been down for n periods (0 is up).
    share = np.where(periods == 0, back, fail * back * (1 - back) ** np.maximum(periods - 1, 0)) / (fail + back)
    waiting = int(np.searchsorted(np.cumsum(share), ratio - 1e-12))
    order = demand * (waiting + 1)
    needed = demand * (periods + 1)
    shortage = float(np.maximum(needed - order, 0) @ share)
    over = float(np.maximum(order - needed, 0) @ share)
    cost = holding_cost * over + stockout_cost_per_unit * shortage
    return Newsvendor(np.asarray(order), np.asarray(cost), np.asarray(ratio), np.asarray(shortage))


def _margins(price, unit_cost, salvage_value, holding_cost, goodwill_cost):
    price, unit_cost = np.asarray(price, float), np.asarray(unit_cost, float)
    over = positive("unit_cost - salvage_value + holding_cost", unit_cost - salvage_value + holding_cost)
    return over, positive("price - unit_cost + goodwill_cost_per_unit", price - unit_cost + goodwill_cost)


def _density(z: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * z * z) * 0.3989422804014327
