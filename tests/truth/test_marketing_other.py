"""Service, segments, promotions, referral, brand: printed numbers and textbook values."""

import numpy as np
import pandas as pd
import pytest
from crossborder.marketing import (
    advertising,
    basket,
    brand,
    calibration,
    clv,
    membership,
    paths,
    promotions,
    referral,
    service,
)


def test_erlang_c_of_a_call_centre():
    # 100 calls in 30 minutes of 3 minutes each: load 10; 14 agents wait 17.4 %, 88.8 % within 20 s, 7.8 s on average
    # (Call Centre Helper, Erlang C formula made simple, 2018).
    assert service.erlang_c(14, 10.0) == pytest.approx(0.174, abs=0.0005)
    assert service.service_level(14, 200, 3.0, 20 / 60) == pytest.approx(0.888, abs=0.0005)
    need = service.staff_needed(200, 3.0, within_minutes=20 / 60)
    assert need["agents"] == 14
    assert need["mean_wait_minutes"] * 60 == pytest.approx(7.8, abs=0.05)


def test_erlang_c_is_the_sum_of_its_formula():
    from math import factorial

    load, agents = 5.0, 7
    top = load**agents / factorial(agents) * agents / (agents - load)
    bottom = sum(load**k / factorial(k) for k in range(agents)) + top
    assert service.erlang_c(agents, load) == pytest.approx(top / bottom, rel=1e-12)


def test_random_effects_of_the_bcg_trials():
    # Colditz et al. (1994), 13 BCG trials, log risk ratios (R metafor, dat.bcg, method DL): -0.7141, tau^2 0.3088.
    y = [
        -0.8893,
        -1.5854,
        -1.3481,
        -1.4416,
        -0.2175,
        -0.7861,
        -1.6209,
        0.0120,
        -0.4694,
        -1.3713,
        -0.3394,
        0.4459,
        -0.0173,
    ]
    v = [0.3256, 0.1946, 0.4154, 0.0200, 0.0512, 0.0069, 0.2230, 0.0040, 0.0564, 0.0730, 0.0124, 0.5325, 0.0714]
    found = calibration.shrink(np.array(y), np.sqrt(v)).attrs
    assert found["mean"] == pytest.approx(-0.7141, abs=0.0005)
    assert found["tau"] ** 2 == pytest.approx(0.3088, abs=0.0006)


def test_wilson_interval_of_newcombe():
    # Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263, 95 %: 0.2553 to 0.3662.
    low, high = paths.wilson_interval(81, 263, 0.95)
    assert (float(low), float(high)) == pytest.approx((0.2553, 0.3662), abs=0.00005)


def test_break_even_lift_of_nagle():
    # Nagle and Muller, chapter 10: a 5 % cut at a 45 % margin must raise units by 12.5 %.
    assert promotions.break_even_lift(0.05, 0.45) == pytest.approx(0.125, abs=1e-12)


def test_retention_value_of_gupta_and_lehmann():
    # Gupta and Lehmann (2003), margin multiple r / (1 + i - r): 90 % retention, 12 % discount is 4.09.
    assert clv.retention_value(1.0, 0.9, 0.12, first_paid=False) == pytest.approx(4.09, abs=0.005)


def test_viral_growth_of_skok():
    # Skok (2009), Lessons learned: viral marketing: 5 users, K = 0.2, cycle 2 days; after 20 days 6.25 users in the
    # limit.
    path = referral.growth_path(5, 0.2, cycle_days=2, days=20)
    assert path["users"].iloc[-1] == pytest.approx(5 * (0.2**11 - 1) / (0.2 - 1), rel=1e-12)
    assert path["users"].iloc[-1] == pytest.approx(6.25, abs=0.01)


def test_acquisition_cost_identity():
    # CAC = CPC / CVR: 1.8 USD a click and 30 USD a customer mean 6 %.
    assert advertising.acquisition_cost(1.8, 0.06) == pytest.approx(30.0, abs=1e-12)


def test_royalty_relief_is_a_perpetuity():
    value = brand.royalty_relief(np.array([1000.0]), royalty_rate=0.05, tax_rate=0.25, discount=0.1, growth=0.02)
    assert value == pytest.approx(1000 * 0.05 * 0.75 / 0.08, rel=1e-12)


def test_pair_rules_of_a_textbook_table():
    # Tan, Steinbach and Kumar (2005), table 6.1: five baskets; {diapers, beer}: support 0.6, confidence 0.75 and 1.
    rows = [
        ("1", "bread milk"),
        ("2", "bread diapers beer eggs"),
        ("3", "milk diapers beer cola"),
        ("4", "bread milk diapers beer"),
        ("5", "bread milk diapers cola"),
    ]
    lines = pd.DataFrame(
        [(order, item) for order, items in rows for item in items.split()], columns=["order_id", "item"]
    )
    found = basket.pair_rules(lines, least_support=2).set_index(["item_a", "item_b"]).loc[("beer", "diapers")]
    assert found["support"] == pytest.approx(0.6)
    assert found["confidence_ab"] == pytest.approx(1.0)
    assert found["confidence_ba"] == pytest.approx(0.75)
    assert found["lift"] == pytest.approx(1.25)


def test_e_values_of_breastfeeding_and_lung_cancer():
    # VanderWeele and Ding (2017), Annals of Internal Medicine 167(4): risk ratio 3.9 (1.8 to 8.7) gives 7.2 and 3.0;
    # smoking and lung cancer, 10.73 (8.02 to 14.36), gives 20.9 and 15.5.
    assert membership.e_value(3.9, 1.8) == pytest.approx((7.26, 3.0), abs=0.005)
    assert membership.e_value(10.73, 8.02) == pytest.approx((20.9, 15.5), abs=0.06)
    # A ratio below 1 is turned over; an interval that holds 1 needs no unseen cause.
    assert membership.e_value(0.5, 1.2) == pytest.approx((2 + 2**0.5, 1.0))
