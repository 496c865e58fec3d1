"""Naive and adjusted effects beside the truth of a simulated company: membership, price, discounts, channels."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from crossborder.marketing.customer_tables import MemberEffects

__all__ = [
    "channels_against_truth",
    "customers_against_truth",
    "price_effect",
    "raw_price_slope",
    "raw_slopes",
    "true_roi",
]

COLUMNS = ["quantity", "of", "naive", "estimate", "estimate_low", "estimate_high", "truth"]


def customers_against_truth(
    known: dict,
    effects: "MemberEffects | None",
    error: pd.Series,
    *,
    prices: pd.DataFrame | None = None,
    discounts: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """What 43 finds beside the truth: the hold-out total, membership on rate and spend, price by category, discounts.

    `known`: the simulation's truth. `prices`: rows category, naive, elasticity, low, high. `discounts`: arms of the
    discount test (`offer_tables.discount_test`); a randomised test needs no adjusting, so it has no naive reading.
    Columns: quantity, of (what it belongs to), naive, estimate with interval, truth, holds.
    """
    people = known["customers"]
    total = error["naive_over_actual"], error["expected_over_actual"], np.nan, np.nan, 1.0
    rows = [("expected over actual purchases", "hold-out", *total)]
    if effects is not None:
        ratio, plain, last = effects.ratio, effects.rows.iloc[0], effects.rows.iloc[-1]
        rate, spend = 1 + people["member_effect_on_rate"], people["member_spend_effect_180_days_usd"]
        rows += [
            ("purchase rate", "membership", np.nan, ratio.ratio, ratio.low, ratio.high, rate),
            ("USD in 180 days", "membership", plain["estimate"], last["estimate"], last["low"], last["high"], spend),
        ]
    if prices is not None:
        true = known["demand"]["elasticity"]
        rows += [
            ("price elasticity", row.category, row.naive, row.elasticity, row.low, row.high, true[row.category])
            for row in prices.itertuples()
        ]
    if discounts is not None:
        lifts = [one["lift"] for one in known["experiments"].values() if isinstance(one.get("lift"), dict)]
        true = next(lift for lift in lifts if set(discounts["arm"]) <= set(lift))
        rows += [
            ("lift of a discount", row.arm, np.nan, row.lift, row.lift_low, row.lift_high, true[row.arm])
            for row in discounts.itertuples()
        ]
    return _held(pd.DataFrame(rows, columns=COLUMNS))


def channels_against_truth(
    found: pd.DataFrame, naive: pd.Series, truth: pd.Series, price: tuple[float, pd.Series, float] | None = None
) -> pd.DataFrame:
    """What 42 finds beside the truth: sales a dollar by channel, and what a dearer shelf does to sales.

    `found`: rows of `mix_model.roi`. `naive`: slope of a plain line (`raw_slopes`). `price`: that of prices, the row of
    `mix_diagnostics.control_effects`, and the truth. Columns as `customers_against_truth`.
    """
    rows = [
        ("sales a dollar", name, naive.get(name, np.nan), row["roi"], row["roi_low"], row["roi_high"], truth[name])
        for name, row in found.iterrows()
    ]
    if price is not None:
        raw, row, true = price
        rows.append(("sales for 1 % more", "price", raw, row["effect"], row["effect_low"], row["effect_high"], true))
    return _held(pd.DataFrame(rows, columns=COLUMNS))


def raw_slopes(sales: pd.Series, spend: pd.DataFrame) -> pd.Series:
    """Slope of weekly sales on the spend of each channel alone, with nothing else looked at."""
    return pd.Series({name: float(np.polyfit(spend[name], sales, 1)[0]) for name in spend})


def raw_price_slope(sales: pd.Series, log_price: pd.Series) -> float:
    """Slope of log sales on log price, week by week, with nothing else looked at."""
    return float(np.polyfit(log_price.to_numpy(float), np.log(sales.clip(lower=1e-9).to_numpy(float)), 1)[0])


def price_effect(elasticity: dict[str, float], prices: pd.DataFrame, products: pd.DataFrame, market: str) -> float:
    """True change of a market's sales, %, for 1 % more on all its prices: 1 + elasticity, weighted by sales."""
    own = prices[prices["market"] == market].merge(products[["sku", "category"]], on="sku")
    sales = (own["units"] * own["price"]).astype(float).groupby(own["category"]).sum()
    return float(1 + (sales / sales.sum() * pd.Series(elasticity)).sum())


def true_roi(known: dict, market: str, spend: pd.Series) -> pd.Series | None:
    """True revenue a dollar by channel of a simulated company; None where its truth has no such table."""
    table = known.get("served_orders_by_market")
    if table is None or "market" not in table:
        return None
    row = table.set_index("market").loc[market]
    return row.reindex(spend.index).astype(float) * float(row["order_value_usd"]) / spend


def _held(frame: pd.DataFrame) -> pd.DataFrame:
    inside = (frame["estimate_low"] <= frame["truth"]) & (frame["truth"] <= frame["estimate_high"])
    return frame.assign(holds=inside.where(frame["estimate_low"].notna(), True).astype(bool))
