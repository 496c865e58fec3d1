"""Trend, seasons, holidays and shopping festivals of each market, as effects on log demand."""

from functools import lru_cache

import numpy as np
import pandas as pd

from crossborder.demo.world import CATEGORIES, MARKETS, World

__all__ = ["FESTIVALS", "GROWTH", "category_season", "festivals", "market_effects"]

# Growth of new interest a year (log units).
GROWTH = {"US": 0.09, "DE": 0.06, "GB": 0.07, "JP": 0.04, "MX": 0.19, "BR": 0.16, "ID": 0.24, "SA": 0.17}
HEMISPHERE = {"US": 1, "DE": 1, "GB": 1, "JP": 1, "MX": 0.6, "BR": -1, "ID": 0, "SA": 0.7}
YEARLY = 0.10  # amplitude of the yearly season, peak in December (north)
# Log effect of each weekday, Monday first; Saudi Arabia rests on Friday and Saturday.
WEEKDAY = np.array([0.04, 0.02, 0.0, -0.01, -0.06, -0.05, 0.06])
# category: peak day of the year (north) and amplitude of its own season
CATEGORY_SEASON = {
    "home_storage": (20, 0.12),
    "kitchen_health": (340, 0.10),
    "pet": (100, 0.04),
    "outdoor": (175, 0.38),
    "electronics_accessories": (345, 0.16),
    "beauty": (330, 0.10),
}
# Log lift of an ordinary public holiday and of each shopping festival on its days.
PUBLIC_HOLIDAY = -0.08
FESTIVALS = {
    "black_friday": 0.95,
    "christmas_run": 0.28,
    "midyear_sale": 0.60,
    "singles_day": 0.70,
    "double_twelve": 0.60,
    "good_weekend": 0.70,
    "ramadan": 0.16,
    "eid_run": 0.35,
    "new_year_sale": 0.30,
    "mothers_day_run": 0.18,
}
WHO = {
    "black_friday": ("US", "DE", "GB", "MX", "BR", "SA"),
    "christmas_run": ("US", "DE", "GB", "MX", "BR"),
    "midyear_sale": ("US", "DE", "GB", "JP", "MX", "BR", "SA"),
    "singles_day": ("ID", "JP", "SA"),
    "double_twelve": ("ID",),
    "good_weekend": ("MX",),
    "ramadan": ("ID", "SA"),
    "eid_run": ("ID", "SA"),
    "new_year_sale": ("JP",),
    "mothers_day_run": ("US", "MX", "BR"),
}


def festivals(world: World) -> pd.DataFrame:
    """Days of each festival of the period: `name`, `start`, `end` (inclusive)."""
    rows = []
    for year in range(world.start.year, world.end.year + 1):
        thanksgiving = pd.Timestamp(year, 11, 1) + pd.offsets.WeekOfMonth(week=3, weekday=3)
        july = pd.Timestamp(year, 7, 1) + pd.offsets.WeekOfMonth(week=1, weekday=1)
        may = pd.Timestamp(year, 5, 1) + pd.offsets.WeekOfMonth(week=1, weekday=6)
        rows += [
            ("black_friday", thanksgiving, thanksgiving + pd.Timedelta(days=4)),
            ("christmas_run", pd.Timestamp(year, 12, 4), pd.Timestamp(year, 12, 20)),
            ("midyear_sale", july, july + pd.Timedelta(days=2)),
            ("singles_day", pd.Timestamp(year, 11, 10), pd.Timestamp(year, 11, 12)),
            ("double_twelve", pd.Timestamp(year, 12, 11), pd.Timestamp(year, 12, 13)),
            ("good_weekend", thanksgiving - pd.Timedelta(days=13), thanksgiving - pd.Timedelta(days=10)),
            ("new_year_sale", pd.Timestamp(year, 1, 1), pd.Timestamp(year, 1, 4)),
            ("mothers_day_run", may - pd.Timedelta(days=9), may),
            *_hijri(year),
        ]
    frame = pd.DataFrame(rows, columns=["name", "start", "end"])
    inside = (frame["end"] >= world.start) & (frame["start"] <= world.end)
    return frame[inside].sort_values(["start", "name"], ignore_index=True)


def _hijri(year: int) -> list[tuple]:
    from hijridate import Gregorian, Hijri

    found = []
    hijri_year = Gregorian(year, 1, 1).to_hijri().year
    for h in (hijri_year, hijri_year + 1):
        start = pd.Timestamp(Hijri(h, 9, 1).to_gregorian())
        eid = pd.Timestamp(Hijri(h, 10, 1).to_gregorian())
        if start.year == year:
            run = eid - pd.Timedelta(days=10)
            found += [("ramadan", start, run - pd.Timedelta(days=1)), ("eid_run", run, eid - pd.Timedelta(days=1))]
    return found


def market_effects(world: World) -> pd.DataFrame:
    """Log effect of season, weekday, holidays and festivals: one row a day, one column a market (without growth)."""
    return _market_effects(world.start, world.end).copy()


@lru_cache(maxsize=4)
def _market_effects(start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    import holidays

    world = World(start=start, end=end)

    days = world.days
    angle = 2 * np.pi * (days.day_of_year.to_numpy() - 350) / 365.25
    calendar = festivals(world)
    effects = {}
    for market in MARKETS:
        shift = 1 if market == "SA" else 0
        effect = YEARLY * HEMISPHERE[market] * np.cos(angle) + WEEKDAY[(days.day_of_week.to_numpy() + shift) % 7]
        public = holidays.country_holidays(market, years=range(world.start.year, world.end.year + 1))
        effect = effect + PUBLIC_HOLIDAY * np.isin(days.date, sorted(public))
        for row in calendar.itertuples():
            if market in WHO[row.name]:
                effect = effect + FESTIVALS[row.name] * ((days >= row.start) & (days <= row.end))
        effects[market] = effect
    return pd.DataFrame(effects, index=days)


def category_season(world: World) -> np.ndarray:
    """Log effect of each category's own season: weeks x markets x categories."""
    day = (world.weeks + pd.Timedelta(days=3)).day_of_year.to_numpy()[:, None, None]
    peak = np.array([CATEGORY_SEASON[c][0] for c in CATEGORIES])
    amplitude = np.array([CATEGORY_SEASON[c][1] for c in CATEGORIES])
    side = np.array([HEMISPHERE[m] for m in MARKETS])[:, None]
    return amplitude * side * np.cos(2 * np.pi * (day - peak) / 365.25)
