"""Buying models: gradients, grouping, recovery, simulation."""

import numpy as np
import pytest
from crossborder.marketing import buying_models
from scipy.optimize import approx_fprime


def customers(rng, count=4000, r=0.6, alpha=20.0, a=0.8, b=2.5):
    rate, drop = rng.gamma(r, 1 / alpha, count), rng.beta(a, b, count)
    age = rng.integers(60, 400, count).astype(float)
    x, last, now, alive = np.zeros(count), np.zeros(count), np.zeros(count), np.ones(count, dtype=bool)
    while alive.any():
        now[alive] += rng.exponential(1 / rate[alive])
        alive &= now <= age
        x[alive] += 1
        last[alive] = now[alive]
        alive &= rng.random(count) > drop
    return x, last, age


def test_parameters_of_a_simulated_company_are_found_again():
    model = buying_models.fit(*customers(np.random.default_rng(0), 20_000))
    assert [model.r, model.alpha] == pytest.approx([0.6, 20.0], rel=0.1)
    assert model.a / (model.a + model.b) == pytest.approx(0.8 / 3.3, rel=0.15)


@pytest.mark.parametrize("kind", ["bg", "mbg"])
def test_gradient_is_exact(kind):
    x, tx, t = customers(np.random.default_rng(1), 300)
    z = np.random.default_rng(2).normal(size=(300, 2))
    made = buying_models._Likelihood(x, tx / t.max(), t / t.max(), z, np.ones(300), kind, 0.0)
    theta = np.array([-0.4, 0.2, -0.1, 0.8, 0.1, -0.2, 0.05, 0.1])
    assert made(theta)[1] == pytest.approx(approx_fprime(theta, lambda v: made(v)[0], 1e-6), abs=1e-4)


def test_grouped_customers_give_the_same_fit_as_repeated_ones():
    x, tx, t = customers(np.random.default_rng(3), 500)
    once = buying_models.fit(x, tx, t, weight=np.full(500, 3.0))
    three = buying_models.fit(np.tile(x, 3), np.tile(tx, 3), np.tile(t, 3))
    assert once.parameters.to_numpy() == pytest.approx(three.parameters.to_numpy(), rel=1e-3)
    assert once.log_likelihood == pytest.approx(three.log_likelihood, rel=1e-7)


def test_sample_start_ends_where_the_plain_descent_ends():
    x, tx, t = customers(np.random.default_rng(4), 60_000)
    fast = buying_models.fit(x, tx, t)
    scale = t.max()
    made = buying_models._Likelihood(x, tx / scale, t / scale, np.zeros((len(x), 0)), np.ones(len(x)), "bg", 0.0)
    slow = np.exp(buying_models._descend(made, made.start()))
    assert fast.parameters.to_numpy() == pytest.approx(slow * [1, scale, 1, 1], rel=2e-3)


def test_a_covariate_that_doubles_the_rate_is_found():
    rng = np.random.default_rng(5)
    slow, quick = customers(rng, 6000, alpha=40.0), customers(rng, 6000, alpha=20.0)
    flag = np.repeat([0.0, 1.0], 6000)[:, None]
    model = buying_models.fit(*(np.concatenate(pair) for pair in zip(slow, quick, strict=True)), covariates=flag)
    assert model.rate_effect[0] == pytest.approx(np.log(2), abs=0.15)


def test_nothing_is_expected_in_no_time_and_more_in_more():
    model = buying_models.fit(*customers(np.random.default_rng(6), 2000))
    months = buying_models.expected_purchases(model, np.array([0.0, 30, 90, 365]))
    assert months[0] == pytest.approx(0, abs=1e-9)
    assert (np.diff(months) > 0).all()


def test_hold_out_purchases_are_expected_in_total():
    rng = np.random.default_rng(7)
    rate, drop = rng.gamma(0.6, 1 / 20, 30_000), rng.beta(0.8, 2.5, 30_000)
    x, tx, later = np.zeros(30_000), np.zeros(30_000), np.zeros(30_000)
    now, alive = np.zeros(30_000), np.ones(30_000, dtype=bool)
    while alive.any():
        now[alive] += rng.exponential(1 / rate[alive])
        alive &= now <= 300
        early = alive & (now <= 200)
        x[early] += 1
        tx[early] = now[early]
        later[alive & (now > 200)] += 1
        alive &= rng.random(30_000) > drop
    model = buying_models.fit(x, tx, np.full(30_000, 200.0))
    assert buying_models.future_purchases(model, x, tx, np.full(30_000, 200.0), 100.0).sum() == pytest.approx(
        later.sum(), rel=0.04
    )


def test_many_purchases_do_not_overflow():
    model = buying_models.BuyingModel("bg", 0.5, 10.0, 0.8, 2.0, 0.0, 0, np.eye(4))
    found = buying_models.future_purchases(model, [800.0], [364.0], [365.0], 30.0)
    assert np.isfinite(found).all() and 0 < found[0] < 800


def test_customers_who_are_all_alike_still_give_numbers():
    rng = np.random.default_rng(3)
    age = 600.0 - rng.integers(0, 200, 400)
    frequency = rng.binomial(8, 0.5, 400)  # fewer differences than chance alone would make
    recency = np.where(frequency > 0, age * rng.random(400) ** (1 / np.maximum(frequency, 1)), 0.0)
    model = buying_models.fit(frequency, recency, age)
    made = buying_models.expected_purchases(model, np.array([250.0, 500.0]))
    assert made == pytest.approx([2.0, 4.0], rel=0.1)
    drawn = [buying_models.expected_purchases(one, 500.0) for one in model.draws(50, rng)]
    assert np.isfinite(drawn).all() and np.quantile(drawn, [0.05, 0.95]) == pytest.approx([4.0, 4.0], rel=0.3)
