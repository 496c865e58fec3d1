"""Ad rules: break-even by hand, patience with few clicks, bids that equalise cost."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.marketing import advertising


def test_break_even_of_a_german_product_by_hand():
    # 119 with 19 % VAT is 100 net; 15 % fee on 119, landed 40, delivery 5, 10 % come back at 4 each:
    # 0.9 * (100 - 17.85 - 40) - 5 - 0.4 = 32.535 of 119.
    share = advertising.break_even_acos(
        119.0, vat_rate=0.19, landed_cost=40.0, fee_rate=0.15, fulfilment=5.0, return_rate=0.1, return_cost=4.0
    )
    assert float(share) == pytest.approx(32.535 / 119)


def test_three_clicks_without_an_order_are_not_a_verdict():
    ads = pd.DataFrame(
        {
            "clicks": [3, 900, 900, 900],
            "orders": [0, 2, 120, 27],
            "cost": [3.0, 900, 900, 900],
            "sales": [0.0, 60, 3600, 810],
        },
        index=["new", "bad", "good", "usual"],
    )
    found = advertising.acos_rule(ads, break_even=0.9)
    assert found["action"].to_dict() == {"new": "wait", "bad": "pause", "good": "raise", "usual": "lower"}
    assert (found["acos_low"] <= found["expected_acos"]).all() and (found["expected_acos"] <= found["acos_high"]).all()


def test_no_order_anywhere_is_a_tracking_problem():
    ads = pd.DataFrame({"clicks": [5], "orders": [0], "cost": [1.0], "sales": [0.0]})
    with pytest.raises(Refusal, match="no ad order at all"):
        advertising.acos_rule(ads, break_even=0.3)


def test_highest_bid_lies_in_its_interval():
    middle, low, high = advertising.max_cost_per_click(30.0, 60, 1000)
    assert middle == pytest.approx(1.8)
    assert low < middle < high


def test_headroom_is_cap_times_sales_less_spend():
    found = advertising.cost_headroom(pd.Series({"DE": 10.0}), pd.Series({"DE": 100.0}), 0.15).loc["DE"]
    assert (found["headroom"], found["above"]) == (pytest.approx(5.0), False)


def test_twice_the_conversion_gives_twice_the_bid():
    slots = pd.DataFrame({"clicks": [1e6, 1e6], "orders": [2e4, 4e4], "cost": [1e6, 1e6]}, index=["day", "night"])
    bids = advertising.day_part_bids(slots)["multiplier"]
    assert bids["night"] / bids["day"] == pytest.approx(2.0, rel=1e-3)


def test_growth_of_a_price_is_found_with_its_interval():
    rng = np.random.default_rng(1)
    months = np.arange(36)
    series = pd.Series(np.exp(0.12 * months / 12 + 0.05 * np.sin(2 * np.pi * months / 12) + rng.normal(0, 0.02, 36)))
    found = advertising.price_trend(series, break_even=float(series.iloc[-1]) * 1.2)
    assert found["low"] < np.expm1(0.12) < found["high"]
    assert found["months_to_break_even"] == pytest.approx(np.log(1.2) / 0.12 * 12, rel=0.25)
