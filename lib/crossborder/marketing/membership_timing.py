"""The effect of joining from who joined when: members against the same kind of people who had not joined yet.

Members differ from others in ways that no column shows. Among those who join sooner or later the day of joining is
closer to chance, so their buying before and after joining is compared at the same age as a customer.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["TimingEffect", "rate_ratio", "spend_effect"]

AGES = (1, 8, 15, 22, 30, 45, 60, 75, 90, 120, 150, 180, 270, 365, 540, 1100)


@dataclass(frozen=True)
class TimingEffect:
    """Purchases a day after joining over those not yet joined, at equal age; interval by bootstrap over customers.

    `by_age` has one row an age band: days and purchases of each state.
    """

    ratio: float
    low: float
    high: float
    level: float
    members: int
    by_age: pd.DataFrame


def rate_ratio(
    purchases: pd.DataFrame,
    people: pd.DataFrame,
    *,
    until: object,
    draws: int = 300,
    groups: int | None = None,
    level: float = 0.9,
    rng: np.random.Generator,
) -> TimingEffect:
    """Mantel-Haenszel ratio of purchase rates over age bands, among customers who joined by `until`.

    `purchases`: customer_id and day; `people`: customer_id, first_on (first order) and joined_on. The first order and
    purchases on the day of joining do not count. With `groups` the bootstrap draws so many groups of customers, put
    together by lot, instead of the customers one by one: as wide an interval, for many customers, in less time.
    Source: Mantel and Haenszel (1959); design of not yet treated comparisons: Callaway and Sant'Anna (2021).
    """
    missing = {"customer_id", "first_on", "joined_on"} - set(people.columns)
    if missing:
        raise InputError.missing_columns("people", missing, people.columns)
    end = pd.Timestamp(until)
    joined = people.dropna(subset=["joined_on"])
    joined = joined[(joined["joined_on"] < end) & (joined["joined_on"] > joined["first_on"])].reset_index(drop=True)
    if len(joined) < 50:
        raise Refusal.because("too few members to compare by time of joining", f"members: {len(joined)}", "at least 50")
    first = joined["first_on"].to_numpy("datetime64[D]").astype(int)
    start = joined["joined_on"].to_numpy("datetime64[D]").astype(int) - first
    total = int(end.to_numpy().astype("datetime64[D]").astype(int)) - first
    low, high = np.array(AGES[:-1]), np.array(AGES[1:])
    before = _overlap(low, high, np.ones(len(first)), np.minimum(start, total))
    after = _overlap(low, high, start + 1, total)
    place = pd.Index(joined["customer_id"]).get_indexer(purchases["customer_id"])
    known = place >= 0
    person = place[known]
    age = purchases["day"].to_numpy("datetime64[D]").astype(int)[known] - first[person]
    band = np.searchsorted(AGES, age, side="right") - 1
    counted = (age >= 1) & (band < len(low)) & (age != start[person]) & (age < total[person])
    shape = before.shape
    key = person * shape[1] + band
    is_after = age > start[person]
    bought = [
        np.bincount(key[counted & (is_after == state)], minlength=before.size).reshape(shape) for state in (False, True)
    ]
    point = _mantel_haenszel(*(part.sum(axis=0, keepdims=True) for part in (before, after, *bought)))[0]
    parts = _grouped((before, after, *bought), groups, rng) if groups else (before, after, *bought)
    count = len(parts[0])
    weight = rng.multinomial(count, np.full(count, 1 / count), draws).astype(float)
    drawn = _mantel_haenszel(*(weight @ part for part in parts))
    edges = np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    names = ("days_before", "days_after", "purchases_before", "purchases_after")
    sums = {name: part.sum(axis=0) for name, part in zip(names, (before, after, *bought), strict=True)}
    table = pd.DataFrame({"age_from": low, "age_to": high, **sums})
    return TimingEffect(float(point), float(edges[0]), float(edges[1]), level, len(first), table)


def spend_effect(effect: TimingEffect, mean_spend_after: float) -> tuple[float, float, float]:
    """Spend that membership brought a member: mean spend after joining times 1 - 1 / ratio, with its interval."""
    return tuple(mean_spend_after * (1 - 1 / ratio) for ratio in (effect.ratio, effect.low, effect.high))


def _grouped(parts: tuple[np.ndarray, ...], groups: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Sums of the rows of each part over `groups` groups of rows, as large as each other to one row, drawn by lot."""
    groups = min(groups, len(parts[0]))
    turn = rng.permutation(len(parts[0]))
    starts = np.arange(groups) * len(turn) // groups
    return [np.add.reduceat(part[turn], starts, axis=0) for part in parts]


def _overlap(low: np.ndarray, high: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Days of each person (row) in each age band (column) within [begin, end)."""
    return np.maximum(np.minimum(high, np.asarray(end)[:, None]) - np.maximum(low, np.asarray(begin)[:, None]), 0.0)


def _mantel_haenszel(before: np.ndarray, after: np.ndarray, lost: np.ndarray, won: np.ndarray) -> np.ndarray:
    total = np.maximum(before + after, 1e-12)
    return (won * before / total).sum(axis=1) / np.maximum((lost * after / total).sum(axis=1), 1e-12)
