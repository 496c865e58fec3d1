"""The risk pages' calls on the simulated company: what needs its tables, and what a poorer company still gets."""

import numpy as np
import pandas as pd
import pytest
from crossborder import plan
from crossborder.company import Company
from crossborder.demo import truth
from crossborder.risk import (
    alerts,
    baseline,
    company_exposures,
    company_resilience,
    early_signs,
    frequency_severity,
    register,
    reserve,
    stress,
    watching,
)

DATA = "data/demo"


@pytest.fixture(scope="module")
def company() -> Company:
    return Company.open(DATA)


@pytest.fixture(scope="module")
def chain(company):
    found, depth = plan.stress_chain(company, cash_needed_usd=150_000, leverage_cap=3.5)
    assert depth == "plan"
    return found


class Without:
    """The company without some of its tables."""

    def __init__(self, company: Company, *absent: str) -> None:
        self._company, self._absent = company, absent

    def __getattr__(self, name: str):
        return getattr(self._company, name)

    def has(self, *names: str) -> bool:
        return not set(names) & set(self._absent) and self._company.has(*names)

    def optional(self, name: str):
        return None if name in self._absent else self._company.optional(name)


def test_tripled_freight_moves_every_number_down_the_chain(chain):
    shocks = pd.DataFrame({"freight": [0.0, 2.0]})
    before, after = (chain(shocks.reindex(columns=["freight"])).iloc[row] for row in (0, 1))
    assert after["landed_cost_per_order"] > before["landed_cost_per_order"]
    assert after["contribution_share"] < before["contribution_share"]
    assert after["cash_low"] < before["cash_low"]
    assert after["cash_headroom"] < before["cash_headroom"]
    assert after["leverage_headroom"] < before["leverage_headroom"]
    # Revenue stays, so the margin lost is the profit lost.
    assert after["revenue_year"] == pytest.approx(before["revenue_year"])
    lost = (before["contribution_share"] - after["contribution_share"]) * before["revenue_year"]
    assert before["ebitda_year"] - after["ebitda_year"] == pytest.approx(lost, rel=1e-6)
    assert before["cash_low"] - before["cash_headroom"] == pytest.approx(after["cash_low"] - after["cash_headroom"])


def test_the_vectorised_chain_equals_the_single_run(company, chain):
    case = plan.plan_case(company)
    single = plan.chain(company, case, {"freight_factor": 3.0})
    joint = plan.stress(company, case, pd.DataFrame({"freight": [2.0]})).iloc[0]
    for name in ("landed_cost_per_order", "contribution_share", "ebitda_year", "cash_low", "leverage_headroom"):
        assert joint[name] == pytest.approx(getattr(single, name))


def test_every_shock_of_the_matrix_has_its_direction(chain):
    table = stress.matrix(chain).set_index("scenario")["ebitda_year"]
    worse = table.drop(["base", "home currency -30 %"])
    assert (worse < table["base"]).all()
    assert table["home currency -30 %"] > table["base"]


def test_a_company_with_only_its_ledger_gets_the_first_order_chain(company):
    found, depth = plan.stress_chain(Without(company, "orders"), cash_needed_usd=0, leverage_cap=3.5)
    assert depth == "first order"
    table = stress.matrix(found).set_index("scenario")
    assert table.loc["freight +200 %", "profit"] < table.loc["base", "profit"]


def test_the_simulated_losses_cover_the_truth_of_the_middle(company):
    known = truth.load(DATA)["risks"]
    risks, record = register.scored(company.table("risks")), company.table("risk_losses")
    years, corrected = register.with_record(risks, record, company.as_of)
    joint = frequency_severity.kind_correlation(corrected["kind"], within=0.25, between=0.1)
    totals = reserve.parameter_draws(
        corrected, record_years=years, draws=60, correlation=joint, nu=8, rng=np.random.default_rng(1)
    )
    table = reserve.against_process(totals, company.table("risks"), known, record, years, rng=np.random.default_rng(2))
    assert table.set_index("measure").loc[["50% quantile", "90% quantile", "mean"], "covered"].all()


def test_alerts_on_later_weeks_beat_chance_and_reach_the_floor(company):
    indicators, incidents = company.table("indicators"), company.table("incidents")
    wide, side = baseline.panel(indicators)
    split = pd.Timestamp("2025-05-01")
    usual = baseline.learn(wide, side, train_end=split)
    watch, source = watching.watch_list(indicators, usual, incidents, end=split)
    assert source == "stated"
    table = alerts.rules_tested_later(
        usual, incidents, start=wide.index[8], split=split, end=wide.index[-1], watch=watch
    )
    joint = table.set_index("rule").loc["ensemble"]
    assert joint["precision"] >= 0.6
    assert joint["recall"] >= 0.6
    assert joint["median_lead_weeks"] >= 1
    assert joint["precision"] > 2 * joint["precision_chance"]


def test_exposures_scale_with_revenue(company):
    small, large = (company_exposures.table(company, revenue).set_index("exposure") for revenue in (1e6, 2e6))
    assert large.loc["infringement", "expected_usd"] == pytest.approx(2 * small.loc["infringement", "expected_usd"])
    optimum = company_exposures.compliance_optimum(company.table("risks"))
    assert (optimum["spend_usd"] <= optimum["expected_usd"] / np.e + 1).all()


def test_concentrations_and_outages_read_the_tables(company):
    table = company_resilience.concentrations(company, country_cap=0.3, platform_cap=0.45)
    assert set(table["dimension"]) == {"country of supply", "supplier", "platform", "market"}
    network, ceiling = company_resilience.outages(
        company, recovery_days=45, impact_cap=0.05, rng=np.random.default_rng(1)
    )
    assert 0 <= network["mean"] <= network["p95"] <= network["p99"] <= 1
    assert ceiling["share"].sum() == pytest.approx(1)
    assert (company_resilience.coverage(company)["kept"] > 0).all()
    assert company_resilience.supplier_watch(company)["grade"].isin(list("ABCD")).all()


def test_early_signs_say_nothing_where_a_table_is_absent(company):
    poor = Without(company, "reviews", "tickets", "shipments", "orders", "prices", "listings")
    assert early_signs.voice(poor).empty
    assert early_signs.ports(poor).empty
    assert early_signs.thresholds(poor, 50.0).empty
    assert early_signs.rivals(poor).empty
    assert early_signs.counterfeits(poor, seed=1).empty


def test_early_signs_of_the_whole_company(company):
    assert not early_signs.voice(company).empty
    assert early_signs.ports(company)["late_share"].between(0, 1).all()
    taxed = early_signs.thresholds(company, 25.0)
    assert (taxed["taxed_after"] >= taxed["taxed_before"]).all()
    assert set(early_signs.rivals(company)["light"]) <= {"green", "amber", "red"}
