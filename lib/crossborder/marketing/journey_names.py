"""Names of customers as whole numbers: equal names get equal numbers, different names different ones, in their order.

Numbers sort, compare and travel many times faster than texts.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow

__all__ = ["Ranked", "Spelled"]

LONGEST, LARGEST = 32, 2**57
"""Bytes of a name and numbers that `Spelled` takes: below, sums over the places of a name never run over 64 bits."""
UNKNOWN = -(2**57)


class Spelled:
    """Numbers read off the spelling: each place of a name counts in the bytes that occur there, as digits do in ten.

    Holds for names such as "C0001234" and for short codes; `fits` says whether the numbers stay small enough.
    """

    def __init__(self, names: "pyarrow.Array") -> None:
        letters = _letters(names)
        self._bytes = [_alphabet(column) for column in letters.T]
        sizes = [len(known) for known in self._bytes]
        self.size = 1
        for size in sizes:
            self.size *= size
        self.fits = len(sizes) <= LONGEST and self.size < LARGEST
        if self.fits:
            self._tables = _tables(self._bytes)

    def numbers(self, names: "pyarrow.Array") -> np.ndarray:
        """The number of each name; below 0 for a name with a byte that was not known at its place."""
        width = len(self._bytes)
        letters = _letters(names, width)
        found = np.zeros(len(names), dtype=np.int64)
        two = letters[:, : width // 2 * 2].view(np.uint16)
        for place in range(width // 2):
            found += self._tables[place][two[:, place]]
        if width % 2:
            found += self._tables[-1][letters[:, width - 1]]
        if letters.shape[1] > width:
            found[letters[:, width:].any(axis=1)] = UNKNOWN
        return found


class Ranked:
    """Numbers of names of any kind: their places in the sorted list of all of them."""

    def __init__(self, names: "pyarrow.ChunkedArray") -> None:
        import pyarrow.compute as pc

        known = names.unique()
        self._names = known.take(pc.array_sort_indices(known))
        self.size = len(known)

    def numbers(self, names: "pyarrow.Array") -> np.ndarray:
        """The number of each name, and -1 for one that is not in the list."""
        import pyarrow.compute as pc

        return pc.index_in(names, value_set=self._names).fill_null(-1).to_numpy(False).astype(np.int64)


def _letters(names: "pyarrow.Array", width: int = 0) -> np.ndarray:
    """The bytes of each name as one row, as wide as the longest name or `width`; shorter names end in zeros."""
    import pyarrow as pa

    names = names.cast(pa.string())
    ends = np.frombuffer(names.buffers()[1], dtype=np.int32)[names.offset : names.offset + len(names) + 1]
    flat = np.frombuffer(names.buffers()[2] or b"", dtype=np.uint8)[ends[0] : ends[-1]]
    if not flat.all():  # a zero within a name is no end of it; no text in UTF-8 has a byte of 255
        flat = np.where(flat == 0, np.uint8(255), flat)
    lengths = np.diff(ends)
    width = max(width, int(lengths.max(initial=0)))
    if (lengths == width).all():
        return flat.reshape(len(names), width)
    letters = np.zeros((len(names), width), dtype=np.uint8)
    letters[np.arange(width) < lengths[:, None]] = flat
    return letters


def _alphabet(column: np.ndarray) -> np.ndarray:
    """The bytes of one place in order. One digit stands for all ten: the others will occur in other names."""
    found = np.flatnonzero(np.bincount(column, minlength=256))
    digits = np.arange(ord("0"), ord("9") + 1)
    return np.union1d(found, digits) if np.isin(found, digits).any() else found


def _tables(known: list[np.ndarray]) -> list[np.ndarray]:
    """What each pair of bytes adds to the number of a name, by pair of places; a last place alone is by byte."""
    single, weight = [], 1
    for alphabet in reversed(known):
        table = np.full(256, UNKNOWN, dtype=np.int64)
        table[alphabet] = weight * np.arange(len(alphabet))
        single.append(table)
        weight *= len(alphabet)
    single.reverse()
    first, second = np.arange(2**16, dtype=np.uint16).view(np.uint8).reshape(-1, 2).T
    pairs = [one[first] + other[second] for one, other in zip(single[0::2], single[1::2], strict=False)]
    return pairs + single[len(pairs) * 2 :]
