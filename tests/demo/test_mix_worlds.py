"""Weekly worlds: returns that follow from the response, tests near the truth."""

import numpy as np
import pytest
from crossborder.demo import mix_worlds


@pytest.fixture(scope="module")
def worlds():
    return list(mix_worlds.many(12, 4))


def test_response_grows_ever_more_slowly_from_nothing(worlds):
    world = worlds[0]
    spend = np.linspace(0, 3, 7)[:, None] * world.spend.mean().to_numpy()
    made = world.response(spend)
    assert made[0] == pytest.approx(0.0)
    assert (np.diff(made, axis=0) > 0).all() and (np.diff(made, 2, axis=0) < 0).all()
    assert world.response(world.spend.mean().to_numpy()) == pytest.approx(world.scale)


def test_media_are_a_part_of_sales_and_tests_stand_near_the_truth(worlds):
    off = []
    for world in worlds:
        brought = (world.true_roi * world.spend.sum()).sum()
        assert 0 < brought < world.sales.sum()
        truth = world.true_roi[world.tests.index]
        off += ((world.tests["roi"] - truth) / world.tests["standard_error"]).to_list()
    assert np.mean(off) == pytest.approx(0.0, abs=0.5) and np.std(off) == pytest.approx(1.0, abs=0.35)


def test_same_seed_same_world():
    one, two = (next(mix_worlds.many(1, 5, weeks=30)) for _ in range(2))
    assert one.sales.equals(two.sales) and one.spend.equals(two.spend) and one.tests.equals(two.tests)
