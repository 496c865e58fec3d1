"""The company's orders of a period with every cost, put together from its tables."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from crossborder.company import shared
from crossborder.errors import Refusal
from crossborder.finance import order_costs
from crossborder.finance.unit_economics import margin_bridge
from crossborder.reference import exchange

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = [
    "OrderEconomics",
    "earlier_economics",
    "fixed_costs",
    "known_economics",
    "market_currencies",
    "order_economics",
    "period",
    "rate_history",
    "shared_economics",
    "shown_market",
    "two_years",
    "yearly_bridge",
]

# Stock that is sold today was bought and shipped up to half a year ago.
STOCK_MONTHS = 6
PLATFORM_MONEY = ["fulfilment_fee_unit", "last_mile_unit", "fixed_fee_month"]


@dataclass(frozen=True)
class OrderEconomics:
    """Orders with costs (`table`, USD totals a product x market x platform x month), and what stands behind them.

    `platforms` is the table of platforms in USD and `against_ledger` compares each cost with the ledger's payments of
    the same months (None without those tables); `rates` are daily exchange rates in USD a unit; `without_cost` is the
    share of sales of products whose cost is not known, which are left out.
    """

    table: pd.DataFrame
    platforms: pd.DataFrame | None
    rates: pd.DataFrame
    against_ledger: pd.DataFrame | None
    since: str
    until: str
    without_cost: float = 0.0


def period(company: "Company", months: int = 12, *, ago: int = 0) -> tuple[str, str]:
    """First and last day (ISO) of the `months` full months up to the company's day, moved back by `ago` months."""
    end = (company.as_of + pd.Timedelta(days=1)).to_period("M").to_timestamp() - pd.DateOffset(months=ago)
    start = end - pd.DateOffset(months=months)
    return start.strftime("%Y-%m-%d"), (end - pd.Timedelta(days=1)).strftime("%Y-%m-%d")


def order_economics(company: "Company", months: int = 12, *, ago: int = 0) -> OrderEconomics:
    """Every order of the period with all its costs.

    Rates that only the ledger knows (handling of returns, service, compliance) are its payments over what caused them.
    Raises MissingTable without orders, shipments, platforms, ad_spend or ledger.
    """
    company.require("orders", "shipments", "platforms", "ad_spend", "ledger")
    return shared_economics(company, months, ago=ago)


def known_economics(company: "Company", months: int = 12, *, ago: int = 0) -> OrderEconomics:
    """Every order of the period with the costs that the company's tables tell; orders and products are enough.

    Without shipments a piece costs its purchase price. Costs whose table is absent are not in the table, and
    `unit_economics.waterfall` names them. Raises MissingTable without orders, or without both shipments and products.
    """
    company.require("orders", *([] if company.has("shipments") else ["products"]))
    since, until = period(company, months, ago=ago)
    sales = order_costs.monthly_sales(company.events("orders"), since, until)
    products, spend = company.optional("products"), company.optional("ad_spend")
    currencies = set(sales["currency"].unique()).union(
        *(one["currency"].dropna().unique() for one in (products, spend) if one is not None)
    )
    rates = _rates(sorted(currencies - {"USD"}), since, until)
    sales = order_costs.usd_rates(sales, rates)
    platforms = _platforms_usd(company.table("platforms"), rates) if company.has("platforms") else None
    paid = _ledger_paid(company.table("ledger"), since, until) if company.has("ledger") else None
    table = order_costs.add_costs(
        sales,
        _arrivals(company, sales, rates, since, until),
        platforms,
        None if spend is None else _ad_spend_usd(spend, rates, since, until),
        None if paid is None else _overhead_rates(sales, paid),
    )
    if company.has("inventory"):
        table = order_costs.add_resold(table, company.table("inventory"), since, until)
    table, lacking = _with_cost(table)
    if products is not None:
        table = table.merge(products[["sku", "category"]], on="sku", how="left")
    ledger = None if paid is None else _against_ledger(table, paid)
    return OrderEconomics(table, platforms, rates, ledger, since, until, lacking)


def earlier_economics(company: "Company", months: int = 12) -> OrderEconomics | None:
    """`known_economics` of the months before those; None where there were no orders."""
    try:
        return shared_economics(company, months, ago=months)
    except Refusal:
        return None


def shared_economics(company: "Company", months: int = 12, *, ago: int = 0) -> OrderEconomics:
    """`known_economics`, which many pages need, worked out once for all of them."""
    return shared.once(known_economics, company, months, **({"ago": ago} if ago else {}))


def _arrivals(company: "Company", sales: pd.DataFrame, rates: pd.DataFrame, since: str, until: str) -> pd.DataFrame:
    """What a piece cost to buy and bring: from shipments, else the purchase price alone."""
    if company.has("shipments"):
        stock_since = (pd.Timestamp(since) - pd.DateOffset(months=STOCK_MONTHS)).strftime("%Y-%m-%d")
        return order_costs.arrival_costs(company.table("shipments"), stock_since, until)
    return order_costs.purchase_costs(company.table("products"), rates, sorted(sales["market"].unique()))


def _with_cost(table: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Rows whose product's cost is known, and the share of sales of the others."""
    lacking = table["product"].isna()
    if lacking.all():
        raise Refusal.because("no margin", "no product sold has a cost", "fill unit_cost in the products table")
    return table[~lacking].reset_index(drop=True), float(table.loc[lacking, "price"].sum() / table["price"].sum())


FIXED_ACCOUNTS = ("payroll", "rent", "software")


def fixed_costs(company: "Company", now: OrderEconomics) -> dict[str, float]:
    """What the ledger paid in the period for costs that no order causes, warehouses included, USD; none without it."""
    if not company.has("ledger"):
        return {}
    paid = _ledger_paid(company.table("ledger"), now.since, now.until)
    return {name: float(paid[name]) for name in (*FIXED_ACCOUNTS, "warehousing") if paid.get(name, 0.0) > 0}


def rate_history(now: OrderEconomics, since: str | pd.Timestamp, *, lead_months: int = 0) -> pd.DataFrame:
    """Daily rates (USD a unit) of the sales currencies from `since` on, or some months before."""
    names = sorted(set(now.table["currency"].unique()) - {"USD"})
    start = pd.Timestamp(since) - pd.DateOffset(months=lead_months)
    if not names:
        return pd.DataFrame(index=pd.date_range(start, now.until))
    return exchange.rates(names, base="USD", start=start.strftime("%Y-%m-%d"), end=now.until, fill="forward")


def market_currencies(now: OrderEconomics) -> dict[str, str]:
    """The currency in which most was sold in each market."""
    sold = now.table.groupby(["market", "currency"], as_index=False)["price"].sum().sort_values("price")
    return dict(zip(sold["market"], sold["currency"], strict=True))


def shown_market(now: OrderEconomics, wanted: str) -> str:
    """The market asked for, or the one with most sales where nothing was sold there."""
    sold = now.table.groupby("market")["price"].sum()
    return wanted if wanted in sold.index else str(sold.idxmax())


def two_years(before: OrderEconomics | None, now: OrderEconomics) -> pd.DataFrame | None:
    """Orders with costs of both periods, one table; None without an earlier one."""
    if before is None:
        return None
    return pd.concat([before.table, now.table], ignore_index=True)


def yearly_bridge(before: OrderEconomics, now: OrderEconomics) -> pd.DataFrame:
    """The margin bridge between two periods: volume, mix, local price, exchange rate, landed cost."""
    return margin_bridge(_bridge_rows(before.table), _bridge_rows(now.table), ["sku", "market", "currency"])


def _bridge_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Units, net price in local money, mean rate and landed cost of each product and market."""
    net = table["price"] - table["discount"] - table["sales_tax"] - table["refund"]
    landed = table[[name for name in order_costs.PER_UNIT if name in table]].sum(axis=1)
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
    if not currencies:
        return pd.DataFrame(index=pd.date_range(since, until))
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
        if not set(line.split(" and ")) <= set(table.columns):
            continue
        ours = sum(float(table[name].sum()) for name in line.split(" and "))
        theirs = float(paid.reindex(accounts).fillna(0).sum())
        rows.append((line, ours, theirs, ours / theirs - 1 if theirs else float("nan")))
    return pd.DataFrame(rows, columns=["line", "orders_usd", "ledger_usd", "difference"])
