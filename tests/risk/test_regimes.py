"""Volatility regimes: against an independent library and against simulated states."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import regimes


@pytest.fixture(scope="module")
def simulated() -> tuple[pd.Series, np.ndarray]:
    rng = np.random.default_rng(1)
    state = np.concatenate([np.full(n, i % 2) for i, n in enumerate([400, 120, 500, 90, 600, 150])])
    returns = rng.normal(0, np.where(state == 1, 0.012, 0.004))
    return pd.Series(returns, pd.bdate_range("2015-01-01", periods=len(state))), state


def test_states_and_days_are_found_again(simulated):
    returns, state = simulated
    found = regimes.fit_regimes(returns)
    assert found.states["volatility"].to_numpy() == pytest.approx([0.004, 0.012], rel=0.08)
    assert np.mean((found.probability["stormy"] > 0.5) == (state == 1)) > 0.97
    spells = found.spells()
    assert spells["days"].sum() == len(returns)


def test_likelihood_equals_statsmodels(simulated):
    """Oracle: the Hamilton filter of statsmodels, same parameters."""
    from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

    returns, _ = simulated
    found = regimes.fit_regimes(returns)
    model = MarkovRegression(100 * returns.to_numpy(), k_regimes=2, trend="n", switching_variance=True)
    stay = np.diag(found.transition)
    parameters = np.r_[stay[0], 1 - stay[1], 1e4 * found.states["volatility"].to_numpy() ** 2]
    theirs = model.smooth(parameters)
    assert found.log_likelihood - len(returns) * np.log(100) == pytest.approx(theirs.llf, abs=0.05)
    np.testing.assert_allclose(
        found.probability.to_numpy(), np.asarray(theirs.smoothed_marginal_probabilities), atol=2e-3
    )


def test_three_states_are_ordered_from_calm_to_stormy(simulated):
    found = regimes.fit_regimes(simulated[0], 3, rounds=20)
    assert found.states["volatility"].is_monotonic_increasing
    np.testing.assert_allclose(found.probability.sum(axis=1), 1)


def test_wrong_numbers_are_refused(simulated):
    with pytest.raises(InputError, match="allowed: 2 or 3"):
        regimes.fit_regimes(simulated[0], 7)
    with pytest.raises(Refusal, match="no regimes from 40 returns"):
        regimes.fit_regimes(simulated[0].iloc[:40])
