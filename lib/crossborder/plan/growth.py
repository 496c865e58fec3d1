"""How fast orders grow and when in the year they come."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company import shared
from crossborder.finance import order_economics, plan_inputs
from crossborder.market import decomposition

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = [
    "ad_budget_growth",
    "growth_backtest",
    "growth_by_market",
    "own_growth",
    "planned_growth",
    "season_by_market",
]


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


def ad_budget_growth(company: "Company", now: order_economics.OrderEconomics) -> float | None:
    """Growth of advertising over the last twelve months against the twelve before, USD; None with less history."""
    spend = company.table("ad_spend")
    spans = [order_economics.period(company, 12, ago=ago) for ago in (0, 12)]
    if not len(spend) or spend["date"].min() > pd.Timestamp(spans[1][0]) + pd.Timedelta(days=31):
        return None
    sums = [spend[spend["date"].between(*span)].groupby("currency")["spend"].sum().astype(float) for span in spans]
    # One rate a currency, so that the growth is the budget's and not the exchange rates'.
    weight = now.rates.iloc[-1].reindex(sums[0].index).fillna(1.0)
    recent, before = (float((one * weight).sum()) for one in sums)
    return recent / before - 1 if before > 0 else None


def planned_growth(company: "Company") -> pd.DataFrame:
    """Growth of orders in the first plan year by market: half the market's, half the company's own momentum.

    `low` and `high` are the two alone: the published market's growth, and the momentum carried on in full (which may
    be the lower of the two in a company that falls behind). `high` is also the growth of the year behind.
    """
    return company.kept("plan.planned_growth", lambda: shared.once(_planned_growth, company)).copy()


def _planned_growth(company: "Company") -> pd.DataFrame:
    return _blended(growth_by_market(company)["base"], own_growth(company))


def growth_backtest(company: "Company", *, step_months: int = 3) -> pd.DataFrame:
    """The rule for growth as it would have stood in the past, from two years of orders on, against what came.

    Columns: origin, months (of outcome so far, up to twelve), planned and actual orders, error; and market_error,
    momentum_error: the errors of the market's growth alone and of the momentum carried on.
    """
    monthly = _monthly_orders(company)
    terminal = company.value("finance.growth.terminal")
    rows = []
    for place in range(24, len(monthly) - 2, step_months):
        origin = monthly.index[place] - pd.Timedelta(days=1)
        known, then = monthly.iloc[:place], monthly.iloc[place : place + 12]
        earlier = type(company).open(company.path, as_of=origin.strftime("%Y-%m-%d"))
        rates = _blended(growth_by_market(earlier)["base"], known.tail(12).sum() / known.iloc[-24:-12].sum() - 1)
        season = known.iloc[-12:] / (known.tail(12).mean() * np.exp(np.log1p(rates["high"].mean()) * _year()))
        shape = (season.to_numpy() / season.mean())[: len(then)] * known.tail(12).mean()
        excess = {"planned": rates["base"] - rates["low"], "market": 0.0 * rates["low"]}
        excess["momentum"] = rates["high"] - rates["low"]
        found = {}
        for name, more in excess.items():
            behind = rates["low"] if name == "market" else rates["high"]
            path = plan_inputs.growth_path(rates["low"], more, behind, len(then), terminal).mean(axis=1)
            found[name] = float((shape * path).sum())
        actual = float(then.sum())
        rows.append((origin, len(then), found["planned"], actual, *(found[n] / actual - 1 for n in excess)))
    columns = ["origin", "months", "planned", "actual", "error", "market_error", "momentum_error"]
    return pd.DataFrame(rows, columns=columns)


def _year() -> np.ndarray:
    """Distance of the twelve past months from the middle of their year, in years."""
    return (np.arange(12) + 0.5) / 12 - 0.5


def _monthly_orders(company: "Company") -> pd.Series:
    """Orders by whole month up to the company's day."""
    orders = company.events("orders")
    monthly = orders.group_by(month=orders.ordered_at.truncate("M").date()).aggregate(n=orders.count()).to_pandas()
    counts = monthly.assign(month=pd.to_datetime(monthly["month"])).set_index("month")["n"].sort_index().astype(float)
    return counts[counts.index + pd.offsets.MonthEnd(0) <= company.as_of]


def _blended(market: pd.Series, own: float) -> pd.DataFrame:
    """The market's growth, half of each, and the company's own momentum by market."""
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
