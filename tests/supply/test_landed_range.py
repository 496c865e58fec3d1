import numpy as np
import pandas as pd
import pytest
from crossborder.supply import landed_range
from crossborder.supply.landed_cost import landed_cost


@pytest.fixture
def cost(products, lanes):
    return landed_cost(products, lanes, "2026-10-31")


def test_means_are_weighted(cost):
    units = np.zeros((3, 5))
    units[0, 0], units[1, 0] = 3.0, 1.0
    lines = landed_range.market_lines(cost, units)
    assert lines.loc["US", "goods"] == pytest.approx((3 * 5 + 12) / 4)
    assert list(lines.index) == ["US"]


def test_the_interval_holds_the_mean_and_widens_with_the_level(cost, rng):
    units = np.ones((3, 5))
    narrow, _ = landed_range.landed_interval(cost, units, np.random.default_rng(1), 0.5)
    wide, drivers = landed_range.landed_interval(cost, units, np.random.default_rng(1), 0.95)
    assert (wide["low"] < narrow["low"]).all()
    assert (wide["low"] < wide["before_tax"]).all()
    assert (wide["before_tax"] < wide["high"]).all()
    assert {"duty", "freight"} <= set(drivers["line"])


def test_the_cube_adds_up_and_marks_outliers(cost):
    units = pd.DataFrame(
        {
            "sku": ["box"] * 9,
            "market": "US",
            "platform": "shop",
            "category": list("abcdefghi"),
            "units": 1.0,
            "revenue_usd": [20.0] * 8 + [1.0],
            "lane": 0,
        }
    )
    cube = landed_range.cost_cube(cost, units)
    assert cube["outlier"].sum() == 1
    assert cube["cost_usd"].to_numpy() == pytest.approx(cube["cost_usd"].iloc[0])


def test_regret_is_zero_for_the_best_of_each_scenario():
    options = {"sea": pd.Series({"low": 1.0, "high": 9.0}), "air": pd.Series({"low": 5.0, "high": 6.0})}
    table = landed_range.freight_regret(options)
    assert table.loc["sea", "low"] == 0
    assert table["worst_regret"].to_dict() == {"sea": 3.0, "air": 4.0}


def test_passing_on_the_whole_rise_keeps_most_of_the_margin(cost):
    lines = landed_range.market_lines(cost, np.ones((3, 5)))
    table = landed_range.margin_pass_through(lines, lines["before_tax"] * 2, [1, 2], [0.0, 1.0])
    wide = table.pivot_table(index="market", columns=["factor", "pass_through"], values="margin_usd")
    assert (wide[(2.0, 0.0)] < wide[(2.0, 1.0)]).all()
    assert (wide[(1.0, 0.0)] == wide[(1.0, 1.0)]).all()


def test_break_evens_are_where_lines_cross():
    values = np.array([10.0, 20, 30])
    direct = pd.DataFrame({"order_value": values, "cost": [5.0, 9, 13]})
    bulk = pd.DataFrame({"order_value": values, "cost": [8.0, 9.5, 11]})
    found = landed_range.parcel_break_even(direct, bulk)
    assert found["order_value"].iloc[0] == pytest.approx(22)
    assert found["then"].iloc[0] == "bulk"


def test_own_bills_against_rules(cost, rng):
    table = landed_range.interval_table(cost, cost, np.ones((3, 5)), rng)
    assert table["gap"].tolist() == pytest.approx([0, 0])
