"""The company's orders of a period with every cost, put together from its tables."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from crossborder.finance import order_costs
from crossborder.finance.unit_economics import margin_bridge
from crossborder.reference import exchange

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["OrderEconomics", "fixed_costs", "order_economics", "period", "rate_history", "yearly_bridge"]

# Stock that is sold today was bought and shipped up to half a year ago.
STOCK_MONTHS = 6
PLATFORM_MONEY = ["fulfilment_fee_unit", "last_mile_unit", "fixed_fee_month"]


@dataclass(frozen=True)
class OrderEconomics:
    """Orders with costs (`table`, USD totals a product x market x platform x month), and what stands behind them.

    `platforms` is the table of platforms in USD; `against_ledger` compares each cost with the ledger's payments of the
    same months; `rates` are daily exchange rates in USD a unit.
    """

    table: pd.DataFrame
    platforms: pd.DataFrame
    rates: pd.DataFrame
    against_ledger: pd.DataFrame
    since: str
    until: str


def period(company: "Company", months: int = 12, *, ago: int = 0) -> tuple[str, str]:
    """First and last day (ISO) of the `months` full months up to the company's day, moved back by `ago` months."""
    end = (company.as_of + pd.Timedelta(days=1)).to_period("M").to_timestamp() - pd.DateOffset(months=ago)
    start = end - pd.DateOffset(months=months)
    return start.strftime("%Y-%m-%d"), (end - pd.Timedelta(days=1)).strftime("%Y-%m-%d")


def order_economics(company: "Company", months: int = 12, *, ago: int = 0) -> OrderEconomics:
    """Every order of the period with its costs.

    Rates that only the ledger knows (handling of returns, service, compliance) are its payments over what caused them.
    Raises MissingTable without orders, shipments, platforms, ad_spend or ledger.
    """
    company.require("orders", "shipments", "platforms", "ad_spend", "ledger")
    since, until = period(company, months, ago=ago)
    sales = order_costs.monthly_sales(company.events("orders"), since, until)
    currencies = sorted(set(sales["currency"]) | set(company.table("ad_spend")["currency"]) - {"USD"})
    rates = _rates([name for name in currencies if name != "USD"], since, until)
    sales = order_costs.usd_rates(sales, rates)
    stock_since = (pd.Timestamp(since) - pd.DateOffset(months=STOCK_MONTHS)).strftime("%Y-%m-%d")
    arrivals = order_costs.arrival_costs(company.table("shipments"), stock_since, until)
    platforms = _platforms_usd(company.table("platforms"), rates)
    paid = _ledger_paid(company.table("ledger"), since, until)
    spend = _ad_spend_usd(company.table("ad_spend"), rates, since, until)
    table = order_costs.add_costs(sales, arrivals, platforms, spend, _overhead_rates(sales, paid))
    table = (
        table.merge(company.table("products")[["sku", "category"]], on="sku", how="left")
        if company.has("products")
        else table
    )
    return OrderEconomics(table, platforms, rates, _against_ledger(table, paid), since, until)


FIXED_ACCOUNTS = ("payroll", "rent", "software")


def fixed_costs(company: "Company", now: OrderEconomics) -> dict[str, float]:
    """What the ledger paid in the period for costs that no order causes, warehouses included, USD."""
    paid = _ledger_paid(company.table("ledger"), now.since, now.until)
    return {name: float(paid[name]) for name in (*FIXED_ACCOUNTS, "warehousing") if paid.get(name, 0.0) > 0}


def rate_history(now: OrderEconomics, since: str) -> pd.DataFrame:
    """Daily rates (USD a unit) of the sales currencies from `since` on."""
    return exchange.rates(list(now.rates.columns), base="USD", start=since, end=now.until, fill="forward")


def yearly_bridge(before: OrderEconomics, now: OrderEconomics) -> pd.DataFrame:
    """The margin bridge between two periods: volume, mix, local price, exchange rate, landed cost."""
    return margin_bridge(_bridge_rows(before.table), _bridge_rows(now.table), ["sku", "market", "currency"])


def _bridge_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Units, net price in local money, mean rate and landed cost of each product and market."""
    net = table["price"] - table["discount"] - table["sales_tax"] - table["refund"]
    landed = table[["product", "inland", "freight", "insurance", "duty", "brokerage"]].sum(axis=1)
    rows = table.assign(net_usd=net, net_local=net / table["usd_rate"], landed=landed)
    sums = rows.groupby(["sku", "market", "currency"], as_index=False)[
        ["units", "net_usd", "net_local", "landed"]
    ].sum()
    sums = sums[(sums["units"] > 0) & (sums["net_local"] > 0)]
    units = sums["units"].astype(float)
    return sums[["sku", "market", "currency"]].assign(
        units=units,
        price_local=sums["net_local"] / units,
        fx=sums["net_usd"] / sums["net_local"],
        cost_usd=sums["landed"] / units,
    )


def _rates(currencies: list[str], since: str, until: str) -> pd.DataFrame:
    start = (pd.Timestamp(since) - pd.Timedelta(days=10)).strftime("%Y-%m-%d")
    return exchange.rates(currencies, base="USD", start=start, end=until, fill="forward")


def _platforms_usd(platforms: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    last = platforms["currency"].map(rates.iloc[-1].to_dict() | {"USD": 1.0})
    return platforms.assign(**{name: platforms[name] * last for name in PLATFORM_MONEY}).drop(columns="currency")


def _ad_spend_usd(spend: pd.DataFrame, rates: pd.DataFrame, since: str, until: str) -> pd.DataFrame:
    chosen = spend[spend["date"].between(since, until)]
    chosen = chosen.assign(month=chosen["date"].dt.to_period("M").dt.to_timestamp())
    table = chosen.merge(order_costs.monthly_rates(rates), on=["month", "currency"], how="left")
    table["spend_usd"] = table["spend"] * table["usd_rate"]
    return table.groupby(["month", "market"], as_index=False)["spend_usd"].sum()


def _ledger_paid(ledger: pd.DataFrame, since: str, until: str) -> pd.Series:
    chosen = ledger[ledger["date"].between(since, until)]
    return -chosen.groupby("account")["amount_usd"].sum()


def _overhead_rates(sales: pd.DataFrame, paid: pd.Series) -> dict[str, float]:
    returned, lines = float(sales["returned"].sum()), float(sales["orders"].sum())
    price = float((sales["price"] - sales["discount"]).sum())
    return {
        "returns_handling": float(paid.get("returns handling", 0.0)) / max(returned, 1.0),
        "service": float(paid.get("service", 0.0)) / max(lines, 1.0),
        "compliance": float(paid.get("compliance", 0.0)) / max(price, 1.0),
    }


# Cost lines of an order and the ledger accounts in which they are paid (platforms keep their fulfilment fee too).
LEDGER_ACCOUNTS = {
    "refund": ["refunds"],
    "product": ["purchases"],
    "inland": ["inland"],
    "freight": ["freight"],
    "insurance": ["insurance"],
    "duty": ["duty"],
    "brokerage": ["brokerage"],
    "platform_fee and fulfilment": ["platform fees"],
    "advertising": ["advertising"],
}


def _against_ledger(table: pd.DataFrame, paid: pd.Series) -> pd.DataFrame:
    rows = []
    for line, accounts in LEDGER_ACCOUNTS.items():
        ours = sum(float(table[name].sum()) for name in line.split(" and "))
        theirs = float(paid.reindex(accounts).fillna(0).sum())
        rows.append((line, ours, theirs, ours / theirs - 1 if theirs else float("nan")))
    return pd.DataFrame(rows, columns=["line", "orders_usd", "ledger_usd", "difference"])
