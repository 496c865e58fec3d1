import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.supply import inventory
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(max_examples=30, deadline=None)
@given(st.floats(0.8, 0.999), st.floats(5, 500), st.floats(10, 300), st.floats(1, 80))
def test_the_reorder_point_gives_the_fill_rate_back(target, quantity, mean, sd):
    point = inventory.reorder_point_for_fill_rate(target, quantity, mean, sd)
    assert float(inventory.fill_rate(point, quantity, mean, sd)) == pytest.approx(target, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.1, 3), st.floats(10, 60), st.floats(5, 200), st.floats(100, 5000), st.floats(10, 150))
def test_no_neighbour_of_the_policy_costs_less(h, p, K, D, sd):
    best = inventory.rq_backorder_time(h, p, K, D, sd, 0.1)
    grid = inventory.order_policy_cost(
        best.reorder_point + np.array([-5, 0, 5])[:, None],
        best.order_quantity * np.array([0.8, 1, 1.2]),
        h,
        p,
        K,
        D,
        sd,
        0.1,
    )
    assert float(best.cost) <= grid.min() * 1.03  # the form is an approximation, three percent off at most here


def test_safety_stock_grows_with_uncertain_lead_times():
    sure, unsure = (inventory.safety_stock(0.95, 100, 30, 4, sd) for sd in (0, 1))
    assert unsure > sure == pytest.approx(1.6449 * 30 * 2, rel=1e-3)


def test_replenishment_orders_whole_packs_up_to_the_level():
    stock = pd.DataFrame({"on_hand": [10, 50, 0], "on_order": [0, 0, 0], "expected_promotion": [0, 45, 0]})
    got = inventory.replenishment(stock, level=20, order_up_to=60, pack_size=12, minimum=[0, 0, 70])
    assert got["order_quantity"].tolist() == [60, 60, 72]


def test_penalties_of_different_units_give_different_points():
    per_unit, per_time = (
        f(0.225, 7.5, 8, 1300, 150, 1 / 12) for f in (inventory.rq_backorder_unit, inventory.rq_backorder_time)
    )
    assert float(per_unit.reorder_point) > float(per_time.reorder_point) + 50


def test_a_penalty_too_small_for_any_reorder_point_is_refused():
    with pytest.raises(InputError, match=r"stockout_cost_per_unit is 0\.5"):
        inventory.rq_backorder_unit(1, 0.5, 100, 10, 3, 1)


def test_certain_demand_needs_no_safety():
    best = inventory.rq_backorder_time(1, 10, 100, 1000, 0, 0.1)
    assert float(best.order_quantity) == pytest.approx(469.04, abs=0.01)
    assert inventory.kanban_cards(100, 0.5, 0.1, 10) == 6
