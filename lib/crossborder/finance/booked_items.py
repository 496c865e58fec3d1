"""Every invoice, payout and cash movement of a company as one row in USD: when it arose, when it is due, when paid."""

import numpy as np
import pandas as pd

from crossborder.company import Company
from crossborder.errors import InputError
from crossborder.reference import exchange

__all__ = ["booked_items", "company_items", "usd_at"]

COLUMNS = [
    "document", "account", "counterparty", "market", "issued_on", "due_on", "paid_on", "accrued_usd", "paid_usd",
    "open_usd", "matched",
]  # fmt: skip
LEDGER = ["date", "account", "amount", "currency", "amount_usd", "counterparty", "market", "document"]


def company_items(company: Company) -> pd.DataFrame:
    """The booked items of a company on its day; receivables and payables may be absent. See `booked_items`."""
    return booked_items(
        company.table("ledger"), company.optional("receivables"), company.optional("payables"), company.as_of
    )


def booked_items(
    ledger: pd.DataFrame, receivables: pd.DataFrame | None, payables: pd.DataFrame | None, as_of: object
) -> pd.DataFrame:
    """One row a document and account, USD, money in positive, money out negative.

    Columns: accrued_usd (at the rate of the day of issue), paid_usd (as in the ledger), open_usd (unpaid, at the rate
    of `as_of`), matched (False for what an invoice says was paid and the ledger does not have). A cash movement
    without an invoice arises on the day it is paid. A payout is split into accounts by its ledger rows; one under way
    stands whole under "sales payout".
    """
    missing = set(LEDGER) - set(ledger.columns)
    if missing:
        raise InputError.missing_columns("ledger", missing, ledger.columns)
    ledger, invoices, known = _joined(ledger, _invoices(receivables, payables))
    parts = [_cash(ledger[~known]), _paid(ledger[known]), _unexplained(invoices), _open(invoices, as_of)]
    items = pd.concat([part[COLUMNS] for part in parts if len(part)], ignore_index=True)
    return items.sort_values(["issued_on", "document", "account"], kind="stable", ignore_index=True)


def usd_at(amount: pd.Series, currency: pd.Series, day: object) -> np.ndarray:
    """Amounts in USD at the rate of the day (one for all, or one a row), in whole cents."""
    if not len(amount):
        return np.zeros(0)
    days = np.broadcast_to(np.asarray(day, dtype="datetime64[ns]"), len(amount))
    return np.round(exchange.convert(amount.to_numpy(float), currency.to_numpy(dtype=str), days), 2)


def _invoices(receivables: pd.DataFrame | None, payables: pd.DataFrame | None) -> pd.DataFrame:
    """Both sides in one frame, amounts signed as cash."""
    columns = ["document", "account", "counterparty", "market", "issued_on", "due_on", "paid_on", "amount", "currency"]
    parts = []
    if receivables is not None:
        parts.append(receivables.rename(columns={"invoice_id": "document"}).assign(account="sales payout"))
    if payables is not None:
        owed = payables.rename(columns={"invoice_id": "document"})
        parts.append(owed.assign(amount=-owed["amount"].astype(float), market=None))
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    return pd.concat([part[columns] for part in parts], ignore_index=True)


def _joined(ledger: pd.DataFrame, invoices: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """The ledger with the days of its invoices, the invoices with what the ledger did not move (`beyond`, in their own
    currency), and which rows of the ledger belong to an invoice."""
    codes, _ = pd.factorize(pd.concat([ledger["document"], invoices["document"]], ignore_index=True))
    in_ledger, in_invoices = np.split(codes, [len(ledger)])
    known = np.isin(in_ledger, in_invoices)
    moved = ledger["amount"][known].groupby(in_ledger[known]).sum().astype(float)
    amount = invoices["amount"].astype(float)
    beyond = (amount - moved.reindex(in_invoices).fillna(0.0).to_numpy()).round(2)
    days = invoices[["issued_on", "due_on"]].set_axis(in_invoices)
    days = days[~days.index.duplicated()].reindex(in_ledger).set_axis(ledger.index)
    return ledger.assign(issued_on=days["issued_on"], due_on=days["due_on"]), invoices.assign(beyond=beyond), known


def _cash(ledger: pd.DataFrame) -> pd.DataFrame:
    day, amount = ledger["date"], ledger["amount_usd"].astype(float)
    return ledger.assign(
        issued_on=day, due_on=day, paid_on=day, accrued_usd=amount, paid_usd=amount, open_usd=0.0, matched=True
    )


def _paid(ledger: pd.DataFrame) -> pd.DataFrame:
    return ledger.assign(
        paid_on=ledger["date"],
        accrued_usd=usd_at(ledger["amount"], ledger["currency"], ledger["issued_on"]),
        paid_usd=ledger["amount_usd"].astype(float),
        open_usd=0.0,
        matched=True,
    )


def _unexplained(invoices: pd.DataFrame) -> pd.DataFrame:
    """What invoices say was paid beyond the ledger's rows of the same document (in the invoice's currency)."""
    rows = invoices[invoices["paid_on"].notna() & (invoices["beyond"] != 0)]
    accrued = usd_at(rows["beyond"], rows["currency"], rows["issued_on"])
    return rows.assign(accrued_usd=accrued, paid_usd=0.0, open_usd=0.0, matched=False)


def _open(invoices: pd.DataFrame, as_of: object) -> pd.DataFrame:
    """What is still to be paid, less part payments in the ledger."""
    rows = invoices[invoices["paid_on"].isna()]
    return rows.assign(
        accrued_usd=usd_at(rows["beyond"], rows["currency"], rows["issued_on"]),
        paid_usd=0.0,
        open_usd=usd_at(rows["beyond"], rows["currency"], pd.Timestamp(as_of)),
        matched=True,
    )
