"""The basket: parsing, netting and the parts of risk."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.risk import basket
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.fixture
def returns() -> pd.DataFrame:
    noise = np.random.default_rng(1).normal(0, 0.01, (500, 3))
    noise[:, 1] += 0.5 * noise[:, 0]
    return pd.DataFrame(noise, pd.bdate_range("2020-01-01", periods=500), ["EUR", "GBP", "JPY"])


@pytest.mark.parametrize(
    "text", ["EUR .5, GBP .3, JPY .2", "eur 50%, gbp 30%, jpy 20%", "EUR: 0.5, GBP: 0.3, JPY: 0.2,"]
)
def test_a_basket_is_read_in_any_usual_form(text):
    assert basket.parse(text).to_dict() == pytest.approx({"EUR": 0.5, "GBP": 0.3, "JPY": 0.2})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("EUR .5", "sum 0.500"),
        ("EUR half, GBP .5", "EUR half"),
        ("EUR .5, EUR .5", "each currency once"),
        ("", "pairs"),
    ],
)
def test_a_basket_that_is_not_one_is_refused(text, told):
    with pytest.raises(InputError, match=told):
        basket.parse(text)


def test_contributions_add_up_to_the_volatility(returns):
    weights = pd.Series({"EUR": 0.5, "GBP": 0.3, "JPY": 0.2})
    parts = basket.risk_contributions(returns, weights)
    together = basket.diversification(returns, weights)
    assert parts["contribution_year"].sum() == pytest.approx(together["basket"])
    assert parts["share"].sum() == pytest.approx(1)
    assert 0 < together["netted"] < 1


def test_one_currency_nets_nothing(returns):
    assert basket.diversification(returns, pd.Series({"EUR": 1.0}))["netted"] == pytest.approx(0)


def test_a_currency_without_returns_is_named(returns):
    with pytest.raises(InputError, match="BRL"):
        basket.weighted(returns, pd.Series({"BRL": 1.0}))


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_netting_is_a_share_and_does_not_care_for_direction(received, paid):
    share = basket.natural_netting([received], [paid])[0]
    assert 0 <= share <= 1
    assert share == basket.natural_netting([paid], [received])[0]


def test_netting_by_hand():
    assert basket.natural_netting([100, 0, 50], [25, 0, 50]).tolist() == [0.4, 0.0, 1.0]


def test_netting_of_two_independent_currencies_has_an_interval_about_its_known_value():
    draws = np.random.default_rng(3).normal(0, 0.01, (2520, 2))
    returns = pd.DataFrame(draws, columns=["EUR", "GBP"])
    half = pd.Series({"EUR": 0.5, "GBP": 0.5})
    low, high = basket.netted_interval(returns, half, np.random.default_rng(1))
    assert low < 1 - 1 / np.sqrt(2) < high and high - low < 0.05
    few = basket.netted_interval(returns.head(40), half, np.random.default_rng(1))
    assert few[0] < few[1]
    one = returns.assign(GBP=returns["EUR"])
    assert basket.netted_interval(one, half, np.random.default_rng(1)) == pytest.approx((0, 0), abs=1e-9)
