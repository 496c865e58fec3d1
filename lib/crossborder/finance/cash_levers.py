"""What a scenario does to cash that is not yet booked: one factor a group of movements, 1 where nothing changes."""

import pandas as pd

from crossborder.company import Company
from crossborder.finance.booked_items import usd_at

__all__ = ["scenario_factors"]

WITH_SALES = ("advertising", "last mile", "returns handling", "sales tax", "platform fees")
WITH_GOODS = ("purchases", "inland", "freight", "insurance", "duty", "import tax", "brokerage")


def scenario_factors(company: Company, items: pd.DataFrame) -> dict[str, float]:
    """Factors on money still to be booked, by group of the cash forecast, from the company's scenario levers.

    Demand moves payouts, the bills that follow sales, and buying. A closed platform takes its share of payouts. Freight
    follows the sea, air and rail factors by their shares of past freight; advertising the cost of a contact; purchases
    their price and the home currency; payroll the home currency; duty the extra tariffs on the goods value of the last
    year. Sales in other currencies than USD follow the shock on sales currencies. Levers that the company does not
    have are neutral; money already booked does not change.
    """
    lever = _levers(company)
    last = company.as_of - pd.DateOffset(years=1)
    recent = items[items["issued_on"] > last]
    payouts = recent[recent["account"] == "sales payout"]
    demand = lever("market.demand.factor", 1.0)
    still_open = _still_open(payouts, lever)
    abroad = 1 + lever("finance.fx.sales_shock", 0.0) * _abroad(payouts)
    sold = demand * still_open
    factors = {"payouts": sold * abroad, "business customers": demand * abroad}
    factors |= dict.fromkeys(WITH_SALES, sold * abroad) | dict.fromkeys(WITH_GOODS, sold)
    home = 1 + lever("finance.fx.home_shock", 0.0)
    factors["advertising"] = sold * lever("marketing.ad_cost.factor", 1.0)
    factors["purchases"] *= lever("supply.purchase.price_factor", 1.0) * (1 + (home - 1) * _home_share(company))
    factors["freight"] *= _freight(company, lever, last)
    factors["duty"] *= _duty(company, lever, last, recent)
    factors["payroll"] = home
    return factors


def _levers(company: Company):
    own = company.optional("assumptions")
    base = {} if own is None else dict(zip(own["name"], own["base"].astype(float), strict=True))
    return lambda name, neutral: float(base.get(name, neutral))


def _still_open(payouts: pd.DataFrame, lever) -> float:
    """Share of past payouts on platforms that the scenario leaves open."""
    by_platform = payouts.groupby("counterparty")["accrued_usd"].sum()
    if by_platform.sum() <= 0:
        return 1.0
    left = sum(amount * lever(f"marketing.{name}.open", 1.0) for name, amount in by_platform.items())
    return float(left / by_platform.sum())


def _abroad(payouts: pd.DataFrame) -> float:
    """Share of payouts from other markets than the United States (their currencies move against the dollar)."""
    total = payouts["accrued_usd"].sum()
    return float(payouts.loc[payouts["market"] != "US", "accrued_usd"].sum() / total) if total > 0 else 0.0


def _home_share(company: Company) -> float:
    """Share of open and paid purchase invoices in the home currency of the suppliers (CNY)."""
    owed = company.optional("payables")
    if owed is None:
        return 1.0
    bought = owed[owed["account"] == "purchases"]
    usd = pd.Series(usd_at(bought["amount"], bought["currency"], company.as_of), index=bought.index)
    return float(usd[bought["currency"] == "CNY"].sum() / usd.sum()) if usd.sum() > 0 else 1.0


def _freight(company: Company, lever, since: pd.Timestamp) -> float:
    names = {"sea": "sea", "air": "air", "rail": "rail", "sea_air": "air", "road": "rail", "express": "air"}
    if not company.has("shipments"):
        return lever("supply.freight.sea_factor", 1.0)
    shipped = company.table("shipments")
    shipped = shipped[shipped["shipped_on"] > since]
    mode = shipped["lane_id"].str.split("-").str[-1].map(names).fillna("sea")
    cost = shipped.groupby(mode)["freight"].sum().astype(float)
    if cost.sum() <= 0:
        return 1.0
    return float(sum(cost[m] * lever(f"supply.freight.{m}_factor", 1.0) for m in cost.index) / cost.sum())


def _duty(company: Company, lever, since: pd.Timestamp, recent: pd.DataFrame) -> float:
    paid = -float(recent.loc[recent["account"] == "duty", "accrued_usd"].sum())
    if not company.has("shipments") or paid <= 0:
        return 1.0
    arrived = company.table("shipments")
    arrived = arrived[arrived["arrived_on"] > since]
    goods = arrived.groupby("market")["goods_value"].sum().astype(float)
    extra = sum(value * lever(f"supply.tariff.extra_{market.lower()}", 0.0) for market, value in goods.items())
    return 1 + extra / paid
