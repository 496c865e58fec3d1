"""Funnel, stages, payment methods."""

import pandas as pd
import pytest
from crossborder.marketing import funnel


def test_a_point_of_a_rate_is_worth_its_orders():
    made = funnel.funnel(pd.Series({"visits": 1000, "carts": 200, "orders": 20}), value_per_order=50.0)
    assert made["point_value"].to_list() == pytest.approx([0, 0.01 / 0.2 * 20 * 50, 0.01 / 0.1 * 20 * 50])
    assert made["lost"].to_list() == [0, 800, 180]


def test_bottleneck_is_the_step_with_the_dearest_gap():
    made = funnel.funnel(pd.Series({"visits": 1000, "carts": 200, "orders": 20}), value_per_order=50.0)
    gaps = funnel.step_value(made, pd.Series({"carts": 0.22, "orders": 0.2}), value_per_order=50.0)
    assert funnel.weakest_step(gaps) == "orders"
    assert gaps["gap_value"].to_list() == pytest.approx([0, 0.1 * 20 * 50, 20 * 50])


def test_stage_that_fell_most_is_the_weakest():
    months = pd.DataFrame(
        {"visits": [100, 104, 98, 101], "carts": [30, 31, 29, 30], "orders": [9, 10, 9, 3]}, index=list("abcd")
    )
    assert funnel.aarrr(months).set_index("stage")["weakest"].to_dict() == {
        "visits": False,
        "carts": False,
        "orders": True,
    }


def test_all_methods_offered_lose_nobody():
    methods = pd.DataFrame({"preference": [0.7, 0.3], "walk_away": [1.0, 1.0]}, index=["card", "wallet"])
    assert funnel.method_uplift(methods, ["card"], "wallet") == pytest.approx(1 / 0.7 - 1)
