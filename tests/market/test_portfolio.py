"""Mixes of markets."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import portfolio
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.1, 4.0), min_size=2, max_size=8))
def test_without_correlation_weights_are_inverse_variances(variances):
    names = [f"m{i}" for i in range(len(variances))]
    found = portfolio.minimum_variance(pd.DataFrame(np.diag(variances), names, names))
    expected = (1 / np.array(variances)) / np.sum(1 / np.array(variances))
    assert found.weights.tolist() == pytest.approx(expected.tolist(), abs=1e-4)


COVARIANCE = pd.DataFrame([[0.04, 0.01, 0.0], [0.01, 0.09, 0.0], [0.0, 0.0, 0.16]], list("abc"), list("abc"))
GROWTH = pd.Series({"a": 0.05, "b": 0.15, "c": 0.30})


def test_conditions_hold():
    found = portfolio.minimum_variance(COVARIANCE, GROWTH, growth_floor=0.15, highest=0.5, core=["a"], core_floor=0.4)
    assert found.weights.sum() == pytest.approx(1)
    assert found.growth >= 0.15 - 1e-7
    assert found.weights["a"] >= 0.4 - 1e-7 and found.weights.max() <= 0.5 + 1e-9


def test_frontier_pays_volatility_for_growth():
    found = portfolio.frontier(COVARIANCE, GROWTH, points=6)
    assert (np.diff(found["growth"]) > 0).all() and (np.diff(found["volatility"]) > -1e-9).all()
    assert found.iloc[-1]["c"] == pytest.approx(1, abs=1e-5)


def test_no_other_mix_is_steadier():
    best = portfolio.minimum_variance(COVARIANCE)
    others = np.random.default_rng(0).dirichlet(np.ones(3), 500)
    assert (np.einsum("ij,jk,ik->i", others, COVARIANCE.to_numpy(), others) >= best.volatility**2 - 1e-9).all()


def test_a_known_season_is_not_risk():
    months = pd.date_range("2023-01-01", periods=49, freq="MS")
    season = np.tile([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 2], 5)[:49]
    steady = pd.DataFrame({"DE": 100.0 * season}, index=months)
    assert portfolio.revenue_changes(steady).abs().to_numpy().max() == pytest.approx(0, abs=1e-12)


def test_change_of_volatility_has_its_sign():
    changes = pd.DataFrame(np.random.default_rng(0).standard_normal((48, 2)) * [1.0, 0.2], columns=["wild", "calm"])
    found = portfolio.volatility_change(
        changes,
        pd.Series({"wild": 1.0, "calm": 0.0}),
        pd.Series({"wild": 0.0, "calm": 1.0}),
        rng=np.random.default_rng(0),
    )
    assert found["low"] < found["change"] < found["high"] < 0
    assert found["change"] == pytest.approx(-0.8, abs=0.1)


def test_a_growth_floor_that_no_mix_reaches_is_lowered_to_the_fastest():
    growth, markets = pd.Series({"DE": 0.05, "US": 0.08, "SA": 0.2}), pd.Index(["DE", "US", "SA"])
    assert portfolio.rules(["US"], 0.1, markets, growth=growth)["growth_floor"] == 0.1
    lowered = portfolio.rules(["US"], 0.3, markets, growth=growth)
    assert lowered["growth_floor"] == pytest.approx(0.4 * 0.08 + 0.6 * 0.2, abs=1e-8)
    assert portfolio.rules(["US"], 0.3, markets)["growth_floor"] == 0.3
