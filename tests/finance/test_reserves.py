import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.finance.reserves import reserve_account, reserve_strength, warranty_accrual
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 500)), min_size=1, max_size=20), st.floats(0, 0.2))
def test_the_account_carries_forward_and_every_loss_is_borne(rows, rate):
    sales, losses = np.array(rows).T
    table = reserve_account(sales, losses, rate=rate, opening_usd=50.0)
    moved = table["opening_usd"] + table["accrued_usd"] - table["drawn_usd"]
    np.testing.assert_allclose(moved, table["closing_usd"], atol=1e-9)
    np.testing.assert_allclose(table["opening_usd"][1:], table["closing_usd"][:-1])
    np.testing.assert_allclose(table["drawn_usd"] + table["top_up_usd"], losses, atol=1e-9)
    assert (table["closing_usd"] >= -1e-9).all()


def test_a_higher_rate_runs_out_less_often():
    rng = np.random.default_rng(1)
    sales, losses = np.full(36, 100.0), rng.gamma(0.3, 10, 36)
    table = reserve_strength(sales, losses, rates=(0.01, 0.03, 0.1, 0.9), rng=rng)
    assert table["runs_out"].is_monotonic_decreasing
    assert table["runs_out"].iloc[-1] < 0.02
    assert ((table["low"] <= table["runs_out"]) & (table["runs_out"] <= table["high"])).all()
    assert table["needed_rate"].iloc[0] == pytest.approx(losses.sum() / 3600)


def test_warranty_by_hand():
    groups = pd.DataFrame(
        {"group": ["a"], "units": [1000], "failures": [10], "replacement_usd": [20.0], "price_usd": [50.0]}
    )
    row = warranty_accrual(groups, repair_share=0.5, repair_usd=10.0, extra_order_value=0.1).iloc[0]
    assert row["accrual_usd"] == pytest.approx(10.5 / 1001 * 15)
    assert row["low"] < row["accrual_usd"] < row["high"]
    assert row["covered"]


def test_bad_input():
    with pytest.raises(InputError, match="same lengths"):
        reserve_account([1, 2], [1], rate=0.1)
    with pytest.raises(Refusal, match="at least 12"):
        reserve_strength([1], [1], rates=(0.1,), rng=np.random.default_rng(1))
    with pytest.raises(InputError, match="failures"):
        warranty_accrual(pd.DataFrame({"group": ["a"]}), repair_share=0.5, repair_usd=1)
