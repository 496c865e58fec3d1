"""Pieces of text: how often each run of characters stands in each text, counted for all texts at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["Pieces", "count"]

SPACES = re.compile(r"\s\s+")


@dataclass(frozen=True)
class Pieces:
    """Pieces that were learned, by their column: all of `shortest` to `longest` characters that were kept."""

    columns: dict[str, int]
    shortest: int
    longest: int

    def transform(self, texts: Sequence[str]) -> "csr_matrix":
        """Counts of the learned pieces (columns) in other texts (rows)."""
        from scipy import sparse

        counts, words = count(texts, self.shortest, self.longest)
        columns = np.array([self.columns.get(word, -1) for word in words], dtype=int)
        known = counts[:, np.flatnonzero(columns >= 0)]
        shape = (known.shape[0], len(self.columns))
        placed = sparse.csr_matrix((known.data, columns[columns >= 0][known.indices], known.indptr), shape)
        placed.sort_indices()
        return placed


def count(texts: Sequence[str], shortest: int, longest: int, least: int = 1) -> "tuple[csr_matrix, list[str]]":
    """Counts by text (row) and piece (column), and the pieces in the order of the columns (alphabetical).

    A piece must stand in `least` texts. Several spaces in a row count as one; a piece may run over the ends of words.
    """
    from scipy import sparse

    texts = [SPACES.sub(" ", text) for text in texts]
    joined, sizes = "".join(texts), np.array([len(text) for text in texts], dtype=int)
    letters = pd.factorize(np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32))[0]
    text = np.repeat(np.arange(len(texts)), sizes)
    left = np.repeat(sizes.cumsum(), sizes) - np.arange(len(joined))
    at, code = np.arange(len(joined)), letters  # where a piece begins, and the number of the piece
    parts, words = [sparse.csr_matrix((len(texts), 0))], []
    for size in range(1, longest + 1):
        if size > 1:
            inside = left[at] >= size
            at = at[inside]
            code = pd.factorize(code[inside] * (letters.max(initial=0) + 1) + letters[at + size - 1])[0]
        if size >= shortest and len(at):
            counts = sparse.csr_matrix((np.ones(len(at)), (text[at], code)))
            counts.resize(len(texts), counts.shape[1])
            kept = np.flatnonzero(np.bincount(counts.indices, minlength=counts.shape[1]) >= least)
            first = at[~pd.Series(code).duplicated().to_numpy()]  # numbers go in the order of first places
            parts.append(counts[:, kept])
            words += [joined[begin : begin + size] for begin in first[kept].tolist()]
    order = sorted(range(len(words)), key=words.__getitem__)
    found = sparse.hstack(parts, format="csr")[:, order]
    found.sort_indices()
    return found, [words[column] for column in order]
