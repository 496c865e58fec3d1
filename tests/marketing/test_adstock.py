"""Carry-over and saturation."""

import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.marketing import adstock
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 0.95), st.integers(1, 20))
def test_normalised_weights_keep_the_total(decay, lags):
    assert adstock.geometric_weights(decay, lags).sum() == pytest.approx(1)


def test_recursion_and_weights_agree_where_nothing_is_cut():
    x = np.random.default_rng(0).random(30)
    cut = adstock.adstock(x, adstock.geometric_weights(0.6, 30, normalised=False))
    assert adstock.geometric(x, 0.6) == pytest.approx(cut)


@pytest.mark.parametrize("family", list(adstock.SATURATIONS))
def test_every_family_is_one_half_at_its_half_and_rises(family):
    x = np.linspace(0, 50, 200)
    y = adstock.saturate(x, 7.0, family)
    assert adstock.saturate(np.array(7.0), 7.0, family) == pytest.approx(0.5)
    assert (np.diff(y) > 0).all() and y[0] == 0 and y[-1] < 1


def test_weibull_weights_start_at_one_and_fall():
    weights = adstock.weibull_cdf_weights(2.0, 0.5, 10)
    assert weights[0] == 1.0 and (np.diff(weights) <= 0).all()


def test_half_life_of_a_decay():
    assert adstock.half_life(0.5**0.25) == pytest.approx(4.0)


def test_a_decay_of_one_is_refused():
    with pytest.raises(InputError, match=r"decay is 1\.0"):
        adstock.geometric(np.ones(3), 1.0)
