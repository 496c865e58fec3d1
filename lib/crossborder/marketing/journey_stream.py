"""Touches and orders out of the engine, range by range of customers, numbered and sorted in arrays."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.marketing.journey_cut import Packing
from crossborder.marketing.journey_names import Ranked, Spelled

if TYPE_CHECKING:
    import pyarrow
    from ibis.expr.types import Table, Value

__all__ = ["Slice", "slices"]

SOME = 100_000
"""Names from which the spelling of all is learnt, evenly spread over the touches."""
ROWS = 500_000
"""Touches that are numbered and shared out over the ranges at once."""
THREADS = 2
"""Threads that number touches; their arithmetic leaves Python's lock."""


@dataclass(frozen=True)
class Slice:
    """Sorted touches and orders of a range of customers, as `journey_cut.cut` takes them, and what is known of orders.

    `places` is the market of each order by its place in the list of markets (-1: not in it), `measures` its amounts.
    """

    touches: np.ndarray
    orders: np.ndarray
    places: np.ndarray
    measures: dict[str, np.ndarray]
    packing: Packing


@dataclass(frozen=True)
class _Touches:
    """Touches as number of the customer and packed integer, shared out over ranges; the names where ranges are cut."""

    names: Spelled | Ranked
    texts: list[str]
    cuts: np.ndarray
    parts: list[list[tuple[np.ndarray, np.ndarray]]]


def slices(
    touches: "Table", sold: "Table", channels: list[str], markets: list[str], measures: Sequence[str], size: int
) -> Iterator[Slice]:
    """Touches that may be joined, and orders of known customers, in ranges of customers of about `size` touches.

    `markets` begins with those of the touches, and goes on with others that matter for orders. Each range is read and
    sorted in a thread while the one before it is used.
    """
    bits = [max(len(names) - 1, 1).bit_length() for names in (channels, markets)]
    known = sold.filter(sold.customer_id.notnull())
    rows = _rows(touches, channels, markets, bits)
    batches = _stream(rows)
    packing, count = _packing(batches, known, bits)
    found = _shared_out(batches, rows, packing, min(size, 1 << packing.above - 2))
    columns = known.select("customer_id", "order_id", "ordered_at", *measures, place=_place(known.market, markets, -1))
    fetched = []

    def read(number: int) -> Slice:
        orders, numbers = _orders(columns, found, number)
        fetched.append(len(numbers))
        own, packed = (np.concatenate(column) for column in zip(*found.parts[number], strict=True))
        found.parts[number] = []  # the memory of a range goes when it has been read
        own, numbers = _dense(own, numbers, packing.above)
        packed += own << packing.seconds + packing.below
        packed.sort()
        return _slice(packed, numbers, orders, measures, packing)

    yield from _ahead(read, len(found.parts))
    if sum(fetched) != count:
        raise _other_order()


def _ahead(call: Callable[[int], Slice], count: int) -> Iterator[Slice]:
    """The results of a call for 0, 1 and so on, each worked out in a thread while the one before it is used."""
    if count == 1:
        yield call(0)
        return
    with ThreadPoolExecutor(max_workers=1) as thread:
        waiting = thread.submit(call, 0)
        for number in range(1, count):
            ready = waiting.result()
            waiting = thread.submit(call, number)
            yield ready
            del ready
        yield waiting.result()


def _rows(touches: "Table", channels: list[str], markets: list[str], bits: list[int]) -> "Table":
    """Customer, time, and channel and market in one small integer."""
    code = _place(touches.channel, channels, 0) * 2 ** bits[1] + _place(touches.market, markets, 0)
    kind = "int16" if sum(bits) < 16 else "int32"
    return touches.filter(touches.customer_id.notnull()).select("customer_id", "at", code=code.cast(kind))


def _place(column: "Value", names: list[str], without: int) -> "Value":
    """The place of a text in a list, -1 where it is not in it, and `without` where there is no text."""
    import ibis

    return ibis.array([ibis.literal(name) for name in names]).index(column).fill_null(without)


def _stream(rows: "Table") -> list["pyarrow.RecordBatch"]:
    """The touches, in batches whose memory goes one by one."""
    return rows.to_pyarrow().to_batches()


def _packing(batches: list["pyarrow.RecordBatch"], known: "Table", bits: list[int]) -> tuple[Packing, int]:
    """The first second of touches and orders, and bits of those up to the last; and the number of orders."""
    row = (
        known.aggregate(n=known.count(), first=known.ordered_at.min(), last=known.ordered_at.max()).to_pandas().iloc[0]
    )
    ends = [int(np.floor(row[name].timestamp())) for name in ("first", "last") if row["n"]]
    times = [_microseconds(batch["at"]) for batch in batches if len(batch)]
    ends += [int(end) // 1_000_000 for some in times for end in (some.min(), some.max())]
    packing = Packing(min(ends), (max(ends) - min(ends)).bit_length(), *bits)
    if packing.above < 16:
        years = (max(ends) - min(ends)) // (365 * 86400)
        raise InputError.out_of_range("years from the first to the last touch or order", years, "less than 100")
    return packing, int(row["n"])


def _shared_out(batches: list["pyarrow.RecordBatch"], rows: "Table", packing: Packing, size: int) -> _Touches:
    """The touches with numbers for names, in ranges of customers of about `size` touches."""
    import pyarrow as pa

    column = pa.chunked_array([batch["customer_id"] for batch in batches], pa.string())
    some = column.take(np.arange(0, len(column), max(len(column) // SOME, 1))).combine_chunks()
    names, count = Spelled(some), -(-len(column) // size)
    names = names if names.fits else Ranked(column)
    del column
    texts, cuts = _cuts(names.numbers(some), some, count)
    parts = _parts(batches, names, cuts, packing)
    if parts is None:  # a name is spelled like none of those above
        batches = _stream(rows)
        names = Ranked(pa.chunked_array([batch["customer_id"] for batch in batches], pa.string()))
        texts, cuts = _cuts(names.numbers(some), some, count)
        parts = _parts(batches, names, cuts, packing)
    return _Touches(names, texts, cuts, parts)


def _cuts(numbers: np.ndarray, names: "pyarrow.Array", count: int) -> tuple[list[str], np.ndarray]:
    """Names, and their numbers, that part the touches into so many ranges; where they lie changes no result."""
    order = np.argsort(numbers, kind="stable")[len(numbers) * np.arange(1, count) // count]
    order = order[numbers[order] > numbers.min()]
    cuts, first = np.unique(numbers[order], return_index=True)
    return names.take(order[first]).to_pylist(), cuts


def _parts(
    batches: list["pyarrow.RecordBatch"], names: Spelled | Ranked, cuts: np.ndarray, packing: Packing
) -> list[list[tuple[np.ndarray, np.ndarray]]] | None:
    """Numbers and packed integers of each range, while the batches go; None where a name has no number."""

    def part(some: list["pyarrow.RecordBatch"]) -> list[tuple[np.ndarray, np.ndarray]] | None:
        return _part(some, names, cuts, packing)

    with ThreadPoolExecutor(max_workers=THREADS) as threads:
        found = list(threads.map(part, _together(batches)))
    return None if any(one is None for one in found) else [list(column) for column in zip(*found, strict=True)]


def _together(batches: list["pyarrow.RecordBatch"]) -> Iterator[list["pyarrow.RecordBatch"]]:
    """Batches of some `ROWS` rows together; they leave the list, so that their memory goes when they have been used."""
    while batches:
        some = [batches.pop()]
        while batches and sum(map(len, some)) < ROWS:
            some.append(batches.pop())
        yield some


def _part(
    some: list["pyarrow.RecordBatch"], names: Spelled | Ranked, cuts: np.ndarray, packing: Packing
) -> list[tuple[np.ndarray, np.ndarray]] | None:
    """`_parts` of some batches."""
    kind = np.int32 if names.size <= np.iinfo(np.int32).max else np.int64
    numbers = np.concatenate([names.numbers(batch["customer_id"]) for batch in some])
    packed = np.concatenate([_microseconds(batch["at"]) for batch in some]) // 1_000_000 - packing.start
    packed = (packed << packing.below) + np.concatenate([batch["code"].to_numpy(False) for batch in some])
    if (numbers < 0).any():
        return None
    part = np.searchsorted(cuts, numbers, side="right").astype(np.int16)
    order = np.argsort(part, kind="stable")
    ends = np.cumsum(np.bincount(part, minlength=len(cuts) + 1))[:-1]
    shares = (np.split(column[order], ends) for column in (numbers.astype(kind), packed))
    # Copies, because views would hold what the other ranges read.
    return [(own.copy(), times.copy()) for own, times in zip(*shares, strict=True)]


def _microseconds(column: "pyarrow.Array | pyarrow.ChunkedArray") -> np.ndarray:
    """Times in microseconds since 1970 in UTC."""
    import pyarrow as pa

    times = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
    return times.to_numpy() if isinstance(times, pa.ChunkedArray) else times.to_numpy(zero_copy_only=False)


def _between(table: "Table", low: str | None, high: str | None) -> "Table":
    """Rows of customers from `low` to before `high`."""
    table = table if low is None else table.filter(table.customer_id >= low)
    return table if high is None else table.filter(table.customer_id < high)


def _orders(columns: "Table", found: _Touches, number: int) -> tuple["pyarrow.Table", np.ndarray]:
    """Orders of one range of customers as they come, and the numbers of their customers."""
    low, high = ((found.texts[place] if 0 <= place < len(found.texts) else None) for place in (number - 1, number))
    orders = _between(columns, low, high).to_pyarrow()
    chunks = [found.names.numbers(chunk) for chunk in orders["customer_id"].chunks]
    numbers = np.concatenate([np.empty(0, dtype=np.int64), *chunks])
    apart = np.searchsorted(found.cuts, numbers[numbers >= 0], side="right") != number
    if apart.any():
        raise _other_order()
    return orders, numbers


def _other_order() -> Refusal:
    return Refusal.because(
        "the engine sorts names of customers in another order than that of their bytes",
        "orders of one range of customers came with another one",
        "let the column customer_id of the orders be compared by bytes (collation C)",
    )


def _dense(own: np.ndarray, numbers: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the customers of touches and orders, in so many bits; people without a touch may share a number."""
    low, high = int(own.min()), int(max(own.max(), numbers.max(initial=0)))
    low = int(min(low, numbers[numbers >= 0].min(initial=low)))
    if (high + 1 - low).bit_length() <= bits:
        return own.astype(np.int64) - low, np.where(numbers < 0, high + 1, numbers) - low
    unique, dense = np.unique(own, return_inverse=True)
    places = np.minimum(np.searchsorted(unique, numbers), len(unique) - 1)
    return dense, np.where(unique[places] == numbers, places, len(unique))


def _slice(
    touches: np.ndarray,
    numbers: np.ndarray,
    orders: "pyarrow.Table",
    measures: Sequence[str],
    packing: Packing,
) -> Slice:
    """The touches, and the orders sorted by customer, time and order_id."""
    import pyarrow as pa

    at = _microseconds(orders["ordered_at"])
    moments = (numbers << packing.seconds) + at // 1_000_000 - packing.start
    order = np.argsort(moments, kind="stable")
    moments = moments[order]
    equal = moments[1:] == moments[:-1]
    if equal.any():
        tied = np.flatnonzero(np.append(equal, False) | np.append(False, equal))
        rows = order[tied]
        names = orders["order_id"].take(pa.array(rows)).to_pylist()
        frame = pd.DataFrame({"moment": moments[tied], "at": at[rows], "name": names})
        order[tied] = rows[frame.sort_values(["moment", "at", "name"]).index]
    amounts = {name: orders[name].to_numpy().astype(float, copy=False)[order] for name in measures}
    return Slice(touches, moments, orders["place"].to_numpy()[order], amounts, packing)
