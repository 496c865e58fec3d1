import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.finance.cash_gap import cash_gap, financing_plan, reserve_months, safety_line
from hypothesis import given, settings
from hypothesis import strategies as st

TOOLS = pd.DataFrame(
    [("early payouts", 80.0, 0.12, 0.01, 0), ("bank line", 200.0, 0.06, 0.0, 2)],
    columns=["instrument", "limit_usd", "rate_year", "fee_share", "lead_weeks"],
)


def test_the_trigger_is_the_first_week_under_the_line():
    fan = pd.DataFrame({"cash_low": [10.0, 4.0, 8.0, 3.0], "cash_usd": [12.0, 6.0, 9.0, 5.0]})
    table = cash_gap(fan, 5.0)
    assert table["gap_usd"].tolist() == [0, 1, 0, 2]
    assert table["trigger"].tolist() == [False, True, False, False]
    assert table["gap_expected_usd"].sum() == 0


def test_the_dear_money_bridges_until_the_cheap_one_comes():
    plan = financing_plan(np.array([50.0, 50.0, 50.0, 0.0]), TOOLS)
    assert plan.uncovered_usd == pytest.approx(0, abs=1e-6)
    assert plan.draws["instrument"].tolist() == ["early payouts", "bank line"]
    # 50 for two weeks at 12 % and 1 % fee, then 50 for one week at 6 %
    assert plan.cost_usd == pytest.approx(50 * (2 * 0.12 / 52 + 0.01) + 50 * 0.06 / 52)


def test_what_no_instrument_reaches_is_said():
    assert financing_plan(np.array([100.0, 0.0]), TOOLS).uncovered_usd == pytest.approx(20)
    assert financing_plan(np.zeros(4), TOOLS).cost_usd == 0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 250), min_size=3, max_size=8))
def test_a_larger_gap_never_costs_less(gap):
    gap = np.array(gap)
    less, more = financing_plan(gap, TOOLS), financing_plan(gap * 1.1, TOOLS)
    assert more.cost_usd + 1e3 * more.uncovered_usd >= less.cost_usd + 1e3 * less.uncovered_usd - 1e-6


def test_safety_line_and_reserve_months_by_hand():
    assert safety_line(10.0, 6) == 60
    assert safety_line(10.0, 6, covenant_usd=100) == 100
    middle, low, high = reserve_months(120.0, np.array([10.0, 14.0]))
    assert middle == pytest.approx(10)
    assert low < middle < high


def test_bad_input():
    with pytest.raises(InputError, match="lead_weeks"):
        financing_plan(np.ones(2), TOOLS.drop(columns="lead_weeks"))
    with pytest.raises(InputError, match="gap_usd"):
        financing_plan(np.array([-1.0]), TOOLS)
    with pytest.raises(Refusal, match="two months"):
        reserve_months(1.0, np.array([1.0]))
    with pytest.raises(InputError, match="at least 0"):
        safety_line(-1.0, 2)
