"""Some of the orders with all their lines, picked in the engine by the second in which they were placed."""

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crossborder.company import sampling

if TYPE_CHECKING:
    from ibis.expr.types import Table

__all__ = ["PRIME", "Lines", "counted", "of_orders"]

PRIME = 10_007
"""Seconds are told apart by their rest, of a prime, so that whole minutes or quarter hours fall evenly."""
_COUNTS: "weakref.WeakKeyDictionary[object, Lines]" = weakref.WeakKeyDictionary()


@dataclass(frozen=True)
class Lines:
    """Order lines that are the first of their order, and others; and whether most were placed at a time of their own.

    Where orders tell the day or the hour alone, a sample of moments would be one of whole days.
    """

    first: int
    further: int
    timed: bool


def counted(orders: "Table") -> Lines:
    """Order lines by their place in the order, in one reading, once as long as the table of orders is kept."""
    if orders.op() not in _COUNTS:
        _COUNTS[orders.op()] = _counted(orders)
    return _COUNTS[orders.op()]


def _counted(orders: "Table") -> Lines:
    sums = {
        "first": orders.line == 1,
        "further": orders.line > 1,
        "timed": orders.ordered_at.epoch_seconds() % 3600 != 0,
    }
    found = orders.aggregate(n=orders.count(), **{name: kind.sum().fill_null(0) for name, kind in sums.items()})
    row = found.to_pandas().iloc[0].astype(int)
    return Lines(int(row["first"]), int(row["further"]), bool(row["timed"] > row["n"] / 2))


def of_orders(orders: "Table", share: float, lines: Lines) -> tuple["Table", float]:
    """The order lines of about a share of the orders, and the share: the same orders on every engine.

    The lines of an order were placed at one moment, so that they come together, and nothing need be hashed or joined,
    which costs most of a question about baskets. Orders without times of their own are picked by name
    (`sampling.of_share`). With a share of 1 everything is kept.
    """
    kept = max(round(share * PRIME), 1)
    if kept >= PRIME:
        return orders, 1.0
    if not lines.timed:
        return sampling.of_share(orders, share, "order_id"), share
    second = orders.ordered_at.epoch_seconds().cast("int64")
    return orders.filter(second % PRIME < kept), kept / PRIME
