"""Some of the orders with all their lines, picked in the engine by the second in which they were placed."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibis.expr.types import Table

__all__ = ["PRIME", "lines_beyond_first", "of_moments"]

PRIME = 10_007
"""Seconds are told apart by their rest, of a prime, so that whole minutes, hours or days fall into it as evenly."""


def lines_beyond_first(orders: "Table") -> int:
    """Order lines that are not the first of their order: at least as many as there are orders of several lines."""
    return int(orders.aggregate(n=(orders.line > 1).sum().fill_null(0)).to_pandas()["n"].iloc[0])


def of_moments(orders: "Table", share: float) -> tuple["Table", float]:
    """The order lines of about a share of the orders, and the share: the same orders on every engine.

    The lines of an order were placed at one moment, so that they come together, and nothing need be hashed or joined,
    which costs most of a question about baskets. With a share of 1 everything is kept.
    """
    kept = max(round(share * PRIME), 1)
    if kept >= PRIME:
        return orders, 1.0
    second = orders.ordered_at.epoch_seconds().cast("int64")
    return orders.filter(second % PRIME < kept), kept / PRIME
