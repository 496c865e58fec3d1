"""Voices: bursts, tone, safety words, escalation."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.risk import text_alerts


@pytest.fixture
def reviews() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    days = pd.date_range("2025-01-06", "2025-06-29", freq="D")
    frame = pd.DataFrame(
        {"date": rng.choice(days, 600), "rating": rng.choice([1, 4, 5], 600, p=[0.1, 0.4, 0.5]), "sku": "A"}
    )
    storm = pd.DataFrame({"date": pd.to_datetime(["2025-05-14"] * 14), "rating": 1, "sku": "A"})
    return pd.concat([frame, storm], ignore_index=True)


def test_weeks_start_on_monday_and_count_all_posts(reviews):
    voice = text_alerts.weekly_voice(reviews)
    assert (voice["week"].dt.day_of_week == 0).all()
    assert voice["posts"].sum() == len(reviews)
    assert voice["negative"].sum() == (reviews["rating"] <= 2).sum()


def test_the_storm_is_the_burst(reviews):
    found = text_alerts.bursts(text_alerts.weekly_voice(reviews))
    assert found.loc[found["burst"], "week"].tolist() == [pd.Timestamp("2025-05-12")]


def test_burst_probability_is_the_negative_binomial_tail():
    from scipy.stats import nbinom

    weeks = pd.date_range("2025-01-06", periods=14, freq="7D")
    voice = pd.DataFrame({"week": weeks, "sku": "A", "posts": 20, "negative": [2] * 13 + [7], "rating": 4.0})
    last = text_alerts.bursts(voice).iloc[-1]
    assert last["p_value"] == pytest.approx(nbinom.sf(6, 26.5, 13.5 / 14.5))


def test_quiet_groups_do_not_alarm_by_tone():
    weeks = pd.date_range("2025-01-06", periods=8, freq="7D")
    loud = pd.DataFrame({"week": weeks, "sku": "loud", "posts": 50, "negative": 15, "rating": 3.0})
    small = pd.DataFrame({"week": weeks[:1], "sku": "small", "posts": 8, "negative": 1, "rating": 3.0})
    table = text_alerts.tone_alerts(pd.concat([loud, small])).set_index("sku")
    assert table["alert"].to_dict() == {"loud": True, "small": False}


def test_safety_words_are_found_at_their_beginning():
    texts = pd.Series(["It caught FIRE at night", "wildfire colours", "插头烧了", "lovely", None])
    assert text_alerts.safety_share(texts).tolist() == [True, False, True, False, False]


def test_sale_stops_only_where_the_rate_surely_is_too_high():
    moment = pd.Timestamp("2025-01-01", tz="UTC")
    tickets = pd.DataFrame(
        {
            "sku": ["A"] * 8 + ["B"],
            "safety": True,
            "opened_at": moment,
            "first_reply_at": moment + pd.Timedelta(hours=1),
        }
    )
    table = text_alerts.escalations(tickets, units_sold=pd.Series({"A": 500, "B": 500})).set_index("sku")
    assert table["action"].to_dict() == {"A": "stop sale and test", "B": "test a sample"}
    assert table["replied_in_time"].eq(1).all()


def test_missing_columns_are_named():
    with pytest.raises(InputError, match="rating"):
        text_alerts.weekly_voice(pd.DataFrame({"date": [], "sku": []}))
