"""One change moves every number downstream, in the right direction and by the right amount."""

import pandas as pd
import pytest
from crossborder import plan
from crossborder.company import Company, scenarios
from crossborder.company.files import repository

DEMO = repository() / "data" / "demo"


@pytest.fixture(scope="module")
def results() -> pd.DataFrame:
    return plan.scenario_table(Company.open(DEMO)).set_index("scenario")


DEARER = {
    "landed_cost_per_order": 1,
    "contribution_share": -1,
    "revenue_year": 0,
    "ebitda_year": -1,
    "cash_low": -1,
    "cash_headroom": -1,
    "leverage_headroom": -1,
    "enterprise_value": -1,
}
SHUT = {"revenue_year": -1, "ebitda_year": -1, "leverage_headroom": -1, "enterprise_value": -1}
MORE = {"landed_cost_per_order": 0, "contribution_share": 1, "revenue_year": 1, "ebitda_year": 1, "enterprise_value": 1}
# Which way each figure must go; a figure that may go either way (cash when sales fall and stock is sold) is left out.
SIGNS = {
    "base": dict.fromkeys(DEARER, 0),
    "freight_shock": DEARER,
    "us_tariff_jump": DEARER,
    "canal_closure": DEARER,
    "ad_cost_up_40": DEARER | {"landed_cost_per_order": 0},
    "combined_stress": DEARER | {"revenue_year": -1},
    "eu_parcel_duty": dict.fromkeys(DEARER, 0),  # the demo company sends no parcel; with parcels: see below
    "home_currency_minus_30": {name: -sign for name, sign in DEARER.items()},
    "demand_boom": MORE,
    "demand_slump": {name: -sign for name, sign in MORE.items()},
    "platform_ban": SHUT,
    "supplier_failure": SHUT,
}


def test_every_scenario_states_which_way_it_moves():
    assert set(SIGNS) == set(scenarios.available())


@pytest.mark.parametrize("scenario", SIGNS)
def test_a_scenario_moves_every_figure_its_own_way(results, scenario):
    for figure, sign in SIGNS[scenario].items():
        change, size = results.loc[scenario, figure] - results.loc["base", figure], abs(results.loc["base", figure])
        moved = 0 if abs(change) < 1e-6 * size else (1 if change > 0 else -1)
        assert moved == sign, (figure, change)


def test_the_figures_of_one_scenario_agree_with_each_other(results):
    """Leverage falls when earnings rise, headroom is cash less one floor, what is left of sales pays one overhead."""
    by_earnings = results.sort_values("ebitda_year")
    assert by_earnings["leverage"].astype(float).is_monotonic_decreasing
    floor = (results["cash_low"] - results["cash_headroom"]).astype(float)
    assert floor.to_numpy() == pytest.approx(floor["base"], rel=1e-9)
    overhead = (results["contribution_share"] * results["revenue_year"] - results["ebitda_year"]).astype(float)
    same = overhead.drop("home_currency_minus_30")  # payroll is paid in the home currency
    assert same.to_numpy() == pytest.approx(overhead["base"], rel=1e-9)
    assert overhead["home_currency_minus_30"] < overhead["base"]


def test_a_larger_shock_of_one_kind_is_never_milder(results):
    mild, hard = results.loc["canal_closure"], results.loc["freight_shock"]
    assert hard["landed_cost_per_order"] > mild["landed_cost_per_order"]
    assert (
        hard["contribution_share"] < mild["contribution_share"] and hard["enterprise_value"] < mild["enterprise_value"]
    )
    assert results.loc["combined_stress", "enterprise_value"] == results["enterprise_value"].min()


def test_more_freight_never_raises_margin_cash_or_value():
    company = Company.open(DEMO)
    case = plan.plan_case(company, months=36)
    steps = [plan.chain(company, case, {"freight_factor": factor}) for factor in (1.0, 1.2, 2.0, 3.0, 5.0)]
    for figure in ("contribution_share", "ebitda_year", "cash_low", "leverage_headroom", "enterprise_value"):
        values = [getattr(step, figure) for step in steps]
        assert values == sorted(values, reverse=True) and len(set(values)) == len(values), figure


def test_the_table_of_scenarios_equals_a_company_opened_under_one(results):
    alone = plan.chain(Company.open(DEMO, scenario="us_tariff_jump")).as_series()
    assert results.loc["us_tariff_jump", list(DEARER)].astype(float).tolist() == alone[list(DEARER)].tolist()


def test_demand_moves_sales_by_its_own_size(results):
    for name, factor in {"demand_boom": 1.3, "demand_slump": 0.75}.items():
        assert results.loc[name, "revenue_year"] == pytest.approx(
            factor * results.loc["base", "revenue_year"], rel=1e-6
        )


def test_a_duty_on_parcels_costs_whoever_sends_parcels(results, monkeypatch):
    """With every German shipment by courier the fee of two euros lowers the margin; without parcels nothing."""
    assert results.index[~results["touches"]].tolist() == ["eu_parcel_duty"]
    tables = Company.table

    def by_courier(self, name):
        frame = tables(self, name)
        return frame.assign(mode=frame["mode"].where(frame["market"] != "DE", "courier")) if name == "lanes" else frame

    monkeypatch.setattr(Company, "table", by_courier)
    table = plan.scenario_table(Company.open(DEMO), ["base", "eu_parcel_duty"]).set_index("scenario")
    assert table.loc["eu_parcel_duty", "touches"]
    for figure, sign in DEARER.items():
        assert (table.loc["eu_parcel_duty", figure] - table.loc["base", figure]) * sign >= (1e-4 if sign else 0)


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
