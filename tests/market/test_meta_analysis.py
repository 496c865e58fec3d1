"""Random-effects combination: identities and edges; published numbers are in tests/truth."""

import numpy as np
import pytest
from crossborder.market import meta_analysis
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

effects = arrays(float, 6, elements=st.floats(-2, 2))
variances = arrays(float, 6, elements=st.floats(0.01, 1))


@settings(max_examples=30, deadline=None)
@given(y=effects, v=variances, method=st.sampled_from(meta_analysis.TAU2_METHODS), shift=st.floats(-5, 5))
def test_shifting_all_sources_shifts_the_mean_and_nothing_else(y, v, method, shift):
    first, moved = meta_analysis.combine(y, v, method=method), meta_analysis.combine(y + shift, v, method=method)
    assert moved.estimate == pytest.approx(first.estimate + shift, abs=1e-6)
    assert moved.tau2 == pytest.approx(first.tau2, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(y=effects, v=variances)
def test_modified_factor_never_narrows_the_interval(y, v):
    plain, modified = (meta_analysis.combine(y, v, inference=i) for i in ("hksj", "mkh"))
    assert modified.high - modified.low >= plain.high - plain.low - 1e-12
    assert modified.prediction_low <= modified.low + 1e-9 or modified.tau2 == 0


def test_agreeing_sources_have_no_spread():
    fit = meta_analysis.combine(np.full(5, 1.3), np.full(5, 0.04), method="REML")
    assert fit.tau2 == pytest.approx(0, abs=1e-9)
    assert fit.estimate == pytest.approx(1.3)
    assert fit.weights == pytest.approx(np.full(5, 0.2))


def test_leaving_out_the_odd_source_moves_the_mean_most():
    found = meta_analysis.leave_one_out(np.array([1.0, 1.1, 0.9, 3.0]), np.full(4, 0.05), labels=list("abcd"))
    assert found.loc[found["shift"].abs().idxmax(), "without"] == "d"


def test_two_values_become_scenarios():
    found = meta_analysis.scenarios(np.array([6.0, 1.8]), ["wide", "narrow"])
    assert found["scenario"].tolist() == ["narrow", "wide"]
    assert found["ratio_to_smallest"].tolist() == pytest.approx([1, 6 / 1.8])


def test_profile_interval_holds_its_estimate():
    y, v = np.array([0.1, 0.9, 0.4, 1.6, -0.2]), np.array([0.05, 0.1, 0.08, 0.06, 0.1])
    low, high = meta_analysis.tau2_interval(y, v, level=0.9)
    assert low <= meta_analysis.combine(y, v, method="PM").tau2 <= high
