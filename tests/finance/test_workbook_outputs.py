"""The workbook's years, balances, charts and value, against numbers computed here and by a second engine."""

import io
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest
from crossborder.finance.dcf import FREE_CASH_LINES, discounted_value, free_cash_flow
from crossborder.finance.evaluate import evaluate
from crossborder.finance.statements import STATEMENTS
from crossborder.finance.workbook import FIRST_MONTH, FIRST_ROW, plan_workbook
from crossborder.finance.workbook_outputs import flow_before_tax

from tests.finance import libreoffice
from tests.finance.test_statements import drawn
from tests.finance.test_workbook import MODEL, SEGMENTS, needs_libreoffice, relative, without_cached_values

LONG = list(pd.date_range("2026-11-01", periods=14, freq="MS"))
LONG_INPUTS = drawn(np.random.default_rng(8), paths=1, months=14) | {"deposit_rate": np.full((1, 1, 1, 1), 0.001)}


@pytest.fixture(scope="module")
def valued_book():
    """A plan over three calendar years, with the sheet that discounts it."""
    values = evaluate(MODEL, LONG_INPUTS, 14)
    return plan_workbook(MODEL, values, months=LONG, segments=SEGMENTS, title="Trial", valued=(0.14, 0.02)), values


def outputs_of(source) -> dict[str, list]:
    table = openpyxl.load_workbook(source, data_only=True)["Outputs"]
    return {row[0]: list(row[1:]) for row in table.iter_rows(min_row=1, values_only=True) if row[0]}


def check_outputs(source, values) -> None:
    """Years, balances at their ends and the value of the plan, against numbers computed here."""
    found = outputs_of(source)
    revenue, cash = (values[name][0, :, 0, 0] for name in ("revenue", "cash"))
    assert found["USD a calendar year"] == [2026, 2027] and found["months of the plan in it"] == [2, 12]
    assert found["revenue"] == pytest.approx([revenue[:2].sum(), revenue[2:].sum()], rel=1e-9)
    assert found["cash"] == pytest.approx([cash[1], cash[-1]], rel=1e-9)
    for statement, names in STATEMENTS.items():
        for name in names:
            monthly = np.broadcast_to(values[name][0, :, 0, 0], 14)
            ends = [monthly[1], monthly[-1]] if statement == "balance" else [monthly[:2].sum(), monthly[2:].sum()]
            assert found[name] == pytest.approx(ends, rel=1e-9, abs=1e-6), name
    worth = discounted_value(free_cash_flow(values), 0.14, 0.02).enterprise[0]
    assert found["enterprise value (USD)"][0] == pytest.approx(worth, rel=1e-9)


def test_outputs_hold_years_balances_and_the_value(valued_book):
    book, values = valued_book
    check_outputs(io.BytesIO(book), values)
    workbook = openpyxl.load_workbook(io.BytesIO(book))
    assert {"enterprise_value", "cost_of_capital", "all_checks", "plan_revenue"} <= set(workbook.defined_names)
    assert workbook["Outputs"]._charts[0].x_axis.number_format.formatCode == "yyyy-mm"
    for row in workbook["Valuation"].iter_rows(min_row=FIRST_ROW + 1, max_row=FIRST_ROW + 5):
        months = row[FIRST_MONTH : FIRST_MONTH + 14]
        assert (
            len({re.sub(r"([A-Z]+)(\d+)", lambda m, c=c.column: relative(f"!{m[0]}", c), c.value) for c in months}) == 1
        )


@needs_libreoffice
def test_libreoffice_discounts_to_the_same_value(valued_book, tmp_path):
    book, values = valued_book
    source = tmp_path / "valued.xlsx"
    without_cached_values(book).save(source)
    check_outputs(libreoffice.recalculated(source, tmp_path), values)


def test_the_flow_before_tax_differs_by_what_interest_saved():
    values = evaluate(MODEL, LONG_INPUTS, 14)
    saved = flow_before_tax(values) - free_cash_flow({name: values[name] for name in FREE_CASH_LINES})[0]
    profit, tax, paid, received = (
        values[name][0, :-1, 0, 0]
        for name in ("profit_before_tax", "tax_expense", "interest_paid", "interest_received")
    )
    expected = np.where(profit > 0, (paid - received) * tax / np.where(profit > 0, profit, 1), 0.0)
    np.testing.assert_allclose(saved, np.r_[0.0, expected], atol=1e-9)
