"""A worksheet as text: values as they are stored, dates in ISO form."""

import csv
import datetime
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from crossborder.company.importers.spreadsheet_parts import Parts, parts
from crossborder.errors import InputError

__all__ = ["to_csv"]

BLOCK = 1 << 18
MOST_DATES = 200_000  # different ones that are remembered
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    ParseError,
    EOFError,
    KeyError,
    IndexError,
    StopIteration,
    NotImplementedError,
    OSError,
    ValueError,
)


def to_csv(path: Path, folder: Path, sheet: str = "") -> dict[str, Path]:
    """Copies of a workbook's sheets (or the one named) as UTF-8 CSV in `folder`: title -> file; empty sheets left out.

    Raises InputError for a file that is not a workbook, or a sheet that it does not have.
    """
    copies = {}
    try:
        with zipfile.ZipFile(path) as archive:
            book = parts(archive)
            if sheet and sheet not in book.sheets:
                raise InputError.unknown(f"{path.name}: sheet", sheet, book.sheets)
            for place, title in enumerate([sheet] if sheet else book.sheets):
                target = folder / f"{path.stem}-{place}.csv"
                with target.open("w", encoding="utf-8", newline="") as handle, archive.open(book.sheets[title]) as rows:
                    _Sheet(book, csv.writer(handle).writerow).read(rows)
                if target.stat().st_size:
                    copies[title] = target
    except InputError:
        raise
    except BROKEN as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"{path.name} is not an Excel workbook\n  {reason}\n  do: save it as .xlsx or CSV") from None
    return copies


class _Sheet:
    """The rows of one sheet, taken from its XML as it streams by.

    Rows are the bulk of a workbook: made into objects cell by cell they would take many times as long.
    """

    def __init__(self, book: Parts, write: Callable[[list[str]], object]) -> None:
        self._book, self._write = book, write
        self._width = 0
        self._columns: dict[str, int] = {}
        self._known: dict[tuple[str, int], str] = {}
        self._row: list[str] = []
        self._text: list[str] = []
        self._collects = self._phonetic = False
        self._column, self._type, self._style = -1, "n", 0

    def read(self, source: IO[bytes]) -> None:
        """Writes every row that has a cell, as wide as the sheet says or the widest row so far."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        parser.CharacterDataHandler = self._characters
        while block := source.read(BLOCK):
            parser.Parse(block, False)
        parser.Parse(b"", True)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            self._type = attributes.get("t", "n")
            self._style = int(attributes.get("s", 0))
            self._column = self._place(attributes["r"]) if "r" in attributes else self._column + 1
            self._text = []
        elif name == "row":
            self._row, self._column = [], -1
        elif name == "dimension":
            self._width = self._place(attributes.get("ref", "A").rpartition(":")[2]) + 1
        elif name == "rPh":
            self._phonetic = True
        elif name == "v" or name == "t":
            self._collects = not self._phonetic

    def _characters(self, text: str) -> None:
        if self._collects:
            self._text.append(text)

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "v" or name == "t":
            self._collects = False
        elif name == "c":
            if self._text:
                row, column = self._row, self._column
                row.extend([""] * (column + 1 - len(row)))
                row[column] = self._value("".join(self._text))
        elif name == "row":
            if any(self._row):
                self._width = max(self._width, len(self._row))
                self._write(self._row + [""] * (self._width - len(self._row)))
        elif name == "rPh":
            self._phonetic = False

    def _place(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        place = self._columns.get(letters)
        if place is None:
            from openpyxl.utils import column_index_from_string

            place = self._columns[letters] = column_index_from_string(letters) - 1
        return place

    def _value(self, text: str) -> str:
        kind = self._type
        if kind == "s":
            return self._book.shared[int(text)]
        if kind == "n":
            return self._date(text) if self._style in self._book.dates else _number(text)
        if kind == "b":
            return "True" if text.strip() == "1" else "False"
        return text.replace("T", " ").removesuffix("Z") if kind == "d" else text

    def _date(self, text: str) -> str:
        from openpyxl.utils.datetime import from_excel

        key = (text, self._style)
        if key not in self._known:
            if len(self._known) >= MOST_DATES:
                self._known.clear()
            moment = from_excel(float(text), self._book.epoch, timedelta=self._style in self._book.spans)
            self._known[key] = moment.isoformat(sep=" ") if isinstance(moment, datetime.datetime) else str(moment)
        return self._known[key]


def _number(text: str) -> str:
    """A stored number as people write it: 2.5499999999999998 is 2.55, 17850.0 is 17850."""
    if text.isdigit():
        return text
    number = float(text)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else str(number)
