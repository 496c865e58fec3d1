"""What an importer is: the columns it reads, its documented mapping, and the function that fills the tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["Field", "Imported", "Importer", "Options", "Rule", "Source"]


@dataclass(frozen=True)
class Field:
    """A column of the source: our name for it, the headers under which it is found, whether it must be there.

    Headers are compared without case, spaces and punctuation, so "Lineitem price" also finds "lineitem_price".
    """

    name: str
    headers: tuple[str, ...]
    needed: bool = False


@dataclass(frozen=True)
class Rule:
    """One row of the documented mapping: a source column, the column it fills (empty: read, not stored), and how."""

    source: str
    target: str
    how: str


@dataclass(frozen=True)
class Options:
    """What the user may say where a file does not.

    `market` and `currency` hold for rows without their own; `time_zone` (IANA name) for times without a zone;
    `decimal` is "." or ",", `date_order` "dmy", "mdy" or "ymd"; empty means: found out, and told in the report.
    `countries` adds or overrides country names ({"Channel Islands": "GG"}); `mapping` is the YAML of `generic`.
    """

    market: str = ""
    currency: str = ""
    time_zone: str = ""
    locale: str = ""
    platform: str = ""
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    date_order: str = ""
    sheet: str = ""
    countries: Mapping[str, str] = field(default_factory=dict)
    mapping: Path | None = None


@dataclass(frozen=True)
class Source:
    """One file as it was opened: its rows lie in the desk's table `table`, one column a field of the importer.

    Cells of text files are text (empty cells missing); those of Parquet and JSON keep their types. `row_` is the row
    number as a spreadsheet shows it, the header being row 1. `headers` are the file's own, `found` says which of
    them filled which field, `settings` what was chosen (encoding, delimiter, header row).
    """

    path: Path
    table: str
    headers: tuple[str, ...]
    found: Mapping[str, str]
    rows: int
    settings: Mapping[str, str]

    @property
    def name(self) -> str:
        """The file's name, as reports show it."""
        return self.path.name

    def has(self, name: str) -> bool:
        """Whether the file has a column for the field."""
        return name in self.found


@dataclass(frozen=True)
class Imported:
    """What an importer made, as queries on the desk.

    `tables`: table of the contract -> query of its rows.
    `lines`: a query with one row an input line: `file_`, `row_`, `part_` (1, or 2 for the rest of a line of which only
    a part was taken), `fate` (in words, what became of it), `left_out` (boolean), `currency`, and one decimal column
    for each name in `measures`.
    `measures`: name of an amount -> {table: the expression that gives it back from that table's rows}. For each
    measure and currency, lines = tables + lines left out, to the last digit; the report says whether it holds.
    `profile`: facts for a new company.yaml (such as home, currency).
    `mapping`: what was mapped, by the files' own headers, where the user and not the importer decides it.
    """

    tables: Mapping[str, str]
    lines: str
    measures: Mapping[str, Mapping[str, str]]
    profile: Mapping[str, str] = field(default_factory=dict)
    mapping: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Importer:
    """A source: its name on the command line, what it reads, its columns, its mapping, and its reader.

    `read(desk, sources, options)` gets the opened files and gives `Imported`; problems and notes go to the desk.
    `opens` replaces the opening of files with a header row; `quoted` says whether the format quotes cells.
    """

    name: str
    reads: str
    fields: tuple[Field, ...]
    mapping: tuple[Rule, ...]
    read: Callable[["Desk", list[Source], Options], Imported]
    tables: tuple[str, ...] = ()
    quoted: bool = True
    opens: "Callable[[Desk, Path, Options], list[Source]] | None" = None
