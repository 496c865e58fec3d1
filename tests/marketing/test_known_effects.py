"""Naive, adjusted and true effects side by side; what holds is what its interval holds."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from crossborder.marketing import known_effects

KNOWN = {
    "customers": {"member_effect_on_rate": 0.25, "member_spend_effect_180_days_usd": 12.0},
    "demand": {"elasticity": {"pet": -1.2}},
    "experiments": {"X1": {"lift": 0.2}, "X2": {"lift": {"treatment": 0.1}}, "X5": {"lift": {"5 percent": 0.05}}},
}


def test_customers_stand_beside_their_truth():
    rows = pd.DataFrame({"estimate": [48.0, 11.0], "low": [46.0, 8.0], "high": [50.0, 14.0]})
    effects = SimpleNamespace(ratio=SimpleNamespace(ratio=1.2, low=1.1, high=1.3), rows=rows)
    error = pd.Series({"expected_over_actual": 0.99, "naive_over_actual": 1.33})
    prices = pd.DataFrame({"category": ["pet"], "naive": [-0.05], "elasticity": [-1.9], "low": [-2.1], "high": [-1.7]})
    discounts = pd.DataFrame({"arm": ["5 percent"], "lift": [0.09], "lift_low": [-0.01], "lift_high": [0.2]})
    found = known_effects.customers_against_truth(KNOWN, effects, error, prices=prices, discounts=discounts)
    found = found.set_index(["quantity", "of"])
    spend = found.loc[("USD in 180 days", "membership")]
    assert spend[["naive", "estimate", "truth"]].to_list() == [48.0, 11.0, 12.0]
    assert found["holds"].to_list() == [True, True, True, False, True]
    assert found.loc[("lift of a discount", "5 percent"), "truth"] == 0.05


def test_channels_and_price_stand_beside_their_truth():
    found = pd.DataFrame({"roi": [2.0], "roi_low": [1.0], "roi_high": [3.0]}, index=["video"])
    row = pd.Series({"effect": 3.0, "effect_low": -2.0, "effect_high": 7.0})
    made = known_effects.channels_against_truth(
        found, pd.Series({"video": 9.0}), pd.Series({"video": 4.0}), (41.0, row, -0.7)
    )
    assert made["naive"].to_list() == [9.0, 41.0]
    assert made["holds"].to_list() == [False, True]


def test_the_true_price_effect_weighs_categories_by_sales():
    prices = pd.DataFrame(
        {"sku": ["a", "b", "a"], "market": ["US", "US", "DE"], "units": [3, 1, 9], "price": [10.0, 10.0, 10.0]}
    )
    products = pd.DataFrame({"sku": ["a", "b"], "category": ["pet", "home"]})
    found = known_effects.price_effect({"pet": -1.2, "home": -2.0}, prices, products, "US")
    assert found == pytest.approx(1 - (0.75 * 1.2 + 0.25 * 2.0))


def test_the_raw_slope_of_a_power_law_is_its_exponent():
    log_price = pd.Series(np.linspace(-0.1, 0.1, 30))
    assert known_effects.raw_price_slope(np.exp(5 - 1.7 * log_price), log_price) == pytest.approx(-1.7)


def test_a_company_without_truth_by_market_has_no_true_returns():
    assert known_effects.true_roi({}, "US", pd.Series({"video": 1.0})) is None


def test_raw_slopes_take_the_season_for_the_channel():
    season = np.sin(np.arange(104) / 8)
    spend = pd.DataFrame({"video": 10 + 2 * season, "mail": 5 + np.cos(np.arange(104) * 1.7)})
    found = known_effects.raw_slopes(pd.Series(100 + 30 * season), spend)
    assert found["video"] == pytest.approx(15.0)
    assert abs(found["mail"]) < 1.0
