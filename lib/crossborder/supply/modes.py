"""How goods should travel: total cost by mode with pipeline and safety stock, sea-air splits, bonded and transit stock.

Source: W. J. Baumol and H. D. Vinod, Management Science 16(7), 1970 (inventory-theoretic choice of mode);
E. A. Silver, D. F. Pyke and D. J. Thomas, Inventory and Production Management, 4th ed., section 15.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from crossborder.errors import Refusal
from crossborder.supply.checks import at_least, between, needs

__all__ = ["bonded_effect", "cheapest_mode", "mode_cost", "pareto", "sea_air_split", "transit_warehouse"]

LINES = ("freight", "pipeline", "safety_stock", "cycle_stock", "lost_sales")


def mode_cost(
    units_week: ArrayLike,
    sd_week: ArrayLike,
    value: ArrayLike,
    freight: np.ndarray,
    lanes: pd.DataFrame,
    holding_rate_year: float,
    margin: ArrayLike,
    service_level: float = 0.95,
    lost_share: float = 0.65,
    supplier_days: float = 30.0,
) -> dict[str, np.ndarray]:
    """Yearly logistics cost of every product by every lane, USD: `lines` (see LINES), `total`, `days`.

    Total = freight + pipeline stock (value x rate x days / 365) + safety stock over supplier and transit time (with the
    transit's own spread) + half a departure's cycle stock + margin lost in stock-outs that the safety stock leaves.
    `freight` is products x lanes (USD a piece); `lanes` has transit_days_mean, transit_days_sd, departures_per_week.
    """
    needs(lanes, "lanes", "transit_days_mean transit_days_sd departures_per_week")
    week, sd = (at_least(n, x, 0)[:, None] for n, x in (("units_week", units_week), ("sd_week", sd_week)))
    value, margin = (np.asarray(x, float)[:, None] for x in (value, margin))
    z = float(special.ndtri(between("service_level", service_level, 0.5, 0.99999)))
    days, spread = lanes["transit_days_mean"].to_numpy(float), lanes["transit_days_sd"].to_numpy(float)
    cover = (days + supplier_days) / 7
    lead_sd = np.sqrt(cover * sd**2 + (week * spread / 7) ** 2)
    rate = holding_rate_year * value
    every = 1 / np.maximum(lanes["departures_per_week"].to_numpy(float), 0.05)
    loss = float(np.exp(-0.5 * z * z) * 0.3989422804014327 - z * special.ndtr(-z))
    cycles = 52 / np.maximum(every, 1.0)
    lines = {
        "freight": freight * week * 52,
        "pipeline": rate * week * days / 7,
        "safety_stock": rate * z * lead_sd,
        "cycle_stock": rate * week * every / 2,
        "lost_sales": lost_share * margin * lead_sd * loss * cycles / np.maximum(cover, 1.0),
    }
    total = sum(lines.values())
    return {**lines, "total": total, "days": np.broadcast_to(days, total.shape)}


def cheapest_mode(total: np.ndarray, lanes: pd.DataFrame, sku: ArrayLike) -> pd.DataFrame:
    """The cheapest lane by product and market, its runner-up, and what the second costs more (a fraction)."""
    market = lanes["market"].to_numpy(str)
    mode = lanes["mode"].to_numpy(str)
    rows = []
    for name in np.unique(market):  # over markets
        columns = np.flatnonzero(market == name)
        order = np.argsort(total[:, columns], axis=1)
        first, cost = columns[order[:, 0]], np.take_along_axis(total[:, columns], order, axis=1)
        other = mode[columns][order] != mode[first][:, None]
        second = np.where(other.any(1), other.argmax(1), 0)
        rows.append(
            pd.DataFrame(
                {
                    "sku": np.asarray(sku),
                    "market": name,
                    "lane": first,
                    "mode": mode[first],
                    "cost": cost[:, 0],
                    "second_mode": mode[columns][order[np.arange(len(order)), second]],
                    "margin_to_second": cost[np.arange(len(order)), second] / np.maximum(cost[:, 0], 1e-12) - 1,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def pareto(days: ArrayLike, cost: ArrayLike, carbon: ArrayLike | None = None) -> np.ndarray:
    """Mask of the options that no other option beats on all of days, cost (and carbon)."""
    points = np.column_stack([np.asarray(x, float) for x in (days, cost, carbon) if x is not None])
    no_worse = (points[:, None, :] <= points[None, :, :]).all(2)
    better = (points[:, None, :] < points[None, :, :]).any(2)
    return ~(no_worse & better).any(0)


def sea_air_split(
    sea_cost: float,
    air_cost: float,
    sea_days: float,
    air_days: float,
    value: float,
    holding_rate_year: float,
    late_cost_day: float,
    sea_sd_days: float,
    shares: ArrayLike | None = None,
) -> pd.DataFrame:
    """Cost and days of sending a share by sea and the rest by air, USD a piece: sea_share, cost, days, wait_cost.

    The air part bridges the wait: what is missing until the sea part arrives costs `late_cost_day` a piece and day,
    falling with the square of the air share (it serves the first days). The best share is where `total` is least.
    """
    share = np.linspace(0, 1, 21) if shares is None else between("shares", shares, 0, 1)
    freight = share * sea_cost + (1 - share) * air_cost
    days = share * sea_days + (1 - share) * air_days
    stock = value * holding_rate_year * days / 365
    wait = late_cost_day * (sea_days - air_days + sea_sd_days) * share**2
    return pd.DataFrame(
        {
            "sea_share": share,
            "freight": freight,
            "days": days,
            "stock_cost": stock,
            "wait_cost": wait,
            "total": freight + stock + wait,
        }
    )


def bonded_effect(
    value_year: float,
    duty_share: float,
    days_normal: float,
    days_bonded: float,
    holding_rate_year: float,
    stock_days: float,
    extra_fee_year: float = 0.0,
) -> dict[str, float]:
    """Yearly effect of a bonded warehouse, USD: clearance days saved, duty paid only at the sale, fees.

    `duty_share` is duty and import tax as a share of the goods' value; `stock_days` how long goods wait for a buyer.
    """
    day = value_year / 365
    pipeline = day * max(days_normal - days_bonded, 0)
    duty = day * duty_share * stock_days
    saved = (pipeline + duty) * holding_rate_year
    return {
        "capital_freed": pipeline + duty,
        "saved_year": saved,
        "gain_year": saved - extra_fee_year,
        "days_saved": days_normal - days_bonded,
    }


def transit_warehouse(
    value_year: float,
    days_saved: float,
    holding_rate_year: float,
    sales_gain_share: float,
    margin_share: float,
    storage_year: float,
    storage_rise: float,
) -> dict[str, float]:
    """Net yearly benefit of a transit warehouse, USD: faster stock and sales gained against dearer storage."""
    stock = value_year * days_saved / 365 * holding_rate_year
    sales = value_year * sales_gain_share * margin_share
    cost = storage_year * storage_rise
    if storage_year < 0:
        raise Refusal.because("no comparison", "storage cost is negative", "give the yearly storage cost")
    return {
        "stock_saved": stock,
        "margin_gained": sales,
        "storage_added": cost,
        "net": stock + sales - cost,
        "break_even_rise": (stock + sales) / storage_year if storage_year else np.inf,
    }
