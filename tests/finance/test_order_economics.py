import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.company.files import repository
from crossborder.finance.order_economics import fixed_costs, order_economics, period, yearly_bridge
from crossborder.finance.unit_economics import COSTS, waterfall


@pytest.fixture(scope="module")
def company() -> Company:
    return Company.open(repository() / "data" / "demo")


@pytest.fixture(scope="module")
def now(company):
    return order_economics(company, 12)


def test_the_period_is_whole_months_up_to_the_company_s_day(company):
    assert period(company, 12) == ("2025-11-01", "2026-10-31")
    assert period(company, 3, ago=12) == ("2025-08-01", "2025-10-31")


def test_the_costs_of_the_orders_agree_with_the_ledger(now):
    """A growing company pays ahead of its sales and for wholesale goods, so a few per cent are expected; a missing line
    would be far more (the smallest of the large ones, advertising, is a tenth of them)."""
    assert now.against_ledger["difference"].abs().max() < 0.12
    biggest = now.against_ledger[now.against_ledger["ledger_usd"] > 200_000]
    assert biggest["difference"].abs().max() < 0.08


def test_the_waterfall_of_markets_sums_to_the_whole(now):
    parts = waterfall(now.table, by=["market"])
    whole = waterfall(now.table).iloc[0]
    assert (parts["contribution"] * parts["orders"].astype(float)).sum() == pytest.approx(
        whole["contribution"] * float(whole["orders"])
    )
    costs = sum(whole[name] for name in COSTS if name in whole.index)
    assert whole["price"] - costs == pytest.approx(whole["contribution"])


def test_the_bridge_ends_at_this_year_s_margin(company, now):
    bridge = yearly_bridge(order_economics(company, 12, ago=12), now)
    assert bridge["usd"].iloc[:-1].sum() == pytest.approx(bridge["usd"].iloc[-1])


def test_fixed_costs_are_what_the_ledger_paid(company, now):
    ledger = company.table("ledger")
    paid = -ledger[ledger["date"].between(now.since, now.until) & (ledger["account"] == "payroll")]["amount_usd"].sum()
    assert fixed_costs(company, now)["payroll"] == pytest.approx(paid)
    assert isinstance(now.rates.index, pd.DatetimeIndex)
