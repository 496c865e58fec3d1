import numpy as np
import pytest
from crossborder.errors import Refusal
from crossborder.supply import two_stage


def world(rng, weeks=80):
    demand = rng.poisson(6, (10, 3, weeks)).astype(float)
    pipeline = two_stage.Pipeline(
        np.full((10, 3), 50.0),
        np.zeros((10, 3, 4)),
        np.zeros((10, 4)),
        np.full((10, weeks), 3),
        np.full((3, weeks), 2),
        np.full(10, 20.0),
    )
    outlook = np.full(demand.shape, 6.0)
    return demand, outlook, np.full(demand.shape, np.sqrt(6 * 6)), pipeline


def run(rng, factor):
    demand, outlook, spread, pipeline = world(rng)
    return two_stage.replay_two_stage(demand, outlook, spread, pipeline, factor)


def test_whole_pieces_and_none_lost(rng):
    found = run(rng, 1.0)
    arrived = 30 * 50 + found.ordered.sum() - found.on_order[:, -1].sum()
    assert arrived == pytest.approx(found.sold.sum() + found.on_hand[:, -1].sum())
    assert np.allclose(found.on_hand, np.round(found.on_hand))
    assert (found.ordered[found.ordered > 0] >= 20).all()


def test_more_safety_serves_more_and_holds_more():
    low, high = (run(np.random.default_rng(3), factor) for factor in (0.0, 2.0))
    assert high.fill_rate > low.fill_rate
    assert high.mean_stock > low.mean_stock


def test_the_factor_is_calibrated_to_the_target():
    factor, fill = two_stage.calibrated_factor(lambda k: run(np.random.default_rng(3), k), 0.97)
    assert fill == pytest.approx(0.97, abs=0.01)
    assert -1 < factor < 4


def test_a_target_out_of_reach_is_refused():
    with pytest.raises(Refusal, match=r"even -0\.9 standard deviations"):
        two_stage.calibrated_factor(lambda k: run(np.random.default_rng(3), k), 0.999, high=-0.9)
