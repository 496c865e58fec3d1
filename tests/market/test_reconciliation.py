"""Reconciliation: adding up, agreement with the slow projection, the shrinkage formula written as a loop."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import reconciliation
from hypothesis import given, settings
from hypothesis import strategies as st

KEYS = pd.DataFrame([(m, c) for m in ("DE", "US", "JP") for c in ("pet", "beauty")], columns=["market", "category"])
GRID = reconciliation.hierarchy(KEYS, [[], ["market"], ["category"]])
RNG = np.random.default_rng(4)
RESIDUALS = RNG.standard_normal((len(GRID.labels), 30)) * np.linspace(3, 1, len(GRID.labels))[:, None]


def slow(base: np.ndarray, weights: np.ndarray) -> np.ndarray:
    s = GRID.summing.toarray()
    inverse = np.linalg.inv(weights)
    return s @ np.linalg.solve(s.T @ inverse @ s, s.T @ inverse @ base)


def loop_intensity(residuals: np.ndarray) -> float:
    centred = residuals - residuals.mean(axis=1, keepdims=True)
    z = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True))
    top = bottom = 0.0
    for i in range(len(z)):
        for j in range(len(z)):
            if i != j:
                product = z[i] * z[j]
                top += ((product - product.mean()) ** 2).sum() / (len(product) * (len(product) - 1))
                bottom += product.mean() ** 2
    return min(1.0, top / bottom)


def test_labels_name_every_node_totals_first():
    assert GRID.labels.tolist()[:4] == ["total", "DE", "US", "JP"]
    assert GRID.labels[-1] == "JP / beauty"
    assert GRID.totals == 6


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), method=st.sampled_from([m for m in reconciliation.METHODS if m != "mint_sample"]))
def test_what_comes_out_adds_up(seed, method):
    base = np.random.default_rng(seed).gamma(3, 10, (len(GRID.labels), 2))
    found = reconciliation.reconcile(base, GRID, method=method, residuals=RESIDUALS)
    assert found == pytest.approx(GRID.summing @ found[GRID.totals :], abs=1e-8)


@pytest.mark.parametrize("method", ["ols", "wls_struct", "wls_var", "mint_sample", "mint_shrink"])
def test_fast_form_is_the_textbook_projection(method):
    base = RNG.gamma(3, 10, (len(GRID.labels), 3))
    centred = RESIDUALS - RESIDUALS.mean(axis=1, keepdims=True)
    covariance = centred @ centred.T / (RESIDUALS.shape[1] - 1)
    share = loop_intensity(RESIDUALS)
    weights = {
        "ols": np.eye(len(base)),
        "wls_struct": np.diag(np.asarray(GRID.summing.sum(axis=1)).ravel()),
        "wls_var": np.diag((RESIDUALS**2).mean(axis=1)),
        "mint_sample": covariance,
        "mint_shrink": share * np.diag(np.diag(covariance)) + (1 - share) * covariance,
    }[method]
    found = reconciliation.reconcile(base, GRID, method=method, residuals=RESIDUALS)
    assert found == pytest.approx(slow(base, weights), rel=1e-8)


def test_shrinkage_is_the_loops():
    assert reconciliation.shrinkage_intensity(RESIDUALS) == pytest.approx(loop_intensity(RESIDUALS), rel=1e-10)


def test_forecasts_that_add_up_stay_as_they_are():
    bottom = RNG.gamma(3, 10, (6, 2))
    base = GRID.summing @ bottom
    for method in ("ols", "wls_struct"):
        assert reconciliation.reconcile(base, GRID, method=method) == pytest.approx(base)


def test_negative_bottoms_can_be_cut():
    base = np.array([1.0, 5.0, -4.0])
    s = np.array([[1, 1], [1, 0], [0, 1]])
    assert reconciliation.reconcile(base, s, method="ols").min() < 0
    cut = reconciliation.reconcile(base, s, method="ols", non_negative=True)
    assert cut.min() == 0 and cut[0] == pytest.approx(cut[1:].sum())


def test_gain_says_where_reconciling_loses():
    actual = GRID.summing @ np.full((6, 1), 10.0)
    base = actual.copy()
    base[GRID.totals :] += 3.0
    found = reconciliation.reconciliation_gain(
        base, {"bottom_up": reconciliation.reconcile(base, GRID, method="bottom_up")}, actual, GRID
    )
    assert found.loc["grand total", "best"] == "base"
