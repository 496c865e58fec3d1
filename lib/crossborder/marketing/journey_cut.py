"""Cutting sorted touches into journeys between orders, in arrays; the rule stands in `journey_query`."""

from dataclasses import dataclass

import numpy as np

__all__ = ["MEASURES", "Cut", "Packing", "cut"]

MEASURES = ("conversions", "revenue_usd", "refund_usd", "margin_usd")
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Packing:
    """How a touch lies in one integer: customer, second since `start`, channel, market; and bits of the last three.

    Without channel and market it is a moment: sorted, the moments of a customer stand together in their time.
    """

    start: int
    seconds: int
    channels: int
    markets: int

    @property
    def below(self) -> int:
        """Bits below a moment."""
        return self.channels + self.markets

    @property
    def above(self) -> int:
        """Bits that are left for the number of the customer."""
        return 62 - self.seconds - self.below


@dataclass(frozen=True)
class Cut:
    """Journeys of touches: `codes` of their channels, `starts`, and seconds from each touch to its journey's end.

    `won` tells which journeys end with an order, `orders` which order each of those ends with, by its place. `touches`
    says what happened to every touch, `unseen` counts the orders of customers without any touch.
    """

    codes: np.ndarray
    starts: np.ndarray
    ages: np.ndarray
    won: np.ndarray
    orders: np.ndarray
    touches: dict[str, int]
    unseen: int


def cut(touches: np.ndarray, orders: np.ndarray, days: np.ndarray, gaps: np.ndarray, packing: Packing) -> Cut:
    """Journeys of sorted touches (integers of `packing`, at least one) before sorted orders (moments).

    `days` is the look-back of each order, `gaps` the longest gap in days within a journey without an order, by market.
    """
    rows = len(touches)
    # A touch of the same customer, channel and second as the one before it: only the market may differ.
    touches = touches[_changes(touches >> packing.markets)]
    moments = touches >> packing.below
    # An order comes after the touches of its second, which may have led to it.
    places = np.searchsorted(moments, orders, side="right")
    # Of each touch, the next order of all customers.
    following = np.repeat(np.arange(len(orders) + 1, dtype=np.int32), np.diff(places, prepend=0, append=len(moments)))
    customers = orders >> packing.seconds << packing.seconds
    before = moments >= np.append(customers, NEVER)[following]
    opens = np.maximum(np.ceil((orders - customers) - days * 86400.0).astype(np.int64), 0) + customers
    inside = moments >= np.append(opens, NEVER)[following]
    limits = gaps * 86400.0
    limit = limits[0] if (limits == limits[0]).all() else limits[touches & ((1 << packing.markets) - 1)][1:]
    begins = _begins(moments, following, inside, limit, packing)
    starts = np.append(np.flatnonzero(begins), len(moments))
    last = starts[1:] - 1
    won = inside[last]
    ends, found = moments[last], following[last[won]]
    ends[won] = orders[found]
    joined, followed = int(np.count_nonzero(inside)), int(np.count_nonzero(before))
    counts = {
        "repeated": rows - len(touches),
        "in journeys with an order": joined,
        "before the window of the next order": followed - joined,
        "not followed by an order": len(touches) - followed,
    }
    return Cut(
        ((touches >> packing.markets) & ((1 << packing.channels) - 1)).astype(np.int16),
        starts,
        np.repeat(ends, np.diff(starts)) - moments,
        won,
        found,
        counts,
        _unseen(moments >> packing.seconds, orders >> packing.seconds, places),
    )


def _changes(values: np.ndarray) -> np.ndarray:
    """Whether each value differs from the one before it."""
    changes = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes


def _begins(
    moments: np.ndarray, following: np.ndarray, inside: np.ndarray, limit: np.ndarray | float, packing: Packing
) -> np.ndarray:
    """Whether a touch begins a journey: another next order or customer, the window opens, or a long gap without one."""
    begins = _changes(following) | _changes(inside) | _changes(moments >> packing.seconds)
    begins[1:] |= ~inside[1:] & (np.diff(moments) > limit)
    return begins


def _unseen(touched: np.ndarray, ordered: np.ndarray, places: np.ndarray) -> int:
    """Orders of customers without any touch: neither touch beside the place of such an order is its customer's."""
    before, after = touched[np.maximum(places - 1, 0)], touched[np.minimum(places, len(touched) - 1)]
    return int(np.count_nonzero((before != ordered) & (after != ordered)))
