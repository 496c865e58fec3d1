"""The least-squares problem of the mix model: exact derivatives, lags, priors."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo import mix_worlds
from crossborder.marketing.mix_problem import MixPriors, Problem, lagged, start_values
from scipy.optimize import approx_fprime


@pytest.mark.parametrize("saturation", ["michaelis_menten", "logistic"])
def test_derivatives_are_exact(saturation):
    world = mix_worlds.mix_world(np.random.default_rng(4), weeks=60)
    tests = pd.DataFrame({"roi": [2.0], "standard_error": [0.5], "place": [1]}, index=["video"])
    constant = np.ones((60, 1))
    made = Problem(
        world.spend.to_numpy(), world.sales.to_numpy(), constant, 6, saturation, MixPriors(), tests, 3000.0, 0.3
    )
    theta = start_values(np.full(5, 0.2), MixPriors()) + np.random.default_rng(1).normal(0, 0.3, 15)
    numeric = approx_fprime(theta, made.residuals, 1e-7)
    assert made.jacobian(theta) == pytest.approx(numeric, abs=2e-4 * np.abs(numeric).max())


def test_lags_look_back_and_start_at_nothing():
    found = lagged(np.array([[1.0], [2.0], [3.0]]), 2)[:, 0, :]
    assert found.tolist() == [[1, 0], [2, 1], [3, 2]]


def test_prior_expects_the_media_share_at_the_mean_spend():
    priors, share = MixPriors(), np.array([0.7, 0.3])
    theta = start_values(share, priors)
    # At constant mean spend the curve is at 1 / (1 + half): size times that is the channel's share of sales.
    at_mean = np.exp(theta[4:]) / (1 + np.exp(theta[2:4]))
    assert at_mean == pytest.approx(priors.media_share * share)


def test_without_priors_and_noise_the_fit_is_perfect():
    x = np.random.default_rng(3).gamma(4.0, 1.0, (80, 1))
    stocked = lagged(x, 4)[:, 0, :] @ (0.5 ** np.arange(4) / (0.5 ** np.arange(4)).sum())
    y = 10 + 6 * stocked / (stocked + 2 * x.mean())
    made = Problem(x, y, np.ones((80, 1)), 4, "michaelis_menten", MixPriors(strength=0.0), None, 0.01, 0.0)
    theta = made.solve(start_values(np.ones(1), MixPriors()), starts=2)
    assert 1 / (1 + np.exp(-theta[0])) == pytest.approx(0.5, abs=1e-3)
    assert np.exp(theta[1]) == pytest.approx(2.0, rel=1e-2)
