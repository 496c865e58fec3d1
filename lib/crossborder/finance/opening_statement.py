"""Where the company stands on its day: balance sheet and income from ledger, invoices and stock, to the cent.

Income is built from invoices at the rate of their day, cash from the ledger, open items and stock from their own
tables. So assets less debts and equity is a real check: zero only if every invoice said to be paid is in the ledger.
"""

import numpy as np
import pandas as pd

from crossborder.company import Company
from crossborder.errors import InputError, Refusal
from crossborder.finance.booked_items import company_items, usd_at

__all__ = ["INCOME_LINES", "income_statement", "opening_balance", "reconciliation", "stock_value"]

# Line of the income statement to the ledger's accounts.
INCOME_LINES = {
    "gross_sales": ("sales payout",),
    "refunds": ("refunds",),
    "sales_taxes": ("sales tax", "import tax"),
    "purchases": ("purchases",),
    "freight": ("inland", "freight", "insurance"),
    "duty": ("duty", "brokerage"),
    "write_off": ("write-off",),
    "platform_fees": ("platform fees",),
    "fulfilment": ("last mile", "warehousing"),
    "returns": ("returns handling",),
    "service": ("service",),
    "compliance": ("compliance",),
    "advertising": ("advertising",),
    "payroll": ("payroll",),
    "overheads": ("software", "rent"),
    "currency": ("currency",),
    "interest": ("interest",),
    "tax": ("tax",),
}
NOT_INCOME = ("loan", "capital", "equipment", "unexplained")
TOTALS = (
    ("net_sales", ("gross_sales", "refunds", "sales_taxes")),
    ("gross_profit", ("net_sales", "purchases", "freight", "duty", "write_off", "change_of_stock")),
    ("ebitda", ("gross_profit", "platform_fees", "fulfilment", "returns", "service", "compliance", "advertising",
                "payroll", "overheads")),
    ("ebit", ("ebitda", "depreciation")),
    ("profit_before_tax", ("ebit", "currency", "interest")),
    ("net_income", ("profit_before_tax", "tax")),
)  # fmt: skip


def opening_balance(
    company: Company, *, equipment_years: float = 5.0, items: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The balance sheet at the end of the company's day: item, amount_usd, side (asset, debt or equity), all positive.

    Items: cash, receivables, inventory, fixed_assets, payables, tax_payable, loan, share_capital, retained_earnings
    (the last can be below zero). `attrs["gap_usd"]` is assets less debts and equity, in whole cents. Equipment is
    written off evenly over `equipment_years`. What stood in equity on the opening day counts as share capital.
    `items` from `booked_items.company_items` saves reading them again.
    """
    start, opening = _opening(company)
    items = company_items(company) if items is None else items
    moved = items.groupby("account")["paid_usd"].sum()
    owed = items[items["open_usd"] != 0]
    tax = owed["account"].isin(["tax", "sales tax", "import tax"])
    invoiced = owed["account"].isin(["sales payout"])
    since = start + pd.Timedelta(days=1)
    income = income_statement(company, since, company.as_of, equipment_years=equipment_years, items=items)
    amounts = {
        "cash": opening.get("cash", 0.0) + moved.sum(),
        "receivables": owed.loc[invoiced, "open_usd"].sum() + opening.get("receivables", 0.0),
        "inventory": stock_value(company, items=items)["amount_usd"].sum(),
        "fixed_assets": _fixed_assets(company, company.as_of, equipment_years),
        "payables": -owed.loc[~invoiced & ~tax, "open_usd"].sum() - opening.get("payables", 0.0),
        "tax_payable": -owed.loc[tax, "open_usd"].sum() - opening.get("tax", 0.0),
        "loan": moved.get("loan", 0.0) - opening.get("loan", 0.0),
        "share_capital": moved.get("capital", 0.0) - opening.get("equity", 0.0),
        "retained_earnings": income.set_index("line").loc["net_income", "amount_usd"],
    }
    table = pd.DataFrame({"item": list(amounts), "amount_usd": np.round([float(v) for v in amounts.values()], 2)})
    table["side"] = ["asset"] * 4 + ["debt"] * 3 + ["equity"] * 2
    signed = table["amount_usd"].where(table["side"] == "asset", -table["amount_usd"])
    table.attrs["gap_usd"] = float(round(signed.sum(), 2)) + 0.0
    return table


def income_statement(
    company: Company,
    since: object = "",
    until: object = "",
    *,
    equipment_years: float = 5.0,
    items: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Income from `since` to `until` (both included; empty: the last twelve months to the company's day), USD.

    Columns line, amount_usd (income positive, cost negative), kind (line or total). An amount belongs to the day its
    invoice was issued; the line "currency" holds what rates did until payment, and to what is still open. The account
    split of payouts under way is estimated by the past year's mix; their sum is exact.
    """
    start, _ = _opening(company)
    last = pd.Timestamp(until) if str(until) else company.as_of
    first = pd.Timestamp(since) if str(since) else last - pd.DateOffset(years=1) + pd.Timedelta(days=1)
    if first <= start or last > company.as_of or last < first:
        raise InputError.out_of_range(
            "period", f"{first:%Y-%m-%d} to {last:%Y-%m-%d}", f"days from {start:%Y-%m-%d} (not included) to "
            f"{company.as_of:%Y-%m-%d}",
        )  # fmt: skip
    items = company_items(company) if items is None else items
    accrued = _accrued(items, first, last)
    lines = {name: float(sum(accrued.get(a, 0.0) for a in accounts)) for name, accounts in INCOME_LINES.items()}
    unknown = set(accrued) - {a for accounts in INCOME_LINES.values() for a in accounts} - set(NOT_INCOME)
    lines["overheads"] += sum(accrued[name] for name in unknown)
    lines["currency"] += _rate_effects(items, first, last, company.as_of)
    before = first - pd.Timedelta(days=1)
    then, now = (stock_value(company, day, items=items)["amount_usd"].sum() for day in (before, last))
    lines["change_of_stock"] = now - then
    inside = items["issued_on"].between(first, last)
    bought = -items.loc[inside & (items["account"] == "equipment"), "accrued_usd"].sum()
    held = _fixed_assets(company, last, equipment_years) - _fixed_assets(company, before, equipment_years)
    lines["depreciation"] = held - bought
    return _with_totals(lines)


def stock_value(company: Company, day: object = "", *, items: pd.DataFrame | None = None) -> pd.DataFrame:
    """Stock at cost at the end of a day (empty: the company's), by place: part, amount_usd.

    Pieces on hand at today's unit cost and the rate of the day; goods under way at their invoice value; goods waiting
    at the origin at their purchase price; deposits on goods not yet delivered. On or before the opening day it is the
    opening item. Without an inventory table the opening item stays.
    """
    start, opening = _opening(company)
    day = pd.Timestamp(day) if str(day) else company.as_of
    if day <= start or not company.has("inventory", "products"):
        return pd.DataFrame({"part": ["opening"], "amount_usd": [float(opening.get("inventory", 0.0))]})
    weeks = company.table("inventory")
    ended = weeks["week"] + pd.Timedelta(days=6)
    counted = weeks[(ended <= day) | (weeks["week"] == weeks["week"].max()) & (weeks["week"] <= day)]
    last = counted[counted["week"] == counted["week"].max()]
    cost = company.table("products")[["sku", "unit_cost", "currency"]]
    rows = last.merge(cost, on="sku", how="left")
    if rows["unit_cost"].isna().any():
        lacking = sorted(set(rows.loc[rows["unit_cost"].isna(), "sku"]))[:5]
        raise Refusal.because(f"no unit cost for {lacking}", "their stock has no value", "add them to products")
    value = usd_at(rows["on_hand"].astype(float) * rows["unit_cost"].astype(float), rows["currency"], day)
    parts = {"on hand": value.sum(), **_under_way(company, items, day, min(ended[last.index[0]], day))}
    return pd.DataFrame({"part": list(parts), "amount_usd": np.round([float(v) for v in parts.values()], 2)})


def reconciliation(
    company: Company, *, equipment_years: float = 5.0, items: pd.DataFrame | None = None
) -> pd.DataFrame:
    """What must agree, and by how much it does not: check, expected_usd, found_usd, gap_usd (whole cents)."""
    _, opening = _opening(company)
    ledger, items = company.table("ledger"), company_items(company) if items is None else items
    balance = opening_balance(company, equipment_years=equipment_years, items=items)
    balance = balance.set_index("item")["amount_usd"]
    cents = round(ledger["amount_usd"].astype(float).sum(), 2)
    debts = ["payables", "tax_payable", "loan", "share_capital", "retained_earnings"]
    rows = [
        ("ledger rows = booked items", cents, items["paid_usd"].sum()),
        ("opening cash + ledger = cash", opening.get("cash", 0.0) + cents, balance["cash"]),
        ("paid invoices = ledger", 0.0, items.loc[~items["matched"], "accrued_usd"].sum()),
        (
            "assets = debts + equity",
            balance[["cash", "receivables", "inventory", "fixed_assets"]].sum(),
            balance[debts].sum(),
        ),
    ]
    table = pd.DataFrame(rows, columns=["check", "expected_usd", "found_usd"]).round(2)
    return table.assign(gap_usd=(table["expected_usd"] - table["found_usd"]).round(2) + 0.0)


def _opening(company: Company) -> tuple[pd.Timestamp, pd.Series]:
    """The day and the items of the first opening balance; without the table, nothing before the first movement."""
    if not company.has("opening_balances"):
        return company.table("ledger")["date"].min() - pd.Timedelta(days=1), pd.Series(dtype=float)
    table = company.table("opening_balances")
    first = table["date"].min()
    return first, table[table["date"] == first].set_index("item")["amount_usd"].astype(float)


def _accrued(items: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> dict[str, float]:
    """Sums by account of what arose in the period; payouts under way are split by the mix of those paid."""
    inside = items[items["issued_on"].between(first, last)]
    waiting = (inside["account"] == "sales payout") & inside["paid_on"].isna()
    sums = inside[~waiting].groupby("account")["accrued_usd"].sum()
    net = float(inside.loc[waiting, "accrued_usd"].sum())
    payouts = items.loc[items["account"] == "sales payout", "document"]
    recent = items["issued_on"] > last - pd.DateOffset(years=1)
    mix = items[recent & items["paid_on"].notna() & items["document"].isin(payouts)]
    mix = mix.groupby("account")["accrued_usd"].sum()
    parts = (net * mix / mix.sum()).round(2) if mix.sum() > 0 else pd.Series({"sales payout": net})
    parts["sales payout"] += net - parts.sum()
    return sums.add(parts, fill_value=0.0).to_dict()


def _rate_effects(items: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp, as_of: pd.Timestamp) -> float:
    """What exchange rates did to invoices paid in the period, and, if it ends today, to those still open."""
    paid = items[items["matched"] & items["paid_on"].between(first, last)]
    effect = float((paid["paid_usd"] - paid["accrued_usd"]).sum())
    waiting = items[items["paid_on"].isna()]
    return effect + (float((waiting["open_usd"] - waiting["accrued_usd"]).sum()) if last == as_of else 0.0)


def _fixed_assets(company: Company, day: pd.Timestamp, years: float) -> float:
    """Equipment at cost less even write-off over `years` from the day of purchase, in whole cents."""
    if years <= 0:
        raise InputError.out_of_range("equipment_years", years, "above 0")
    start, opening = _opening(company)
    ledger = company.table("ledger")
    bought = ledger[(ledger["account"] == "equipment") & (ledger["date"] <= day)]
    cost = np.r_[opening.get("equipment", 0.0), -bought["amount_usd"].to_numpy(float)]
    held = np.r_[(day - start).days, (day - bought["date"]).dt.days.to_numpy(float)] / 365.25
    return float(np.round(cost * np.clip(1 - held / years, 0, 1), 2).sum())


def _under_way(
    company: Company, items: pd.DataFrame | None, day: pd.Timestamp, counted: pd.Timestamp
) -> dict[str, float]:
    """Goods that left and are not yet counted in, goods waiting at the origin, deposits on goods not yet delivered."""
    if not company.has("purchases", "shipments"):
        return {}
    shipments, purchases = company.table("shipments"), company.table("purchases")
    left = shipments[shipments["shipped_on"] <= day]
    moving = left[left["arrived_on"].isna() | (left["arrived_on"] > counted)]
    received = purchases[purchases["received_on"] <= day]
    gone = received["purchase_id"].map(left.groupby("purchase_id")["quantity"].sum().astype(float)).fillna(0.0)
    waiting = np.maximum(received["quantity"].astype(float) - gone, 0.0) * received["unit_cost"].astype(float)
    ahead = purchases[(purchases["ordered_on"] <= day) & ~(purchases["received_on"] <= day)]
    items = company_items(company) if items is None else items
    bills = items[(items["account"] == "purchases") & (items["issued_on"] <= day)]
    deposits = bills[bills["document"].str.replace(r"-[^-]+$", "", regex=True).isin(ahead["purchase_id"])]
    return {
        "under way": usd_at(moving["goods_value"], moving["currency"], day).sum(),
        "at the origin": usd_at(waiting, received["currency"], day).sum(),
        "deposits": -deposits["accrued_usd"].sum(),
    }


def _with_totals(lines: dict[str, float]) -> pd.DataFrame:
    """Lines and totals in the order of the statement, in whole cents."""
    values = {name: round(amount, 2) for name, amount in lines.items()}
    kinds = dict.fromkeys(values, "line")
    order: list[str] = []
    for total, parts in TOTALS:
        values[total], kinds[total] = round(sum(values[part] for part in parts), 2), "total"
        order += [*(part for part in parts if part not in order), total]
    table = pd.DataFrame({"line": order, "amount_usd": [values[name] for name in order]})
    return table.assign(kind=table["line"].map(kinds))
