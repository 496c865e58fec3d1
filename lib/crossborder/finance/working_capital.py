"""Days that money is tied up between paying suppliers and being paid, and what each lever sets free."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crossborder.company import Company
from crossborder.errors import InputError, Refusal
from crossborder.finance.booked_items import company_items
from crossborder.finance.stock_value import stock_values

__all__ = ["cash_cycle", "cycle_history", "factoring_cost", "levers", "supplier_finance_saving"]

COST_OF_GOODS = ("purchases", "inland", "freight", "insurance", "duty", "brokerage", "write-off")
TAXES = ("tax", "sales tax", "import tax")


def cash_cycle(
    *, inventory_usd: float, receivables_usd: float, payables_usd: float, sales_usd: float, cost_usd: float,
    days: float = 365.0,
) -> dict[str, float]:  # fmt: skip
    """Days of stock, of receivables and of payables, and the cash conversion cycle: DIO + DSO - DPO.

    `sales_usd` and `cost_usd` (of goods sold) cover `days`. Source: Richards and Laughlin (1980), A Cash Conversion
    Cycle Approach to Liquidity Analysis, Financial Management 9(1).

    >>> cycle = cash_cycle(inventory_usd=100, receivables_usd=50, payables_usd=40, sales_usd=730, cost_usd=365)
    >>> [round(cycle[name]) for name in ("dio", "dso", "dpo", "ccc")]
    [100, 25, 40, 85]
    """
    for name, value in {"sales_usd": sales_usd, "cost_usd": cost_usd, "days": days}.items():
        if not value > 0:
            raise InputError.out_of_range(name, value, "above 0")
    dio, dso, dpo = inventory_usd / cost_usd, receivables_usd / sales_usd, payables_usd / cost_usd
    return {"dio": dio * days, "dso": dso * days, "dpo": dpo * days, "ccc": (dio + dso - dpo) * days}


def cycle_history(company: Company, *, months: int = 12, items: pd.DataFrame | None = None) -> pd.DataFrame:
    """The cycle at the end of each of the last `months` months, oldest first, from open items, stock and invoices.

    Columns: day, dio, dso, dpo, ccc (days), inventory_usd, receivables_usd, payables_usd, and sales_usd and cost_usd of
    the three months before (`days`: short enough to follow growth). Sales are what payouts and invoices came to after
    platform fees and refunds, as receivables are. Open items of past days are those issued and not yet paid then.
    """
    items = company_items(company) if items is None else items
    ends = pd.date_range(end=company.as_of, periods=months + 3, freq="ME")
    ends = ends if ends[-1] == company.as_of else ends[1:].append(pd.DatetimeIndex([company.as_of]))
    start = items["issued_on"].min()
    ends = ends[ends >= start]
    payouts = items.loc[items["account"] == "sales payout", "document"].unique()
    flagged = items[["issued_on", "paid_on", "accrued_usd"]].assign(
        to_us=items["document"].isin(payouts), goods=items["account"].isin(COST_OF_GOODS)
    )
    stock = stock_values(company, ends, items=items)["amount_usd"].tolist()
    rows = [
        _on_day(flagged, ends[place - 3], ends[place], stock[place - 3], stock[place]) for place in range(3, len(ends))
    ]
    if not rows:
        raise Refusal.because("no cash cycle", "the ledger covers less than a quarter", "give a longer ledger")
    return pd.DataFrame(rows)


def levers(history: pd.DataFrame, moves: Mapping[str, float], *, rate_year: float) -> pd.DataFrame:
    """What each lever sets free, USD: one day of it, the move asked for, its yearly interest saved, range over months.

    `moves` maps "dio", "dso" or "dpo" to the change in days (stock and receivables fall, payables rise: all given as
    positive days of improvement). `low_usd` and `high_usd` are the least and the most over the months of `history`.
    """
    unknown = set(moves) - {"dio", "dso", "dpo"}
    if unknown:
        raise InputError.unknown("lever", sorted(unknown)[0], ("dio", "dso", "dpo"))
    rows = []
    for name, days in moves.items():
        basis = history["sales_usd" if name == "dso" else "cost_usd"] / history["days"]
        cap = np.minimum(days, history[name]) if name != "dpo" else np.full(len(history), float(days))
        freed = basis * cap
        row = (name, history[name].iloc[-1], days, basis.iloc[-1], freed.iloc[-1], freed.min(), freed.max())
        rows.append(row)
    columns = ["lever", "days_now", "days_better", "usd_a_day", "released_usd", "low_usd", "high_usd"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(interest_saved_usd=table["released_usd"] * rate_year)


def supplier_finance_saving(
    purchases_year_usd: float, *, days_longer: float, supplier_rate: float, buyer_rate: float, own_rate: float,
    fee_rate: float = 0.0, share_shared: float = 0.5,
) -> dict[str, float]:  # fmt: skip
    """A year of supply-chain finance (reverse factoring), USD: a bank pays suppliers early at the buyer's rate.

    `supplier_rate` is what suppliers pay for money today, `buyer_rate` the bank's rate on the buyer's name, `fee_rate`
    the platform's yearly fee, all fractions a year. The suppliers' saving is shared (`share_shared` to the buyer, as
    lower prices); the buyer also gains `days_longer` of its own money at `own_rate`.
    """
    if not 0 <= share_shared <= 1:
        raise InputError.out_of_range("share_shared", share_shared, "from 0 to 1")
    if purchases_year_usd < 0 or days_longer < 0:
        raise InputError.out_of_range("purchases and days", (purchases_year_usd, days_longer), "at least 0")
    financed = purchases_year_usd * days_longer / 365
    suppliers = financed * (supplier_rate - buyer_rate - fee_rate)
    return {
        "financed_usd": financed,
        "suppliers_saving_usd": suppliers,
        "price_cut_usd": max(suppliers, 0.0) * share_shared,
        "own_money_usd": financed * own_rate,
        "buyer_gain_usd": max(suppliers, 0.0) * share_shared + financed * own_rate,
        "worthwhile": float(suppliers > 0),
    }


def factoring_cost(
    receivables_usd: float, *, days: float, rate_year: float, fee_share: float = 0.0
) -> dict[str, float]:
    """Selling receivables `days` early: cost in USD, cash now, and the yearly rate that it amounts to (compounded)."""
    if receivables_usd < 0 or days <= 0:
        raise InputError.out_of_range("receivables and days", (receivables_usd, days), "at least 0, and above 0 days")
    cost = receivables_usd * (rate_year * days / 365 + fee_share)
    now = receivables_usd - cost
    yearly = (receivables_usd / now) ** (365 / days) - 1 if now > 0 else float("inf")
    return {"cost_usd": cost, "cash_now_usd": now, "rate_year": yearly}


def _on_day(
    items: pd.DataFrame, before: pd.Timestamp, day: pd.Timestamp, stock_before: float, stock: float
) -> dict[str, object]:
    quarter = items[(items["issued_on"] > before) & (items["issued_on"] <= day)]
    waiting = items[(items["issued_on"] <= day) & ~(items["paid_on"] <= day)]
    bought = -quarter.loc[quarter["goods"], "accrued_usd"].sum()
    row = {
        "inventory_usd": float(stock),
        "receivables_usd": float(waiting.loc[waiting["to_us"], "accrued_usd"].sum()),
        "payables_usd": float(-waiting.loc[waiting["goods"], "accrued_usd"].sum()),
        "sales_usd": float(quarter.loc[quarter["to_us"], "accrued_usd"].sum()),
        "cost_usd": float(bought + stock_before - stock),
        "days": float((day - before).days),
    }
    return {"day": day, **cash_cycle(**row), **row}
