"""Keywords, channel panel, brand and baskets."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.marketing import channel_panel, keywords


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
