"""Journeys as integer codes: the one form in which every attribution method reads them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["Journeys", "OfConversions", "from_flat", "from_paths"]


class OfConversions(Mapping[str, np.ndarray]):
    """Amounts of money a row that are kept for the rows with a conversion only; the others are given as 0."""

    def __init__(self, converted: np.ndarray, amounts: Mapping[str, np.ndarray]) -> None:
        self._converted, self._amounts = converted, amounts

    def __getitem__(self, name: str) -> np.ndarray:
        found = np.zeros(len(self._converted))
        found[self._converted] = self._amounts[name]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._amounts)

    def __len__(self) -> int:
        return len(self._amounts)


@dataclass(frozen=True)
class Journeys:
    """Touches of many journeys, one after another in time order.

    `codes[starts[j]:starts[j+1]]` are the touches of journey j, as positions in `channels`.
    A row may stand for several equal journeys: `conversions` and `nulls` count those that ended with and
    without an order. `values` hold amounts of money a row (revenue, refunds, margin), summed over its conversions.
    `age_days` is the time from each touch to the end of its journey, where it is known.
    """

    channels: tuple[str, ...]
    codes: np.ndarray
    starts: np.ndarray
    conversions: np.ndarray
    nulls: np.ndarray
    values: Mapping[str, np.ndarray] = field(default_factory=dict)
    age_days: np.ndarray | None = None
    groups: np.ndarray | None = None

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.starts) - 1

    @property
    def lengths(self) -> np.ndarray:
        """Touches a row."""
        return np.diff(self.starts)

    @property
    def owner(self) -> np.ndarray:
        """The row to which each touch belongs."""
        return np.repeat(np.arange(self.count), self.lengths)

    @property
    def position(self) -> np.ndarray:
        """Place of each touch in its journey, from 0."""
        return np.arange(len(self.codes)) - np.repeat(self.starts[:-1], self.lengths)

    def amount(self, measure: str) -> np.ndarray:
        """`conversions`, or one of `values`, a row.

        Raises InputError for a measure that the journeys do not carry.
        """
        if measure == "conversions":
            return self.conversions
        if measure not in self.values:
            raise InputError.unknown("measure", measure, ["conversions", *self.values])
        return self.values[measure]

    def where(self, keep: np.ndarray) -> "Journeys":
        """The rows marked in `keep`, in the same order."""
        touches = np.repeat(keep, self.lengths)
        lengths = self.lengths[keep]
        return Journeys(
            self.channels,
            self.codes[touches],
            np.concatenate([[0], np.cumsum(lengths)]),
            self.conversions[keep],
            self.nulls[keep],
            {name: amounts[keep] for name, amounts in self.values.items()},
            None if self.age_days is None else self.age_days[touches],
            None if self.groups is None else self.groups[keep],
        )

    def converting(self) -> "Journeys":
        """The rows with at least one conversion; refuses when there is none."""
        keep = self.conversions > 0
        if not keep.any():
            raise Refusal.because(
                "no journey ends with a conversion, so there is no credit to share out",
                f"journeys: {int(self.nulls.sum())}, conversions: 0",
                "lengthen the look-back, or check that touchpoints and orders use the same customer_id",
            )
        return self if keep.all() else self.where(keep)

    @cached_property
    def distinct(self) -> "Journeys":
        """Journeys of equal paths as one row, in the order of their first; ages are lost, as they differ.

        Most journeys walk few paths, so a method that reads paths alone has a small part of the rows to go through.
        """
        group, _ = pd.factorize(self._paths())
        first = np.diff(np.maximum.accumulate(group), prepend=-1) > 0

        def total(amounts: np.ndarray) -> np.ndarray:
            return np.bincount(group, amounts)

        return replace(
            replace(self, values={}, age_days=None, groups=None).where(first),
            conversions=total(self.conversions),
            nulls=total(self.nulls),
            values={name: total(amounts) for name, amounts in self.values.items()},
        )

    def _paths(self) -> np.ndarray:
        """The path of each row as a number in base (channels + 1); too long ones count as unlike any other."""
        base = len(self.channels) + 1
        begins, lengths = self.starts[:-1], self.lengths
        paths, rows = np.zeros(self.count, dtype=np.int64), np.arange(self.count)
        for place in range(int(62 / np.log2(base))):
            rows = rows[lengths[rows] > place]
            paths[rows] = paths[rows] * base + self.codes[begins[rows] + place] + 1
        rows = rows[lengths[rows] > place + 1]
        paths[rows] = -1 - rows
        return paths

    def channel_sets(self) -> np.ndarray:
        """The set of channels of each row, as bits of an integer (channel i is bit i; at most 62 channels)."""
        if len(self.channels) > 62:
            raise InputError.out_of_range("number of channels", len(self.channels), "1 to 62", "merge small channels")
        bits = np.left_shift(np.int64(1), self.codes.astype(np.int64))
        return np.bitwise_or.reduceat(bits, self.starts[:-1])


def from_flat(
    journey: np.ndarray,
    channel: np.ndarray,
    converted: np.ndarray,
    *,
    age_days: np.ndarray | None = None,
    values: Mapping[str, np.ndarray] | None = None,
    channels: Sequence[str] | None = None,
) -> Journeys:
    """Journeys from one row a touch, already ordered by journey and time.

    `converted` and every array of `values` are given a touch and are read at the journey's last touch.
    """
    journey = np.asarray(journey)
    if len(journey) == 0:
        raise Refusal.because("there are no touches", "journeys: 0", "check the period and the look-back")
    if channels is None:
        codes, names = pd.factorize(np.asarray(channel, dtype=object), sort=True)
        channels = tuple(map(str, names))
    else:
        codes = np.asarray(channel)
    change = np.flatnonzero(journey[1:] != journey[:-1]) + 1
    starts = np.concatenate([[0], change, [len(journey)]]).astype(np.int64)
    last = starts[1:] - 1
    conversions = np.asarray(converted)[last].astype(float)
    return Journeys(
        tuple(channels),
        codes.astype(np.int16),
        starts,
        conversions,
        1.0 - np.minimum(conversions, 1.0),
        {name: np.asarray(amounts, dtype=float)[last] for name, amounts in (values or {}).items()},
        None if age_days is None else np.asarray(age_days, dtype=float),
    )


def from_paths(
    paths: Sequence[str],
    conversions: Sequence[float],
    nulls: Sequence[float] | None = None,
    *,
    values: Mapping[str, Sequence[float]] | None = None,
    separator: str = " > ",
    days_between: float | None = None,
) -> Journeys:
    """Journeys from path texts such as "search > social > email" with counts.

    `nulls` counts the journeys with the same path that did not convert (default none).
    `days_between` gives touches an age: the last touch is at 0 days, the one before at `days_between`.

    >>> from_paths(["a > b", "b"], [1, 0], [0, 2]).channels
    ('a', 'b')
    """
    split = [[part.strip() for part in str(path).split(separator.strip())] for path in paths]
    lengths = np.array([len(parts) for parts in split], dtype=np.int64)
    if len(split) == 0 or any(part == "" for parts in split for part in parts):
        raise InputError.out_of_range("paths", list(paths)[:3], f"channel names set apart by {separator!r}")
    codes, names = pd.factorize(np.array([part for parts in split for part in parts], dtype=object), sort=True)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    converted = np.asarray(conversions, dtype=float)
    missed = np.zeros(len(split)) if nulls is None else np.asarray(nulls, dtype=float)
    if len(converted) != len(split) or len(missed) != len(split):
        raise InputError.out_of_range(
            "lengths of paths, conversions and nulls", (len(split), len(converted), len(missed)), "all equal"
        )
    if (converted < 0).any() or (missed < 0).any():
        raise InputError.out_of_range("conversions and nulls", "a negative count", "0 or more")
    journeys = Journeys(
        tuple(map(str, names)),
        codes.astype(np.int16),
        starts,
        converted,
        missed,
        {name: np.asarray(amounts, dtype=float) for name, amounts in (values or {}).items()},
    )
    if days_between is None:
        return journeys
    to_end = np.repeat(lengths, lengths) - 1 - journeys.position
    return replace(journeys, age_days=to_end * float(days_between))
