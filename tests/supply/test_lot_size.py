import numpy as np
import pytest
from crossborder.supply import lot_size
from hypothesis import given, settings
from hypothesis import strategies as st

AMOUNT = st.floats(0.5, 5000)


@settings(max_examples=40, deadline=None)
@given(AMOUNT, AMOUNT, AMOUNT)
def test_at_the_optimum_ordering_and_holding_cost_the_same(fixed, holding, demand):
    best = lot_size.eoq(fixed, holding, demand)
    assert fixed * demand / best.order_quantity == pytest.approx(holding * best.order_quantity / 2)


def test_backorders_never_cost_more_than_none():
    assert lot_size.eoq_with_backorders(8, 0.2, 5, 1300).cost < lot_size.eoq(8, 0.2, 1300).cost


def test_wagner_whitin_beats_every_listed_schedule(rng):
    from itertools import product

    demand = rng.integers(0, 40, 6).astype(float)
    plan = lot_size.wagner_whitin(demand, 50, 1.5)
    costs = []
    for chosen in product([0, 1], repeat=5):
        starts = [0, *(t + 1 for t in range(5) if chosen[t])]
        ends = [*starts[1:], 6]
        held = sum(1.5 * (t - s) * demand[t] for s, e in zip(starts, ends, strict=True) for t in range(s, e))
        costs.append(50 * sum(demand[s:e].sum() > 0 for s, e in zip(starts, ends, strict=True)) + held)
    assert plan.cost == pytest.approx(min(costs))
    assert plan.orders.sum() == pytest.approx(demand.sum())


def test_discounts_work_for_many_products_at_once():
    batch = lot_size.eoq_all_units_discount([8, 80], 0.3, [1300, 500], [0, 400, 800], [[0.75, 0.72, 0.68]] * 2)
    alone = lot_size.eoq_all_units_discount(80, 0.3, 500, [0, 400, 800], [0.75, 0.72, 0.68])
    assert np.asarray(batch.cost)[1] == pytest.approx(float(alone.cost))
