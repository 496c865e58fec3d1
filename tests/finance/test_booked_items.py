import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.errors import InputError
from crossborder.finance.booked_items import booked_items, company_items

from tests.finance import small_company


def test_cash_of_the_items_is_the_ledger(tmp_path):
    company = Company.open(small_company.write(tmp_path))
    items = company_items(company)
    assert items["paid_usd"].sum() == pytest.approx(company.table("ledger")["amount_usd"].sum())
    assert items["matched"].all()
    assert items.loc[items["paid_on"].isna(), "open_usd"].sum() == pytest.approx(400 - 120 - 30)


def test_part_payments_leave_the_rest_open(tmp_path):
    extra = "L7,2026-10-25,purchases,-20.00,USD,1,-20.00,S1,,P2\n"
    company = Company.open(small_company.write(tmp_path, ledger=small_company.LEDGER + extra))
    items = company_items(company)
    mine = items[items["document"] == "P2"]
    assert mine["accrued_usd"].sum() == pytest.approx(-120)
    assert mine["open_usd"].sum() == pytest.approx(-100)


def test_a_foreign_invoice_accrues_at_its_day_and_pays_at_the_ledgers_rate():
    ledger = pd.DataFrame(
        {
            "date": pd.to_datetime(["2024-03-01"]),
            "account": ["freight"],
            "amount": [-100.0],
            "currency": ["EUR"],
            "amount_usd": [-111.0],
            "counterparty": ["f"],
            "market": [None],
            "document": ["F1"],
        }
    )
    payables = pd.DataFrame(
        {
            "invoice_id": ["F1"],
            "counterparty": ["f"],
            "account": ["freight"],
            "issued_on": pd.to_datetime(["2024-01-03"]),
            "due_on": pd.to_datetime(["2024-03-01"]),
            "paid_on": pd.to_datetime(["2024-03-01"]),
            "amount": [100.0],
            "currency": ["EUR"],
        }
    )
    row = booked_items(ledger, None, payables, "2024-03-31").iloc[0]
    assert row["accrued_usd"] == pytest.approx(-109.19)  # ECB, 3 January 2024: 1.0919
    assert row["paid_usd"] == -111


def test_a_ledger_without_documents_is_refused():
    with pytest.raises(InputError, match="document"):
        booked_items(pd.DataFrame({"date": [], "account": []}), None, None, "2024-01-01")
