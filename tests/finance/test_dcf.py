import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.finance.dcf import (
    adjusted_present_value,
    discounted_value,
    free_cash_flow,
    multiples,
    terminal_value,
)
from crossborder.finance.evaluate import evaluate
from crossborder.finance.statements import plan_model
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.finance.test_statements import drawn


def test_a_flow_for_ever_is_worth_flow_over_rate():
    """A constant flow: plan and terminal value together are the perpetuity, whatever the horizon."""
    for months in (12, 60, 120):
        worth = discounted_value(np.full(months, 100.0 / 12), 0.1, 0.0, mid_period=True)
        monthly = 1.1 ** (1 / 12) - 1
        exact = 100 / 12 / monthly * 1.1 ** (0.5 / 12)
        assert worth.enterprise[0] == pytest.approx(exact, rel=2e-3)


def test_gordon_growth_by_hand():
    assert terminal_value(np.array(100.0), 0.10, 0.02) == pytest.approx(100 * 1.02 / 0.08)
    assert terminal_value(np.array(-5.0), 0.10, 0.02) == 0


@settings(max_examples=30, deadline=None)
@given(st.floats(0.03, 0.3), st.floats(0, 500), st.floats(0.01, 0.12), st.floats(0, 0.4))
def test_adjusted_present_value_is_the_plain_one_plus_the_tax_saved(rate, debt, debt_rate, tax):
    flows = np.array([50.0, 60.0, 70.0])
    plain = adjusted_present_value(flows, rate, 0.0, debt_rate, tax)
    saved = sum(debt * debt_rate * tax / (1 + debt_rate) ** year for year in (1, 2, 3))
    assert adjusted_present_value(flows, rate, debt, debt_rate, tax) == pytest.approx(plain + saved)


def test_a_higher_rate_is_never_worth_more():
    flows = np.linspace(1, 5, 36)
    values = [discounted_value(flows, rate, 0.02).enterprise[0] for rate in (0.08, 0.1, 0.15, 0.3)]
    assert values == sorted(values, reverse=True)


def test_multiples_take_net_debt_from_earnings_multiples_only():
    ranges = pd.DataFrame(
        [("P/S", 1, 1, 1, "x"), ("EV/EBITDA", 5, 5, 5, "x")], columns=["multiple", "low", "base", "high", "source"]
    )
    table = multiples(200.0, 30.0, 40.0, ranges)
    assert table["base_usd"].tolist() == [200.0, 110.0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: discounted_value(np.ones(24), 0.05, 0.05), Refusal, "growth for ever must lie below"),
        (lambda: discounted_value(np.ones(6), 0.1, 0.0), InputError, "at least 12"),
        (lambda: discounted_value(np.ones(12), 0.0, -0.1), InputError, "above 0"),
    ],
)
def test_what_has_no_value_is_told(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_free_cash_does_not_depend_on_the_loan():
    """The tax that interest saves is in the cost of capital; counted in the flow as well, it would count twice."""
    rng = np.random.default_rng(2)
    inputs = drawn(rng, paths=4, months=8)
    # Profit in every month, tax owed from nothing, no losses: interest then saves tax in full.
    inputs |= {"orders_per_ad_usd": inputs["orders_per_ad_usd"] * 0, "order_value": inputs["order_value"] + 5_000}
    inputs |= {name: np.zeros((4, 1, 1, 1)) for name in ("losses_opening", "loan_drawn", "loan_repaid")}
    with_loan = evaluate(plan_model(), inputs, 8)
    without = evaluate(
        plan_model(), inputs | {"loan_opening": inputs["loan_opening"] * 0, "deposit_rate": np.zeros((4, 1, 1, 1))}, 8
    )
    assert (with_loan["profit_before_tax"] > 0).all() and with_loan["interest_paid"].min() > 0
    np.testing.assert_allclose(free_cash_flow(with_loan), free_cash_flow(without), rtol=1e-9)
