"""More sellers, dearer traffic: when does a growing market stop paying the one who enters late?"""

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.market.sizing import draw_factor

__all__ = ["break_even_year", "crowding_growth", "crowding_path", "growth_ranges", "years_by_market"]


def crowding_growth(sales: pd.DataFrame) -> pd.DataFrame:
    """Yearly growth of sales, sellers, sales a seller and traffic cost by market, log-linear over the years given.

    `sales`: year, market, sales_usd, sellers, traffic_cost_index (categories are summed; the index is weighted by
    sales). Columns as fractions a year, each with `_sd` (log units), index market. One year: Refusal.
    """
    missing = {"year", "market", "sales_usd", "sellers", "traffic_cost_index"} - set(sales.columns)
    if missing:
        raise InputError.missing_columns("market_sales", missing, sales.columns)
    if sales["year"].nunique() < 3:
        raise Refusal.because(
            "crowding has no trend", f"{sales['year'].nunique()} year(s) of data", "give at least three"
        )
    weighted = sales.assign(cost=sales["traffic_cost_index"] * sales["sales_usd"])
    total = weighted.groupby(["market", "year"])[["sales_usd", "sellers", "cost"]].sum().astype(float)
    empty = (
        total.index[(total["sales_usd"] <= 0) | (total["sellers"] <= 0)].get_level_values("market").unique().tolist()
    )
    if empty:
        raise Refusal.because(
            f"no crowding for {', '.join(empty)}", "a year has no sales or no sellers", "leave it out"
        )
    logs = np.log(
        pd.DataFrame(
            {
                "sales": total["sales_usd"],
                "sellers": total["sellers"],
                "sales_per_seller": total["sales_usd"] / total["sellers"],
                "traffic_cost": total["cost"] / total["sales_usd"],
            }
        )
    )
    year = logs.index.get_level_values("year").to_numpy(dtype=float)
    year = year - pd.Series(year).groupby(logs.index.get_level_values("market").to_numpy()).transform("mean").to_numpy()
    market = logs.index.get_level_values("market")
    centred = logs - logs.groupby("market").transform("mean")
    spread = pd.Series(year**2, index=logs.index).groupby("market").sum()
    slope = centred.mul(year, axis=0).groupby("market").sum().div(spread, axis=0)
    rest = centred - slope.reindex(market).to_numpy() * year[:, None]
    count = logs.groupby("market").size()
    sd = np.sqrt((rest**2).groupby("market").sum().div((count - 2) * spread, axis=0))
    return pd.concat([np.expm1(slope), sd.add_suffix("_sd")], axis=1)


def crowding_path(
    start: pd.Series,
    growth: pd.DataFrame,
    years: int,
    *,
    rng: np.random.Generator,
    draws: int = 2000,
    level: float = 0.9,
) -> pd.DataFrame:
    """Sales and contribution of a typical seller over the next `years` years.

    `start`: sales_per_seller (USD a year), margin_before_traffic (fraction of sales), traffic_share (fraction of sales
    spent on traffic today). `growth`: index market_growth, seller_growth, traffic_growth; columns low, base, high
    (fractions a year, above -1). Traffic cost an order grows, so its share of sales grows with it. Columns: `year`,
    and low, median, high of `sales` (USD) and `margin` (fraction).
    """
    names = ["market_growth", "seller_growth", "traffic_growth"]
    missing = set(names) - set(growth.index)
    if missing:
        raise InputError.missing_columns("growth", missing, growth.index)
    if years < 1:
        raise InputError.out_of_range("years", years, "1 or more", "")
    rows = (1 + growth.loc[names, ["low", "base", "high"]]).to_numpy()
    market, sellers, traffic = (draw_factor(*row, kind="level", count=draws, rng=rng)[:, None] for row in rows)
    t = np.arange(years + 1)[None, :]
    sales = start["sales_per_seller"] * (market / sellers) ** t
    margin = start["margin_before_traffic"] - start["traffic_share"] * traffic**t
    tails = [(1 - level) / 2, 0.5, (1 + level) / 2]
    frame = pd.DataFrame({"year": t[0]})
    for name, values in (("sales", sales), ("margin", margin)):
        frame[[f"{name}_low", f"{name}_median", f"{name}_high"]] = np.quantile(values, tails, axis=0).T
    return frame.assign(p_margin_positive=(margin > 0).mean(axis=0))


def break_even_year(margin_before_traffic: float, traffic_share: float, traffic_growth: float) -> float:
    """Years until traffic eats the whole margin (infinite if its cost does not grow, 0 if it has already).

    ln(margin / traffic share) / ln(1 + growth); fractions of sales and a year.
    """
    if not (0 < traffic_share < 1 and traffic_growth > -1):
        raise InputError.out_of_range(
            "traffic_share, traffic_growth", (traffic_share, traffic_growth), "0 to 1 and above -1", "8 % is 0.08"
        )
    if margin_before_traffic <= traffic_share:
        return 0.0
    if traffic_growth <= 0:
        return float("inf")
    return float(np.log(margin_before_traffic / traffic_share) / np.log1p(traffic_growth))


def years_by_market(margin: pd.Series, traffic_share: pd.Series, traffic_growth: pd.Series) -> pd.Series:
    """`break_even_year` for every market; markets without a traffic share are missing."""
    frame = pd.DataFrame({"margin": margin, "share": traffic_share, "growth": traffic_growth})
    years = {
        name: np.nan if row.isna().any() else break_even_year(row["margin"], row["share"], row["growth"])
        for name, row in frame.iterrows()
    }
    return pd.Series(years, name="years", dtype=float)


def growth_ranges(total: pd.Series, claimed: pd.DataFrame) -> pd.DataFrame:
    """Growth for `crowding_path`: the market's as estimated (with `growth_low`, `growth_high`), the rest as claimed.

    `claimed`: index seller_growth and traffic_growth; low, base, high (fractions a year).
    """
    market = pd.DataFrame(
        {"low": [total["growth_low"]], "base": [total["growth"]], "high": [total["growth_high"]]},
        index=["market_growth"],
    )
    return pd.concat([market, claimed[["low", "base", "high"]]]).astype(float)
