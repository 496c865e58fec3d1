"""Twelve signals from 0 to 1, themes, leads, coverage."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo import launch_tables
from crossborder.selection import signals


@pytest.fixture(scope="module")
def ideas():
    return launch_tables.launches(np.random.default_rng(2))[0].rename(columns={"launch_id": "candidate_id"})


def test_signals_are_shares_of_ideas_beaten(ideas):
    found = signals.signals(ideas)
    assert list(found.values.columns) == list(signals.TWELVE)
    assert found.values.min(axis=None) >= 0
    assert found.values.max(axis=None) <= 1
    assert found.values.mean().to_numpy() == pytest.approx(0.5, abs=1e-6)


def test_direction_is_followed(ideas):
    found = signals.signals(ideas).values
    assert np.corrcoef(found["policy_risk"], ideas["policy_risk"].fillna(0.14))[0, 1] < -0.5
    assert np.corrcoef(found["margin"], ideas["margin_share"])[0, 1] > 0.9


def test_missing_values_stand_in_the_middle_with_full_noise(ideas):
    found = signals.signals(ideas)
    gap = ideas["rating_gap"].isna().to_numpy()
    assert gap.any()
    assert found.values.loc[gap, "rating_gap"].tolist() == pytest.approx([0.5] * gap.sum())
    assert (found.noise.loc[gap, "rating_gap"] > found.noise.loc[~gap, "rating_gap"].max()).all()
    assert found.filled["rating_gap"].sum() == gap.sum()


def test_a_constant_column_gives_the_middle_to_all(ideas):
    found = signals.signals(ideas.assign(brand_fit=0.4))
    assert found.values["brand_fit"].tolist() == pytest.approx([0.5] * len(ideas))


def test_leads_are_counted_with_their_chance():
    values = pd.DataFrame({"margin": [0.95, 0.1], "rating_gap": [0.95, 0.1], "brand_fit": [0.95, 0.1]})
    found = signals.Signals(values, values * 0 + 0.01, values < 0)
    table = signals.defensibility(found, ("margin", "rating_gap", "brand_fit"))
    assert table["leads"].tolist() == pytest.approx([3, 0], abs=1e-6)
    assert table["enough"].tolist() == pytest.approx([1, 0], abs=1e-6)


def test_themes_chosen_add_up_to_their_number(ideas):
    table = signals.tracks(ideas, ideas["margin_share"], np.random.default_rng(1), choose=4)
    assert table["chosen"].sum() == pytest.approx(4)
    assert (table["low"] <= table["score"]).all()


def test_an_absent_or_stale_source_scores_low():
    day = pd.Timestamp("2026-10-31")
    fresh = pd.DataFrame({"date": [day], "market": ["US"]})
    tables = {"fresh": fresh, "stale": fresh.assign(date=day - pd.Timedelta(days=400)), "absent": None}
    found = signals.coverage(tables, {"fresh": "date", "stale": "date"}, day).set_index("table")["score"]
    assert found["fresh"] == pytest.approx(1)
    assert found["stale"] < 0.01
    assert found["absent"] == 0


def test_the_market_that_is_known_least_is_named():
    day = pd.Timestamp("2026-10-31")
    rows = pd.DataFrame({"date": [day, day, day - pd.Timedelta(days=300)], "market": ["US", "DE", "JP"]})
    found = signals.coverage({"offers": rows}, {"offers": "date"}, day).iloc[0]
    assert found["weakest_market"] == "JP"
    assert found["weakest_score"] < 0.05 < found["score"]


def test_computed_scores_count_beside_the_opinion(ideas):
    own = ideas.assign(content_score=np.linspace(0, 1, len(ideas)), living_fit=0.9)
    plain, more = signals.signals(ideas), signals.signals(own)
    beaten = (np.arange(len(ideas)) + 0.5) / len(ideas)
    both = (plain.values["content_fit"].to_numpy() + beaten) / 2
    assert more.values["content_fit"].to_numpy() == pytest.approx(both)
    assert more.described().set_index("signal").loc["climate_fit", "from"] == "climate_fit, living_fit"
    assert (more.noise["content_fit"] < plain.noise["content_fit"]).all()
    assert (
        signals.signals(own, reference=ideas).described().set_index("signal").loc["content_fit", "from"]
        == "content_fit"
    )
