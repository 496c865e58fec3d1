"""Trend, seasons and festivals against the calendar."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo import seasons
from crossborder.demo.world import CATEGORIES, MARKETS, World


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("black_friday", "2023-11-24"),
        ("black_friday", "2024-11-29"),
        ("black_friday", "2025-11-28"),
        ("singles_day", "2025-11-11"),
        ("ramadan", "2024-03-11"),
        ("ramadan", "2025-03-01"),
        ("eid_run", "2026-03-19"),
    ],
)
def test_festivals_fall_on_their_real_days(name, day):
    days = seasons.festivals(World()).query("name == @name")
    assert ((days["start"] <= day) & (days["end"] >= day)).any()


def test_festivals_lift_only_where_they_are_kept():
    effect = seasons.market_effects(World())
    ordinary = effect.rolling(60, center=True, min_periods=30).median()
    gain = (effect - ordinary).loc["2024-11-29"]
    assert gain["US"] > 0.7 and gain["DE"] > 0.7
    assert gain["JP"] < 0.3 and gain["ID"] < 0.3


def test_the_south_has_its_summer_in_january():
    effect = seasons.market_effects(World()).groupby(lambda day: day.month).mean()
    assert effect.loc[1, "DE"] > effect.loc[6, "DE"]
    assert effect.loc[1, "BR"] < effect.loc[6, "BR"]
    outdoor = seasons.category_season(World())[:, :, CATEGORIES.index("outdoor")]
    june = World().weeks.month == 6
    assert outdoor[june, MARKETS.index("US")].mean() > 0.3
    assert outdoor[june, MARKETS.index("BR")].mean() < -0.3
    assert np.abs(outdoor[:, MARKETS.index("ID")]).max() == 0


def test_a_weekday_effect_sums_to_nothing():
    assert seasons.WEEKDAY.sum() == pytest.approx(0)
    assert len(seasons.market_effects(World())) == len(World().days)
    assert isinstance(seasons.festivals(World()), pd.DataFrame)
