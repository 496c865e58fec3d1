import numpy as np
import pandas as pd
import pytest
from crossborder.supply import last_mile


def test_density_makes_drops_cheap():
    cost = last_mile.drop_cost([10, 100, 1000], 500, 20, 80, 0.5, 20)["cost"]
    assert (np.diff(cost) < 0).all()


def test_the_way_a_drop_by_hand():
    assert last_mile.drop_cost(100, 100, 10, 50, 1, 0)["km"].iloc[0] == pytest.approx(2 * 10 / 50 + 0.7124)


def test_every_buyer_takes_one_method():
    methods = pd.DataFrame({"method": ["fast", "slow"], "fee": [6.0, 2.0], "days": [1.0, 5.0], "on_time": 1.0})
    table = last_mile.method_mix(methods, 1000, 1.0).set_index("method")
    assert table["orders"].sum() == pytest.approx(1000)
    assert table.loc["fast", "share"] == pytest.approx(0.5, abs=0.01)  # worth it from 1 a day


def test_regional_means():
    got = last_mile.regional_delivery(np.eye(2), np.array([[1.0, 9], [9, 3]]), [3, 1], np.full((2, 2), 4.0))
    assert got == {"days": 1.5, "cost": 4.0}
