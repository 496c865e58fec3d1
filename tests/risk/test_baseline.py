"""Baselines: season and memory are learned on the past and removed."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import baseline

WEEKS = pd.date_range("2022-01-03", periods=156, freq="7D")
SPLIT = WEEKS[103]


@pytest.fixture(scope="module")
def wide() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(156, 2))
    for week in range(1, 156):
        noise[week] += 0.5 * noise[week - 1]
    season = np.sin(2 * np.pi * np.arange(156) * 7 / 365.25)
    return pd.DataFrame({"a": 100 + 8 * season + noise[:, 0], "b": 10 + 0.2 * noise[:, 1]}, WEEKS)


SIDE = pd.Series(["high", "low"], ["a", "b"])


def test_level_memory_and_spread_are_found_again(wide):
    table = baseline.learn(wide, SIDE, train_end=SPLIT).table.set_index("name")
    assert table["level"].to_dict() == pytest.approx({"a": 100, "b": 10}, rel=0.01)
    assert table["spread"].to_numpy() == pytest.approx([1.0, 0.2], rel=0.25)
    assert np.abs(table["autocorrelation_left"]).max() < 0.2


def test_memory_is_found_again_on_average():
    """One estimate from 104 weeks has a standard error of 0.09, and all such estimates lean low by about 0.05."""
    rng = np.random.default_rng(4)
    noise = rng.normal(size=(156, 100))
    for week in range(1, 156):
        noise[week] += 0.5 * noise[week - 1]
    frame = pd.DataFrame(100 + noise, WEEKS)
    table = baseline.learn(frame, pd.Series("high", frame.columns), train_end=SPLIT).table
    assert table["memory"].mean() == pytest.approx(0.45, abs=0.04)
    assert table["spread"].mean() == pytest.approx(1.0, abs=0.06)


def test_later_weeks_do_not_change_what_was_learned(wide):
    later = wide.copy()
    later.iloc[110:] += 50
    first, second = (baseline.learn(frame, SIDE, train_end=SPLIT) for frame in (wide, later))
    pd.testing.assert_frame_equal(first.table, second.table)
    pd.testing.assert_frame_equal(first.surprise.iloc[:110], second.surprise.iloc[:110])
    assert second.surprise["a"].iloc[110] > 20


def test_the_bad_side_is_positive(wide):
    moved = wide.copy()
    moved.iloc[120] = [110.0, 8.0]
    surprise = baseline.learn(moved, SIDE, train_end=SPLIT).surprise.iloc[120]
    assert (surprise > 3).all()


def test_past_storms_do_not_become_the_norm(wide):
    stormy = wide.copy()
    stormy.iloc[40:46, 0] += 12
    calm, storm = (baseline.learn(frame, SIDE, train_end=SPLIT).table["spread"][0] for frame in (wide, stormy))
    assert storm < 1.3 * calm


def test_missing_weeks_stay_missing_and_do_no_harm(wide):
    holes = wide.copy()
    holes.iloc[[50, 130], 0] = np.nan
    found = baseline.learn(holes, SIDE, train_end=SPLIT)
    assert found.surprise["a"].isna().sum() == 2
    panel = baseline.today(found, holes.assign(a=holes["a"].mask(holes.index == WEEKS[-1])))
    assert set(panel["light"]) <= {"green", "yellow", "red", "grey"}


def test_the_table_of_indicators_becomes_a_panel(wide):
    long = wide.melt(ignore_index=False, var_name="name").rename_axis("week").reset_index()
    frame, side = baseline.panel(long.assign(bad_side=long["name"].map(SIDE)))
    pd.testing.assert_frame_equal(frame, wide, check_names=False, check_freq=False)
    assert side.to_dict() == SIDE.to_dict()
    with pytest.raises(InputError, match="bad_side"):
        baseline.panel(long)


def test_one_series_is_standardised(wide):
    found = baseline.standardise(wide["a"], SPLIT)
    assert found[:SPLIT].std() == pytest.approx(1, abs=0.3)


def test_a_short_record_is_refused(wide):
    with pytest.raises(Refusal, match="no baseline from 11 weeks"):
        baseline.learn(wide, SIDE, train_end=WEEKS[10])
