"""Which lines leave: by hand on a frame of orders, and on the demo company."""

import pandas as pd
import pytest
from crossborder import plan
from crossborder.company import Company
from crossborder.company.files import repository
from crossborder.finance import order_economics


@pytest.fixture(scope="module")
def company():
    return Company.open(repository() / "data" / "demo")


@pytest.fixture(scope="module")
def lines(company):
    return plan.low_yield_lines(company)


def test_lines_add_up_to_the_contribution_of_all_orders(company, lines):
    from crossborder.finance import unit_economics

    table = order_economics.order_economics(company, 12).table
    whole = unit_economics.waterfall(table).iloc[0]
    assert lines["contribution_usd"].sum() == pytest.approx(whole["contribution"] * whole["orders"])
    assert lines["net_sales_usd"].sum() == pytest.approx(whole["net_sales"] * whole["orders"])


def test_a_higher_floor_sends_more_lines_away(company, lines):
    strict = plan.low_yield_lines(company, floor_margin=0.35)
    assert (strict["decision"].isin(["exit", "mend"])).sum() > (lines["decision"].isin(["exit", "mend"])).sum()
    assert set(lines["decision"]) <= {"exit", "mend", "keep", "too few"}


def test_only_a_line_that_is_low_twice_and_does_not_grow_leaves(company):
    strict = plan.low_yield_lines(company, floor_margin=0.9)
    leave = strict[strict["decision"] == "exit"]
    assert (leave["growth"] <= 0).all() and (strict.loc[strict["growth"] > 0, "decision"] != "exit").all()
    assert (plan.low_yield_lines(company, least_orders=10**9)["decision"] == "too few").all()


def test_worst_lines_come_first(lines):
    assert lines["margin"].is_monotonic_increasing and isinstance(lines, pd.DataFrame)
