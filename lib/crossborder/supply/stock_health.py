"""Is the stock healthy: ABC-XYZ, age, turnover, overstock, markdown and transfer, pooling, oversell, record accuracy.

Sources: E. A. Silver, D. F. Pyke and D. J. Thomas, Inventory and Production Management, 4th ed. (ABC); G. D. Eppen,
Management Science 25(5), 1979 (pooling); G. Gallego and G. van Ryzin, Management Science 40(8), 1994 (markdown idea).
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from crossborder.errors import InputError
from crossborder.supply.checks import at_least, between, needs, positive

__all__ = [
    "abc_xyz",
    "age_tiers",
    "consignment_effect",
    "days_of_stock",
    "markdown_path",
    "oversell_probability",
    "overstock",
    "pooling_gain",
    "record_buffer",
    "transfer_gain",
    "turnover",
    "virtual_stock",
]


def abc_xyz(
    value: ArrayLike, demand: ArrayLike, a_share: float = 0.8, b_share: float = 0.95, x: float = 0.5, y: float = 1.0
) -> pd.DataFrame:
    """Class of every SKU: A to C by cumulated value, X to Z by the coefficient of variation of its demand a period.

    `demand` is SKU x period. A item belongs to the class in which its cumulated share begins, so the first is always A.
    """
    value, demand = at_least("value", value, 0), np.atleast_2d(at_least("demand", demand, 0))
    if not 0 < a_share < b_share <= 1:
        raise InputError.out_of_range("a_share, b_share", (a_share, b_share), "0 < a_share < b_share <= 1")
    order = np.argsort(-value, kind="stable")
    total = max(float(value.sum()), 1e-12)
    before = np.empty(len(value))
    before[order] = (np.cumsum(value[order]) - value[order]) / total
    mean = demand.mean(1)
    variation = np.where(mean > 0, demand.std(1, ddof=1) / np.maximum(mean, 1e-12), np.inf)
    abc = np.select([before < a_share - 1e-12, before < b_share - 1e-12], ["A", "B"], "C")
    xyz = np.select([variation <= x, variation <= y], ["X", "Y"], "Z")
    share = value / total
    return pd.DataFrame({"abc": abc, "xyz": xyz, "value_share": share, "variation": variation})


def age_tiers(
    inventory: pd.DataFrame, as_of: str | pd.Timestamp, limits: tuple[int, int, int] = (30, 60, 90)
) -> pd.DataFrame:
    """Age of the oldest batch on hand by sku and market, its tier, and days of stock at the last eight weeks' pace.

    Tier "fresh" is up to the first limit, then ">30 days", ">60 days", ">90 days". Needs inventory's `received_at`.
    """
    needs(inventory, "inventory", "week sku market on_hand sold received_at")
    as_of = pd.Timestamp(as_of)
    past = inventory[inventory["week"] <= as_of]
    recent = past[past["week"] > past["week"].max() - pd.Timedelta(weeks=8)]
    pace = recent.groupby(["sku", "market"])["sold"].sum().astype(float) / 8
    now = past[(past["week"] == past["week"].max()) & (past["on_hand"] > 0)]
    sums = now.groupby(["sku", "market"]).agg(on_hand=("on_hand", "sum"), received_at=("received_at", "min"))
    age = (as_of - sums["received_at"]).dt.days
    sums["age_days"] = age.fillna(0).astype(float)
    names = ["fresh", *(f">{limit} days" for limit in limits)]
    sums["tier"] = np.array(names)[np.searchsorted(np.array(limits) + 0.5, sums["age_days"].to_numpy())]
    sums["weekly_units"] = pace.reindex(sums.index).fillna(0)
    sums["days_of_stock"] = days_of_stock(sums["on_hand"], sums["weekly_units"])
    sums["on_hand"] = sums["on_hand"].astype(float)
    return sums.reset_index()


def days_of_stock(on_hand: ArrayLike, weekly_units: ArrayLike, most: float = 999.0) -> np.ndarray:
    """Days that the stock lasts at the given pace, capped at `most` where nothing sells."""
    pace = at_least("weekly_units", weekly_units, 0)
    return np.where(pace > 0, np.minimum(7 * np.asarray(on_hand, float) / np.where(pace > 0, pace, 1), most), most)


def turnover(cost_of_goods_year: ArrayLike, mean_stock: ArrayLike) -> pd.DataFrame:
    """Turns a year and days of inventory: cost of goods sold over mean stock at cost.

    >>> float(turnover([730.0], [100.0])["days"].iloc[0])
    50.0
    """
    goods, stock = at_least("cost_of_goods_year", cost_of_goods_year, 0), positive("mean_stock", mean_stock)
    turns = np.atleast_1d(goods / stock)
    return pd.DataFrame({"turns": turns, "days": np.where(turns > 0, 365 / np.where(turns > 0, turns, 1), np.inf)})


def overstock(on_hand: ArrayLike, need: ArrayLike, unit_cost: ArrayLike) -> pd.DataFrame:
    """Pieces and value above `need` (pieces of the order-up-to level), and their share of the stock's value."""
    on_hand, unit_cost = at_least("on_hand", on_hand, 0), at_least("unit_cost", unit_cost, 0)
    excess = np.maximum(on_hand - np.asarray(need, float), 0)
    value = on_hand * unit_cost
    return pd.DataFrame(
        {
            "excess_units": excess,
            "excess_usd": excess * unit_cost,
            "stock_usd": value,
            "excess_share": np.where(value > 0, excess * unit_cost / np.where(value > 0, value, 1), 0.0),
        }
    )


def markdown_path(
    on_hand: ArrayLike,
    weekly_units: ArrayLike,
    price: ArrayLike,
    elasticity: ArrayLike,
    salvage_value: ArrayLike,
    weeks: int,
    uplift: ArrayLike | None = None,
    holding_cost_week: ArrayLike = 0.0,
    cuts: ArrayLike = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
) -> pd.DataFrame:
    """Best constant markdown over `weeks` for every SKU: income of the sale, what is left at salvage, holding cost.

    Weekly demand is weekly_units x (1 - cut) ** elasticity x uplift (`elasticity` below 0; `uplift` SKU x week, for
    sale days). Returns the best cut, units sold, the weeks to sell out and the gain against no markdown.
    """
    e = np.asarray(elasticity, float)
    if (e >= 0).any():
        raise InputError.out_of_range("elasticity", float(np.max(e)), "numbers below 0")
    on_hand, base = at_least("on_hand", on_hand, 0), at_least("weekly_units", weekly_units, 0)
    lift = np.ones((len(on_hand), weeks)) if uplift is None else np.broadcast_to(uplift, (len(on_hand), weeks))
    cuts = np.asarray(cuts, float)
    price, salvage = (np.broadcast_to(np.asarray(x, float), on_hand.shape) for x in (price, salvage_value))
    pace = base[:, None] * (1 - cuts[None, :]) ** e.reshape(-1, 1)  # SKU x cut
    wanted = pace[:, :, None] * np.cumsum(lift, axis=1)[:, None, :]  # cumulated, SKU x cut x week
    sold = np.minimum(wanted, on_hand[:, None, None])
    left = on_hand[:, None] - sold[:, :, -1]
    held = (on_hand[:, None, None] - sold).sum(2) * np.broadcast_to(holding_cost_week, on_hand.shape)[:, None]
    income = sold[:, :, -1] * price[:, None] * (1 - cuts) + left * salvage[:, None] - held
    gain = income - income[:, [int(np.argmin(np.abs(cuts)))]]
    return _best_cut(cuts, sold, left, income, gain, on_hand)


def _best_cut(cuts, sold, left, income, gain, on_hand) -> pd.DataFrame:
    """The row of each SKU at the cut with the greatest income."""
    best = income.argmax(1)
    rows = np.arange(len(on_hand))
    done = sold[rows, best] >= on_hand[:, None] - 1e-9
    return pd.DataFrame(
        {
            "markdown": cuts[best],
            "units_sold": sold[rows, best, -1],
            "left_over": left[rows, best],
            "weeks_to_clear": np.where(done.any(1), done.argmax(1) + 1, np.inf),
            "income": income[rows, best],
            "gain": gain[rows, best],
        }
    )


def transfer_gain(
    excess: pd.DataFrame, need: pd.DataFrame, cost_per_unit: pd.DataFrame | float, salvage_share: float = 0.2
) -> pd.DataFrame:
    """Moves of excess stock to markets that lack it, with the greatest total gain (a transport problem).

    `excess` has sku, market, units, unit_value; `need` has sku, market, units, unit_value (what a piece earns there);
    `cost_per_unit` is one number or a frame from_market, to_market, cost. Gain = value there - salvage here - cost.
    """
    needs(excess, "excess", "sku market units unit_value")
    needs(need, "need", "sku market units unit_value")
    pairs = excess.merge(need, on="sku", suffixes=("_from", "_to"))
    pairs = pairs[pairs["market_from"] != pairs["market_to"]].copy()
    if isinstance(cost_per_unit, pd.DataFrame):
        key = {"from_market": "market_from", "to_market": "market_to"}
        pairs = pairs.merge(cost_per_unit.rename(columns=key), on=["market_from", "market_to"])
    else:
        pairs["cost"] = float(cost_per_unit)
    pairs["gain_per_unit"] = pairs["unit_value_to"] - salvage_share * pairs["unit_value_from"] - pairs["cost"]
    pairs = pairs[pairs["gain_per_unit"] > 0].reset_index(drop=True)
    pairs["units"] = _best_moves(pairs) if len(pairs) else 0.0
    pairs["gain"] = pairs["units"] * pairs["gain_per_unit"]
    columns = ["sku", "market_from", "market_to", "units", "gain_per_unit", "gain"]
    return pairs.loc[pairs["units"] > 0, columns].sort_values("gain", ascending=False).reset_index(drop=True)


def pooling_gain(mean: ArrayLike, sd: ArrayLike, correlation: ArrayLike, service_level: float) -> dict[str, float]:
    """Safety stock apart and pooled, pieces, and the share saved: sd of the sum against the sum of sds (Eppen 1979)."""
    sd = at_least("sd", sd, 0)
    correlation = np.asarray(correlation, float)
    matrix = np.full((len(sd), len(sd)), float(correlation)) if correlation.ndim == 0 else correlation
    matrix = np.where(np.eye(len(sd), dtype=bool), 1.0, matrix)
    z = float(special.ndtri(between("service_level", service_level, 0.5, 0.99999)))
    apart, pooled = z * float(sd.sum()), z * float(np.sqrt(max(sd @ matrix @ sd, 0)))
    return {"apart": apart, "pooled": pooled, "saved_share": 1 - pooled / apart if apart > 0 else 0.0}


def oversell_probability(
    stock: ArrayLike, demand_day: ArrayLike, sync_delay_days: ArrayLike, channels: int = 1
) -> np.ndarray:
    """Probability that channels which see stock late sell more than there is, Poisson demand within the delay.

    Each of `channels` may sell the last pieces at once: oversold when the demand of all within the delay exceeds them.
    """
    mean = at_least("demand_day", demand_day, 0) * at_least("sync_delay_days", sync_delay_days, 0) * channels
    return special.pdtrc(np.floor(at_least("stock", stock, 0)), np.maximum(mean, 1e-12))


def virtual_stock(
    demand_year: ArrayLike,
    unit_cost: ArrayLike,
    margin: ArrayLike,
    stock_units: ArrayLike,
    holding_rate_year: float,
    lost_share: ArrayLike,
    extra_cost_unit: ArrayLike = 0.0,
) -> pd.DataFrame:
    """Sell first, make after: capital freed and yearly gain by SKU when nothing is held.

    `lost_share` is the share of demand lost to the longer wait, `extra_cost_unit` what small batches cost more.
    """
    demand, cost = at_least("demand_year", demand_year, 0), at_least("unit_cost", unit_cost, 0)
    lost = between("lost_share", lost_share, 0, 1)
    capital = at_least("stock_units", stock_units, 0) * cost
    saved = capital * holding_rate_year
    price = demand * lost * np.asarray(margin, float) + demand * (1 - lost) * np.asarray(extra_cost_unit, float)
    return pd.DataFrame({"capital_freed": capital, "holding_saved": saved, "margin_lost": price, "gain": saved - price})


def record_buffer(
    accuracy: ArrayLike, safety_stock: ArrayLike, mean_stock: ArrayLike, error_share: float = 0.1
) -> np.ndarray:
    """Extra safety stock that wrong records ask for, pieces.

    Spreads add as squares; the records' spread is `error_share` of the mean stock times the root of the wrong share.
    """
    wrong = 1 - between("accuracy", accuracy, 0, 1)
    error_sd = np.asarray(mean_stock, float) * error_share * np.sqrt(wrong)
    safety = np.asarray(safety_stock, float)
    return np.sqrt(safety**2 + error_sd**2) - safety


def consignment_effect(
    stock_usd: ArrayLike, capital_rate: float, risk_rate: float, price_increase: ArrayLike, purchases_year: ArrayLike
) -> pd.DataFrame:
    """Yearly gain of stock that the supplier owns: capital and risk saved less the higher price, and the break-even.

    `price_increase` is the fraction by which the supplier raises prices; the break-even is the one with no gain.
    """
    saved = np.atleast_1d(at_least("stock_usd", stock_usd, 0) * (capital_rate + risk_rate))
    bought = positive("purchases_year", purchases_year)
    return pd.DataFrame(
        {
            "saved": saved,
            "paid": price_increase * bought,
            "gain": saved - price_increase * bought,
            "break_even_increase": saved / bought,
        }
    )


def _best_moves(pairs: pd.DataFrame) -> np.ndarray:
    """Pieces of every pair that maximise the total gain within what each side has and needs."""
    from scipy import sparse
    from scipy.optimize import linprog

    columns = np.arange(len(pairs))
    blocks, limits = [], []
    for side, units in (("market_from", "units_from"), ("market_to", "units_to")):
        code = pairs.groupby(["sku", side]).ngroup().to_numpy()
        blocks.append(sparse.csr_array((np.ones(len(pairs)), (code, columns)), shape=(code.max() + 1, len(pairs))))
        limits.append(pairs.groupby(code)[units].first().to_numpy(float))
    solved = linprog(
        -pairs["gain_per_unit"].to_numpy(float), A_ub=sparse.vstack(blocks), b_ub=np.concatenate(limits), method="highs"
    )
    return np.round(solved.x, 6)
