"""The company's own data, end to end: books to the cent, forecast against naive rules, band, scenario."""

import numpy as np
import pytest
from crossborder.company import Company
from crossborder.demo import truth
from crossborder.errors import InputError
from crossborder.finance import capital_study, cash_study, money_questions, working_capital

from tests.finance import small_company

DEMO = "data/demo"


@pytest.fixture(scope="module")
def company():
    return Company.open(DEMO)


@pytest.fixture(scope="module")
def books(company):
    return cash_study.books(company)


@pytest.fixture(scope="module")
def study(company, books):
    return cash_study.cash_study(company, books)


def test_the_opening_statement_reconciles_to_the_cent(books):
    assert (books.checks["gap_usd"] == 0).all()


def test_the_balance_is_the_simulations_own(books):
    gaps = cash_study.truth_gaps(books, truth.load(DEMO)["money"]["closing_usd"])
    # Cents of rounding: invoice by invoice here, in one sum there.
    assert gaps["gap_usd"].abs().max() <= 0.05
    assert gaps.set_index("item").loc["cash", "gap_usd"] == 0


def test_the_forecast_beats_the_naive_rules_and_its_band_keeps_its_promise(study):
    found = cash_study.trust(study, level=0.8, rng=np.random.default_rng(1))
    whole = found.accuracy[found.accuracy["weeks_ahead"] == "1 to 13"]
    assert (whole["low"] > 0).all()
    assert 0.7 <= found.covered.loc[found.covered["weeks_ahead"] == 0, "covered"].iloc[0] <= 0.9
    assert found.foreseen["accuracy"].min() > 0.85


def test_cash_so_far_ends_with_the_ledgers_cash(company, study):
    past = cash_study.cash_so_far(company, study.opening_usd)
    ledger = company.table("ledger")
    assert past.iloc[-1] == pytest.approx(study.opening_usd)
    month = ledger[ledger["date"] > past.index[-5]]["amount_usd"].sum()
    assert past.iloc[-1] - past.iloc[-5] == pytest.approx(month)


def test_a_longer_hold_is_never_better(study):
    low = [cash_study.held_payouts(study, weeks)["cash_low"].min() for weeks in (0, 3, 6)]
    assert low == sorted(low, reverse=True)
    bearable = cash_study.weeks_bearable(study)
    assert not cash_study.held_payouts(study, bearable)["gap_usd"].any()
    if bearable < 13:
        assert cash_study.held_payouts(study, bearable + 1)["gap_usd"].any()


def test_a_scenario_moves_the_cash_and_the_base_does_not(study):
    assert all(value == pytest.approx(1) for value in study.factors.values())
    shocked = Company.open(DEMO, scenario="us_tariff_jump")
    found = cash_study.books(shocked)
    fan = cash_study.cash_study(shocked, found).fan
    assert fan["cash_usd"].iloc[-1] < study.fan["cash_usd"].iloc[-1] - 1000


def test_the_cycle_ends_with_the_balance(company, books):
    last = working_capital.cycle_history(company, items=books.items, months=2).iloc[-1]
    assert last["inventory_usd"] == pytest.approx(books.balance["inventory"])
    assert last["ccc"] == pytest.approx(last["dio"] + last["dso"] - last["dpo"])


def test_capital_goes_to_projects_within_budget_and_caps(company, books):
    rate = capital_study.capital_rate(company, books)
    found = capital_study.portfolio(
        company, rate, budget_usd=200_000, market_cap=0.35, kind_cap=0.35, rng=np.random.default_rng(1), paths=2000
    )
    funded = found.projects[found.choice.funded > 0.5]
    assert funded["capital_usd"].sum() <= 200_000
    assert funded.groupby("kind")["capital_usd"].sum().max() <= 70_000
    assert found.table.loc[found.table["funded"], "npv_usd"].min() > 0


def test_small_questions_have_ranges_around_their_answers(company, books):
    table = money_questions.money_questions(company, books, 0.12, rng=np.random.default_rng(1))
    assert (table["low"] <= table["answer"] + 1e-9).all()
    assert (table["answer"] <= table["high"] + 1e-9).all()
    assert table["turns_at"].str.len().gt(0).all()


def test_a_company_with_few_tables_gets_what_its_tables_carry(tmp_path):
    small = Company.open(small_company.write(tmp_path, receivables="", payables="", opening_balances=""))
    found = cash_study.books(small)
    assert found.gap_usd == 0
    assert (
        capital_study.portfolio(small, 0.1, budget_usd=1, market_cap=1, kind_cap=1, rng=np.random.default_rng(1))
        is None
    )
    assert money_questions.warranty_table(small) is None
    with pytest.raises(InputError, match=r"finance\.debt\.rat"):
        cash_study.assumed(small, "finance.debt.rat")
