"""Options: parity, bounds, early exercise, stages."""

import numpy as np
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.finance import real_options
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(max_examples=30, deadline=None)
@given(st.floats(10, 200), st.floats(10, 200), st.floats(0, 0.2), st.floats(0, 1), st.floats(0, 5), st.floats(0, 0.1))
def test_call_less_put_is_the_forward(value, strike, rate, volatility, years, leakage):
    options = {"leakage": leakage}
    call = real_options.black_scholes(value, strike, rate, volatility, years, **options)
    put = real_options.black_scholes(value, strike, rate, volatility, years, kind="put", **options)
    assert float(call - put) == pytest.approx(
        value * np.exp(-leakage * years) - strike * np.exp(-rate * years), abs=1e-9
    )
    assert call >= -1e-12 and put >= -1e-12


def test_early_exercise_never_costs_and_an_american_call_without_leakage_waits():
    early, late = (
        real_options.binomial_option(100, 110, 0.05, 0.3, 1, kind="put", american=early) for early in (True, False)
    )
    assert early > late
    calls = [real_options.binomial_option(100, 90, 0.05, 0.3, 1, american=early) for early in (True, False)]
    assert calls[0] == pytest.approx(calls[1])


def test_a_tree_with_arbitrage_is_refused():
    with pytest.raises(InputError, match="so that"):
        real_options.binomial_option(100, 100, 0.5, 0.01, 1, steps=1)
    with pytest.raises(InputError, match="kind"):
        real_options.black_scholes(1, 1, 0, 0.1, 1, kind="swap")
    with pytest.raises(InputError, match="above 0"):
        real_options.black_scholes(-1, 1, 0, 0.1, 1)


def test_the_right_to_stop_is_never_worth_less_than_nothing():
    staged = real_options.staged_option([25, 55, 20], [0.6, 0.5, 0.9], 400, 0.1)
    by_hand = -20 + 0.9 * 400 / 1.1
    by_hand = -55 + 0.5 * by_hand / 1.1
    by_hand = -25 + 0.6 * by_hand / 1.1
    assert staged["value"] == pytest.approx(by_hand)
    assert staged["option"] > 0 and staged["stages"] == 3
    bad = real_options.staged_option([25, 55, 20], [0.6, 0.5, 0.9], 50, 0.1)
    assert bad["value"] == 0 and bad["stages"] == 0 and bad["committed"] < 0
    with pytest.raises(InputError, match="spending, success"):
        real_options.staged_option([1, 2], [0.5], 3, 0.1)
    with pytest.raises(Refusal, match="staged value"):
        real_options.staged_option([1], [0.5], 3, -1.5)
