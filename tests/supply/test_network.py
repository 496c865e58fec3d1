from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.supply import network


def best_by_listing(fixed, cost):
    """The least cost over all subsets of sites."""
    sites = range(len(fixed))
    return min(
        fixed[list(group)].sum() + cost[list(group)].min(0).sum()
        for size in range(1, len(fixed) + 1)
        for group in combinations(sites, size)
    )


def test_the_optimum_of_all_subsets(rng):
    fixed, cost = rng.uniform(20, 60, 6), rng.uniform(1, 40, (6, 12))
    found = network.locate(fixed, cost)
    assert found.cost == pytest.approx(best_by_listing(fixed, cost))
    assert network.total_cost(found, fixed, cost) == pytest.approx(found.cost)
    assert found.proven


def test_capacity_splits_and_single_sources_do_not(rng):
    cost, demand = rng.uniform(1, 10, (3, 6)), np.full(6, 10.0)
    split = network.locate([5, 5, 5], cost, demand, [25, 25, 25])
    whole = network.locate([5, 5, 5], cost, demand, [25, 25, 25], single_source=True)
    assert whole.cost >= split.cost - 1e-9
    assert set(np.unique(whole.share.round(6))) <= {0.0, 1.0}
    assert ((split.share * demand).sum(1) <= 25 + 1e-6).all()


def test_p_median_opens_that_many(rng):
    found = network.p_median(rng.uniform(1, 9, (7, 20)), 3)
    assert found.open.sum() == 3


def test_orders_go_where_stock_and_cost_are_best():
    flow, cost = network.assign_orders([5, 5], [6, 10], [[1, 9], [2, 1]], 50)
    assert flow[:2].sum() == 10
    assert cost == pytest.approx(5 * 1 + 5 * 1)
    short, _ = network.assign_orders([5, 5], [3, 3], [[1, 9], [2, 1]], 50)
    assert short[-1].sum() == 4


def test_too_little_room_is_told():
    with pytest.raises(Refusal, match="the sites hold 10, the demand is 12"):
        network.locate([1], [[1, 1]], [6, 6], [10])
    with pytest.raises(InputError, match="sites x customers"):
        network.locate([1, 2], [[1, 1]])


def test_a_year_of_candidate_warehouses():
    sites = pd.DataFrame(
        {
            "warehouse_id": ["w", "e"],
            "name": ["West", "East"],
            "market": "US",
            "fixed_cost_month": [100.0, 100.0],
            "handling_cost_unit": 1.0,
            "storage_cost_cbm_month": 10.0,
            "capacity_cbm": 500.0,
        }
    )
    found, table = network.choose_warehouses(sites, [1000, 1000], [[1, 9], [9, 1]], 0.01)
    assert table["open"].all()
    assert table["cost_usd"].sum() == pytest.approx(found.cost)
