import numpy as np
import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.supply import allocation


@pytest.fixture
def pool():
    return pd.DataFrame(
        {
            "supplier_id": list("abcde"),
            "country": ["CN", "CN", "VN", "IN", "IN"],
            "unit_cost": [1, 1.1, 1.2, 1.15, 1.3],
            "capacity": [800, 500, 400, 300, 300],
            "minimum": [0, 100, 50, 0, 0],
            "outage_probability": [0.3, 0.01, 0.01, 0.01, 0.01],
        }
    )


def test_the_cheapest_take_all_without_caps(pool):
    found = allocation.allocate(pool, 1000)
    assert found.plan.set_index("supplier_id")["units"].to_dict() == {"a": 800, "b": 200, "c": 0, "d": 0, "e": 0}
    assert found.gap <= 1e-6


def test_caps_hold_and_cost(pool):
    found = allocation.allocate(pool, 1000, country_cap=0.5)
    assert found.countries.max() <= 0.5 + 1e-9
    assert found.cost == pytest.approx(500 + 345 + 240)
    assert found.shadow_price_cap["CN"] == pytest.approx(0.2)


def test_smallest_orders_are_kept(pool):
    found = allocation.allocate(pool.assign(minimum=[0, 300, 300, 0, 0]), 1000)
    used = found.plan[found.plan["units"] > 1e-6].set_index("supplier_id")["units"]
    assert all(used.get(name, 300) >= 300 for name in "bc")


def test_three_countries_cannot_meet_thirty_percent(pool):
    with pytest.raises(Refusal, match=r"3 countries with their caps add to 90% of the demand"):
        allocation.allocate(pool, 1000, country_cap=0.3)
    with pytest.raises(Refusal, match=r"raise the cap to at least 33\.4%"):
        allocation.allocate(pool, 1000, country_cap=0.3)


def test_too_little_capacity_is_another_message(pool):
    with pytest.raises(Refusal, match="all suppliers together make 2,300 pieces, the demand is 5,000"):
        allocation.allocate(pool, 5000)


def test_risk_moves_volume_away(pool):
    safe = allocation.allocate(pool, 500, risk_weight=5.0).plan.set_index("supplier_id")["units"]
    assert safe["a"] == 0


def test_the_frontier_rises_and_says_where_it_ends(pool):
    table = allocation.cap_frontier(pool, 1000, [1.0, 0.6, 0.4, 0.3])
    assert table["feasible"].tolist() == [True, True, True, False]
    assert (np.diff(table["cost"].dropna()) >= -1e-9).all()
