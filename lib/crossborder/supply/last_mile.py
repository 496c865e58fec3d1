"""The last mile and order sourcing by region: cost a drop by density, method mix, delivery days of regional stock.

Source: C. F. Daganzo, Transportation Science 18(4), 1984 (tour length of a region), J. Beardwood, J. H. Halton and
J. M. Hammersley, Proceedings of the Cambridge Philosophical Society 55, 1959 (constant 0.7124).
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.supply.checks import at_least, needs, positive

__all__ = ["drop_cost", "method_mix", "regional_delivery"]

TOUR_CONSTANT = 0.7124


def drop_cost(
    drops_day: ArrayLike,
    area_km2: ArrayLike,
    depot_km: ArrayLike,
    drops_vehicle: float,
    cost_km: float,
    cost_hour: float,
    speed_kmh: float = 25.0,
    minutes_drop: float = 4.0,
) -> pd.DataFrame:
    """Cost a drop of own delivery, money: line haul to the area shared by a tour, way between drops, time at the door.

    km a drop = 2 x depot_km / drops on a tour + 0.7124 / sqrt(density).
    """
    drops, area = positive("drops_day", drops_day), positive("area_km2", area_km2)
    tour = np.minimum(drops, drops_vehicle)
    km = 2 * at_least("depot_km", depot_km, 0) / tour + TOUR_CONSTANT / np.sqrt(drops / area)
    hours = km / speed_kmh + minutes_drop / 60
    return pd.DataFrame({"km": np.atleast_1d(km), "cost": np.atleast_1d(km * cost_km + hours * cost_hour)})


def method_mix(methods: pd.DataFrame, orders: float, late_cost: float) -> pd.DataFrame:
    """Delivery methods by total cost an order: fee, lost sales by speed, and the share of orders each would serve best.

    `methods` has method, fee, days, on_time; a buyer's cost of waiting is spread evenly between 0 and 2 x `late_cost`
    a day, so that each method wins a range of buyers.
    """
    needs(methods, "methods", "method fee days on_time")
    waiting = np.linspace(0, 2 * late_cost, 401)
    days = methods["days"].to_numpy(float) + 2.0 * (1 - methods["on_time"].to_numpy(float))
    total = methods["fee"].to_numpy(float)[:, None] + days[:, None] * waiting
    share = np.bincount(total.argmin(0), minlength=len(methods)) / len(waiting)
    return methods.assign(share=share, orders=share * orders, mean_cost=total.mean(1)).sort_values("mean_cost")


def regional_delivery(
    share: np.ndarray, days: np.ndarray, demand: ArrayLike, cost: np.ndarray | None = None
) -> dict[str, float]:
    """Mean delivery days (and cost an order) when regions are served as `share` says (warehouses x regions)."""
    demand = at_least("demand", demand, 0)
    weight = share * demand
    result = {"days": float((weight * days).sum() / weight.sum())}
    if cost is not None:
        result["cost"] = float((weight * cost).sum() / weight.sum())
    return result
