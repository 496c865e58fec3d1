"""Stages, seasons, the first half year, the month to begin."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.selection import life_cycle

WEEKS = pd.date_range("2023-10-30", periods=157, freq="W-MON")


def searches(growth, rng, level=100.0):
    t = np.arange(157) / 52.18
    return level * np.exp(np.log1p(growth) * t + 0.2 * np.cos(2 * np.pi * t) + 0.03 * rng.standard_normal(157))


def test_known_growth_gets_its_stage():
    rng = np.random.default_rng(1)
    wide = pd.DataFrame(
        {"up": searches(0.3, rng), "flat": searches(0.02, rng), "down": searches(-0.2, rng)}, index=WEEKS
    )
    found = life_cycle.stages(wide)
    assert found["stage"].tolist() == ["growth", "maturity", "decline"]
    assert found["growth"].to_numpy() == pytest.approx([0.3, 0.02, -0.2], abs=0.03)
    chances = found[[f"p_{name}" for name in life_cycle.STAGES]]
    assert chances.sum(axis=1).to_numpy() == pytest.approx(1)


def test_a_small_series_that_speeds_up_is_an_introduction():
    rng = np.random.default_rng(2)
    young = searches(0.1, rng, 5.0) * np.where(np.arange(157) > 120, 1.5, 1.0)
    wide = pd.DataFrame({"young": young, "a": searches(0.02, rng), "b": searches(0.02, rng)}, index=WEEKS)
    assert life_cycle.stages(wide).loc["young", "stage"] == "introduction"


def test_two_years_are_needed():
    with pytest.raises(Refusal, match="needs 105 weeks"):
        life_cycle.stages(pd.DataFrame({"a": np.ones(60)}))


def units(season):
    months = pd.date_range("2023-11-01", periods=36, freq="MS")
    columns = pd.MultiIndex.from_product([["US", "DE"], ["pet", "beauty"]], names=["market", "category"])
    level = np.array([400.0, 300.0, 200.0, 100.0])
    return pd.DataFrame(season[months.month - 1][:, None] * level, index=months, columns=columns)


def test_a_planted_season_is_found():
    season = 1 + 0.4 * np.cos(2 * np.pi * (np.arange(12) - 11) / 12)
    found = life_cycle.season(units(season))
    assert found.mean().to_numpy() == pytest.approx(1)
    assert found["US", "pet"].to_numpy() == pytest.approx(season, abs=0.06)


def test_the_best_month_begins_before_the_peak():
    season = 1 + 0.4 * np.cos(2 * np.pi * (np.arange(12) - 11) / 12)
    found = life_cycle.entry_month(life_cycle.season(units(season)), months=4)
    assert set(found["best_month"]) <= {9, 10, 11}
    assert (found["gain"] > 0.3).all()


def test_demand_of_a_sure_success_is_its_path():
    picks = pd.DataFrame({"candidate_id": ["C1"], "market": ["US"], "category": ["pet"], "expected_units_month": [50.0],
                          "probability": [1.0]})  # fmt: skip
    flat = pd.DataFrame(1.0, index=range(1, 13), columns=pd.MultiIndex.from_tuples([("US", "pet")]))
    found = life_cycle.demand(picks, flat, pd.Series(dtype=float), "2026-10-31", np.random.default_rng(1), draws=60_000)
    assert found["month"].iloc[0] == pd.Timestamp("2026-11-01")
    assert found["units"].to_numpy() == pytest.approx(found["if_success"].to_numpy(), rel=0.02)
    assert found["if_success"].iloc[-1] == pytest.approx(50)
    assert (found["low"] <= found["units"]).all()


def test_a_failure_stops_and_a_delay_moves_the_start():
    picks = pd.DataFrame({"candidate_id": ["C1", "C2"], "market": "US", "category": "pet", "expected_units_month": 50.0,
                          "probability": [0.0, 1.0], "fix_days": [0.0, 60.0]})  # fmt: skip
    flat = pd.DataFrame(1.0, index=range(1, 13), columns=pd.MultiIndex.from_tuples([("US", "pet")]))
    found = life_cycle.demand(picks, flat, pd.Series(dtype=float), "2026-10-31", np.random.default_rng(1))
    failed, late = found[found["candidate_id"] == "C1"], found[found["candidate_id"] == "C2"]
    assert failed["units"].iloc[3:].tolist() == [0.0] * 3
    assert late["units"].iloc[:2].tolist() == [0.0] * 2
    assert late["units"].iloc[2] > 0


def test_a_higher_level_widens_the_interval_of_growth():
    weeks = pd.date_range("2024-01-01", periods=130, freq="W-MON")
    noise = 0.05 * np.random.default_rng(2).standard_normal((130, 3))
    interest = pd.DataFrame(100 * np.exp(noise + 0.002 * np.arange(130)[:, None]), index=weeks)
    usual, wide = life_cycle.stages(interest), life_cycle.stages(interest, level=0.99)
    assert (wide["high"] - wide["low"] > 1.4 * (usual["high"] - usual["low"])).all()
    assert wide["stage"].tolist() == usual["stage"].tolist()
