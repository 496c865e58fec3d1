"""Order values: recovery, shrinkage between own and common mean."""

import numpy as np
import pytest
from crossborder.marketing import order_value


def test_parameters_of_simulated_orders_are_found_again():
    rng = np.random.default_rng(0)
    scale = rng.gamma(4.0, 1 / 30.0, 20_000)
    count = rng.integers(1, 8, 20_000)
    mean = rng.gamma(5.0 * count, 1 / (scale * count))
    model = order_value.fit(count, mean)
    assert [model.p, model.q, model.v] == pytest.approx([5.0, 4.0, 30.0], rel=0.08)


def test_expected_value_lies_between_own_and_common_mean():
    model = order_value.GammaGamma(5.0, 4.0, 30.0, 0.0, 1, np.eye(3))
    found = model.expected_value(np.array([1, 5, 500]), np.array([100.0, 100.0, 100.0]))
    assert (model.mean < found).all() and (found < 100).all()
    assert (np.diff(found) > 0).all()
