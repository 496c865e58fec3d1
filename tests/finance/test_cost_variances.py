"""Variances sum to the whole, for any numbers."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.finance import cost_variances
from hypothesis import given, settings
from hypothesis import strategies as st

amounts = st.lists(st.floats(0.1, 1e4), min_size=2, max_size=2)


@settings(max_examples=40, deadline=None)
@given(amounts, amounts, amounts, amounts)
def test_input_variances_sum_to_standard_less_actual_cost(quantity, price, standard, standard_price):
    table = cost_variances.input_variances(quantity, price, standard, standard_price)
    whole = np.dot(standard, standard_price) - np.dot(quantity, price)
    assert float(table[["price", "efficiency"]].to_numpy().sum()) == pytest.approx(whole, abs=1e-6, rel=1e-9)
    assert table["efficiency"].sum() == pytest.approx(table[["mix", "yield"]].to_numpy().sum(), abs=1e-6, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(amounts, amounts, amounts, amounts)
def test_sales_variances_sum_to_actual_less_budget(units, margin, planned, planned_margin):
    found = cost_variances.sales_variances(units, margin, planned, planned_margin, market_actual=5e4, market_budget=4e4)
    whole = np.dot(units, margin) - np.dot(planned, planned_margin)
    assert found[["price", "mix", "quantity"]].sum() == pytest.approx(whole, abs=1e-5, rel=1e-9)
    assert found[["market_share", "market_size"]].sum() == pytest.approx(found["quantity"], abs=1e-5, rel=1e-9)


def test_one_product_has_no_mix():
    assert cost_variances.sales_variances([10], [2], [8], [3])["mix"] == pytest.approx(0)


def test_lines_of_one_side_and_wrong_lengths_are_told():
    plan = pd.Series({"units": 10, "sales": 100, "goods": 60})
    with pytest.raises(InputError, match="fixed"):
        cost_variances.flexible_budget(plan, plan, fixed=["fixed"])
    with pytest.raises(InputError, match="units"):
        cost_variances.flexible_budget(plan * 0, plan, fixed=[])
    with pytest.raises(InputError, match="as long"):
        cost_variances.input_variances([1, 2], [1], [1], [1])
