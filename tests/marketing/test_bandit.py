"""Several arms at once: people go to the better one."""

import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.marketing import bandit


def test_bandit_sends_people_to_the_better_arm():
    found = bandit.replay(np.array([0.03, 0.06]), days=30, people_a_day=400, worlds=60, rng=np.random.default_rng(2))
    rows = found.set_index("policy")
    assert rows.loc["thompson", "conversions"] > rows.loc["equal", "conversions_high"]


def test_clear_winner_is_best_with_certainty():
    found = bandit.posterior_arms([10, 90], [100, 100], rng=np.random.default_rng(3))
    assert found["probability_best"].to_numpy() == pytest.approx([0, 1], abs=1e-3)


def test_the_prior_counts_as_people_already_seen():
    found = bandit.posterior_arms([0], [0], prior=(2.0, 6.0), rng=np.random.default_rng(4))
    assert found["mean"].iloc[0] == 0.25


def test_more_orders_than_people_are_refused():
    with pytest.raises(InputError, match="converted"):
        bandit.posterior_arms([5], [3], rng=np.random.default_rng(0))
