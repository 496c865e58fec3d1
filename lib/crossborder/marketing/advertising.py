"""Rules of paid search and marketplace ads: when to pause, what a click may cost, when to bid more."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = [
    "acos_rule",
    "acquisition_cost",
    "break_even_acos",
    "cost_headroom",
    "day_part_bids",
    "max_cost_per_click",
    "price_trend",
]

REASONS = {
    "pause": "even the good end of the interval loses money",
    "raise": "even the bad end of the interval earns",
    "lower": "expected to lose, not yet proven",
    "keep": "between target and break-even",
}


def break_even_acos(
    price: float | np.ndarray,
    *,
    vat_rate: float | np.ndarray = 0.0,
    landed_cost: float | np.ndarray,
    fee_rate: float | np.ndarray = 0.0,
    fulfilment: float | np.ndarray = 0.0,
    return_rate: float | np.ndarray = 0.0,
    return_cost: float | np.ndarray = 0.0,
    fx_cost_rate: float | np.ndarray = 0.0,
) -> np.ndarray:
    """Ad cost over ad sales (both with sales tax as platforms report them) at which an order earns nothing.

    Contribution before ads a piece = kept share * (net price - fees - landed cost) - fulfilment - returned share * cost
    of a return - currency cost, over the shelf price. `landed_cost` includes duty; fees are charged on the shelf price
    and given back on returns. Returned pieces are sold again.
    """
    price = np.asarray(price, dtype=float)
    if (price <= 0).any():
        raise InputError.out_of_range("price", price.min().item(), "above 0")
    net = price / (1 + np.asarray(vat_rate, dtype=float))
    kept = 1 - np.asarray(return_rate, dtype=float)
    fees = price * np.asarray(fee_rate, dtype=float)
    earned = kept * (net * (1 - np.asarray(fx_cost_rate, dtype=float)) - fees - landed_cost)
    return (earned - fulfilment - np.asarray(return_rate, dtype=float) * return_cost) / price


def acos_rule(
    ads: pd.DataFrame,
    *,
    break_even: float | pd.Series,
    target: float | pd.Series | None = None,
    least_clicks: int = 30,
    level: float = 0.9,
    prior_clicks: float = 100.0,
) -> pd.DataFrame:
    """Pause, lower, keep, raise or wait for every keyword or campaign, from its ACoS with an interval.

    `ads`: index name, columns clicks, orders, cost, sales. Conversion rates are shrunk to the pooled rate (worth
    `prior_clicks`), so that three clicks without an order are not a verdict. Pause when the interval lies above the
    break-even; raise when it lies below `target` (default 0.7 of break-even).
    Columns: acos, expected_acos, acos_low, acos_high, action, because.
    """
    from scipy.special import gammaincinv

    missing = {"clicks", "orders", "cost", "sales"} - set(ads.columns)
    if missing:
        raise InputError.missing_columns("ads", missing, ads.columns)
    if ads["orders"].sum() <= 0:
        raise Refusal.because("no ad order at all", f"clicks: {int(ads['clicks'].sum())}", "check the tracking first")
    limit = pd.Series(break_even, index=ads.index) if np.isscalar(break_even) else break_even.reindex(ads.index)
    goal = 0.7 * limit if target is None else pd.Series(target, index=ads.index)
    pooled_rate = ads["orders"].sum() / ads["clicks"].sum()
    value = ads["sales"].sum() / ads["orders"].sum()
    own_value = (ads["sales"] + 3 * value) / (ads["orders"] + 3)
    shape, clicks = ads["orders"] + pooled_rate * prior_clicks, ads["clicks"] + prior_clicks
    cost_per_click = ads["cost"] / ads["clicks"].where(ads["clicks"] > 0)
    tail = (1 - level) / 2
    base = cost_per_click / own_value * clicks

    def acos_at(share: float) -> pd.Series:
        return base / np.maximum(gammaincinv(shape.to_numpy(float), share), 1e-12)

    frame = pd.DataFrame(
        {
            "acos": ads["cost"] / ads["sales"].where(ads["sales"] > 0),
            "expected_acos": base / shape,
            "acos_low": acos_at(1 - tail),
            "acos_high": acos_at(tail),
        }
    )
    few = ads["clicks"] < least_clicks
    action = np.select(
        [few, frame["acos_low"] > limit, frame["acos_high"] < goal, frame["expected_acos"] > limit],
        ["wait", "pause", "raise", "lower"],
        "keep",
    )
    reasons = {"wait": f"fewer than {least_clicks} clicks", **REASONS}
    return frame.assign(action=action, because=[reasons[name] for name in action])


def acquisition_cost(cost_per_click: float | np.ndarray, conversion: float | np.ndarray) -> np.ndarray:
    """Cost of an acquisition: cost per click over conversion rate.

    >>> round(float(acquisition_cost(1.8, 0.06)), 9)
    30.0
    """
    if np.any(np.asarray(conversion) <= 0):
        raise InputError.out_of_range("conversion", conversion, "above 0")
    return np.asarray(cost_per_click, dtype=float) / np.asarray(conversion, dtype=float)


def max_cost_per_click(
    target_cost: float | np.ndarray, conversions: float, clicks: float, *, level: float = 0.9
) -> tuple[float, float, float]:
    """Highest cost per click for a target acquisition cost, with its interval from the observed conversions
    (Wilson)."""
    from crossborder.marketing.paths import wilson_interval

    if not 0 <= conversions <= clicks or clicks <= 0:
        raise InputError.out_of_range("conversions", conversions, f"0 to the clicks ({clicks})")
    low, high = wilson_interval(conversions, clicks, level)
    return float(target_cost * conversions / clicks), float(target_cost * low), float(target_cost * high)


def cost_headroom(spend: pd.Series, sales: pd.Series, cap: float | pd.Series) -> pd.DataFrame:
    """Marketing cost over sales against a cap: share, cap, headroom in money (negative is above the cap)."""
    if (sales <= 0).any():
        raise InputError.out_of_range("sales", float(sales.min()), "above 0")
    limit = pd.Series(cap, index=spend.index) if np.isscalar(cap) else cap.reindex(spend.index)
    share = spend / sales
    return pd.DataFrame(
        {
            "spend": spend,
            "sales": sales,
            "share": share,
            "cap": limit,
            "headroom": limit * sales - spend,
            "above": share > limit,
        }
    )


def day_part_bids(
    slots: pd.DataFrame,
    *,
    target_cost: float | None = None,
    base_bid: float | None = None,
    smallest: float = 0.5,
    largest: float = 2.0,
    prior_clicks: float = 200.0,
    level: float = 0.9,
) -> pd.DataFrame:
    """Bid multipliers by hour, weekday or peak day so that every slot has the same expected cost per order.

    `slots`: index slot, columns clicks, orders, cost. Multiplier = shrunk conversion over the mean conversion, within
    `smallest` to `largest`; orders after the change assume that clicks follow bids with elasticity 0.6.
    Columns: conversion, conversion_low, conversion_high, cost_per_order, multiplier.
    """
    from scipy.special import betaincinv

    rate = slots["orders"].sum() / slots["clicks"].sum()
    if not rate > 0:
        raise Refusal.because("no orders in any slot", f"clicks: {int(slots['clicks'].sum())}", "use more weeks")
    won, lost = slots["orders"] + rate * prior_clicks, slots["clicks"] - slots["orders"] + (1 - rate) * prior_clicks
    shrunk = won / (won + lost)
    goal = target_cost if target_cost is not None else slots["cost"].sum() / slots["orders"].sum()
    now = base_bid if base_bid is not None else slots["cost"].sum() / slots["clicks"].sum()
    return pd.DataFrame(
        {
            "conversion": shrunk,
            "conversion_low": betaincinv(won.to_numpy(float), lost.to_numpy(float), (1 - level) / 2),
            "conversion_high": betaincinv(won.to_numpy(float), lost.to_numpy(float), (1 + level) / 2),
            "cost_per_order": slots["cost"] / slots["orders"].where(slots["orders"] > 0),
            "multiplier": (shrunk * goal / now).clip(smallest, largest),
        }
    )


def price_trend(
    series: pd.Series, *, level: float = 0.9, ahead: int = 12, break_even: float | None = None
) -> pd.Series:
    """Yearly growth of a monthly price (cost per click) with its interval, the price in `ahead` months, and the months
    until `break_even` is reached at that growth.

    Log-linear trend with a month-of-year pattern where there are two years; errors allow for autocorrelation of order
    1.
    """
    from scipy.special import stdtrit

    y = np.log(series.to_numpy(float))
    n = len(y)
    if n < 6 or not np.isfinite(y).all():
        raise Refusal.because("a trend needs 6 months of prices above 0", f"months: {n}", "use a longer history")
    time = np.arange(n) / 12
    columns = [np.ones(n), time]
    if n >= 24:
        angle = 2 * np.pi * np.arange(n) / 12
        columns += [np.sin(angle), np.cos(angle)]
    design = np.column_stack(columns)
    coefficient = np.linalg.lstsq(design, y, rcond=None)[0]
    residual = y - design @ coefficient
    rho = float(np.clip(residual[1:] @ residual[:-1] / max(residual @ residual, 1e-300), 0.0, 0.8))
    variance = residual @ residual / (n - design.shape[1]) * np.linalg.inv(design.T @ design)[1, 1]
    error = np.sqrt(variance * (1 + rho) / (1 - rho))
    t = float(stdtrit(n - design.shape[1], 0.5 + level / 2))
    slope = coefficient[1]
    now = float(np.exp(y[-3:].mean()))
    months = np.log(break_even / now) / slope * 12 if break_even is not None and slope > 0 else np.inf
    return pd.Series(
        {
            "growth": np.expm1(slope),
            "low": np.expm1(slope - t * error),
            "high": np.expm1(slope + t * error),
            "now": now,
            "ahead": now * np.exp(slope * ahead / 12),
            "months_to_break_even": max(float(months), 0.0),
        }
    )
