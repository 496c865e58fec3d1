"""Where the company stands on its day: balance sheet and income from ledger, invoices and stock, to the cent.

Income is built from invoices at the rate of their day, cash from the ledger, open items and stock from their own
tables. So assets less debts and equity is a real check: zero only if every invoice said to be paid is in the ledger.
"""

import numpy as np
import pandas as pd

from crossborder.company import Company
from crossborder.errors import InputError
from crossborder.finance.booked_items import company_items
from crossborder.finance.stock_value import first_balance, stock_values

__all__ = ["INCOME_LINES", "income_statement", "opening_balance", "reconciliation"]

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
    start, opening = first_balance(company)
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
        "inventory": stock_values(company, [company.as_of], items=items)["amount_usd"].iloc[0],
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
    start, _ = first_balance(company)
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
    then, now = stock_values(company, [before, last], items=items)["amount_usd"]
    lines["change_of_stock"] = now - then
    inside = items["issued_on"].between(first, last)
    bought = -items.loc[inside & (items["account"] == "equipment"), "accrued_usd"].sum()
    held = _fixed_assets(company, last, equipment_years) - _fixed_assets(company, before, equipment_years)
    lines["depreciation"] = held - bought
    return _with_totals(lines)


def reconciliation(
    company: Company,
    *,
    equipment_years: float = 5.0,
    items: pd.DataFrame | None = None,
    balance: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """What must agree, and by how much it does not: check, expected_usd, found_usd, gap_usd (whole cents).

    `items` and `balance` save computing them again.
    """
    _, opening = first_balance(company)
    ledger, items = company.table("ledger"), company_items(company) if items is None else items
    if balance is None:
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
    start, opening = first_balance(company)
    ledger = company.table("ledger")
    bought = ledger[(ledger["account"] == "equipment") & (ledger["date"] <= day)]
    cost = np.r_[opening.get("equipment", 0.0), -bought["amount_usd"].to_numpy(float)]
    held = np.r_[(day - start).days, (day - bought["date"]).dt.days.to_numpy(float)] / 365.25
    return float(np.round(cost * np.clip(1 - held / years, 0, 1), 2).sum())


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
