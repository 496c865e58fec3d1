"""Stress tests: signs, reconciliation, reverse stress; the whole chain on the demo company."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.risk import stress

BASE = stress.Position(
    revenue=1_000.0, goods=300.0, freight=50.0, duty=40.0, fees=300.0, advertising=100.0, overheads=150.0, stock=60.0,
    debt=100.0, cash_low=200.0, cash_needed=50.0, leverage_cap=3.5,
)  # fmt: skip


def chain(shocks: pd.DataFrame) -> pd.DataFrame:
    return stress.first_order_table(BASE, shocks)


def test_without_a_shock_the_year_adds_up():
    found = stress.first_order(BASE)
    assert found["profit"] == pytest.approx(1_000 - 300 - 50 - 40 - 300 - 100 - 150)
    assert found["cash_low"] == pytest.approx(200)
    assert found["leverage"] == pytest.approx(100 / 60)


def test_tripled_freight_moves_every_number_by_the_same_money():
    before, after = stress.first_order(BASE), stress.first_order(BASE, {"freight": 2.0})
    assert after["landed_cost"] - before["landed_cost"] == pytest.approx(100)
    assert before["profit"] - after["profit"] == pytest.approx(100)
    assert after["margin"] < before["margin"]
    assert after["cash_low"] == pytest.approx(200 - 0.5 * 100 - 60 * 100 / 390)
    assert after["leverage_headroom"] < before["leverage_headroom"]


@pytest.mark.parametrize(
    ("shock", "size", "sign"),
    [
        ("freight", 1.0, -1), ("tariff", 0.1, -1), ("ad_cost", 0.4, -1), ("demand", -0.2, -1), ("platform_days", 9, -1),
        ("supplier_days", 120, -1), ("transit_days", 20, -1), ("home_currency", -0.3, 1), ("home_currency", 0.1, -1),
        ("sales_currency", -0.3, -1), ("demand", 0.2, 1),
    ],
)  # fmt: skip
def test_each_shock_has_its_sign(shock, size, sign):
    change = stress.first_order(BASE, {shock: size})["profit"] - stress.first_order(BASE)["profit"]
    assert np.sign(change) == sign


def test_prices_that_carry_the_cost_keep_the_profit():
    kept = stress.first_order(BASE, {"freight": 2.0}, passed_on=1.0)
    assert kept["profit"] == pytest.approx(stress.first_order(BASE)["profit"])


def test_the_matrix_names_what_breaks():
    table = stress.matrix(chain).set_index("scenario")
    assert table.loc["base", "breaks"] == ""
    assert "leverage" in table.loc["freight +200 %", "breaks"]
    assert len(table) == len(stress.SHOCKS)


def test_reverse_stress_finds_the_edge():
    table = stress.reverse_table(chain, {"freight": 4.0, "home_currency": -0.5}, measures=["profit"]).set_index("shock")
    edge = table.loc["freight", "profit"]
    assert edge == pytest.approx(60 / 50, rel=1e-6)  # linear: profit 60, freight 50
    assert stress.first_order(BASE, {"freight": edge * 1.01})["profit"] < 0
    assert np.isnan(table.loc["home_currency", "profit"])


def test_a_limit_broken_without_a_shock_gives_zero():
    poor = stress.without(BASE, cash_low=10.0)
    table = stress.reverse_table(
        lambda s: stress.first_order_table(poor, s), {"freight": 1.0}, measures=["cash_headroom"]
    )
    assert table.loc[0, "cash_headroom"] == 0


def test_the_map_has_the_single_shocks_on_its_edges():
    grid = stress.reverse_map(
        chain, ("freight", np.array([0.0, 1.0])), ("demand", np.array([-0.5, 0.0])), measure="profit"
    )
    assert grid.loc[1.0, 0.0] == pytest.approx(stress.first_order(BASE, {"freight": 1.0})["profit"])
    assert grid.loc[0.0, -0.5] == pytest.approx(stress.first_order(BASE, {"demand": -0.5})["profit"])


def test_unknown_shocks_and_limits_are_named():
    with pytest.raises(InputError, match="did you mean 'freight'"):
        stress.first_order(BASE, {"freigth": 1.0})
    with pytest.raises(InputError, match="limit 'happiness' is not known"):
        stress.matrix(chain, {"base": {}}, limits={"happiness": 0.0})
    with pytest.raises(InputError, match="shock 'moon'"):
        stress.reverse_table(chain, {"moon": 1.0})
    with pytest.raises(InputError, match="give a year's revenue"):
        stress.without(BASE, revenue=0.0)
