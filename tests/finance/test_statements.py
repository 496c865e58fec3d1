import numpy as np
import pytest
from crossborder.finance.evaluate import evaluate
from crossborder.finance.segments import SEGMENT_INPUTS
from crossborder.finance.statements import CHECKS, GROUP_INPUTS, STATEMENTS, plan_model
from hypothesis import given, settings
from hypothesis import strategies as st

MODEL = plan_model()


def drawn(rng: np.random.Generator, paths: int, months: int) -> dict[str, np.ndarray]:
    """Random but possible inputs, with opening balances that balance."""
    ranges = {
        "fraction": (0, 0.4),
        "fraction a month": (0, 0.03),
        "factor": (0.5, 2),
        "months": (0, 2),
        "orders": (0, 900),
        "orders per USD": (0, 0.1),
        "USD": (0, 60),
    }
    shape = (paths, months, 3, 2)
    inputs = {name: rng.uniform(*ranges[unit], shape) for name, (unit, _) in SEGMENT_INPUTS.items()}
    for name, (unit, _) in GROUP_INPUTS.items():
        low, high = ranges[unit] if unit != "USD" else (0, 5_000)
        inputs[name] = rng.uniform(low, high, (paths, months if not name.endswith("_opening") else 1, 1, 1))
    assets = sum(inputs[f"{name}_opening"] for name in ("cash", "receivables", "inventory", "fixed_assets"))
    owed = sum(inputs[f"{name}_opening"] for name in ("payables", "tax_payable", "loan", "share_capital"))
    inputs["retained_earnings_opening"] = assets - owed
    return inputs


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_balance_cash_and_segments_agree_in_every_month_on_every_path(seed):
    inputs = drawn(np.random.default_rng(seed), paths=3, months=7)
    values = evaluate(MODEL, inputs, 7)
    scale = abs(values["assets"]).max()
    for check in CHECKS:
        assert abs(values[check]).max() <= 1e-9 * scale, check


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 10**6),
    st.sampled_from(
        [
            "product_cost_per_order",
            "freight_per_order",
            "freight_factor",
            "duty_rate",
            "platform_fee_rate",
            "fulfilment_per_order",
            "return_cost",
            "service_cost_per_order",
            "compliance_share",
            "ad_cost_factor",
            "payroll",
            "overheads",
        ]
    ),
    st.floats(1.0, 3.0),
)
def test_more_cost_never_raises_profit_or_cash(seed, cost, factor):
    inputs = drawn(np.random.default_rng(seed), paths=2, months=6)
    # Stock and payables follow the cost of goods; they are held apart so that only profit speaks.
    inputs |= {"inventory_months": np.zeros(1), "payable_months": np.zeros(1)}
    inputs["inventory_opening"] = inputs["payables_opening"] = np.zeros((1, 1, 1, 1))
    before = evaluate(MODEL, inputs, 6, keep=["ebitda", "cash"])
    after = evaluate(MODEL, inputs | {cost: inputs[cost] * factor}, 6, keep=["ebitda", "cash"])
    assert (after["ebitda"] <= before["ebitda"] + 1e-6).all()
    assert (after["cash"][:, -1] <= before["cash"][:, -1] + 1e-6).all()


def test_a_planted_imbalance_is_seen():
    inputs = drawn(np.random.default_rng(1), paths=1, months=3)
    inputs["retained_earnings_opening"] = inputs["retained_earnings_opening"] + 1.0
    values = evaluate(MODEL, inputs, 3, keep=["balance_gap"])
    np.testing.assert_allclose(values["balance_gap"].ravel(), -1.0, atol=1e-9)


def test_a_month_by_hand():
    """One segment, one month, round numbers that can be redone on paper."""
    inputs = dict.fromkeys(SEGMENT_INPUTS, 0.0) | dict.fromkeys(GROUP_INPUTS, 0.0)
    inputs |= {
        "baseline_orders": 80,
        "demand_factor": 1,
        "ad_budget": 100,
        "orders_per_ad_usd": 0.2,
        "order_value": 50,
        "fx_index": 1,
        "return_rate": 0.1,
        "product_cost_per_order": 10,
        "freight_per_order": 4,
        "freight_factor": 1,
        "customs_value_per_order": 12,
        "duty_rate": 0.25,
        "platform_fee_rate": 0.15,
        "fulfilment_per_order": 5,
        "ad_cost_factor": 1,
        "payroll": 500,
        "tax_rate": 0.25,
        "cash_opening": 1000,
        "share_capital_opening": 1000,
        "receivable_months": 0.5,
    }
    values = {name: float(array[0, 0, 0, 0]) for name, array in evaluate(MODEL, inputs, 1).items()}
    assert values["orders"] == 100
    assert values["revenue"] == 4500  # 100 x 50 less a tenth
    assert values["cost_of_goods"] == 1000 + 400 + 300
    assert values["selling_cost"] == 750 + 500
    assert values["ebitda"] == 4500 - 1700 - 1250 - 100 - 500
    assert values["net_income"] == pytest.approx(950 * 0.75)
    assert values["receivables"] == 2250
    assert values["cash"] == 1000 + 950 - 2250  # the tax is owed until next month


def test_every_line_of_a_statement_exists_and_has_unit_and_note():
    for lines in STATEMENTS.values():
        assert set(lines) <= MODEL.lines.keys()
    assert all(line.unit and line.note for line in MODEL.lines.values())


def test_stock_and_payables_follow_the_rate_of_goods_and_not_the_month():
    """A cost of goods that doubles for one month moves the rate by its share, and stock and payables with it."""
    inputs = drawn(np.random.default_rng(4), paths=1, months=3) | {
        "goods_rate_share": np.array(0.25), "inventory_months": np.array(3.0), "payable_months": np.array(2.0),
    }  # fmt: skip
    usual = evaluate(MODEL, inputs, 3)["cost_of_goods"][0, :, 0, 0]
    inputs["goods_rate_opening"] = np.array(100.0)
    values = evaluate(MODEL, inputs, 3)
    rate = 100.0
    for month in range(3):
        rate = 0.75 * rate + 0.25 * usual[month]
        assert values["goods_rate"][0, month, 0, 0] == pytest.approx(rate)
        assert values["inventory"][0, month, 0, 0] == pytest.approx(3 * rate)
        assert values["payables"][0, month, 0, 0] == pytest.approx(2 * rate)
