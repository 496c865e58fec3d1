import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.supply import intermittent


def test_steady_demand_is_its_own_forecast():
    y = np.full((1, 40), 3.0)
    for fit in (intermittent.croston(y), intermittent.tsb(y)):
        assert fit.rate[0] == pytest.approx(3)


def test_tsb_forgets_dead_stock_and_croston_does_not():
    y = np.r_[np.tile([0, 4.0], 20), np.zeros(60)][None]
    assert intermittent.tsb(y).rate[0] < 0.05 < intermittent.croston(y).rate[0]


def test_bias_of_croston_and_its_corrections(rng):
    y = (rng.random((400, 300)) < 0.2) * rng.poisson(4, (400, 300)).clip(1)
    true = y.mean()
    plain, sba = (intermittent.croston(y, 0.2, variant=v).rate.mean() for v in ("classic", "sba"))
    assert plain > true * 1.04
    assert abs(sba - true) < abs(plain - true)


def test_patterns():
    rows = np.vstack(
        [np.full(40, 5.0), np.tile([1.0, 30], 20), np.tile([0, 0, 3.0, 0], 10), np.tile([0, 0, 1, 0, 0, 0, 40, 0.0], 5)]
    )
    assert intermittent.demand_pattern(rows)["pattern"].tolist() == ["smooth", "erratic", "intermittent", "lumpy"]
    assert intermittent.demand_pattern(np.zeros((1, 5)))["pattern"].tolist() == ["none"]


def test_returns_are_not_demand():
    with pytest.raises(InputError, match="returns are not demand"):
        intermittent.croston([[1, -1]])
