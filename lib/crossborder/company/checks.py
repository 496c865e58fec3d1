"""The door: a table comes out whole and valid, or not at all, with everything that is wrong with it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from crossborder.company import conversion, event_checks, files, frame_checks
from crossborder.company.ahead import ahead
from crossborder.company.problems import Problem, as_frame, as_text
from crossborder.company.tables import TABLES
from crossborder.company.tables.contract import Table
from crossborder.errors import DataError, InputError

if TYPE_CHECKING:
    import ibis

__all__ = ["CheckReport", "check", "open_checked", "read_checked"]


@dataclass(frozen=True)
class CheckReport:
    """What was found in a company's folder: tables with their rows, and every problem."""

    folder: str
    tables: pd.DataFrame
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> list[Problem]:
        """The problems that keep a table out."""
        return [problem for problem in self.problems if problem.severity == "error"]

    def frame(self) -> pd.DataFrame:
        """The problems as a table."""
        return as_frame(self.problems)

    def __str__(self) -> str:
        count = len(self.errors)
        head = f"{self.folder}: {len(self.tables)} tables, {int(self.tables['rows'].sum()):,} rows, "
        head += "nothing wrong" if not count else f"{count} rule{'s' if count > 1 else ''} broken"
        return "\n".join([head, as_text(self.problems)]).strip()


def check(path: str | Path) -> CheckReport:
    """Everything wrong with a company's tables, all at once, references between tables included."""
    folder = files.company_folder(path)
    problems: list[Problem] = []
    frames: dict[str, pd.DataFrame] = {}
    counts = []
    for name, table in TABLES.items():
        file = files.locate(folder, name)
        if file is None:
            continue
        rows, found, frame = _examine(file, table)
        problems += found
        counts.append(
            {"table": name, "file": file.name, "rows": rows, "errors": sum(p.severity == "error" for p in found)}
        )
        if frame is not None:
            frames[name] = frame
    # Of an unreadable file nothing more can be asked, and of unreadable dates not whether they are late.
    broken = {p.table for p in problems if p.severity == "error" and p.column in ("", TABLES[p.table].dated_by)}
    problems += _dangling(folder, frames, broken) + ahead(folder, frames, broken)
    return CheckReport(folder.name, pd.DataFrame(counts, columns=["table", "file", "rows", "errors"]), tuple(problems))


def read_checked(folder: Path, table: Table) -> pd.DataFrame:
    """A small table, typed and checked.

    Raises DataError with the whole report if any rule is broken.
    """
    file = files.locate(folder, table.name)
    known_good = _is_stamped(file, table)
    _, problems, frame = _examine(file, table, skip_rules=known_good)
    _refuse(problems, table)
    if not known_good:
        _stamp(file, table)
    return frame


def open_checked(folder: Path, table: Table) -> "ibis.Table":
    """An event table, typed, checked in the engine.

    Raises DataError with the whole report if any rule is broken.
    """
    file = files.locate(folder, table.name)
    raw = files.open_lazy(file, table)
    if not _is_stamped(file, table):
        problems = frame_checks.column_problems(list(raw.columns), table, file.name)
        _refuse(problems + event_checks.event_problems(raw, table, file.name), table)
        _stamp(file, table)
    return event_checks.typed_events(raw, table)


def _examine(file: Path, table: Table, skip_rules: bool = False) -> tuple[int, list[Problem], pd.DataFrame | None]:
    try:
        if table.events:
            raw = files.open_lazy(file, table)
            problems = frame_checks.column_problems(list(raw.columns), table, file.name)
            return int(raw.count().to_pandas()), problems + event_checks.event_problems(raw, table, file.name), None
        raw = files.read_frame(file)
    except (InputError, OSError, ValueError) as error:
        return 0, [_unreadable(file, table, error)], None
    except Exception as error:  # the engine's own errors have no common base that can be named without importing it
        if type(error).__module__.split(".")[0] not in ("duckdb", "_duckdb", "pyarrow", "ibis"):
            raise
        return 0, [_unreadable(file, table, error)], None
    problems = frame_checks.column_problems(list(raw.columns), table, file.name)
    frame, unread = conversion.typed(raw, table, file.name)
    if skip_rules:
        return len(frame), unread, frame
    unreadable = {(problem.column, problem.rows) for problem in unread}
    rules = [
        problem
        for problem in frame_checks.frame_problems(frame[[c for c in frame if c in raw]], table, file.name)
        # An unreadable cell has become missing; it is told once, as unreadable.
        if not (problem.rule == "is empty" and (problem.column, problem.rows) in unreadable)
    ]
    return len(frame), problems + unread + rules, frame


def _unreadable(file: Path, table: Table, error: Exception) -> Problem:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    rule, remedy = lines[0], "save it as UTF-8 CSV with one header row, or as Parquet"
    if lines[-1].startswith("do: "):
        remedy = lines[-1].removeprefix("do: ")
    return Problem.of(file.name, table.name, "", rule.replace(str(file), file.name), remedy, count=1)


def _dangling(folder: Path, frames: dict[str, pd.DataFrame], broken: set[str]) -> list[Problem]:
    """References to rows that do not exist, between the tables that are there."""
    problems = []
    for name, frame in frames.items():
        for column in TABLES[name].columns:
            if not column.refers_to or column.name not in frame:
                continue
            other, target = column.refers_to.split(".")
            known = None if other in broken and TABLES[other].events else _known_values(folder, frames, other, target)
            if known is None:
                continue
            cells = frame[column.name]
            bad = (cells.notna() & ~cells.isin(known)).to_numpy()
            if bad.any():
                file = files.locate(folder, name).name
                rule, remedy = f"is not in {other}.{target}", f"add the row to {other}, or correct the reference"
                problems.append(
                    Problem.of(file, name, column.name, rule, remedy, bad.nonzero()[0] + 2, cells[bad].head(50))
                )
    return problems


def _known_values(folder: Path, frames: dict[str, pd.DataFrame], table: str, column: str) -> pd.Series | None:
    if table in frames:
        return frames[table][column]
    file = files.locate(folder, table)
    if file is None or not TABLES[table].events:
        return None
    return files.open_lazy(file, TABLES[table])[[column]].distinct().to_pandas()[column].astype("str")


def _refuse(problems: list[Problem], table: Table) -> None:
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise DataError(f"table {table.name!r} cannot be used\n{as_text(errors)}", as_frame(errors))


def _stamp_path(file: Path, table: Table) -> Path:
    parts = sorted(file.rglob("*.parquet")) if file.is_dir() else [file]
    state = [(str(part), part.stat().st_size, part.stat().st_mtime_ns) for part in parts]
    key = hashlib.sha256(repr((state, table)).encode()).hexdigest()[:32]
    return files.repository() / ".cache" / "checked" / key


def _is_stamped(file: Path, table: Table) -> bool:
    return _stamp_path(file, table).exists()


def _stamp(file: Path, table: Table) -> None:
    """Remember that this very file passed, so that the next kernel need not check it again."""
    path = _stamp_path(file, table)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError:
        return  # a read-only place: it will be checked each time
