"""E-mail, streams, creators, content."""

import numpy as np
import pandas as pd
import pytest
from crossborder.marketing import engagement


def emails():
    rng = np.random.default_rng(0)
    rows = []
    for week in range(40):
        for sends in range(5):
            people = 5000
            ordered = rng.binomial(people, 0.004 + 0.004 * min(sends, 2))
            left = rng.binomial(people, 0.0005 + 0.0006 * sends**1.8)
            rows.append((week, sends, people, int(people * 0.2), ordered, left, ordered * 40.0))
    names = ["week", "sends_per_person", "people", "opened", "ordered", "unsubscribed", "revenue_usd"]
    return pd.DataFrame(rows, columns=names)


def test_best_frequency_is_where_gain_stops_and_leaving_goes_on():
    found = engagement.best_frequency(emails(), subscriber_value_usd=20.0, margin_share=0.5)
    assert found.loc[found["best"], "sends"].to_list() == [2]
    assert ((found["value_low"] < found["value"]) & (found["value"] < found["value_high"])).all()


def test_hook_elasticity_of_a_power_law_is_found():
    rng = np.random.default_rng(1)
    share = rng.uniform(0.1, 0.7, 300)
    viewers = np.full(300, 20_000)
    streams = pd.DataFrame(
        {"completion": share, "viewers": viewers, "orders": rng.poisson(viewers * 0.02 * share**1.5)}
    )
    found = engagement.hook_score(streams)
    assert found["low"] < 1.5 < found["high"]


def test_half_life_of_awareness_is_found():
    weeks = pd.Series(0.2 * 0.5 ** (np.arange(10) / 3.0))
    assert engagement.effect_decay(weeks)["half_life"] == pytest.approx(3.0)


def test_mix_of_equal_tiers_is_even():
    tiers = pd.DataFrame(
        {"sales_usd": [100.0, 100.0], "cost_usd": [20.0, 20.0], "sessions": [5, 5]}, index=["mid", "micro"]
    )
    assert engagement.tier_mix(tiers, 200.0)["share"].to_numpy() == pytest.approx([0.5, 0.5], abs=1e-6)


def test_content_pays_until_quality_falls_to_the_break_even():
    terms = {"items_before": 2.0, "items_after": 4.0, "hour_cost": 10.0, "tool_cost": 3.0, "value_per_item": 9.0}
    edge = engagement.content_return(**terms)["break_even_quality_change"]
    assert engagement.content_return(**terms, quality_change=edge)["gain"] == pytest.approx(0.0)
