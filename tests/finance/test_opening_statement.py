import pytest
from crossborder.company import Company
from crossborder.errors import InputError
from crossborder.finance.opening_statement import income_statement, opening_balance, reconciliation

from tests.finance import small_company


def test_the_balance_sheet_of_a_small_company_by_hand(tmp_path):
    company = Company.open(small_company.write(tmp_path))
    table = opening_balance(company)
    assert dict(zip(table["item"], table["amount_usd"], strict=True)) == small_company.BALANCE
    assert table.attrs["gap_usd"] == 0
    assert (reconciliation(company)["gap_usd"] == 0).all()


def test_income_by_hand_and_an_open_payout_is_split_by_the_mix_of_those_paid(tmp_path):
    company = Company.open(small_company.write(tmp_path))
    lines = income_statement(company, "2026-08-01").set_index("line")["amount_usd"]
    # R2 of 400 splits as R1 did, 900 to -100: 450 and -50.
    assert lines["gross_sales"] == 1350
    assert lines["platform_fees"] == -150
    assert lines["purchases"] == -420
    assert lines["net_income"] == 698


def test_periods_add_up(tmp_path):
    company = Company.open(small_company.write(tmp_path))
    total = 0.0
    for first, last in (("2026-08-01", "2026-09-30"), ("2026-10-01", "2026-10-31")):
        total += income_statement(company, first, last).set_index("line").loc["net_income", "amount_usd"]
    assert total == pytest.approx(698)


def test_a_paid_invoice_that_the_ledger_does_not_have_opens_a_gap(tmp_path):
    ledger = "\n".join(row for row in small_company.LEDGER.splitlines() if not row.startswith("L3")) + "\n"
    company = Company.open(small_company.write(tmp_path, ledger=ledger))
    checks = reconciliation(company).set_index("check")["gap_usd"]
    assert checks["paid invoices = ledger"] == 300
    assert checks["assets = debts + equity"] == 300
    assert opening_balance(company).attrs["gap_usd"] == 300


def test_a_company_with_only_a_ledger_still_balances(tmp_path):
    company = Company.open(small_company.write(tmp_path, receivables="", payables="", opening_balances=""))
    assert opening_balance(company).attrs["gap_usd"] == 0
    assert opening_balance(company).set_index("item").loc["cash", "amount_usd"] == pytest.approx(648)


def test_a_period_outside_the_books_is_refused(tmp_path):
    company = Company.open(small_company.write(tmp_path))
    with pytest.raises(InputError, match="2026-07-31"):
        income_statement(company, "2026-07-01")
