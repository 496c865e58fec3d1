"""What is wrong with a table: one row a broken rule, all of them at once."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import pandas as pd

__all__ = ["FIRST_ROWS", "Problem", "as_frame", "as_text"]

FIRST_ROWS = 5
SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True)
class Problem:
    """One broken rule: where, how often, which values, and how to mend it.

    `rows` are row numbers as a spreadsheet shows them (the header is row 1). `severity` is "error"; "warning" for what
    can be right but seldom is (the table stays in use); or "note" for what is merely reported.
    """

    file: str
    table: str
    column: str
    rule: str
    count: int
    rows: tuple[int, ...]
    values: tuple[str, ...]
    remedy: str
    severity: str = "error"

    @classmethod
    def of(
        cls, file: str, table: str, column: str, rule: str, remedy: str,
        rows: Sequence[int] = (), values: Iterable[object] = (), count: int | None = None, severity: str = "error",
    ) -> "Problem":  # fmt: skip
        """A problem with the first few of its rows and values."""
        shown = tuple(dict.fromkeys(_short(value) for value in values))[:FIRST_ROWS]
        rows = [int(row) for row in rows]
        return cls(file, table, column, rule, count or len(rows), tuple(rows[:FIRST_ROWS]), shown, remedy, severity)

    def __str__(self) -> str:
        where = f"{self.file}, column {self.column!r}" if self.column else self.file
        rows = ", ".join(map(str, self.rows))
        more = f" and {self.count - len(self.rows)} more" if self.count > len(self.rows) else ""
        at = f"; row {rows}{more}" if self.rows else ""
        values = f"; value {', '.join(map(repr, self.values))}" if self.values else ""
        warned = "warning: " if self.severity == "warning" else ""
        return f"{warned}{where}: {self.rule}{at}{values}\n  do: {self.remedy}"


def as_frame(problems: Sequence[Problem]) -> pd.DataFrame:
    """The problems as a table, one row each."""
    columns = list(Problem.__dataclass_fields__)
    return pd.DataFrame([asdict(problem) for problem in problems], columns=columns)


def as_text(problems: Sequence[Problem]) -> str:
    """The problems as text, errors first, then warnings, then notes."""
    ordered = sorted(problems, key=lambda problem: SEVERITIES.index(problem.severity))
    return "\n".join(map(str, ordered))


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."
