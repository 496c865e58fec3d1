"""Watching a test: simulated false alarms stay at their level."""

import numpy as np
import pytest
from crossborder.marketing import sequential


@pytest.mark.parametrize("kind", sequential.KINDS)
def test_error_over_all_looks_is_alpha(kind):
    times = np.array([0.2, 0.5, 0.6, 1.0])
    limits = sequential.boundary(4, kind, information=times)
    assert sequential.crossing_probability(limits, times).sum() == pytest.approx(0.05, abs=1e-5)


def test_crossing_probability_equals_simulation():
    rng = np.random.default_rng(0)
    limits = sequential.boundary(4)
    walk = rng.normal(0, 0.5, (200_000, 4)).cumsum(axis=1) + 2.0 * np.arange(1, 5) / 4
    crossed = (np.abs(walk) / np.sqrt(np.arange(1, 5) / 4) >= limits).any(axis=1)
    assert sequential.crossing_probability(limits, drift=2.0).sum() == pytest.approx(crossed.mean(), abs=0.004)


def test_always_valid_interval_holds_at_every_look():
    rng = np.random.default_rng(1)
    broken = 0
    for _ in range(400):
        x = rng.normal(0.0, 1.0, 500)
        n = np.arange(1, 501)
        effect, error = x.cumsum() / n, 1 / np.sqrt(n)
        found = sequential.always_valid(effect[9:], error[9:], tau=0.2)
        broken += (found["p_value"] < 0.05).any()
        assert (found["p_value"].iloc[-1] < 0.05) == (not found["low"].iloc[-1] <= 0 <= found["high"].iloc[-1])
    assert broken / 400 <= 0.08
