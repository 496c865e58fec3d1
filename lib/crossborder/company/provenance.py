"""Whether records were changed afterwards: a chain of hashes over their rows, and where it breaks."""

import hashlib
import json

import pandas as pd

from crossborder.errors import InputError

__all__ = ["chained", "first_break"]

START = "0" * 64


def chained(records: pd.DataFrame) -> pd.DataFrame:
    """The records with a column `hash`: SHA-256 of the row's content and of the hash before it.

    Whoever knows the last hash notices any later change, removal or exchange of rows (Haber and Stornetta, 1991).
    Nothing hides who wrote first: the last hash must be kept where the writer of the records cannot change it.
    """
    return records.assign(hash=_hashes(records))


def first_break(records: pd.DataFrame, last_hash: str = "") -> int | None:
    """Place (0-based) of the first row whose hash does not follow from what stands there; None if the chain holds.

    With `last_hash` rows that were cut off at the end are noticed too: then the place is the number of rows.
    """
    if "hash" not in records:
        raise InputError.missing_columns("records", ["hash"], list(records.columns))
    stored = records["hash"].tolist()
    before = START
    for place, content in enumerate(_contents(records.drop(columns="hash"))):
        before = _link(before, content)
        if before != stored[place]:
            return place
    return len(records) if last_hash and before != last_hash else None


def _hashes(records: pd.DataFrame) -> list[str]:
    found, before = [], START
    for content in _contents(records):
        before = _link(before, content)
        found.append(before)
    return found


def _contents(records: pd.DataFrame) -> list[str]:
    names = list(records.columns)
    return [json.dumps(dict(zip(names, map(str, row), strict=True))) for row in records.itertuples(index=False)]


def _link(before: str, content: str) -> str:
    return hashlib.sha256(f"{before}{content}".encode()).hexdigest()
