"""Touches and orders out of the engine, range by range of customers, numbered and sorted in arrays."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.errors import InputError
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
SECOND = 1_000_000
"""Microseconds."""
STRANGER = -1
"""Number of people who have none, because they have no touch."""
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
class _Parts:
    """Columns of touches (packed integer) and of orders (microseconds, place, measures), shared out over ranges.

    Each part holds arrays of many batches: the number of the customer first, then the columns.
    """

    touches: list[list[tuple[np.ndarray, ...]]]
    orders: list[list[tuple[np.ndarray, ...]]]


def slices(
    touches: "Table", sold: "Table", channels: list[str], markets: list[str], measures: Sequence[str], size: int
) -> Iterator[Slice]:
    """Touches that may be joined, and orders of known customers, in ranges of customers of about `size` touches.

    `markets` begins with those of the touches, and goes on with others that matter for orders. Each range is sorted in
    a thread while the one before it is used.
    """
    bits = [max(len(names) - 1, 1).bit_length() for names in (channels, markets)]
    known = sold.filter(sold.customer_id.notnull())
    rows = _rows(touches, channels, markets, bits)
    batches = _stream(rows)
    packing = _packing(batches, known, bits)
    place = _place(known.market, markets, -1).cast("int16").name("place")
    placed = known.select("customer_id", "ordered_at", place, *measures)
    parts = _shared_out(batches, rows, placed, packing, min(size, 1 << packing.above - 2))

    def read(number: int) -> Slice:
        own, packed = _joined(parts.touches, number)
        numbers, at, places, *amounts = _joined(parts.orders, number)
        own, numbers = _dense(own, numbers, packing.above)
        packed += own << packing.seconds + packing.below
        packed.sort()
        return _slice(packed, numbers, at, places, dict(zip(measures, amounts, strict=True)), packing)

    yield from _ahead(read, len(parts.touches))


def _joined(parts: list[list[tuple[np.ndarray, ...]]], number: int) -> list[np.ndarray]:
    """The columns of a range, each in one array; the range's own memory goes."""
    columns = [np.concatenate(column) for column in zip(*parts[number], strict=True)]
    parts[number] = []
    return columns


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
    """Rows in batches whose memory goes one by one, at least one."""
    import pyarrow as pa

    found = rows.to_pyarrow()
    return found.to_batches() or [pa.RecordBatch.from_pylist([], found.schema)]


def _packing(batches: list["pyarrow.RecordBatch"], known: "Table", bits: list[int]) -> Packing:
    """The first second of touches and orders, and bits of those up to the last."""
    row = known.aggregate(first=known.ordered_at.min(), last=known.ordered_at.max()).to_pandas().iloc[0]
    ends = [int(np.floor(row[name].timestamp())) for name in ("first", "last") if not pd.isna(row[name])]
    times = [_microseconds(batch["at"]) for batch in batches if len(batch)]
    ends += [int(end) // SECOND for some in times for end in (some.min(), some.max())]
    packing = Packing(min(ends), (max(ends) - min(ends)).bit_length(), *bits)
    if packing.above < 16:
        years = (max(ends) - min(ends)) // (365 * 86400)
        raise InputError.out_of_range("years from the first to the last touch or order", years, "less than 100")
    return packing


def _shared_out(
    batches: list["pyarrow.RecordBatch"], rows: "Table", placed: "Table", packing: Packing, size: int
) -> _Parts:
    """Touches and orders with numbers for names, in ranges of customers of about `size` touches."""
    import pyarrow as pa

    def packed(batch: "pyarrow.RecordBatch") -> list[np.ndarray]:
        seconds = _microseconds(batch["at"]) // SECOND - packing.start
        return [(seconds << packing.below) + batch["code"].to_numpy(False)]

    def timed(batch: "pyarrow.RecordBatch") -> list[np.ndarray]:
        amounts = [column.to_numpy(False).astype(float, copy=False) for column in batch.columns[3:]]
        return [_microseconds(batch["ordered_at"]), batch["place"].to_numpy(False), *amounts]

    rows_read = sum(map(len, batches))
    every = max(rows_read // SOME, 1)
    some = pa.concat_arrays([batch["customer_id"].take(np.arange(0, len(batch), every)) for batch in batches])
    names, count = Spelled(some), -(-rows_read // size)
    names = names if names.fits else _ranked(batches)
    cuts = _cuts(names.numbers(some), count)
    touches = _parts(batches, names, cuts, packed)
    if touches is None:  # a name is spelled like none of those above
        batches = _stream(rows)
        names = _ranked(batches)
        cuts = _cuts(names.numbers(some), count)
        touches = _parts(batches, names, cuts, packed)
    return _Parts(touches, _parts(_stream(placed), names, cuts, timed, strangers=True))


def _ranked(batches: list["pyarrow.RecordBatch"]) -> Ranked:
    import pyarrow as pa

    return Ranked(pa.chunked_array([batch["customer_id"] for batch in batches], pa.string()))


def _cuts(numbers: np.ndarray, count: int) -> np.ndarray:
    """Numbers of names that part the touches into so many ranges; where they lie changes no result."""
    cuts = np.sort(numbers)[len(numbers) * np.arange(1, count) // count]
    return np.unique(cuts[cuts > numbers.min()])


def _parts(
    batches: list["pyarrow.RecordBatch"],
    names: Spelled | Ranked,
    cuts: np.ndarray,
    columns: Callable[["pyarrow.RecordBatch"], list[np.ndarray]],
    *,
    strangers: bool = False,
) -> list[list[tuple[np.ndarray, ...]]] | None:
    """Numbers of the customers and `columns` of each range, while the batches go.

    None where a name has no number; with `strangers` these people, who have no touch, are spread over the ranges.
    """

    def part(some: list["pyarrow.RecordBatch"]) -> list[tuple[np.ndarray, ...]] | None:
        kind = np.int32 if names.size <= np.iinfo(np.int32).max else np.int64
        numbers = np.concatenate([names.numbers(batch["customer_id"]) for batch in some])
        unknown = numbers < 0
        if unknown.any() and not strangers:
            return None
        part = np.searchsorted(cuts, numbers, side="right").astype(np.int16)
        part[unknown] = np.arange(np.count_nonzero(unknown)) % (len(cuts) + 1)
        numbers[unknown] = STRANGER
        order = np.argsort(part, kind="stable")
        ends = np.cumsum(np.bincount(part, minlength=len(cuts) + 1))[:-1]
        found = [np.concatenate(column) for column in zip(*map(columns, some), strict=True)]
        shares = (np.split(column[order], ends) for column in (numbers.astype(kind), *found))
        # Copies, because views would hold what the other ranges read.
        return [tuple(column.copy() for column in share) for share in zip(*shares, strict=True)]

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


def _microseconds(column: "pyarrow.Array | pyarrow.ChunkedArray") -> np.ndarray:
    """Times in microseconds since 1970 in UTC."""
    import pyarrow as pa

    times = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
    return times.to_numpy() if isinstance(times, pa.ChunkedArray) else times.to_numpy(zero_copy_only=False)


def _dense(own: np.ndarray, numbers: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the customers of touches and orders, in so many bits; people without a touch may share a number."""
    own, numbers = own.astype(np.int64), numbers.astype(np.int64)  # they are shifted up beside the time
    low, high = int(own.min()), int(max(own.max(), numbers.max(initial=0)))
    low = int(min(low, numbers[numbers >= 0].min(initial=low)))
    if (high + 1 - low).bit_length() <= bits:
        return own - low, np.where(numbers < 0, high + 1, numbers) - low
    unique, dense = np.unique(own, return_inverse=True)
    places = np.minimum(np.searchsorted(unique, numbers), len(unique) - 1)
    return dense, np.where(unique[places] == numbers, places, len(unique))


def _slice(
    touches: np.ndarray,
    numbers: np.ndarray,
    at: np.ndarray,
    places: np.ndarray,
    measures: dict[str, np.ndarray],
    packing: Packing,
) -> Slice:
    """The touches, and the orders sorted by customer and time; of those at one moment the larger comes first."""
    moments = (numbers << packing.seconds) + at // SECOND - packing.start
    order = np.argsort(moments)
    moments = moments[order]
    equal = moments[1:] == moments[:-1]
    if equal.any():
        tied = np.flatnonzero(np.append(equal, False) | np.append(False, equal))
        rows = order[tied]
        larger = [-measures[name][rows] for name in reversed(measures)]
        order[tied] = rows[np.lexsort((places[rows], *larger, at[rows], moments[tied]))]
    amounts = {name: column[order] for name, column in measures.items()}
    return Slice(touches, moments, places[order], amounts, packing)
