"""What users send to the cash and capital functions by mistake: an answer in plain words."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.errors import CrossborderError, InputError, MissingTable, Refusal
from crossborder.finance import cap_table, capital_allocation, cash_study, credit, opening_statement, working_capital
from crossborder.reports.parameters.base import parse

from tests.finance import small_company


def test_no_ledger_names_the_table_and_the_file(tmp_path):
    company = Company.open(small_company.write(tmp_path, ledger=""))
    with pytest.raises(MissingTable, match="ledger"):
        cash_study.books(company)


def test_a_ledger_of_three_months_is_too_short_for_a_forecast(tmp_path):
    company = Company.open(small_company.write(tmp_path))
    with pytest.raises(Refusal, match=r"covers \d+ days, and half a year is needed"):
        cash_study.cash_study(company, cash_study.books(company))


def test_a_ledger_of_three_months_has_no_yearly_cycle(tmp_path):
    company = Company.open(small_company.write(tmp_path, opening_balances=""))
    with pytest.raises(Refusal, match="covers less than a quarter"):
        working_capital.cycle_history(company, months=1)


@pytest.mark.parametrize("years", [0, -3])
def test_equipment_is_written_off_over_some_years(tmp_path, years):
    company = Company.open(small_company.write(tmp_path))
    with pytest.raises(InputError, match="equipment_years"):
        opening_statement.opening_balance(company, equipment_years=years)


def test_the_end_before_the_start_is_named(tmp_path):
    company = Company.open(small_company.write(tmp_path))
    with pytest.raises(InputError, match="2026-10-01 to 2026-09-01"):
        opening_statement.income_statement(company, "2026-10-01", "2026-09-01")


@pytest.mark.parametrize("budget", [-1.0, [10.0, 20.0]])
def test_a_budget_below_zero_or_of_the_wrong_length(budget):
    with pytest.raises(InputError, match="budget"):
        capital_allocation.allocate([1.0], [1.0], budget)


def test_no_budget_funds_nothing():
    assert capital_allocation.allocate([5.0, 1.0], [2.0, 2.0], 0.0).funded.sum() == 0


def test_no_value_above_zero_funds_nothing():
    assert capital_allocation.allocate([-5.0, -1.0], [2.0, 2.0], 10.0).funded.sum() == 0


def test_a_round_that_leaves_nothing_to_the_holders():
    with pytest.raises(InputError, match="pool_after"):
        cap_table.next_round(1000, 900_000, 100_000, pool_after=0.2)


def test_terms_below_zero_days():
    grades = pd.DataFrame({"counterparty": ["a"], "grade": ["A"], "sales_usd": [1.0], "late_days": [0.0],
                           "probability": [0.1]})  # fmt: skip
    with pytest.raises(InputError, match="days"):
        credit.credit_terms(grades, margin=0.3, capital_rate=0.1, days=(-5, 30))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weeks", "3"),
        ("level", "1.0"),
        ("budget_usd", "-1"),
        ("group_cap", "0"),
        ("dilution_limit", "1"),
        ("weks", "9"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_is_allowed(name, value):
    with pytest.raises(CrossborderError, match=name):
        parse("53_cash_and_capital", {name: value})


def test_paths_that_are_not_a_table():
    with pytest.raises(InputError, match=r"\[path, month\]"):
        cap_table.funding_roadmap(np.array([1.0, np.nan]), 5.0)
