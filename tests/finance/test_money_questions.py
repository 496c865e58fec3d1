"""Smaller money questions of a company: directions, ranges, and what the books say in ratios."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.errors import Refusal
from crossborder.finance import cash_study, money_questions

from tests.finance import small_company


@pytest.fixture(scope="module")
def company():
    return Company.open("data/demo")


@pytest.fixture(scope="module")
def books(company):
    return cash_study.books(company)


def test_every_question_has_a_range_and_a_turning_point(company, books):
    table = money_questions.money_questions(company, books, 0.12, rng=np.random.default_rng(1), paths=500)
    assert (table["low"] <= table["answer"]).all() and (table["answer"] <= table["high"]).all()
    assert table["turns_at"].str.len().min() > 5
    dear = money_questions.money_questions(company, books, 0.30, rng=np.random.default_rng(1), paths=500)
    tool = "A new tool that may not fit"
    assert dear.set_index("question").loc[tool, "answer"] < table.set_index("question").loc[tool, "answer"]


def test_what_is_not_allowed_comes_last_and_dearer_is_never_first(company):
    table = money_questions.payment_table(company, 0.12)
    assert table["allowed"].astype(bool).is_monotonic_decreasing
    allowed = table[table["allowed"].astype(bool)]
    assert allowed["year_usd"].is_monotonic_increasing


def test_cuts_reach_the_target_and_no_more_than_needed(books):
    table = money_questions.cut_list(books, 0.01)
    chosen = table[table["chosen"]]
    target = 0.01 * float(books.income["net_sales"])
    assert chosen["net_usd"].sum() >= target
    assert chosen["net_usd"].iloc[:-1].sum() < target


def test_a_larger_reserve_runs_out_less_often(company, books):
    _, strength = money_questions.reserve_tables(company, books, rates=(0.005, 0.03), rng=np.random.default_rng(2))
    column = next(name for name in strength if "run" in name or "out" in name or "probability" in name)
    assert strength[column].iloc[0] >= strength[column].iloc[1]


def test_a_warranty_counts_each_failed_order_once(company):
    table = money_questions.warranty_table(company)
    assert table["failures"].sum() <= len(company.table("tickets"))
    assert ((table["failure_rate"] > 0) & (table["failure_rate"] < 0.05)).all()


def test_returns_need_markets(books):
    with pytest.raises(Refusal, match="returns by market"):
        no_market = pd.Timestamp("1990-01-01")
        money_questions.market_returns(_before(books, no_market), no_market)


def _before(books, day):
    from dataclasses import replace

    return replace(books, items=books.items[books.items["issued_on"] < day])


def test_ratios_follow_from_the_books(books):
    table = money_questions.health_ratios(books, np.random.default_rng(3).normal(0, 5_000, 52)).set_index("ratio")
    equity = float(books.balance["share_capital"] + books.balance["retained_earnings"])
    assert table.loc["Return on equity", "answer"] == pytest.approx(
        float(books.income["net_income"]) / equity, rel=1e-6
    )
    assert "safe" in table.loc["Altman's Z (private firm)", "reading"]
    fixed = -float(books.income[["payroll", "overheads", "depreciation"]].sum())
    even = table.loc["Sales at break-even", "answer"]
    margin = (float(books.income["ebit"]) + fixed) / float(books.income["net_sales"])
    assert even * margin == pytest.approx(fixed)


def test_a_company_without_sales_gets_the_ratios_that_it_has(tmp_path):
    small = cash_study.books(Company.open(small_company.write(tmp_path)))
    table = money_questions.health_ratios(small, np.array([0.0, 0.0, 0.0]))
    assert "Cash above the safety line, on average" not in set(table["ratio"])
    assert np.isfinite(table["answer"].astype(float)).all()
