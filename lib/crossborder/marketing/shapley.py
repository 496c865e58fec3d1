"""Shapley values: the average marginal worth of a channel over all orders of arrival.

With worth = conversions of journeys whose channels all lie inside a coalition, the Shapley value is the equal split
of each conversion over the distinct channels of its journey (a theorem); it cannot see journeys without a conversion.
Worth = conversion rate sees them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import factorial

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.marketing.journeys import Journeys

__all__ = [
    "EXACT_LIMIT",
    "SampledShapley",
    "coalition_worth",
    "ordered_shapley",
    "sampled_shapley",
    "set_weights",
    "shapley_value",
    "shapley_value_from",
]

EXACT_LIMIT = 15


@dataclass(frozen=True)
class SampledShapley:
    """Estimated values with standard errors from random orders of arrival."""

    value: np.ndarray
    standard_error: np.ndarray
    draws: int


def shapley_value(worth: np.ndarray) -> np.ndarray:
    """Exact Shapley values of n players; `worth[S]` is the worth of the coalition whose members are the bits of S.

    With more axes than one, many games at once. Source: Shapley (1953), A value for n-person games.

    >>> shapley_value(np.array([0, 100, 200, 400.0])).tolist()
    [150.0, 250.0]
    """
    worth = np.asarray(worth, dtype=float)
    players = int(np.log2(len(worth)) + 0.5) if len(worth) else 0
    if len(worth) != 2**players or players == 0:
        raise InputError.out_of_range("length of worth", len(worth), "a power of 2, one entry a coalition")
    if players > EXACT_LIMIT:
        raise _too_many(players)
    coalitions = np.arange(len(worth))
    size = _bit_count(coalitions)
    kernel = np.array([factorial(s) * factorial(players - s - 1) / factorial(players) for s in range(players)])
    value = np.empty((players, *worth.shape[1:]))
    for player in range(players):
        without = coalitions[(coalitions >> player) & 1 == 0]
        value[player] = kernel[size[without]] @ (worth[without | (1 << player)] - worth[without])
    return value


def shapley_value_from(worth: Mapping[str, float], *, separator: str = ",") -> pd.Series:
    """Exact Shapley values from coalition names such as "email,search"; coalitions not named are worth 0.

    >>> shapley_value_from({"a": 1.0, "b": 2.0, "a,b": 4.0}).to_dict()
    {'a': 1.5, 'b': 2.5}
    """
    members = {name: [part.strip() for part in name.split(separator) if part.strip()] for name in worth}
    players = sorted({player for parts in members.values() for player in parts})
    if len(players) > EXACT_LIMIT:
        raise _too_many(len(players))
    table = np.zeros(2 ** len(players))
    for name, parts in members.items():
        table[sum(1 << players.index(player) for player in set(parts))] = worth[name]
    return pd.Series(shapley_value(table), index=players)


def coalition_worth(journeys: Journeys, worth: str = "conversions", measure: str = "conversions") -> np.ndarray:
    """Worth of every coalition S from the journeys whose channels all lie inside S.

    `conversions`: their conversions (or amount of `measure`). `exclusive`: those whose set is S itself.
    `rate`: conversions per journey times all journeys, which sees journeys without a conversion.
    """
    if worth not in ("conversions", "exclusive", "rate"):
        raise InputError.unknown("worth", worth, ["conversions", "exclusive", "rate"])
    players = len(journeys.channels)
    if players > EXACT_LIMIT:
        raise _too_many(players)
    sets = journeys.channel_sets()
    won = np.bincount(sets, journeys.amount(measure), 2**players)
    if worth == "exclusive":
        return won
    inside = _subset_sums(won, players)
    if worth == "conversions":
        return inside
    tried = _subset_sums(np.bincount(sets, journeys.conversions + journeys.nulls, 2**players), players)
    return inside / np.maximum(tried, 1e-300) * tried[-1] * (tried > 0)


def set_weights(journeys: Journeys) -> np.ndarray:
    """Weight a touch: a journey's worth split evenly over its distinct channels, then over a channel's touches."""
    players = len(journeys.channels)
    key = journeys.owner * players + journeys.codes
    touches = np.bincount(key, minlength=journeys.count * players)
    distinct = (touches.reshape(journeys.count, players) > 0).sum(axis=1)
    return 1.0 / (np.repeat(distinct, journeys.lengths) * touches[key])


def ordered_shapley(journeys: Journeys, measure: str = "conversions") -> pd.DataFrame:
    """Credit by channel (row) and place in the journey (column, from 1), adding to the set Shapley value a channel.

    Source: Zhao, Mahboobi and Bagheri (2018), Shapley value methods for attribution modeling, section 4.
    """
    won = journeys.converting()
    credit = set_weights(won) * np.repeat(won.amount(measure), won.lengths)
    place = won.position
    table = np.bincount(won.codes * (place.max() + 1) + place, credit, len(won.channels) * (place.max() + 1))
    columns = pd.RangeIndex(1, place.max() + 2, name="position")
    return pd.DataFrame(table.reshape(len(won.channels), -1), pd.Index(won.channels, name="channel"), columns)


def sampled_shapley(
    worth: Callable[[np.ndarray], np.ndarray], players: int, *, draws: int = 500, rng: np.random.Generator
) -> SampledShapley:
    """Shapley values of many players from random orders and their reverses, with standard errors.

    `worth` takes a boolean matrix (coalitions x players) and gives the worth of each row.
    Source: Castro, Gomez and Tejada (2009), Computers and Operations Research 36(5).
    """
    if players < 1 or draws < 2:
        raise InputError.out_of_range("players and draws", (players, draws), "players from 1, draws from 2")
    pairs = (draws + 1) // 2
    gains = np.empty((pairs, players))
    steps = np.arange(players + 1)
    for pair in range(pairs):
        order = rng.permutation(players)
        gain = np.zeros(players)
        for arrival in (order, order[::-1]):
            rank = np.empty(players, dtype=int)
            rank[arrival] = steps[:-1]
            values = np.asarray(worth(rank[None, :] < steps[:, None]), dtype=float)
            gain[arrival] += np.diff(values) / 2
        gains[pair] = gain
    error = gains.std(axis=0, ddof=1) / np.sqrt(pairs) if pairs > 1 else np.full(players, np.nan)
    return SampledShapley(gains.mean(axis=0), error, pairs * 2)


def _subset_sums(values: np.ndarray, players: int) -> np.ndarray:
    """Sum of `values` over all subsets of each coalition (zeta transform)."""
    sums = values.astype(float).copy()
    for player in range(players):
        cube = sums.reshape(-1, 2, 1 << player)
        cube[:, 1] += cube[:, 0]
    return sums


def _bit_count(values: np.ndarray) -> np.ndarray:
    return np.bitwise_count(values).astype(int)


def _too_many(players: int) -> Refusal:
    return Refusal.because(
        f"exact Shapley values of {players} channels need {2.0**players:.3g} coalitions",
        f"exact up to {EXACT_LIMIT} channels",
        "use `sampled_shapley` (random orders, with standard errors), or merge small channels",
    )
