"""Promotions: what a discount must bring to pay, what it takes from later weeks, flash sales and festival peaks."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["break_even_lift", "event_multipliers", "flash_sale", "promotion_margin", "threshold_bundle"]


def break_even_lift(discount: float | np.ndarray, margin_share: float | np.ndarray) -> np.ndarray:
    """Rise in units that leaves contribution as it was: d / (m - d), both as fractions of the price before.

    Source: Nagle and Muller (2017), The Strategy and Tactics of Pricing, chapter 10. Infinite where the discount eats
    the margin.

    >>> float(break_even_lift(0.1, 0.35))
    0.4
    """
    discount, margin = np.asarray(discount, dtype=float), np.asarray(margin_share, dtype=float)
    if (discount < 0).any() or (discount >= 1).any():
        raise InputError.out_of_range("discount", np.max(discount).item(), "a fraction from 0 to below 1")
    with np.errstate(divide="ignore"):
        return np.where(
            margin > discount, discount / np.where(margin > discount, margin - discount, 1.0), np.inf
        ).round(12)


def promotion_margin(
    *,
    base_units: float,
    lift: float,
    discount: float,
    price: float,
    unit_cost: float,
    pulled_forward: float = 0.0,
    cannibalised: float = 0.0,
    sister_margin: float = 0.0,
    subsidised: float = 1.0,
    fixed_cost: float = 0.0,
) -> pd.Series:
    """Net contribution of a promotion, line by line, against not running it.

    `lift` extra units as a fraction of base; `pulled_forward` share of extra units taken from our own later weeks,
    `cannibalised` from sister products (each losing `sister_margin`); `subsidised` share of base buyers who get the
    discount though they would have bought.
    """
    if not 0 <= pulled_forward + cannibalised <= 1:
        raise InputError.out_of_range(
            "pulled_forward and cannibalised", (pulled_forward, cannibalised), "together 0 to 1"
        )
    extra = base_units * lift
    lines = {
        "extra units at the promotion price": extra * (price * (1 - discount) - unit_cost),
        "discount to buyers who would have bought": -base_units * subsidised * price * discount,
        "taken from our later weeks": -extra * pulled_forward * (price - unit_cost),
        "taken from sister products": -extra * cannibalised * sister_margin,
        "fixed cost": -fixed_cost,
    }
    return pd.Series({**lines, "net": sum(lines.values())})


def threshold_bundle(
    order_values: np.ndarray,
    *,
    threshold: float,
    benefit: float,
    margin_share: float,
    stretch: float = 0.25,
    response: float = 0.3,
) -> pd.Series:
    """Contribution change a thousand orders from a benefit above a threshold (free delivery, bundle).

    Orders within `stretch` below the threshold rise to it with probability `response`; all orders above get the
    benefit.
    """
    values = np.asarray(order_values, dtype=float)
    if threshold <= 0 or not 0 <= response <= 1:
        raise InputError.out_of_range("threshold and response", (threshold, response), "above 0; a fraction")
    near = (values < threshold) & (values >= threshold * (1 - stretch))
    gained = ((threshold - values)[near] * margin_share - benefit).sum() * response
    given = (values >= threshold).sum() * benefit
    scale = 1000 / len(values)
    return pd.Series(
        {
            "lifted_orders": near.sum() * response * scale,
            "gained": gained * scale,
            "given": given * scale,
            "net": (gained - given) * scale,
        }
    )


def event_multipliers(daily: pd.Series, events: pd.DataFrame, *, level: float = 0.9) -> pd.DataFrame:
    """Demand in each calendar event over what trend, weekday and season alone would have brought.

    `daily`: orders by day. `events`: rows event, date, end. Poisson-like regression of log(orders + 1) with weekday,
    two yearly waves and a trend; intervals by the spread of weekly blocks.
    Columns: event, days, multiplier, low, high.
    """
    from scipy.special import ndtri

    days = daily.index
    if len(daily) < 120:
        raise Refusal.because("event effects need a history", f"days: {len(daily)}", "at least 120 days")
    names = list(dict.fromkeys(events["event"]))
    flags = np.zeros((len(days), len(names)))
    for row in events.itertuples():
        inside = (days >= row.date) & (days <= (row.end if pd.notna(row.end) else row.date))
        flags[inside, names.index(row.event)] = 1.0
    seen = flags.sum(axis=0) > 0
    flags, names = flags[:, seen], [name for name, keep in zip(names, seen, strict=True) if keep]
    angle = 2 * np.pi * days.day_of_year.to_numpy() / 365.25
    weekday = np.eye(7)[days.day_of_week][:, 1:]
    trend = np.arange(len(days)) / len(days)
    design = np.column_stack(
        [np.ones(len(days)), trend, weekday, np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle), flags]
    )
    y = np.log(daily.to_numpy(float) + 0.5)
    bread = np.linalg.pinv(design.T @ design)
    coefficient = bread @ design.T @ y
    score = design * (y - design @ coefficient)[:, None]
    blocks = np.add.reduceat(score, np.arange(0, len(y), 7), axis=0)
    error = np.sqrt(np.diag(bread @ blocks.T @ blocks @ bread))[-len(names) :] if names else np.empty(0)
    effect = coefficient[-len(names) :] if names else np.empty(0)
    z = float(ndtri(0.5 + level / 2))
    return pd.DataFrame(
        {
            "event": names,
            "days": flags.sum(axis=0),
            "multiplier": np.exp(effect),
            "low": np.exp(effect - z * error),
            "high": np.exp(effect + z * error),
        }
    ).sort_values("multiplier", ascending=False, ignore_index=True)


def flash_sale(
    *,
    stock: int,
    demand_mean: float,
    demand_sd: float,
    minutes: float,
    half_minutes: float,
    capacity_a_minute: float,
    runs: int = 4000,
    margin: float = 1.0,
    rng: np.random.Generator,
) -> pd.Series:
    """Sell-out time, lost sales and overload of a flash sale, over simulated demand.

    Demand is gamma; arrivals fall with a half-life of `half_minutes`. Orders beyond `capacity_a_minute` in a minute
    fail.
    """
    if min(stock, demand_mean, demand_sd, minutes, half_minutes, capacity_a_minute) <= 0:
        raise InputError.out_of_range("flash sale inputs", "0 or less", "all above 0")
    shape = (demand_mean / demand_sd) ** 2
    total = rng.gamma(shape, demand_mean / shape, runs)
    steps = np.arange(int(np.ceil(minutes)))
    profile = np.exp2(-steps / half_minutes)
    arrivals = rng.poisson(total[:, None] * profile / profile.sum())
    served = np.minimum(arrivals, capacity_a_minute)
    sold = np.minimum(served.cumsum(axis=1), stock)
    out = sold[:, -1] >= stock
    when = np.where(out, (sold >= stock).argmax(axis=1) + 1, np.nan)
    lost = arrivals.sum(axis=1) - sold[:, -1]
    overload = (arrivals > capacity_a_minute).any(axis=1)
    return pd.Series(
        {
            "sell_out_probability": float(out.mean()),
            "sell_out_minutes": float(np.nanmedian(when)) if out.any() else np.inf,
            "lost_orders": float(lost.mean()),
            "lost_low": float(np.quantile(lost, 0.05)),
            "lost_high": float(np.quantile(lost, 0.95)),
            "overload_probability": float(overload.mean()),
            "left_over": float((stock - sold[:, -1]).mean()),
            "contribution": float(sold[:, -1].mean() * margin),
        }
    )
