"""Keywords, channel panel, brand and baskets."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.marketing import basket, brand, channel_panel, keywords


def test_tiers_follow_the_share_of_searches():
    terms = pd.DataFrame({"volume": [500, 350, 100, 50]}, index=list("abcd"))
    assert keywords.tiers(terms).to_list() == ["core", "scene", "long_tail", "long_tail"]


def test_tier_sums_and_break_even_bid():
    terms = pd.DataFrame(
        {
            "tier": ["core", "core"],
            "volume": [100, 300],
            "clicks": [10, 10],
            "cost": [5.0, 5],
            "orders": [1, 1],
            "sales": [40.0, 60],
        }
    )
    row = keywords.matrix(terms, margin_share=0.4).loc["core"]
    assert row["coverage"] == pytest.approx(0.05)
    assert row["break_even_bid"] == pytest.approx(100 / 20 * 0.4)


def test_a_better_rank_never_loses_visits():
    terms = pd.DataFrame({"volume": [1000.0] * 4, "rank": [1, 3, 12, np.nan]})
    assert (keywords.rank_potential(terms, conversion=0.05, order_margin=10.0)["visits"] >= 0).all()


def spend():
    dates = pd.date_range("2025-01-01", periods=20)
    return pd.DataFrame({"date": dates, "market": "DE", "channel": "ads", "spend": 1.0, "currency": "EUR"})


def test_weeks_start_on_monday_and_are_whole():
    weekly = channel_panel.weekly_usd(channel_panel.spend_usd(spend(), {"EUR": 2.0}))
    assert (weekly.index.day_of_week == 0).all()
    assert weekly["ads"].to_list() == [14.0, 14.0]


def test_daily_rates_are_carried_over_days_without_fixing():
    rates = pd.DataFrame({"EUR": [2.0, 4.0]}, index=pd.to_datetime(["2025-01-01", "2025-01-11"]))
    found = channel_panel.spend_usd(spend(), rates)["spend_usd"].to_numpy()
    assert found.tolist() == [2.0] * 10 + [4.0] * 10


def test_currency_without_rate_is_named():
    with pytest.raises(InputError, match="currency 'EUR' is not known"):
        channel_panel.spend_usd(spend(), {})


def test_independent_items_have_no_rule():
    rng = np.random.default_rng(0)
    bought = rng.random((20_000, 6)) < 0.2
    order, item = np.nonzero(bought)
    lines = pd.DataFrame({"order_id": order, "item": item})
    found = basket.pair_rules(lines, orders=20_000, least_support=1)
    assert found["lift"].mean() == pytest.approx(1.0, abs=0.03)  # sd of a lift of 800 joint orders is 0.03
    assert not found["significant"].any()


def test_click_model_beats_the_overall_rate_where_channels_differ():
    rng = np.random.default_rng(1)
    cells = pd.DataFrame(
        {"channel": np.tile(["a", "b", "c"], 60), "market": np.repeat(["DE", "US"], 90), "impressions": 5000}
    )
    cells["clicks"] = rng.binomial(5000, cells["channel"].map({"a": 0.01, "b": 0.02, "c": 0.04}))
    effects, quality = brand.click_model(cells, ["channel", "market"], holdout=np.arange(180) % 4 == 0)
    assert quality["log_loss"] < quality["base_log_loss"]
    row = effects.set_index("value").loc["c"]
    assert row["low"] < (0.04 / 0.96) / (0.01 / 0.99) < row["high"]


def test_lookalikes_of_a_profile_are_found():
    rng = np.random.default_rng(2)
    people = pd.DataFrame(rng.normal(size=(3000, 3)))
    seeds = rng.random(3000) < 1 / (1 + np.exp(3 - 2 * people[0]))
    assert brand.lookalike(people, seeds, rng=rng)[1]["auc"] > 0.75
