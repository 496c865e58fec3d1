"""Stock at cost on any past day: on hand, under way, waiting at the origin, and deposits on goods to come."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.company import Company
from crossborder.errors import Refusal
from crossborder.finance.booked_items import company_items, usd_at

__all__ = ["PARTS", "first_balance", "stock_values"]

PARTS = ("on_hand_usd", "under_way_usd", "at_origin_usd", "deposits_usd")


@dataclass(frozen=True)
class _Goods:
    """The tables behind a valuation, read once; `bills` are purchase invoices.

    The last three number the order to which each row of shipments, purchases and bills belongs.
    """

    inventory: pd.DataFrame
    shipments: pd.DataFrame | None
    purchases: pd.DataFrame | None
    bills: pd.DataFrame
    shipped: np.ndarray
    bought: np.ndarray
    billed: np.ndarray


def stock_values(company: Company, days: Iterable[object], *, items: pd.DataFrame | None = None) -> pd.DataFrame:
    """Stock at cost at the end of each day, USD in whole cents: day, the four parts, amount_usd (their sum).

    Pieces on hand at today's unit cost and the rate of the day; goods under way at their invoice value; goods waiting
    at the origin at their purchase price; deposits on goods not yet delivered. On or before the opening day the whole
    is the opening item, under on_hand; so it is on every day without an inventory table.

    Raises Refusal for a product in stock without a unit cost.
    """
    start, opening = first_balance(company)
    dates = [pd.Timestamp(day) for day in days]
    known = company.has("inventory", "products") and any(day > start for day in dates)
    goods = _read(company, items) if known else None
    fixed = (float(opening.get("inventory", 0.0)), 0.0, 0.0, 0.0)
    rows = [fixed if goods is None or day <= start else _on_day(goods, day) for day in dates]
    table = pd.DataFrame(np.round(rows, 2), columns=PARTS)
    table.insert(0, "day", dates)
    return table.assign(amount_usd=table[list(PARTS)].sum(axis=1).round(2))


def first_balance(company: Company) -> tuple[pd.Timestamp, pd.Series]:
    """The day and items (USD) of the first opening balance; without the table, nothing before the first movement."""
    if not company.has("opening_balances"):
        return company.table("ledger")["date"].min() - pd.Timedelta(days=1), pd.Series(dtype=float)
    table = company.table("opening_balances")
    first = table["date"].min()
    return first, table[table["date"] == first].set_index("item")["amount_usd"].astype(float)


def _read(company: Company, items: pd.DataFrame | None) -> _Goods:
    worth = company.kept("finance.stock_worth", lambda: _worth(company))
    both = company.has("purchases", "shipments")
    items = company_items(company) if items is None else items
    bills = items.loc[items["account"] == "purchases", ["document", "issued_on", "accrued_usd"]]
    order = bills["document"].str.replace(r"-[^-]+$", "", regex=True)
    if not both:
        return _Goods(worth, None, None, bills, *[np.zeros(0, int)] * 3)
    shipments, purchases = company.table("shipments"), company.table("purchases")
    parts = [shipments["purchase_id"], purchases["purchase_id"], order]
    codes, _ = pd.factorize(pd.concat(parts, ignore_index=True), use_na_sentinel=False)
    numbers = np.split(codes, np.cumsum([len(part) for part in parts[:-1]]))
    return _Goods(worth, shipments, purchases, bills, *numbers)


def _worth(company: Company) -> pd.DataFrame:
    """Pieces on hand at today's unit cost by week and currency: week, currency, value."""
    inventory = company.table("inventory")
    codes, names = pd.factorize(inventory["sku"])
    products = company.table("products").set_index("sku").reindex(names)
    on_hand = inventory["on_hand"].to_numpy(float)
    lacking = sorted(names[np.unique(codes[(on_hand > 0)])].difference(company.table("products")["sku"]))[:5]
    if lacking:
        raise Refusal.because(f"no unit cost for {lacking}", "their stock has no value", "add them to products")
    weeks = pd.DataFrame(
        {
            "week": inventory["week"],
            "value": on_hand * products["unit_cost"].to_numpy(float)[codes],
            "currency": products["currency"].astype("category").array[codes],
        }
    )
    worth = weeks.groupby(["week", "currency"], as_index=False, observed=True)["value"].sum()
    return worth.astype({"currency": "str"})


def _on_day(goods: _Goods, day: pd.Timestamp) -> tuple[float, float, float, float]:
    weeks = goods.inventory
    ended = weeks["week"] + pd.Timedelta(days=6)
    # The last week of the table may be under way on the company's day: it stands as it is.
    usable = weeks[(ended <= day) | (weeks["week"] == weeks["week"].max()) & (weeks["week"] <= day)]
    last = usable[usable["week"] == usable["week"].max()]
    value = float(usd_at(last["value"], last["currency"], day).sum())
    if goods.shipments is None:
        return (value, 0.0, 0.0, 0.0)
    counted = min(last["week"].max() + pd.Timedelta(days=6), day)
    return (value, *_elsewhere(goods, day, counted))


def _elsewhere(goods: _Goods, day: pd.Timestamp, counted: pd.Timestamp) -> tuple[float, float, float]:
    """Goods that left and are not yet counted in, goods waiting at the origin, deposits on goods not yet delivered."""
    shipments, purchases, bills = goods.shipments, goods.purchases, goods.bills
    left = shipments["shipped_on"] <= day
    moving = shipments.loc[left & ~(shipments["arrived_on"] <= counted), ["goods_value", "currency"]]
    here = (purchases["received_on"] <= day).to_numpy()
    orders = max(int(part.max(initial=-1)) for part in (goods.shipped, goods.bought, goods.billed)) + 1
    pieces = shipments["quantity"].to_numpy(float, na_value=0.0)[left]
    gone = np.bincount(goods.shipped[left], pieces, orders)[goods.bought[here]]
    received = purchases.loc[here, ["quantity", "unit_cost", "currency"]]
    waiting = np.maximum(received["quantity"].astype(float) - gone, 0.0) * received["unit_cost"].astype(float)
    ahead = np.isin(goods.billed, goods.bought[(purchases["ordered_on"] <= day).to_numpy() & ~here])
    paid = bills.loc[(bills["issued_on"] <= day) & ahead, "accrued_usd"]
    return (
        float(usd_at(moving["goods_value"], moving["currency"], day).sum()),
        float(usd_at(waiting[waiting > 0], received.loc[waiting > 0, "currency"], day).sum()),
        float(-paid.sum()),
    )
