"""Days that move demand and supply: public holidays, Ramadan, Chinese New Year, sale days, market by market."""

import importlib.util
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.reference.days import one_day
from crossborder.reference.files import read

__all__ = ["events", "kinds", "weekly_features"]

HOLIDAYS = "python-holidays (national days; no regional ones)"
KINDS = ("public_holiday", "religious", "sale", "season")


def kinds() -> tuple[str, ...]:
    """The kinds of event: public_holiday, religious, sale, season."""
    return KINDS


def events(
    markets: str | Iterable[str],
    start: str | pd.Timestamp,
    end: str | pd.Timestamp,
    kinds: str | Iterable[str] | None = None,
    only: Iterable[str] = (),
) -> pd.DataFrame:
    """Every event that touches the period, one row each: date, end, days, market, event, name, kind, estimated.

    `kinds` and `only` (events such as "ramadan"; public holidays have no such names) leave out the others.
    `estimated` marks days that depend on the sighting of the moon or that are placeholders; source and confidence
    stand beside them. Dates are local days; a public holiday in a row of days is one row a day.
    """
    first, last, only = one_day("start", start), one_day("end", end), tuple(only)
    wanted = _wanted(kinds)
    _known_events(only)
    if first > last:
        raise InputError.out_of_range("start", f"{first:%Y-%m-%d}", f"a day up to the end, {last:%Y-%m-%d}")
    names = [markets] if isinstance(markets, str) else list(dict.fromkeys(markets))
    for name in names:
        if name not in _known_markets():
            raise InputError.unknown("market", name, _known_markets())
    years = range(first.year - 1, last.year + 2)
    table = _frame([row for name in names for year in years for row in _year(name, year, tuple(wanted), only)])
    inside = (table["end"] >= first) & (table["date"] <= last)
    return table[inside].sort_values(["date", "market", "kind", "event"], ignore_index=True)


def weekly_features(markets: str | Iterable[str], start: str | pd.Timestamp, end: str | pd.Timestamp) -> pd.DataFrame:
    """One row a market and a week (Monday): for each event the share of the week's seven days that it covers, 0 to 1.

    Public holidays are one column, `public_holiday`. Events that never touch a market stay 0 there, so that the frame
    can go into a regression as it is.
    """
    first, last = one_day("start", start), one_day("end", end)
    weeks = pd.date_range(first - pd.Timedelta(days=first.weekday()), max(first, last), freq="7D")
    table = events(markets, weeks[0], weeks[-1] + pd.Timedelta(days=6))
    table["event"] = table["event"].where(table["kind"] != "public_holiday", "public_holiday")
    names = [markets] if isinstance(markets, str) else list(dict.fromkeys(markets))
    index = pd.MultiIndex.from_product([names, weeks], names=["market", "week"])
    long = table.loc[table.index.repeat(table["days"])]
    days = long["date"] + pd.to_timedelta(long.groupby(level=0).cumcount(), unit="D")
    long = long.assign(day=days).drop_duplicates(["market", "event", "day"])
    long["week"] = long["day"] - pd.to_timedelta(long["day"].dt.day_of_week, unit="D")
    counts = long.pivot_table(index=["market", "week"], columns="event", values="day", aggfunc="size", fill_value=0)
    counts.columns.name = None
    return counts.reindex(index, fill_value=0) / 7.0


def _wanted(kinds: str | Iterable[str] | None) -> list[str]:
    wanted = list(KINDS) if kinds is None else [kinds] if isinstance(kinds, str) else list(kinds)
    for kind in wanted:
        if kind not in KINDS:
            raise InputError.unknown("kind", kind, KINDS)
    return wanted


def has(market: str) -> bool:
    """Whether the calendar of a market is known: its public holidays at least."""
    return market in _known_markets()


@cache
def _known_markets() -> tuple[str, ...]:
    from holidays.registry import COUNTRIES

    listed = {market for cell in read("sale_events.csv")["markets"] for market in cell.split()}
    return tuple(sorted(listed | {names[1] for names in COUNTRIES.values()}))


def _known_events(only: tuple[str, ...]) -> None:
    known = read("sale_events.csv", dates=("start",))["event"].unique()
    for name in only:
        if name not in set(known):
            raise InputError.unknown("event", name, known)


@cache
def _year(market: str, year: int, kinds: tuple[str, ...], only: tuple[str, ...]) -> list[tuple]:
    """The events of a market of some kinds that begin in a year; kinds that nobody asked for are not worked out."""
    rows = [
        (market, date, days, estimated, rule.event, rule.name, rule.kind, rule.source, rule.confidence)
        for rule in _rules(market, kinds, only)
        for date, days, estimated in _dates(rule, year)
    ]
    holidays = _holidays(market, year) if "public_holiday" in kinds and not only else []
    return rows + [(market, *row) for row in holidays]


@cache
def _rules(market: str, kinds: tuple[str, ...], only: tuple[str, ...]) -> list[tuple]:
    """The rules of a market's events of some kinds."""
    rules = read("sale_events.csv", dates=("start",))
    rules = rules[rules["markets"].str.split().map(lambda names: market in names) & rules["kind"].isin(kinds)]
    return list((rules[rules["event"].isin(only)] if only else rules).itertuples(index=False))


def _frame(rows: list[tuple]) -> pd.DataFrame:
    columns = ["market", "date", "days", "estimated", "event", "name", "kind", "source", "confidence"]
    types = dict.fromkeys(columns, "str") | {"date": "datetime64[ns]", "days": "int64", "estimated": "bool"}
    table = pd.DataFrame(rows, columns=columns).astype(types)
    table["end"] = table["date"] + pd.to_timedelta(table["days"] - 1, unit="D")
    return table[["date", "end", "days", "market", *columns[4:7], "estimated", *columns[7:]]]


def _dates(rule, year: int) -> list[tuple[pd.Timestamp, int, bool]]:
    """First day, length and whether estimated, of each time that a rule falls in a year."""
    shift = pd.Timedelta(days=int(rule.offset_days))
    if rule.rule == "table":
        hit = rule.start.year == year
        return [(rule.start + shift, int(rule.length_days), rule.confidence == "D")] if hit else []
    if rule.rule == "hijri":
        return _hijri(year, int(rule.month), int(rule.day), rule.length_days)
    if rule.rule == "lunar":
        return [(_new_year_of_the_moon(year) + shift, int(rule.length_days), False)]
    if rule.rule == "weekday":
        first = pd.Timestamp(year, int(rule.month), 1)
        ahead = (int(rule.weekday) - first.weekday()) % 7 + 7 * (int(rule.nth) - 1)
        return [(first + pd.Timedelta(days=ahead) + shift, int(rule.length_days), False)]
    return [(pd.Timestamp(year, int(rule.month), int(rule.day)) + shift, int(rule.length_days), False)]


def _hijri(year: int, month: int, day: int, length: float) -> list[tuple[pd.Timestamp, int, bool]]:
    """The Gregorian days of an Islamic date in a year: two in a year like 2030, when Ramadan begins twice."""
    from hijridate import Gregorian, Hijri

    lunar = Gregorian(year, 7, 1).to_hijri().year
    found = []
    for one in (lunar - 1, lunar, lunar + 1):
        first = Hijri(one, month, day)
        days = first.month_length() if np.isnan(length) else int(length)
        date = pd.Timestamp(first.to_gregorian().isoformat())
        if date.year == year:
            found.append((date, days, True))
    return found


def _new_year_of_the_moon(year: int) -> pd.Timestamp:
    days = _country("SG")(years=year, language="en_US")
    return pd.Timestamp(min(day for day, name in days.items() if "Chinese New Year" in name))


@cache
def _country(market: str) -> type:
    """The calendar of a country, from its own module: the package's way in would load those of all 260 countries."""
    import holidays
    from holidays.registry import COUNTRIES

    module = next(module for module, names in COUNTRIES.items() if market in names)
    path = Path(holidays.__file__).parent / "countries" / f"{module}.py"
    spec = importlib.util.spec_from_file_location(f"_holidays_{module}", path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return getattr(loaded, market)


def _holidays(market: str, year: int) -> list[tuple]:
    """The public holidays of a market in a year, named in English, as rows of `_year` without the market."""
    country = _country(market)
    # A calendar without years tells its languages and works out no day.
    english = "en_US" in country().supported_languages
    days = country(years=year, language="en_US" if english else None)
    rows = []
    for day, name in sorted(days.items()):
        estimated = "estimated" in name
        plain = name.replace(" (estimated)", "").replace(", estimated)", ")")
        slug = "_".join("".join(mark if mark.isalnum() else " " for mark in plain.lower()).split())
        grade = "B" if estimated else "A"
        rows.append((pd.Timestamp(day), 1, estimated, slug, plain, "public_holiday", HOLIDAYS, grade))
    return rows
