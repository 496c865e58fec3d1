import numpy as np
import pandas as pd
import pytest
from crossborder import plan
from crossborder.company import Company
from crossborder.company.files import repository
from crossborder.finance.evaluate import evaluate
from crossborder.finance.order_economics import order_economics
from crossborder.finance.statements import CHECKS, plan_model

DEMO = repository() / "data" / "demo"


@pytest.fixture(scope="module")
def company() -> Company:
    return Company.open(DEMO)


@pytest.fixture(scope="module")
def case(company):
    return plan.plan_case(company, months=24)


def test_the_checks_are_zero_and_the_opening_sheet_is_the_company_s(company, case):
    values = evaluate(plan_model(), case.inputs, 24)
    scale = float(values["assets"].max())
    assert max(float(abs(values[name]).max()) for name in CHECKS) < 1e-9 * scale
    assert float(np.ravel(values["cash_opening"])[0]) > 0


def test_without_growth_and_season_the_first_year_repeats_the_last(company):
    """The plan's segment lines price a year of orders as the waterfall does."""
    from crossborder.finance.plan_inputs import segment_inputs

    now = order_economics(company, 12)
    markets = sorted(now.table["market"].unique())
    flat = pd.DataFrame(1.0, index=range(1, 13), columns=markets)
    zero = pd.Series(0.0, index=markets)
    case = segment_inputs(
        now.table,
        flat,
        zero,
        zero,
        12,
        start=pd.Timestamp("2026-11-01"),
        incremental_ad_share=0.3,
        terminal_growth=0.0,
        resale_share=0.0,
    )
    group = {name: 0.0 for name in plan_model().inputs if name not in case.inputs}
    values = evaluate(plan_model(), case.inputs | group, 12)
    table = now.table
    sales = (table["price"] - table["discount"] - table["sales_tax"]).sum()
    assert values["gross_sales"].sum() == pytest.approx(sales, rel=1e-9)
    assert values["orders"].sum() == pytest.approx(float(table["orders"].sum()), rel=1e-9)
    costs = table[["product", "inland", "freight", "insurance", "duty", "brokerage"]].sum().sum()
    assert values["cost_of_goods"].sum() == pytest.approx(costs, rel=1e-9)
    assert values["advertising"].sum() == pytest.approx(table["advertising"].sum(), rel=1e-9)


def test_growth_lies_between_market_and_momentum(company):
    growth = plan.planned_growth(company)
    inside = growth[["low", "high"]]
    assert (growth["base"].between(inside.min(axis=1), inside.max(axis=1))).all()


def test_season_has_mean_one(company):
    np.testing.assert_allclose(plan.season_by_market(company).mean(), 1.0)


def test_capital_costs_more_than_debt(company):
    rate = plan.capital_rate(company)
    assert rate["debt_after_tax"] < rate["weighted"] < rate["equity"]
