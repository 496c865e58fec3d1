"""What each product earned in each market and on each platform, from the company's own orders and invoices, in USD."""

from typing import TYPE_CHECKING

import pandas as pd

from crossborder.errors import Refusal

if TYPE_CHECKING:
    import ibis

__all__ = ["add_costs", "add_resold", "arrival_costs", "monthly_rates", "monthly_sales", "purchase_costs", "usd_rates"]

KEYS = ["month", "sku", "market", "platform", "currency"]
MONEY = ["price", "discount", "sales_tax", "shipping_charged", "refund"]
PER_UNIT = ["product", "inland", "freight", "insurance", "duty", "brokerage"]


def monthly_sales(orders: "ibis.Table", since: str, until: str) -> pd.DataFrame:
    """Sales by month, product, market, platform and currency, reduced in the engine; amounts in the order's currency.

    Columns: orders (lines), units, returned, price (list price x pieces), discount, sales_tax, shipping_charged,
    refund. Days from `since` to `until`, both included (ISO dates).
    """
    day = orders.ordered_at.date()
    chosen = orders.filter((day >= since) & (day <= until))
    chosen = chosen.mutate(
        month=chosen.ordered_at.truncate("M").date(), platform=chosen.platform.fill_null("not stated")
    )
    table = chosen.group_by(KEYS).aggregate(
        orders=chosen.count(),
        units=chosen.quantity.sum(),
        returned=chosen.returned.fill_null(0).sum(),
        price=(chosen.unit_price * chosen.quantity).sum(),
        **{name: chosen[source].fill_null(0.0).sum() for name, source in zip(MONEY[1:], _SOURCES, strict=True)},
    )
    frame = table.order_by(KEYS).to_pandas()
    if frame.empty:
        raise Refusal.because(
            f"no orders from {since} to {until}", "the table has none in this period", "take another period"
        )
    return frame.assign(month=pd.to_datetime(frame["month"]))


_SOURCES = ("discount", "tax", "shipping_charged", "refund")


def usd_rates(sales: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """The sales in USD at the mean rate of their month; `rates` is daily, one column a currency (USD a unit).

    Raises Refusal for a currency or a month without a rate.
    """
    table = sales.merge(monthly_rates(rates), on=["month", "currency"], how="left")
    if table["usd_rate"].isna().any():
        missing = table.loc[table["usd_rate"].isna(), ["currency", "month"]].drop_duplicates().astype(str)
        shown = ", ".join(missing.head(5).agg(" ".join, axis=1))
        raise Refusal.because(
            f"no exchange rate for {shown}", "amounts cannot be told in USD", "give rates that cover these months"
        )
    table[MONEY] = table[MONEY].mul(table["usd_rate"], axis=0)
    return table


def monthly_rates(rates: pd.DataFrame) -> pd.DataFrame:
    """Mean rate of each month: month, currency, usd_rate (USD a unit; USD itself is 1)."""
    monthly = rates.groupby(rates.index.to_period("M").to_timestamp().rename("month")).mean().assign(USD=1.0)
    return monthly.reset_index().melt("month", var_name="currency", value_name="usd_rate")


def arrival_costs(shipments: pd.DataFrame, since: str, until: str) -> pd.DataFrame:
    """What a piece cost to buy and bring, USD, by product and market, over shipments that left in the period.

    Import tax is not among the costs: it is set against the sales tax collected. Weighted by pieces.
    """
    chosen = shipments[shipments["shipped_on"].between(since, until)]
    renamed = chosen.rename(columns={"goods_value": "product"})
    sums = renamed.groupby(["sku", "market"])[[*PER_UNIT, "quantity"]].sum()
    return sums[PER_UNIT].div(sums["quantity"].astype(float), axis=0).reset_index()


def purchase_costs(products: pd.DataFrame, rates: pd.DataFrame, markets: list[str]) -> pd.DataFrame:
    """What a piece cost to buy, USD, by product and market, from the products table: where there are no shipments.

    Products without a cost are left out. `rates` as for `usd_rates`; the last day counts.
    """
    known = products.dropna(subset=["unit_cost"])
    last = rates.ffill().iloc[-1].to_dict() | {"USD": 1.0}
    missing = sorted(set(known["currency"]) - set(last))
    if missing:
        raise Refusal.because(f"no exchange rate for {missing[0]}", "a product's cost is in it", "give its rate")
    cost = known["unit_cost"].astype(float) * known["currency"].map(last).astype(float)
    return known[["sku"]].assign(product=cost).merge(pd.DataFrame({"market": markets}), how="cross")


def add_costs(
    sales: pd.DataFrame,
    arrivals: pd.DataFrame,
    platforms: pd.DataFrame | None,
    ad_spend_usd: pd.DataFrame | None,
    overhead_rates: dict[str, float] | None,
) -> pd.DataFrame:
    """Sales in USD with every cost of getting and serving the order, in USD totals, ready for `waterfall`.

    A part that is None leaves its columns out, and `waterfall` names them.

    Parameters
    ----------
    arrivals : from `arrival_costs` or `purchase_costs`; a product without arrivals in a market takes its mean over
        markets, and is counted in `attrs["without_arrivals"]`.
    platforms : the table `platforms`, its amounts already in USD.
    ad_spend_usd : month, market, spend_usd; shared over a market's sales of the month in proportion to price.
    overhead_rates : `returns_handling` (USD a returned piece), `service` (USD an order line), `compliance` (fraction of
        price after discount).
    """
    table = sales.merge(arrivals, on=["sku", "market"], how="left")
    brought = [name for name in PER_UNIT if name in arrivals]
    lacking = table["product"].isna()
    means = arrivals.groupby("sku")[brought].mean()
    table.loc[lacking, brought] = means.reindex(table.loc[lacking, "sku"]).to_numpy()
    units = table["units"].astype(float)
    table[brought] = table[brought].mul(units, axis=0)
    paid = table["price"] - table["discount"]
    if platforms is not None:
        table = table.merge(platforms, on=["platform", "market"], how="left")
        table["platform_fee"] = paid * (table["commission_rate"] + table["payment_rate"])
        table["fulfilment"] = units * table["fulfilment_fee_unit"]
        table["last_mile"] = units * table["last_mile_unit"] - table["shipping_charged"]
    if overhead_rates is not None:
        table["returns_handling"] = table["returned"].astype(float) * overhead_rates["returns_handling"]
        table["service"] = table["orders"].astype(float) * overhead_rates["service"]
        table["compliance"] = paid * overhead_rates["compliance"]
    if ad_spend_usd is not None:
        table["advertising"] = _shared_out(table, ad_spend_usd)
    table.attrs["without_arrivals"] = int(lacking.sum())
    table.attrs["without_cost"] = sorted(table.loc[table["product"].isna(), "sku"].unique())
    return table


def add_resold(sales: pd.DataFrame, inventory: pd.DataFrame, since: str, until: str) -> pd.DataFrame:
    """The sales with `resold`, USD totals below zero: the purchase price of returned pieces put back on the shelf.

    One share for all: pieces put back over pieces returned in the period, at most all of them. What it cost to bring
    them is not given back.
    """
    back = float(inventory.loc[inventory["week"].between(since, until), "restocked"].sum())
    returned = sales["returned"].astype(float)
    share = min(back / max(float(returned.sum()), 1.0), 1.0)
    each = sales["product"] / sales["units"].astype(float).where(sales["units"] > 0)
    return sales.assign(resold=-share * returned * each.fillna(0.0))


def _shared_out(table: pd.DataFrame, ad_spend_usd: pd.DataFrame) -> pd.Series:
    spend = table[["month", "market"]].merge(ad_spend_usd, on=["month", "market"], how="left")["spend_usd"].fillna(0)
    share = table["price"] / table.groupby(["month", "market"])["price"].transform("sum")
    return pd.Series(spend.to_numpy() * share.to_numpy(), index=table.index)
