"""Currency options: parity, limits, collars, price lists."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import currency_options as options
from hypothesis import given, settings
from hypothesis import strategies as st

TERMS = {"home_rate": 0.03, "foreign_rate": 0.08, "volatility": 0.12}


@settings(max_examples=40, deadline=None)
@given(st.floats(0.2, 5), st.floats(0.2, 5), st.floats(0.05, 3), st.floats(0.01, 0.6))
def test_put_call_parity(spot, strike, years, volatility):
    terms = {"home_rate": 0.03, "foreign_rate": 0.08, "volatility": volatility}
    call, put = (float(options.garman_kohlhagen(spot, strike, years, kind=k, **terms)) for k in ("call", "put"))
    forward = spot * np.exp(-0.08 * years) - strike * np.exp(-0.03 * years)
    assert call - put == pytest.approx(forward, abs=1e-10)


def test_without_volatility_an_option_is_its_discounted_intrinsic_value():
    value = options.garman_kohlhagen(1.0, [0.8, 1.2], 1.0, home_rate=0.05, foreign_rate=0.0, volatility=0.0)
    assert value == pytest.approx([1 - 0.8 * np.exp(-0.05), 0.0])


def test_sensitivities_are_slopes():
    found = options.greeks(1.1, 1.0, 0.7, kind="put", **TERMS)
    step = 1e-5
    up, down = (float(options.garman_kohlhagen(1.1 + s, 1.0, 0.7, kind="put", **TERMS)) for s in (step, -step))
    assert found["delta"] == pytest.approx((up - down) / (2 * step), rel=1e-6)
    later, sooner = (float(options.garman_kohlhagen(1.1, 1.0, 0.7 + s, kind="put", **TERMS)) for s in (step, -step))
    assert found["theta"] == pytest.approx(-(later - sooner) / (2 * step), rel=1e-5)


def test_implied_volatility_gives_the_price_back():
    price = float(options.garman_kohlhagen(1.1, 1.2, 0.5, kind="call", **TERMS))
    found = options.implied_volatility(price, 1.1, 1.2, 0.5, home_rate=0.03, foreign_rate=0.08, kind="call")
    assert found == pytest.approx(0.12)


def test_a_collar_costs_nothing():
    put = np.array([0.85, 0.9, 0.95])
    call = options.collar_strike(1.0, put, 0.5, **TERMS)
    bought = options.garman_kohlhagen(1.0, put, 0.5, kind="put", **TERMS)
    sold = options.garman_kohlhagen(1.0, call, 0.5, kind="call", **TERMS)
    assert bought == pytest.approx(sold, abs=1e-9)
    assert (np.diff(call) < 0).all()  # a higher floor costs a lower ceiling


def test_a_collar_keeps_the_rate_between_its_strikes():
    ends = options.payoff([0.5, 1.0, 1.5], forward=0.98, put_strike=0.9, call_strike=1.1, premium=0.01)
    assert ends["collar"].tolist() == [0.9, 1.0, 1.1]
    assert ends["put"].tolist() == pytest.approx([0.89, 0.99, 1.49])
    assert ends["forward"].tolist() == [0.98] * 3


def test_the_price_list_orders_hedges_by_their_bad_case():
    rng = np.random.default_rng(1)
    levels = pd.DataFrame(
        {"EUR": 8 * np.exp(np.cumsum(rng.normal(0, 0.005, 600)))}, pd.bdate_range("2023-01-02", periods=600)
    )
    table = options.price_list(levels, pd.Series({"EUR": 1.0}), pd.Series({"EUR": 0.02, "CNY": 0.02}), home="CNY")
    bad = table.set_index("hedge")["worst_share"]
    assert bad["none"] < bad["put"] < bad["forward"]
    assert bad["forward"] == pytest.approx(0, abs=1e-9)


def test_wrong_terms_are_named():
    with pytest.raises(InputError, match="known: call, put"):
        options.garman_kohlhagen(1, 1, 1, kind="swap", **TERMS)
    with pytest.raises(InputError, match="spot is 0"):
        options.garman_kohlhagen(0, 1, 1, **TERMS)
    with pytest.raises(InputError, match="below the forward"):
        options.collar_strike(1.0, 1.2, 0.5, **TERMS)
    with pytest.raises(Refusal, match="no volatility gives the price 5"):
        options.implied_volatility(5, 1.0, 1.0, 1.0, home_rate=0.0, foreign_rate=0.0, kind="call")
