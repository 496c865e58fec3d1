"""What the marketing methods take from a company: rates, piece costs, margins, per channel and month."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company import people
from crossborder.marketing import channel_panel

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from crossborder.company import Company

__all__ = ["channel_totals", "contribution_share", "margin_share", "monthly_kpis", "unit_cost_usd", "usd_rates"]


def usd_rates(company: "Company") -> dict[str, float]:
    """Mean USD per unit of each currency in orders, spend and products, from the first order to the company's day."""
    return dict(company.kept("marketing.usd_rates", lambda: _mean_rates(company)))


def _mean_rates(company: "Company") -> dict[str, float]:
    from crossborder.reference import exchange

    company.require("orders")
    found = set(company.sales_currencies)
    for name in ("ad_spend", "products", "keywords", "platforms"):
        if company.has(name):
            found |= set(company.table(name)["currency"].dropna().unique())
    foreign = sorted(found - {"USD"})
    if not foreign:
        return {"USD": 1.0}
    start = company.first_day.strftime("%Y-%m-%d")
    table = exchange.rates(foreign, base="USD", start=start, end=company.as_of, fill="forward")
    return {"USD": 1.0, **table.mean().to_dict()}


def unit_cost_usd(company: "Company", rates: Mapping[str, float]) -> dict[str, float]:
    """Purchase price of a piece by SKU, USD; empty without a products table."""
    if not company.has("products"):
        return {}
    products = company.table("products").dropna(subset=["unit_cost"])
    cost = products["unit_cost"] * products["currency"].map(rates)
    return dict(zip(products["sku"], cost.astype(float), strict=True))


def margin_share(account: pd.DataFrame) -> float:
    """Margin over revenue of all orders of an account (`journey_query.JourneyBuild.account`)."""
    total = account.sum()
    return float(total["margin_usd"] / total["revenue_usd"])


def contribution_share(company: "Company", account: pd.DataFrame, fallback: float = 0.2) -> float:
    """Margin less platform and payment fees over revenue, before marketing; the fees are the platforms' mean."""
    if not company.has("platforms"):
        return margin_share(account)
    platforms = company.table("platforms")
    fees = float((platforms["commission_rate"] + platforms["payment_rate"]).mean())
    return max(margin_share(account) - fees, 0.01)


def channel_totals(company: "Company", rates: Mapping[str, float], markets: list[str] | None = None) -> pd.DataFrame:
    """Spend, clicks, impressions and claimed conversions by channel over the whole period (index channel)."""
    spend = channel_panel.spend_usd(company.table("ad_spend"), rates)
    chosen = spend[spend["market"].isin(markets)] if markets else spend
    columns = ["spend_usd", "clicks", "impressions"]
    if "platform_conversions" in chosen:
        columns.append("platform_conversions")
    made = chosen.groupby("channel")[columns].sum().astype(float)
    return made if "platform_conversions" in made else made.assign(platform_conversions=np.nan)


def monthly_kpis(
    company: "Company", sold: "Table", rates: Mapping[str, float], share: float, markets: list[str] | None = None
) -> pd.DataFrame:
    """Month, spend, new customers, visits, orders, revenue and contribution, for `channel_panel.kpi_set` and AARRR.

    `sold` is one row an order (`journey_query.order_values`) of all markets, or of `markets` alone; spend and visits
    are then those of `markets` too. Adds activated (carts), repeat_orders.
    """
    by_month = sold.mutate(month=sold.ordered_at.truncate("M").cast("timestamp"))
    orders = by_month.group_by("month").aggregate(orders=by_month.count(), revenue_usd=by_month.revenue_usd.sum())
    frame = orders.to_pandas().set_index("month").sort_index()
    first = _first_orders(sold) if markets else people.buyers(company.events("orders"))
    first = first.mutate(month=first["first"].truncate("M").cast("timestamp"))
    new = first.group_by("month").aggregate(new=first.count())
    frame["new_customers"] = new.to_pandas().set_index("month")["new"]
    spend, sessions = channel_panel.spend_usd(company.table("ad_spend"), rates), company.events("sessions")
    if markets:
        spend, sessions = spend[spend["market"].isin(markets)], sessions.filter(sessions.market.isin(markets))
    frame["spend_usd"] = spend.groupby(spend["date"].dt.to_period("M").dt.to_timestamp())["spend_usd"].sum()
    sessions = sessions.mutate(month=sessions.date.truncate("M").cast("timestamp"))
    counts = sessions.group_by("month").aggregate(visits=sessions.visits.sum(), carts=sessions.carts.sum())
    frame = frame.join(counts.to_pandas().set_index("month"))
    frame["repeat_orders"] = frame["orders"] - frame["new_customers"]
    return frame.assign(contribution_usd=frame["revenue_usd"] * share).fillna(0.0)


def _first_orders(sold: "Table") -> "Table":
    """Customers of some orders, and when they first ordered among these."""
    known = sold.filter(sold.customer_id.notnull())
    return known.group_by("customer_id").aggregate(first=known.ordered_at.min())
