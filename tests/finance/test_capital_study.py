"""Capital of the demo company: rates, projects, rounds and debt move as they must."""

import numpy as np
import pytest
from crossborder.company import Company
from crossborder.finance import capital_study, cash_study

from tests.finance import small_company


@pytest.fixture(scope="module")
def company():
    return Company.open("data/demo")


@pytest.fixture(scope="module")
def books(company):
    return cash_study.books(company)


@pytest.fixture(scope="module")
def found(company):
    return chosen(company, 300_000)


def chosen(company, budget, cap=0.35):
    options = {"budget_usd": budget, "market_cap": cap, "kind_cap": cap, "paths": 800}
    return capital_study.portfolio(company, 0.14, rng=np.random.default_rng(2), **options)


def test_the_rate_lies_between_debt_and_equity(company, books):
    debt = cash_study.assumed(company, "finance.debt.rate")[0]
    assert debt * 0.75 < capital_study.capital_rate(company, books) < 0.25


def test_without_assumptions_the_placeholder_cost_counts(tmp_path):
    small = Company.open(small_company.write(tmp_path))
    assert 0.02 < capital_study.capital_rate(small, cash_study.books(small)) < 0.3


def test_the_choice_keeps_budget_and_caps_and_more_money_is_never_worse(company, found):
    projects = found.projects.assign(given=found.choice.funded)
    spent = projects["capital_usd"].astype(float) * projects["given"]
    assert spent.sum() <= 300_000 + 1e-6
    for by in ("market", "kind"):
        assert spent.groupby(projects[by]).sum().max() <= 0.35 * 300_000 + 1e-6
    richer = chosen(company, 450_000)
    assert richer.choice.value_usd >= found.choice.value_usd - 1e-6
    assert found.value[1] <= found.value[0] <= found.value[2]


def test_caution_costs_value_and_saves_tail(found):
    frontier = found.frontier
    assert frontier["value_usd"].is_monotonic_decreasing
    assert frontier["shortfall_usd"].is_monotonic_decreasing


def test_trials_stay_under_their_cap_or_are_stopped(found):
    table = capital_study.trial_table(found, 2_000_000, cap=0.05)
    assert (table["stop"] == (table["share"] > 0.05)).all()
    poor = capital_study.trial_table(found, 20_000, cap=0.05)
    assert poor["stop"].any()


def test_spending_lowers_cash_by_what_is_spent(company, books):
    paths = [
        capital_study.cash_paths(company, books, money, paths=50, rng=np.random.default_rng(1))
        for money in (0.0, 120_000)
    ]
    assert paths[0].shape == (50, capital_study.LOOK_AHEAD)
    assert (paths[0] - paths[1])[:, 11:] == pytest.approx(np.full((50, 25), 120_000))


def test_rounds_dilute_less_at_a_higher_value(company, books):
    paths = capital_study.cash_paths(company, books, 0.0, paths=50, rng=np.random.default_rng(1))
    ahead = capital_study.rounds(company, books, paths, raise_usd=300_000, safety_usd=200_000)
    assert ahead.next["dilution"].is_monotonic_decreasing
    assert ahead.owned.groupby("order")["fraction"].sum().to_numpy() == pytest.approx(1.0)


def test_more_debt_is_cheaper_and_riskier(company, books):
    table = capital_study.debt_choice(
        company, books, 300_000, rate_equity=0.15, safety_usd=200_000, rng=np.random.default_rng(3), paths=2000
    )
    assert table["cost"].is_monotonic_decreasing and table["breach"].is_monotonic_increasing
    best = table[table["best"]].iloc[0]
    assert best["breach"] <= 0.05 and (table.loc[table["within"], "cost"] >= best["cost"]).all()


def test_a_company_without_projects_or_rounds_gets_none(tmp_path):
    small = Company.open(small_company.write(tmp_path))
    assert chosen(small, 1000) is None
    paths = np.full((2, 36), 100.0)
    assert capital_study.rounds(small, cash_study.books(small), paths, raise_usd=10, safety_usd=1) is None
