"""Pareto/NBD: what its own customers did, few customers, chances that fall."""

import numpy as np
import pytest
from crossborder.errors import Refusal
from crossborder.marketing import pareto_nbd


def test_pareto_expects_what_its_own_customers_did():
    rng = np.random.default_rng(8)
    age = np.full(20_000, 200.0)
    rate, leave = rng.gamma(0.6, 1 / 20, 20_000), rng.exponential(1 / rng.gamma(0.8, 1 / 90, 20_000))
    here = np.minimum(leave, age)
    x = rng.poisson(rate * here).astype(float)
    last = np.where(x > 0, here * rng.random(20_000) ** (1 / np.maximum(x, 1)), 0.0)
    model = pareto_nbd.fit(x, last, age, starts=1)
    assert float(pareto_nbd.expected_purchases(model, 200.0)) == pytest.approx(x.mean(), rel=0.03)


@pytest.mark.parametrize("seed", [1, 2])
def test_pareto_fits_a_handful_of_customers_without_a_warning(seed):
    rng = np.random.default_rng(seed)
    count = rng.integers(3, 60)
    x, age = rng.poisson(0.3, count).astype(float), rng.integers(30, 300, count).astype(float)
    last = np.where(x > 0, np.floor(age * rng.random(count)), 0.0)
    model = pareto_nbd.fit(np.where(last > 0, x, 0.0), last, age)
    chance = pareto_nbd.probability_alive(model, np.where(last > 0, x, 0.0), last, age)
    assert np.isfinite(model.log_likelihood) and ((chance >= 0) & (chance <= 1 + 1e-12)).all()


def test_a_longer_silence_leaves_less_chance_and_less_to_come():
    model = pareto_nbd.ParetoNBD(0.55, 10.6, 0.6, 11.7, 0.0, 1)
    age = np.array([31.0, 52.0, 104.0])
    chance = pareto_nbd.probability_alive(model, np.full(3, 6.0), np.full(3, 30.0), age)
    ahead = pareto_nbd.future_purchases(model, np.full(3, 6.0), np.full(3, 30.0), age, 26.0)
    assert (np.diff(chance) < 0).all() and (np.diff(ahead) < 0).all()


def test_discounted_purchases_are_the_sum_of_their_increments():
    model, week = pareto_nbd.ParetoNBD(0.55, 10.6, 0.6, 11.7, 0.0, 1), 0.05
    steps = np.arange(0, 40_000) * week
    bought = pareto_nbd.future_purchases(model, 3.0, 20.0, 30.0, steps)
    summed = (np.diff(bought) * np.exp(-0.01 * (steps[:-1] + week / 2))).sum()
    assert float(pareto_nbd.discounted_purchases(model, 3.0, 20.0, 30.0, 0.01)) == pytest.approx(summed, rel=1e-4)


def test_customers_who_all_came_once_are_refused():
    with pytest.raises(Refusal, match="no customer bought twice"):
        pareto_nbd.fit([0, 0], [0, 0], [10, 20])
