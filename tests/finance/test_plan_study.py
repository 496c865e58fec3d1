import numpy as np
import pytest
from crossborder import plan
from crossborder.company import Company
from crossborder.company.files import repository
from crossborder.errors import InputError
from crossborder.finance import plan_cases, plan_study
from crossborder.finance.evaluate import evaluate
from crossborder.finance.statements import plan_model


@pytest.fixture(scope="module")
def company() -> Company:
    return Company.open(repository() / "data" / "demo")


@pytest.fixture(scope="module")
def case(company):
    return plan.plan_case(company, months=24)


@pytest.fixture(scope="module")
def values(case):
    return evaluate(plan_model(), case.inputs, 24)


def test_the_market_values_sum_to_the_group(values, case):
    table = plan_study.value_by_market(values, case, rate=0.14, terminal_growth=0.02).set_index("step")["usd"]
    assert table.drop("enterprise value").sum() == pytest.approx(table["enterprise value"])


def test_yearly_income_sums_months_and_balances_take_the_last(values, case):
    income = plan_study.yearly_statements(values, case, "income").set_index("line")
    assert income.loc["revenue"].sum() == pytest.approx(float(values["revenue"].sum()))
    balance = plan_study.yearly_statements(values, case, "balance").set_index("line")
    assert balance.loc["cash", "year 2"] == pytest.approx(float(values["cash"][0, -1, 0, 0]))
    np.testing.assert_allclose(balance.loc["assets"], balance.loc["liabilities_and_equity"])
    with pytest.raises(InputError, match="statement 'profits' is not known"):
        plan_study.yearly_statements(values, case, "profits")


def test_paths_keep_their_checks_and_their_odds_are_probabilities(case):
    linked = plan_cases.correlated(case, ["freight", "duty"], 0.5)
    paths = plan_study.plan_paths(
        case, paths=300, rate=0.14, terminal_growth=0.02, rng=np.random.default_rng(1), correlation=linked
    )
    assert paths.largest_gap < 1e-6
    odds = plan_study.odds(paths, cash_floor=1e5, leverage_cap=3.5, hurdle_value=0.0, margin_target=0.03)
    assert odds["probability"].between(odds["low"], odds["high"]).all()
    fan = plan_study.fan(paths, "cash")
    assert (fan["low_90"] <= fan["low_50"]).all() and (fan["low_50"] <= fan["median"]).all()


def test_the_plan_run_backwards_reaches_its_target(case):
    table = plan_study.reverse_plan(case, 0.05, plan_cases.LEVERS).set_index("lever")
    factor = 1 + table.loc["orders", "change_needed"]
    inputs = case.inputs | {"demand_factor": case.inputs["demand_factor"] * factor}
    values = evaluate(plan_model(), inputs, 24, keep=["net_income", "revenue"])
    assert float(values["net_income"][0, :12].sum() / values["revenue"][0, :12].sum()) == pytest.approx(0.05, abs=1e-4)


def test_markets_as_projects_count_their_internal_rates(company, values, case):
    found = plan_cases.market_projects(company, values, case, hurdle=0.14)
    assert set(found.table["market"]) == set(case.markets)
    for row in found.table.itertuples():
        assert row.irr_count == len(found.rates[row.market].rates)
