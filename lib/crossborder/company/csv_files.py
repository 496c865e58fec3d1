"""CSV files as they stand: encoding, separator, header and shape, and what is wrong with them in words."""

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from crossborder.company.problems import FIRST_ROWS
from crossborder.errors import InputError

__all__ = ["BrokenFile", "explain", "header", "other_format", "shape_errors", "unique_names"]

HEAD_BYTES = 1 << 20
LONGEST_CELL = 131_072
MOST_COLUMNS = 2_000
PLAIN = "save it as UTF-8 CSV with one header row and commas between the columns, or as Parquet"
# First bytes by which other formats are known.
OTHERS = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\x1f\x8b": "a gzip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF document",
    b"SQLite format 3": "a SQLite database",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
    b"<?xml": "an XML document",
}
MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x00\x00\xfe\xff": "UTF-32"}


class BrokenFile(InputError):
    """A file that is no table; knows the rows at fault where there are any."""

    def __init__(self, rule: str, remedy: str, rows: tuple[int, ...] = (), count: int = 1) -> None:
        super().__init__(f"{rule}\n  do: {remedy}")
        self.rule, self.remedy, self.rows, self.count = rule, remedy, rows, count


def header(path: Path, known: tuple[str, ...] = ()) -> list[str]:
    """The names in the first row; `known` names help to tell a wrong separator.

    Raises BrokenFile for what is not UTF-8 text with commas between its columns.
    """
    with path.open("rb") as handle:
        head = handle.read(HEAD_BYTES)
    _refuse_other_formats(head)
    # A character may be cut in two at the end of what was read.
    text = head.decode("utf-8-sig", errors="strict" if len(head) < HEAD_BYTES else "ignore")
    if not text.strip():
        raise BrokenFile("is empty: is not a table", "save it as CSV with one header row, or take the file away")
    try:
        names = next(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        raise BrokenFile(f"the header has a cell beyond {LONGEST_CELL:,} characters", PLAIN) from None
    for separator in (";", "\t", "|"):
        parts = [part.strip().strip('"') for part in names[0].split(separator)]
        if len(names) == 1 and len(parts) > 1 and set(parts) & set(known):
            raise BrokenFile(
                f"columns are apart by {separator!r}, not by commas",
                "save it with commas, or `crossborder import generic`",
            )
    if len(names) > MOST_COLUMNS:
        raise BrokenFile(f"has {len(names):,} columns", f"keep the columns of the contract, at most {MOST_COLUMNS:,}")
    return names


def unique_names(names: list[str]) -> list[str]:
    """The names, the second of a kind with a number after it; upper and lower case are one to the engine."""
    seen: Counter[str] = Counter()
    unique = []
    for place, name in enumerate(names, start=1):
        name = name or f"column {place}"
        unique.append(f"{name}_{seen[name.lower()]}" if seen[name.lower()] else name)
        seen[name.lower()] += 1
    return unique


def shape_errors(path: Path, columns: int) -> list[BrokenFile]:
    """What keeps the rows from being a table: other numbers of cells than the header, cells without end.

    Reads the file once, row by row. Blank rows at the end are no fault.
    """
    try:
        found = [
            (row, len(cells)) for row, cells in enumerate(_records(path), start=2) if len(cells) not in (0, columns)
        ]
    except UnicodeDecodeError as error:
        return [_not_utf8(path, error)]
    except csv.Error as error:
        cell = "field larger" in str(error)
        rule = f"has a cell beyond {LONGEST_CELL:,} characters" if cell else f"is not CSV: {error}"
        return [BrokenFile(f"{rule} (a quote that is never closed?)", PLAIN)]
    rows = tuple(row for row, _ in found)
    if not rows:
        return []
    counts = ", ".join(str(number) for number in sorted({number for _, number in found})[:FIRST_ROWS])
    rule = f"is not a table: rows have {counts} cells where the header has {columns}"
    remedy = "put quotes around cells that hold commas, and give every row all its cells"
    return [BrokenFile(rule, remedy, rows, len(rows))]


def explain(path: Path, columns: int) -> BrokenFile:
    """Why the engine could not read the file, in words."""
    errors = shape_errors(path, columns)
    return errors[0] if errors else BrokenFile("is not a table that can be read", PLAIN)


def _records(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        yield from itertools.islice(csv.reader(handle, strict=True), 1, None)


def other_format(head: bytes) -> str:
    """What the first bytes of a file show it to be, if that is no text with cells; else empty."""
    return next((name for mark, name in OTHERS.items() if head.lstrip().lower().startswith(mark.lower())), "")


def _refuse_other_formats(head: bytes) -> None:
    if name := other_format(head):
        raise BrokenFile(f"is {name}, not CSV", PLAIN)
    for mark, name in MARKS.items():
        if head.startswith(mark):
            raise BrokenFile(
                f"is {name}: is not UTF-8", f"save it as UTF-8, or `crossborder import generic`; {name} is known there"
            )
    if b"\0" in head:
        row = head[: head.index(b"\0")].count(b"\n") + 1
        remedy = "the file was cut off or is UTF-16 without a mark: export it again as UTF-8"
        raise BrokenFile("holds NUL bytes: is not a table of text", remedy, (row,))
    try:
        head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.end < len(head) - 3 or len(head) < HEAD_BYTES:
            raise _told(head, error) from None


def _told(head: bytes, error: UnicodeDecodeError) -> BrokenFile:
    row = head[: error.start].count(b"\n") + 1
    rule = f"is not UTF-8 in row {row}: the byte is {head[error.start]:#04x}"
    return BrokenFile(
        rule, "save it as UTF-8, or `crossborder import generic` with --encoding cp1252 or gb18030", (row,)
    )


def _not_utf8(path: Path, error: UnicodeDecodeError) -> BrokenFile:
    before = 1
    with path.open("rb") as handle:
        for line in handle:
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                break
            before += 1
    rule = f"is not UTF-8 in row {before}: the byte is {error.object[error.start]:#04x}"
    return BrokenFile(
        rule, "save it as UTF-8, or `crossborder import generic` with --encoding cp1252 or gb18030", (before,)
    )
