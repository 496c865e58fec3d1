"""One row a customer of an event table, worked out once in the engine for everything that asks for people."""

import weakref
from typing import TYPE_CHECKING

from crossborder.company.laid import laid_down

if TYPE_CHECKING:
    import ibis

__all__ = ["buyers", "count"]

_BUYERS: "weakref.WeakKeyDictionary[object, ibis.Table]" = weakref.WeakKeyDictionary()
_COUNTS: "weakref.WeakKeyDictionary[object, int]" = weakref.WeakKeyDictionary()


def buyers(orders: "ibis.Table") -> "ibis.Table":
    """Customers of order lines: customer_id, lines, first and last (time of an order); guests are left out.

    Kept as long as the table of orders is: most questions about people begin with this grouping, the dearest part.
    """
    key = orders.op()
    if key not in _BUYERS:
        known = orders.filter(orders.customer_id.notnull())
        made = known.group_by("customer_id").aggregate(
            lines=known.count(), first=known.ordered_at.min(), last=known.ordered_at.max()
        )
        _BUYERS[key] = laid_down(made)
    return _BUYERS[key]


def count(orders: "ibis.Table") -> int:
    """Number of customers of order lines."""
    key = orders.op()
    if key not in _COUNTS:
        _COUNTS[key] = int(buyers(orders).count().to_pandas())
    return _COUNTS[key]
