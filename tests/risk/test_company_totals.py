"""Yearly totals and cash from a ledger."""

import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.risk import company_totals


@pytest.fixture
def ledger() -> pd.DataFrame:
    rows = [
        ("2024-01-15", "sales payout", 999.0), ("2025-01-10", "sales payout", 1_000.0), ("2025-01-20", "refunds", -100),
        ("2025-02-01", "purchases", -300.0), ("2025-03-01", "freight", -50.0), ("2025-04-01", "payroll", -200.0),
        ("2025-05-01", "loan", 5_000.0), ("2025-05-02", "advertising", -80.0),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["date", "account", "amount_usd"])
    return frame.assign(date=pd.to_datetime(frame["date"]))


DAY = pd.Timestamp("2025-06-30")


def test_totals_by_hand(ledger):
    found = company_totals.yearly(ledger, DAY)
    assert (found["revenue"], found["goods"], found["overheads"]) == (900, 300, 200)
    assert found["profit"] == pytest.approx(900 - 300 - 50 - 80 - 200)


def test_the_position_starts_from_the_lowest_cash(ledger):
    opening = pd.DataFrame({"item": ["cash", "loan"], "amount_usd": [100.0, -50.0]})
    cash = company_totals.cash_path(ledger, opening)
    assert cash.iloc[-1] == pytest.approx(100 + ledger["amount_usd"].sum())
    start = company_totals.position(
        company_totals.yearly(ledger, DAY), cash, stock_usd=60, debt_usd=50, cash_needed_usd=10, leverage_cap=3
    )
    drawdown = float((cash[cash.index > "2024-06"] - cash[cash.index > "2024-06"].cummax()).min())
    assert start.cash_low == pytest.approx(cash.iloc[-1] + drawdown)
    assert start.revenue == 900


def test_an_empty_year_is_refused(ledger):
    with pytest.raises(Refusal, match="set revenue_usd"):
        company_totals.yearly(ledger, pd.Timestamp("2030-01-01"))
