"""Waiting times of the warehouse's queue against queueing theory."""

import numpy as np
import pytest
from crossborder.supply.warehouse_flow import queue


@pytest.mark.parametrize(
    ("servers", "waiting_hours"),
    # Hillier and Lieberman, Introduction to Operations Research, queueing chapter, County Hospital emergency room:
    # two patients an hour, three treated an hour and doctor: Wq = 2/3 h with one doctor, 1/24 h with two.
    [(1, 2 / 3), (2, 1 / 24)],
)
def test_the_emergency_room_waits_as_published(servers, waiting_hours):
    rng = np.random.default_rng(7)
    shape = (2500, 1000)
    arrivals = np.cumsum(rng.exponential(1 / 2, shape), axis=1)
    work = rng.exponential(1 / 3, shape)
    waits = (queue(arrivals, work, servers) - arrivals - work)[:, 200:].mean(axis=1)
    error = waits.std() / np.sqrt(len(waits))
    assert abs(waits.mean() - waiting_hours) < 4 * error
    assert error < 0.02 * waiting_hours


def test_constant_work_waits_half_as_long():
    # Pollaczek and Khinchine: Wq of M/D/1 = rho / (2 mu (1 - rho)); rho = 0.8, mu = 1 gives 2.
    rng = np.random.default_rng(8)
    arrivals = np.cumsum(rng.exponential(1 / 0.8, (2000, 1200)), axis=1)
    waits = (queue(arrivals, np.ones_like(arrivals), 1) - arrivals - 1)[:, 500:].mean(axis=1)
    assert abs(waits.mean() - 2.0) < 4 * waits.std() / np.sqrt(len(waits))
