"""What the start page asks, from the demo company's tables, and from a company that has none of them."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company, standing
from crossborder.company.files import repository

RATES = pd.Series(
    {"USD": 1.0, "EUR": 1.1, "GBP": 1.3, "JPY": 0.0066, "MXN": 0.055, "BRL": 0.19, "IDR": 6e-5, "SAR": 0.267}
)


@pytest.fixture(scope="module")
def company():
    return Company.open(repository() / "data" / "demo")


def test_both_sides_are_rated(company):
    assert set(standing.ratings(company)["side"]) == {"seller", "buyer"}


def test_a_market_on_the_frontier_saves_nothing(company):
    found = standing.market_efficiency(company, RATES)
    best = found[found["efficiency"] > 1 - 1e-9]
    assert len(best) and best["saving_ad_usd"].abs().max() < 1e-6
    assert found["efficiency"].between(0.3, 1).all()


def test_potential_ranks_every_market(company):
    found = standing.market_potential(company, np.random.default_rng(1))
    assert set(found["market"]) == set(company.markets) and found["potential"].is_monotonic_decreasing


def test_processes_and_staff_of_the_service(company):
    assert set(standing.speed(company)["process"]) == {"first reply to a ticket", "ticket solved", "purchase received"}
    mix = standing.staffing(company, np.random.default_rng(1)).iloc[0]
    assert mix["fixed_low"] <= mix["fixed_hours"] <= mix["fixed_high"] and 0 < mix["saving_share"] < 1


def test_shared_means_lie_near_those_in_the_house(company):
    found = standing.shared_pieces(company, np.random.default_rng(1)).set_index("market")
    assert found.loc["all, shared", "error"] == pytest.approx(0, abs=0.05)
    assert (found["error"].abs() > 0).all(), "no mean leaves as it is"


def test_every_change_of_a_purchase_is_seen(company):
    found = standing.sealed_purchases(company)
    assert found["found"].iloc[0] == "chain holds" and found["found"].iloc[1:].str.startswith("seen at row").all()


def test_a_company_without_the_tables_gets_no_answer(monkeypatch, company):
    monkeypatch.setattr(Company, "has", lambda self, *tables: False)
    rng = np.random.default_rng(1)
    assert standing.ratings(company) is None and standing.market_efficiency(company, RATES) is None
    assert standing.market_potential(company, rng) is None and standing.speed(company) is None
    assert standing.staffing(company, rng) is None and standing.shared_pieces(company, rng) is None
    assert standing.sealed_purchases(company) is None
