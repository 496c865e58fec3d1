"""Trust marks, languages, brand searches and communities: planted relations are found again."""

import ibis
import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.marketing import cohorts, content


def offers(seed=0, count=2000, effect=0.3):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "market": rng.choice(["DE", "US"], count),
            "category": rng.choice(["pet", "home"], count),
            "price": rng.lognormal(3, 0.4, count),
            "rating": rng.uniform(3, 5, count),
            "eco_certified": rng.random(count) < 0.2,
            "safety_certified": rng.random(count) < 0.3,
            "traceable": False,
        }
    )
    level = 4 + 0.5 * (frame["market"] == "US") + effect * frame["eco_certified"] - 0.4 * np.log(frame["price"])
    return frame.assign(units_month=np.expm1(level + rng.normal(0, 0.5, count)).clip(lower=0))


def test_a_planted_mark_is_found_an_idle_one_is_not_and_a_rare_one_is_left_out():
    found = content.signal_lift(offers())
    assert found.loc["eco_certified", "multiplier_low"] < np.exp(0.3) < found.loc["eco_certified", "multiplier_high"]
    assert found.loc["safety_certified", "multiplier_low"] < 1 < found.loc["safety_certified", "multiplier_high"]
    assert "traceable" not in found.index


def test_intervals_of_a_mark_cover_at_their_level():
    held = [
        row["multiplier_low"] <= np.exp(0.3) <= row["multiplier_high"]
        for seed in range(60)
        for row in [content.signal_lift(offers(seed, 400), ["eco_certified"]).loc["eco_certified"]]
    ]
    assert np.mean(held) == pytest.approx(0.9, abs=0.1)


def test_buyers_of_another_language_are_counted_and_their_stars_compared():
    reviews = pd.DataFrame({"market": "US", "language": ["en"] * 60 + ["es"] * 20, "rating": [5, 4] * 30 + [3, 4] * 10})
    row = content.language_gap(reviews).loc["US"]
    assert (row["language"], row["other_share"], row["stars_less"]) == ("en", 0.25, 1.0)
    assert row["other_share_low"] < 0.25 < row["other_share_high"]
    with pytest.raises(Refusal, match="too few reviews"):
        content.language_gap(reviews.head(5))


def test_wrong_texts_cost_what_right_ones_bring():
    terms = {"uplift": 0.2, "loss": 0.3, "order_margin": 10.0}
    even = content.language_value(1000, 0.25, accuracy=0.6, **terms)
    assert even["break_even_accuracy"] == pytest.approx(0.6)
    assert even["orders"] == pytest.approx(0.0, abs=1e-9)
    assert content.language_value(1000, 0.25, accuracy=1.0, **terms)["contribution"] == pytest.approx(500)
    with pytest.raises(InputError, match="fractions from 0 to 1"):
        content.language_value(1000, 0.25, accuracy=1.2, **terms)


def test_a_community_by_hand():
    rows = [("a", "2025-12-03"), ("a", "2025-12-09"), ("b", "2025-12-10"), ("a", "2026-01-05"), ("c", "2026-01-06")]
    frame = pd.DataFrame(rows, columns=["customer_id", "at"]).assign(channel="social_organic")
    frame["at"] = pd.to_datetime(frame["at"], utc=True)
    found = content.community_health(ibis.memtable(frame))
    assert found.index.tolist() == [pd.Timestamp("2025-12-01"), pd.Timestamp("2026-01-01")]
    assert found["active"].tolist() == [2, 2] and found["visits"].tolist() == [3, 2]
    assert found["back"].iloc[0] == 0.5 and np.isnan(found["back"].iloc[1])
    with pytest.raises(Refusal, match="nobody came through forum"):
        content.community_health(ibis.memtable(frame), "forum")


def test_communities_of_more_months_than_an_integer_has_bits_are_counted_the_same(monkeypatch):
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"customer_id": rng.integers(0, 80, 400).astype(str), "channel": "social_organic"})
    frame["at"] = pd.Timestamp("2025-03-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 300, 400), unit="D")
    found = content.community_health(ibis.memtable(frame))
    monkeypatch.setattr(cohorts, "BITS", 3)
    pd.testing.assert_frame_equal(found, content.community_health(ibis.memtable(frame)))


def test_brand_searches_are_an_index_of_whole_weeks():
    dates = pd.date_range("2025-01-01", periods=300)
    spend = pd.DataFrame({"date": dates, "channel": "search_brand", "impressions": 50})
    found = content.brand_searches(spend)
    assert (found == 100).all() and (found.index.day_of_week == 0).all()
    with pytest.raises(Refusal, match="nobody searched"):
        content.brand_searches(spend, "other")
