"""How fast orders grow and when in the year they come."""

from typing import TYPE_CHECKING

import pandas as pd

from crossborder.finance import order_economics
from crossborder.market import decomposition

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["growth_by_market", "own_growth", "planned_growth", "season_by_market"]


def growth_by_market(company: "Company", *, years: int = 5, level: float = 0.9) -> pd.DataFrame:
    """Yearly growth of the published market by market: base with low and high (trend of the last `years` years)."""
    sales = company.table("market_sales")
    yearly = sales[sales["year"] < company.as_of.year].pivot_table(
        index="year", columns="market", values="sales_usd", aggfunc="sum"
    )
    rates = {m: decomposition.growth_table(yearly[m].tail(years), level=level).attrs["rate"] for m in yearly}
    return pd.DataFrame(rates, index=["base", "low", "high"]).T.rename_axis("market")[["low", "base", "high"]]


def own_growth(company: "Company") -> float:
    """Growth of the company's orders over the last twelve months against the twelve before; 0 with less history."""
    orders = company.events("orders")
    daily = orders.group_by(day=orders.ordered_at.date()).aggregate(n=orders.count()).to_pandas()
    days = pd.to_datetime(daily["day"])
    spans = [order_economics.period(company, 12, ago=ago) for ago in (0, 12)]
    recent, earlier = (float(daily["n"][days.between(*map(pd.Timestamp, span))].sum()) for span in spans)
    enough = days.min() <= pd.Timestamp(spans[1][0]) + pd.Timedelta(days=31)
    return recent / earlier - 1 if enough and earlier > 0 else 0.0


def planned_growth(company: "Company") -> pd.DataFrame:
    """Growth of orders in the first plan year by market: half the market's, half the company's own momentum.

    `low` and `high` are the two alone: the published market's growth, and the momentum carried on in full (which may
    be the lower of the two in a company that falls behind).
    """
    market = growth_by_market(company)["base"]
    own = own_growth(company)
    # The momentum of the whole company, tilted by how each market grows against their mean.
    momentum = (1 + own) * (1 + market) / (1 + market.mean()) - 1
    both = pd.DataFrame({"market": market, "momentum": momentum if own else market})
    return pd.DataFrame({"low": both["market"], "base": both.mean(axis=1), "high": both["momentum"]})


def season_by_market(company: "Company") -> pd.DataFrame:
    """Month of year (rows) by market: orders of the month over a year's mean, mean one, after the yearly growth."""
    orders = company.events("orders")
    monthly = orders.group_by(month=orders.ordered_at.truncate("M").date(), market=orders.market).aggregate(
        n=orders.count()
    )
    wide = monthly.to_pandas().assign(month=lambda f: pd.to_datetime(f["month"]))
    wide = wide.pivot_table(index="month", columns="market", values="n", fill_value=0.0).sort_index()
    whole = wide.iloc[-(len(wide) // 12) * 12 :] + 1.0
    trend = whole.rolling(12, center=True, min_periods=7).mean()
    factors = (whole / trend).groupby(whole.index.month).mean()
    return factors / factors.mean()
