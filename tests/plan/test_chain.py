"""One change moves every number downstream, in the right direction and by the right amount."""

import pandas as pd
import pytest
from crossborder import plan
from crossborder.company import Company, scenarios
from crossborder.company.files import repository

DEMO = repository() / "data" / "demo"


@pytest.fixture(scope="module")
def results() -> pd.DataFrame:
    rows = {name: plan.chain(Company.open(DEMO, scenario=name)).as_series() for name in scenarios.available()}
    return pd.DataFrame(rows).T


def worse(results: pd.DataFrame, scenario: str, *columns: str) -> None:
    for column in columns:
        assert results.loc[scenario, column] < results.loc["base", column], (scenario, column)


DOWNSTREAM = ("contribution_share", "ebitda_year", "cash_low", "cash_headroom", "leverage_headroom", "enterprise_value")


@pytest.mark.parametrize(
    "scenario", ["freight_shock", "us_tariff_jump", "canal_closure", "ad_cost_up_40", "combined_stress"]
)
def test_dearer_costs_lower_everything_downstream(results, scenario):
    worse(results, scenario, *DOWNSTREAM)
    if scenario != "ad_cost_up_40":
        assert results.loc[scenario, "landed_cost_per_order"] > results.loc["base", "landed_cost_per_order"]


def test_demand_moves_sales_and_value_its_own_way(results):
    assert results.loc["demand_boom", "revenue_year"] == pytest.approx(
        1.3 * results.loc["base", "revenue_year"], rel=1e-6
    )
    assert results.loc["demand_boom", "enterprise_value"] > results.loc["base", "enterprise_value"]
    worse(results, "demand_slump", "revenue_year", "ebitda_year", "enterprise_value")


def test_a_cheaper_home_currency_helps_an_exporter(results):
    assert results.loc["home_currency_minus_30", "landed_cost_per_order"] < results.loc["base", "landed_cost_per_order"]
    assert results.loc["home_currency_minus_30", "ebitda_year"] > results.loc["base", "ebitda_year"]


@pytest.mark.parametrize("scenario", ["platform_ban", "supplier_failure"])
def test_what_is_shut_sells_less(results, scenario):
    worse(results, scenario, "revenue_year", "ebitda_year", "enterprise_value")


def test_tripled_freight_reconciles_from_landed_cost_to_earnings():
    """Freight +200 %: landed cost, margin, cash low point and covenant headroom all respond, by the same money."""
    company = Company.open(DEMO)
    case = plan.plan_case(company)
    base, shocked = plan.chain(company, case), plan.chain(company, case, {"freight_factor": 3.0})
    orders = base.revenue_year / 1.0
    dearer = (shocked.landed_cost_per_order - base.landed_cost_per_order) / base.landed_cost_per_order
    assert dearer > 0
    lost = base.ebitda_year - shocked.ebitda_year
    assert lost == pytest.approx((base.contribution_share - shocked.contribution_share) * orders, rel=1e-9)
    assert shocked.cash_low < base.cash_low
    assert shocked.leverage_headroom < base.leverage_headroom


def test_shocks_on_many_paths_equal_one_run_each():
    company = Company.open(DEMO)
    case = plan.plan_case(company, months=36)
    table = plan.stress(company, case, pd.DataFrame({"freight": [0.0, 2.0], "demand": [0.0, -0.2]}))
    one = plan.chain(company, case, {"freight_factor": 3.0, "demand_factor": 0.8})
    assert table["cash_low"].iloc[1] == pytest.approx(one.cash_low)
    assert table["cash_low"].iloc[0] == pytest.approx(plan.chain(company, case).cash_low)
