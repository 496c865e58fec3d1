"""How hard rivals fight on price, and what that costs in margin."""

import numpy as np
import pandas as pd
from scipy import special

from crossborder.errors import InputError, Refusal

__all__ = ["price_pressure", "quarters"]


def price_pressure(prices: pd.DataFrame, margin_rate: float, *, level: float = 0.9) -> pd.DataFrame:
    """Price-war index and what it costs in margin, by quarter.

    `prices`: week, price_usd, rival_price_usd, promotion (True/False), units. Index: mean of three standard scores
    (fall of the rivals' price against ours, share of weeks on promotion, fall of our own price), base the first year.
    `margin_drag`: points of margin (fraction of price) lost to our own price falling since the first year, costs held;
    with interval from the scatter over products. `margin_rate`: today's contribution margin (fraction).
    """
    missing = {"week", "sku", "price_usd", "rival_price_usd", "promotion", "units"} - set(prices.columns)
    if missing:
        raise InputError.missing_columns("prices", missing, prices.columns)
    if not -1 < margin_rate < 1:
        raise InputError.out_of_range("margin_rate", margin_rate, "a fraction between -1 and 1", "22 % is 0.22")
    frame = prices.dropna(subset=["rival_price_usd"])
    quarter = frame["week"].dt.to_period("Q")
    first = frame["week"].min() + pd.Timedelta(days=364)
    keys = ["sku", "market"] if "market" in frame.columns else ["sku"]
    base = frame[frame["week"] < first].groupby(keys)[["price_usd", "rival_price_usd"]].mean().add_suffix("_base")
    both = frame.merge(base, left_on=keys, right_index=True, how="inner")
    if both.empty:
        raise Refusal.because(
            "price pressure has no base", "no product has prices in the first year", "give older prices"
        )
    both = both.assign(
        quarter=quarter.reindex(both.index),
        own=np.log(both["price_usd"] / both["price_usd_base"]),
        rival=np.log(both["rival_price_usd"] / both["rival_price_usd_base"]),
    )
    each = both.groupby(["quarter", *keys])[["own", "rival"]].mean()
    mean, sd, n = (each.groupby("quarter").agg(f) for f in ("mean", "std", "size"))
    result = pd.DataFrame({"own_price": np.expm1(mean["own"]), "rival_price": np.expm1(mean["rival"])})
    result["promotion_share"] = both.groupby("quarter")["promotion"].mean().astype(float)
    scores = pd.DataFrame(
        {"gap": mean["own"] - mean["rival"], "own": -mean["own"], "promotion": result["promotion_share"]}
    )
    spread = scores.std().where(lambda s: s > 0, 1.0)
    result["index"] = ((scores - scores.iloc[:4].mean()) / spread).mean(axis=1)
    reach = special.ndtri((1 + level) / 2) * sd["own"] / np.sqrt(n)
    for name, value in (
        ("margin_drag", mean["own"]),
        ("drag_low", mean["own"] - reach),
        ("drag_high", mean["own"] + reach),
    ):
        result[name] = (1 - margin_rate) * (1 - np.exp(-value))
    return result


def quarters(
    prices: pd.DataFrame | None, margin_rate: float, *, level: float = 0.9, last: int = 6
) -> pd.DataFrame | None:
    """The `last` quarters of `price_pressure` from the table `prices` in local money, or None without the table.

    Changes are relative, so that currencies do not matter as long as each product's price stays in one.
    """
    if prices is None:
        return None
    renamed = prices.rename(columns={"price": "price_usd", "rival_price": "rival_price_usd"})
    table = price_pressure(renamed, margin_rate, level=level).tail(last).reset_index()
    return table.assign(quarter=table["quarter"].astype("str"))
