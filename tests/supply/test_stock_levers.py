import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.supply import stock_levers, stock_pages


def test_building_ahead_starts_a_lead_time_before_demand_turns():
    factor = np.ones((1, 52))
    factor[0, 44:50] = [1.2, 1.5, 2.0, 1.8, 1.4, 1.15]
    plan = stock_levers.build_ahead_week(factor, np.array([10.0])).iloc[0]
    assert plan["peak_week"] == 47
    assert plan["turn_week"] == 44
    assert plan["start_week"] == 34


def test_ranges_are_in_order_where_they_are_gains(desk):
    found = stock_pages.health(desk)
    table = stock_pages.levers(desk, found).set_index("lever")
    assert (table["low"] <= table["high"]).all()


def test_a_wrong_accuracy_is_told(desk):
    found = stock_pages.health(desk)
    with pytest.raises(InputError, match=r"record_accuracy is 1\.2"):
        stock_levers.stock_levers(
            desk.series.full,
            desk.series.cube.series,
            found.stock,
            found.classes,
            desk.products_usd,
            3.0,
            0.2,
            (0.1, 0.2, 0.3),
            1.2,
        )
