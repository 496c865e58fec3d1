import numpy as np
import pytest
from crossborder.supply import newsvendor
from hypothesis import given, settings
from hypothesis import strategies as st

COST = st.floats(0.1, 50)


@settings(max_examples=40, deadline=None)
@given(COST, COST, st.floats(1, 500), st.floats(0.5, 100))
def test_no_other_order_costs_less(over, under, mean, sd):
    best = newsvendor.normal(over, under, mean, sd)
    for other in (best.order_quantity - sd / 5, best.order_quantity + sd / 5):
        assert newsvendor.normal_cost(other, over, under, mean, sd) >= best.cost - 1e-9


@settings(max_examples=40, deadline=None)
@given(COST, COST, st.floats(0.2, 300))
def test_poisson_order_is_the_smallest_that_serves(over, under, mean):
    from scipy.stats import poisson

    best = newsvendor.poisson(over, under, mean)
    order, ratio = float(best.order_quantity), float(best.critical_ratio)
    assert poisson.cdf(order, mean) >= ratio - 1e-12
    assert order == 0 or poisson.cdf(order - 1, mean) < ratio + 1e-12


def test_empirical_tends_to_the_normal_one(rng):
    sample = rng.normal(100, 20, (2, 40_000)).clip(0)
    best = newsvendor.empirical(1.0, 3.0, sample)
    assert best.order_quantity == pytest.approx(float(newsvendor.normal(1, 3, 100, 20).order_quantity), rel=0.01)


def test_batches_equal_single_calls():
    over, mean = np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0, 30.0])
    batch = newsvendor.poisson(over, 5.0, mean).order_quantity
    assert batch.tolist() == [
        float(newsvendor.poisson(h, 5.0, m).order_quantity) for h, m in zip(over, mean, strict=True)
    ]


def test_certain_demand_costs_nothing():
    assert float(newsvendor.normal(1, 2, 40, 0).cost) == 0
    assert float(newsvendor.normal_loss(30, 40, 0)) == 10
