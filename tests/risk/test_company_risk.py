"""The risk pages' calls on the simulated company: what needs its tables, and what a poorer company still gets."""

import numpy as np
import pandas as pd
import pytest
from crossborder import plan
from crossborder.demo import risk_tables, truth
from crossborder.risk import (
    alerts,
    baseline,
    frequency_severity,
    register,
    reserve,
    stress,
    watching,
)

DATA = "data/demo"


@pytest.fixture(scope="module")
def chain(company):
    found, depth = plan.stress_chain(company, cash_needed_usd=150_000, leverage_cap=3.5)
    assert depth == "plan"
    return found


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


def test_a_company_with_only_its_ledger_gets_the_first_order_chain(without):
    found, depth = plan.stress_chain(without("orders"), cash_needed_usd=0, leverage_cap=3.5)
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


def test_quantiles_cover_the_truth_in_most_of_the_records_that_might_have_been(company):
    """Sixteen other six-year records of the same process: our 90 % intervals hold its true quantiles and its mean."""
    known, risks = truth.load(DATA)["risks"], register.scored(company.table("risks"))
    clusters = risks["risk_id"].map(known["risk_clusters"].set_index("risk_id")["cluster"])
    joint = frequency_severity.kind_correlation(risks["kind"], within=0.25, between=0.1)
    true = frequency_severity.simulate_clusters(
        risks, clusters, 60_000, shape=known["risk_cluster_shape"], rng=np.random.default_rng(9)
    )
    wanted, held = [*np.quantile(true, [0.5, 0.9, 0.95]), true.mean()], []
    for seed in range(16):
        rng = np.random.default_rng([7, seed])
        years, corrected = register.with_record(risks, risk_tables.draw_losses(risks, rng), company.as_of)
        totals = reserve.parameter_draws(
            corrected, record_years=years, draws=40, years=400, correlation=joint, nu=8, rng=rng
        )
        ends = reserve.quantile_intervals(totals, [0.5, 0.9, 0.95])
        low, high = (
            [*ends["low"], np.quantile(totals.mean(axis=1), 0.05)],
            [
                *ends["high"],
                np.quantile(totals.mean(axis=1), 0.95),
            ],
        )
        held.append([below <= value <= above for below, value, above in zip(low, wanted, high, strict=True)])
    assert np.mean(held) >= 0.85, np.mean(held, axis=0)
    assert (np.mean(held, axis=0) >= 0.75).all()


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
