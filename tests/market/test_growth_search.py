"""Batches of small fits: the same as one at a time, and profiles of problems whose answer is known."""

import numpy as np
import pytest
from crossborder.market import growth_search
from scipy import optimize

T = np.linspace(0.0, 3.0, 12)
WIDTHS = np.full(2, 1e-5)


def decays(count: int) -> np.ndarray:
    rng = np.random.default_rng(4)
    rates = rng.uniform(0.3, 2.0, (count, 1))
    return 5.0 * np.exp(-rates * T) + 0.02 * rng.standard_normal((count, len(T)))


def residuals(values: np.ndarray):
    return lambda free, which: values[which] - np.exp(free[:, :1]) * np.exp(-np.exp(free[:, 1:]) * T)


def test_a_batch_is_solved_as_scipy_solves_each():
    values = decays(6)
    found, cost = growth_search.solve(residuals(values), np.zeros((6, 2)), np.arange(6), WIDTHS)
    for i in range(6):
        one = optimize.least_squares(lambda free, i=i: residuals(values)(free[None, :], np.array([i]))[0], np.zeros(2))
        assert found[i] == pytest.approx(one.x, abs=1e-6)
        assert cost[i] == pytest.approx(2 * one.cost, rel=1e-9)


def test_starts_of_one_problem_do_not_disturb_each_other():
    values = decays(2)
    starts, which = np.array([[0.0, 0.0], [1.0, -1.0], [2.0, 1.0]]), np.array([0, 0, 1])
    together, _ = growth_search.solve(residuals(values), starts, which, WIDTHS)
    for i in range(3):
        alone, _ = growth_search.solve(residuals(values), starts[[i]], which[[i]], WIDTHS)
        assert alone[0] == pytest.approx(together[i], abs=1e-12)


def test_a_start_from_which_nothing_can_be_computed_stays_where_it_is():
    found, cost = growth_search.solve(
        lambda free, which: np.full((len(free), 3), np.nan), np.ones((1, 2)), np.zeros(1, dtype=int), WIDTHS
    )
    assert found.tolist() == [[1.0, 1.0]] and np.isinf(cost[0])


def test_profile_of_a_straight_line_is_its_t_interval():
    # y = a + b x: the sum of squares rises by (a - best)^2 / [inverse of X'X]_aa, whatever b does.
    rng = np.random.default_rng(1)
    y = (2.0 + 0.5 * T + 0.3 * rng.standard_normal((3, len(T)))).reshape(3, -1)
    objective = lambda free, which: y[which] - free[:, :1] - free[:, 1:] * T  # noqa: E731
    best, cost = growth_search.solve(objective, np.zeros((3, 2)), np.arange(3), WIDTHS)
    limit = cost * np.array([1.05, 1.2, 1.6])
    found = growth_search.profile(objective, best, cost, limit, WIDTHS, reach=3.0)
    x = np.column_stack([np.ones(len(T)), T])
    half = np.sqrt((limit - cost) * np.linalg.inv(x.T @ x)[0, 0])
    assert found.low == pytest.approx(best[:, 0] - half, abs=3e-6)
    assert found.high == pytest.approx(best[:, 0] + half, abs=3e-6)


def test_an_end_that_is_not_met_is_infinite():
    objective = lambda free, which: 1.0 - np.tanh(free[:, :1]) * np.ones((1, 3))  # noqa: E731
    best = np.array([[4.0, 0.0]])
    cost = np.sum(objective(best, np.zeros(1, dtype=int)) ** 2, axis=1)
    found = growth_search.profile(objective, best, cost, cost + 0.1, WIDTHS, reach=2.0)
    assert np.isinf(found.high[0]) or np.isinf(found.low[0])
