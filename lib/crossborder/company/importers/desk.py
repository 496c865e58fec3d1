"""The desk on which files are laid out: an engine that spills to disk, and what was found wrong on the way."""

import tempfile
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from crossborder.company.problems import Problem

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Desk", "quoted"]

MEMORY_LIMIT = "1500MB"


class Desk:
    """A DuckDB database in a folder of its own, gone when the import ends.

    `problems` keep everything from being written; so do `unread` ones (cells that cannot be read), unless the user
    lets their rows be left out; `notes` are only told.
    """

    def __init__(self, memory_limit: str = MEMORY_LIMIT) -> None:
        import duckdb

        self._folder = tempfile.TemporaryDirectory(prefix="crossborder-import-")
        self.folder = Path(self._folder.name)
        self.connection = duckdb.connect(str(self.folder / "desk.duckdb"))
        self.problems: list[Problem] = []
        self.unread: list[Problem] = []
        self.notes: list[str] = []
        self._tables = 0
        for setting in (
            "TimeZone = 'UTC'",
            "preserve_insertion_order = true",
            f"memory_limit = '{memory_limit}'",
            f"temp_directory = '{self.folder / 'spill'}'",
        ):
            self.connection.execute(f"SET {setting}")

    def __enter__(self) -> "Desk":
        return self

    def __exit__(self, kind: type | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.connection.close()
        self._folder.cleanup()

    def run(self, query: str) -> None:
        """Carry out a statement."""
        self.connection.execute(query)

    def rows(self, query: str) -> list[tuple]:
        """The rows of a small result."""
        return self.connection.execute(query).fetchall()

    def one(self, query: str) -> tuple:
        """The only row of a result."""
        return self.connection.execute(query).fetchone()

    def frame(self, query: str) -> "pd.DataFrame":
        """A small result as a frame."""
        return self.connection.execute(query).df()

    def columns(self, table: str) -> dict[str, str]:
        """Names and engine types of a table's columns."""
        return {row[0]: row[1] for row in self.rows(f"DESCRIBE SELECT * FROM {table}")}

    def keep(self, query: str, name: str = "t") -> str:
        """Lay the rows of a query down as a table, and give its name."""
        self._tables += 1
        table = f"{name}_{self._tables}"
        self.run(f"CREATE TABLE {table} AS {query}")
        return table

    def note(self, text: str) -> None:
        """Say something in the report, once."""
        if text not in self.notes:
            self.notes.append(text)


def quoted(text: object) -> str:
    """A text literal of the engine."""
    return "'" + str(text).replace("'", "''") + "'"
