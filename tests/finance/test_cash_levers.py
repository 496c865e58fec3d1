"""Levers of a scenario on cash: neutral without any, in the right direction and size with each."""

import pytest
from crossborder.company import Company
from crossborder.finance import cash_levers, cash_study

from tests.finance import small_company


@pytest.fixture(scope="module")
def company():
    return Company.open("data/demo")


@pytest.fixture(scope="module")
def items(company):
    return cash_study.books(company).items


def factors(company, items, monkeypatch, **levers):
    table = company.table("assumptions")
    named = {name.replace("__", "."): value for name, value in levers.items()}
    assert set(named) <= set(table["name"])
    table["base"] = [named.get(name, base) for name, base in zip(table["name"], table["base"], strict=True)]
    monkeypatch.setattr(type(company), "optional", _with(company, table, type(company).optional))
    return cash_levers.scenario_factors(company, items)


def _with(company, table, before):
    return lambda self, name: table if name == "assumptions" else before(self, name)


def test_the_base_changes_nothing(company, items):
    assert list(cash_levers.scenario_factors(company, items).values()) == pytest.approx([1.0] * 15)


def test_demand_moves_what_follows_sales_and_not_the_payroll(company, items, monkeypatch):
    found = factors(company, items, monkeypatch, market__demand__factor=0.8)
    assert found["payouts"] == found["purchases"] == found["advertising"] == pytest.approx(0.8)
    assert found["payroll"] == 1.0


def test_a_closed_platform_takes_its_share_of_payouts(company, items, monkeypatch):
    found = factors(company, items, monkeypatch, marketing__marketplace_a__open=0.0)
    recent = items[(items["issued_on"] > company.as_of.replace(year=2025)) & (items["account"] == "sales payout")]
    share = recent.groupby("counterparty")["accrued_usd"].sum()
    assert found["payouts"] == pytest.approx(1 - share["marketplace_a"] / share.sum(), rel=1e-6)
    assert found["business customers"] == 1.0


def test_freight_and_duty_follow_their_own_levers(company, items, monkeypatch):
    found = factors(company, items, monkeypatch, supply__freight__sea_factor=3.0, supply__tariff__extra_us=0.2)
    assert 1.0 < found["freight"] < 3.0
    assert found["duty"] > 1.3
    assert found["purchases"] == found["payouts"] == pytest.approx(1.0)


def test_the_home_currency_moves_payroll_and_what_is_bought_in_it(company, items, monkeypatch):
    found = factors(company, items, monkeypatch, finance__fx__home_shock=0.1)
    assert found["payroll"] == pytest.approx(1.1)
    assert 1.0 < found["purchases"] < 1.1


def test_a_company_without_levers_is_neutral(tmp_path):
    small = Company.open(small_company.write(tmp_path))
    assert set(cash_levers.scenario_factors(small, cash_study.books(small).items).values()) == {1.0}
