"""Some of the customers with all their events, picked in the engine by a hash, for frames of one row a customer."""

import weakref
from typing import TYPE_CHECKING

import pandas as pd

from crossborder.company import people
from crossborder.company.laid import laid_down

if TYPE_CHECKING:
    from ibis.expr.types import Table

__all__ = ["LIMIT", "of_buyers", "of_frame", "of_share", "scaled_up", "some", "some_buyers", "some_lines"]

LIMIT = 200_000
"""Customers (or orders) beyond which frames of one row each come from a sample; shares then hold to 0.2 points."""
NARROW = 8
TOLD = (
    "customer_id",
    "line",
    "ordered_at",
    "market",
    "platform",
    "sku",
    "quantity",
    "unit_price",
    "discount",
    "currency",
)
"""What order lines of a sample are asked for."""
_LINES: "weakref.WeakKeyDictionary[object, dict[int, Table]]" = weakref.WeakKeyDictionary()
_BUYERS: "weakref.WeakKeyDictionary[object, dict[int, Table]]" = weakref.WeakKeyDictionary()


def some(events: "Table", by: str = "customer_id", limit: int | None = None) -> tuple["Table", float]:
    """The events of about `limit` customers (or of what `by` names), and the share of all that they are.

    With fewer customers everything is kept, guests too, and the share is 1. Otherwise see `of_share`.
    """
    limit = LIMIT if limit is None else limit
    count = int(events[by].nunique().to_pandas())
    share = min(limit / count, 1.0) if count else 1.0
    chosen = of_share(events, share, by)
    # A narrow sample is kept, because it is asked more than once, and the names of all need not be hashed again.
    return (laid_down(chosen) if share < 1 and len(events.columns) <= NARROW else chosen), share


def of_buyers(events: "Table", orders: "Table") -> tuple["Table", float]:
    """The events of the same people that `some` picks of the customers of order lines, and the share that they are.

    The names are counted and hashed once for the orders, however many tables are asked for the events of these people.
    """
    chosen, share = some_buyers(orders)
    return (events.semi_join(chosen, "customer_id") if share < 1 else events), share


def some_buyers(orders: "Table") -> tuple["Table", float]:
    """The people of `of_buyers` with what `people.buyers` says of them, and the share of all buyers that they are."""
    count = people.count(orders)
    share = min(LIMIT / count, 1.0) if count else 1.0
    if share >= 1:
        return people.buyers(orders), share
    kept = _BUYERS.setdefault(orders.op(), {})
    if LIMIT not in kept:
        kept[LIMIT] = laid_down(of_share(people.buyers(orders), share))
    return kept[LIMIT], share


def some_lines(orders: "Table") -> tuple["Table", float]:
    """Order lines of the people of `some_buyers`, of many with the columns `TOLD` alone; the share that they are.

    Kept as long as the table of orders is: what asks how people buy begins with these lines.
    """
    known = orders.filter(orders.customer_id.notnull())
    share = some_buyers(orders)[1]
    if share >= 1:
        return known, share
    kept = _LINES.setdefault(orders.op(), {})
    if LIMIT not in kept:
        told = known.select(*(name for name in TOLD if name in known.columns))
        kept[LIMIT] = laid_down(of_buyers(told, orders)[0])
    return kept[LIMIT], share


def of_share(events: "Table", share: float, by: str = "customer_id") -> "Table":
    """The events of a share of the customers: the same people in every table and engine.

    Picked are names with a low hash (MD5); guests are left out unless the share is 1.
    Source of the design: Duffield, Lund and Thorup (2005), consistent sampling.
    """
    if share >= 1:
        return events
    # A text that begins like the limit and goes on is larger than it: no need to cut off the first seven digits.
    return events.filter(events[by].hexdigest("md5") < f"{int(share * 16**7):07x}")


def of_frame(frame: pd.DataFrame, share: float, by: str = "customer_id") -> pd.DataFrame:
    """The rows of a frame that `of_share` would keep of the same people in a table of the engine."""
    if share >= 1:
        return frame
    import ibis
    import pyarrow as pa

    names = ibis.memtable(pa.table({by: pa.array(frame[by], pa.string()), "place": pa.array(range(len(frame)))}))
    return frame.iloc[sorted(of_share(names, share, by).place.to_pandas())]


def scaled_up(frame: pd.DataFrame, columns: list[str], share: float) -> pd.DataFrame:
    """The frame with counts and sums of a sample scaled up to all; as it is where nobody was left out (share 1)."""
    if share >= 1:
        return frame
    larger = {name: frame[name] / share for name in columns}
    whole = {name for name in columns if pd.api.types.is_integer_dtype(frame[name])}
    return frame.assign(**{n: up.round().astype("int64") if n in whole else up for n, up in larger.items()})
