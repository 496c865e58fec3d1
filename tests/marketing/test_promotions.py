"""Promotions: break-even, lines that add, a planted festival, a flash sale."""

import numpy as np
import pandas as pd
import pytest
from crossborder.marketing import promotions


def test_a_promotion_at_its_break_even_lift_earns_nothing_more():
    lift = float(promotions.break_even_lift(0.1, 0.4))
    found = promotions.promotion_margin(base_units=100, lift=lift, discount=0.1, price=50.0, unit_cost=30.0)
    assert found["net"] == pytest.approx(0.0, abs=1e-9)


def test_units_pulled_forward_are_taken_off():
    terms = {"base_units": 100, "lift": 0.5, "discount": 0.1, "price": 50.0, "unit_cost": 30.0}
    plain, pulled = promotions.promotion_margin(**terms), promotions.promotion_margin(**terms, pulled_forward=0.4)
    assert plain["net"] - pulled["net"] == pytest.approx(0.4 * 50 * 20)


def test_a_discount_above_the_margin_never_pays():
    assert promotions.break_even_lift(0.4, 0.3) == np.inf


def test_planted_festival_is_found_and_a_quiet_day_is_not():
    rng = np.random.default_rng(0)
    days = pd.date_range("2023-01-01", periods=900)
    level = 200 * np.exp(0.2 * np.sin(2 * np.pi * days.day_of_year.to_numpy() / 365.25))
    fair = (days.month == 11) & (days.day >= 24) & (days.day <= 27)
    daily = pd.Series(rng.poisson(level * np.where(fair, 2.0, 1.0)), index=days)
    rows = [("fair", f"{y}-11-24", f"{y}-11-27") for y in (2023, 2024)] + [
        ("quiet", f"{y}-05-10", f"{y}-05-12") for y in (2023, 2024, 2025)
    ]
    events = pd.DataFrame(rows, columns=["event", "date", "end"])
    events[["date", "end"]] = events[["date", "end"]].apply(pd.to_datetime)
    found = promotions.event_multipliers(daily, events).set_index("event")
    assert found.loc["fair", "low"] < 2.0 < found.loc["fair", "high"]
    assert found.loc["quiet", "low"] < 1.0 < found.loc["quiet", "high"]


def test_a_sale_without_limits_sells_all_it_can():
    found = promotions.flash_sale(
        stock=10**6,
        demand_mean=100,
        demand_sd=10,
        minutes=60,
        half_minutes=10,
        capacity_a_minute=1e6,
        rng=np.random.default_rng(1),
    )
    assert (found["sell_out_probability"], found["lost_orders"], found["overload_probability"]) == (0, 0, 0)
    assert found["contribution"] == pytest.approx(100, rel=0.02)


def test_threshold_pays_only_by_what_it_lifts():
    found = promotions.threshold_bundle(
        np.array([40.0, 48.0, 80.0]), threshold=50.0, benefit=1.0, margin_share=0.5, response=1.0
    )
    assert found["net"] == pytest.approx(((10 * 0.5 - 1) + (2 * 0.5 - 1) - 1) * 1000 / 3)
