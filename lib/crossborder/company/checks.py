"""The door: a table comes out whole and valid, or not at all, with everything that is wrong with it."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from crossborder.company import (
    conversion,
    csv_files,
    event_checks,
    files,
    folder_checks,
    frame_checks,
    plausibility,
    references,
    row_rules,
    text_checks,
)
from crossborder.company.ahead import ahead
from crossborder.company.problems import Problem, as_frame, as_text
from crossborder.company.tables import TABLES
from crossborder.company.tables.contract import Table
from crossborder.errors import DataError, InputError

if TYPE_CHECKING:
    import ibis

__all__ = ["CheckReport", "check", "large_file", "open_checked", "read_checked", "read_columns"]

# Counted up with every new rule, so that what passed the old ones is checked again.
RULES_VERSION = 2

# Frames of this process by the stamp of their file: a company is opened again for each scenario and each past day.
MOST_FRAMES = 64
# Bytes of Parquet from which single columns of a table are read alone, each time they are asked for.
LARGE = 5_000_000
MANY_ROWS = 200_000
_FRAMES: dict[str, pd.DataFrame] = {}


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
        warnings = sum(problem.severity == "warning" for problem in self.problems)
        head += f", {warnings} warning{'s' if warnings > 1 else ''}" if warnings else ""
        return "\n".join([head, as_text(self.problems)]).strip()


def check(path: str | Path) -> CheckReport:
    """Everything wrong with a company's tables, all at once, references between tables included."""
    folder = files.company_folder(path)
    problems: list[Problem] = folder_checks.stray_problems(folder)
    profile, profile_wrong = _profile(folder)
    problems += profile_wrong
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
        if rows == 0 and not any(problem.severity == "error" for problem in found):
            remedy = "fill it, or take the file away: a table without rows is as good as none"
            problems.append(Problem.of(file.name, name, "", "has no rows", remedy, count=1, severity="note"))
    problems += _between(folder, frames, problems, profile if not profile_wrong else None)
    return CheckReport(folder.name, pd.DataFrame(counts, columns=["table", "file", "rows", "errors"]), tuple(problems))


def _profile(folder: Path) -> tuple[dict[str, object], list[Problem]]:
    try:
        profile = folder_checks.read_yaml(folder)
    except InputError as error:
        rule, remedy = str(error).split("\n  do: ")
        return {}, [Problem.of(folder_checks.PROFILE, "", "", rule, remedy, count=1)]
    return profile, folder_checks.profile_problems(profile)


def _between(
    folder: Path, frames: dict[str, pd.DataFrame], problems: list[Problem], profile: dict[str, object] | None
) -> list[Problem]:
    """What only several tables together, or a table and the profile, can show. What is broken is not asked again."""
    errors = [problem for problem in problems if problem.severity == "error" and problem.table]
    unread = {
        (p.table, p.column) for p in errors if not p.column or p.rule.startswith(("column is", "is not a", "is not te"))
    }
    found = references.dangling(folder, frames, unread)
    # Of an unreadable file nothing more can be asked, and of unreadable dates not whether they are late.
    undated = {p.table for p in errors if p.column in ("", TABLES[p.table].dated_by)}
    if profile is not None:
        found += ahead(folder, frames, undated)
    found += _texts(folder, frames, {table for table, column in unread if not column})
    # What is wrong is mended first; ratios of wrong numbers would only say it again.
    return found + plausibility.implausible(folder, frames, {problem.table for problem in errors})


def _texts(folder: Path, frames: dict[str, pd.DataFrame], broken: set[str]) -> list[Problem]:
    problems = []
    for name, table in TABLES.items():
        path = files.locate(folder, name) if name not in broken else None
        if name in frames:
            problems += text_checks.frame_texts(frames[name], table, path.name)
        elif path is not None and table.events:
            problems += text_checks.event_texts(files.open_lazy(path, table), table, path.name)
    return problems


def read_checked(folder: Path, table: Table) -> pd.DataFrame:
    """A small table, typed and checked; the frame is shared, so that callers copy what they change.

    Raises DataError with the whole report if any rule is broken.
    """
    file = files.locate(folder, table.name)
    stamp = _stamp_path(file, table)
    if stamp.name in _FRAMES:
        return _FRAMES[stamp.name]
    known_good = stamp.exists()
    _, problems, frame = _examine(file, table, skip_rules=known_good)
    _refuse(problems, table)
    if not known_good:
        _stamp(file, table)
    if file.suffix != ".csv" and len(frame) > MANY_ROWS:
        _give_back()
    if len(_FRAMES) >= MOST_FRAMES:
        _FRAMES.pop(next(iter(_FRAMES)))
    _FRAMES[stamp.name] = frame
    return frame


def read_columns(
    folder: Path,
    table: Table,
    columns: Sequence[str],
    narrowed: "Callable[[ibis.Table], ibis.Table] | None" = None,
) -> pd.DataFrame | None:
    """Some columns of a large table that passed its checks before; None of any other table, which is read whole.

    `narrowed` keeps some of the rows, in the engine.
    """
    file = large_file(folder, table)
    if file is None:
        return None
    there = [name for name in columns if name in files.read_names(file, table)]
    if not there:
        return None
    if narrowed is not None:
        raw = narrowed(files.open_lazy(file, table)).select(there).to_pandas()
    else:
        raw = pd.read_parquet(file, columns=there)
    # Of the other columns nothing is wanted, not even that they are empty: millions of rows of nothing take long.
    asked = replace(table, columns=tuple(column for column in table.columns if column.name in columns))
    frame, unread, _ = conversion.typed(raw, asked, file.name)
    _refuse(unread, table)
    _give_back()
    return frame[list(columns)]


def large_file(folder: Path, table: Table) -> Path | None:
    """The Parquet of a large table that passed its checks before and is not in memory; None of any other table."""
    file = files.locate(folder, table.name)
    if file.suffix == ".csv":
        return None
    parts = file.rglob("*.parquet") if file.is_dir() else [file]
    stamp = _stamp_path(file, table)
    small = sum(part.stat().st_size for part in parts) < LARGE
    return None if small or stamp.name in _FRAMES or not stamp.exists() else file


def _give_back() -> None:
    """Gives the memory that reading Parquet took beside its result back to the machine; Arrow would keep it."""
    import pyarrow

    pyarrow.default_memory_pool().release_unused()


def open_checked(folder: Path, table: Table) -> "ibis.Table":
    """An event table, typed, checked in the engine.

    Raises DataError with the whole report if any rule is broken.
    """
    file = files.locate(folder, table.name)
    if not _is_stamped(file, table):
        _, problems, _ = _examine(file, table)
        _refuse(problems, table)
        _stamp(file, table)
    return event_checks.typed_events(files.open_lazy(file, table), table)


def _examine(file: Path, table: Table, skip_rules: bool = False) -> tuple[int, list[Problem], pd.DataFrame | None]:
    try:
        names = files.read_names(file, table)
        problems = frame_checks.column_problems(names, table, file.name)
        if any(problem.rule == frame_checks.TWICE for problem in problems):
            return 0, problems, None
        if table.events:
            raw = files.open_lazy(file, table)
            return int(raw.count().to_pandas()), problems + event_checks.event_problems(raw, table, file.name), None
        raw = files.read_frame(file, table, skip_rules)
    except (InputError, OSError, ValueError) as error:
        return 0, [_unreadable(file, table, error)], None
    except Exception as error:  # the engine's own errors have no common base that can be named without importing it
        if type(error).__module__.split(".")[0] not in ("duckdb", "_duckdb", "pyarrow"):
            raise
        return 0, [_unreadable(file, table, error)], None
    frame, unread, cells = conversion.typed(raw, table, file.name)
    if skip_rules:
        return len(frame), unread, frame
    there = frame[[column for column in frame if column in raw]]
    unread += frame_checks.frame_problems(there, table, file.name, cells)
    wrong = {problem.column for problem in unread}
    return len(frame), problems + unread + row_rules.row_problems(there, table, file.name, wrong), frame


def _unreadable(file: Path, table: Table, error: Exception) -> Problem:
    if file.suffix == ".csv" and not isinstance(error, csv_files.BrokenFile | OSError):
        error = csv_files.explain(file, len(csv_files.header(file, table.names)))
    if isinstance(error, csv_files.BrokenFile):
        return Problem.of(file.name, table.name, "", error.rule, error.remedy, error.rows, count=error.count)
    if isinstance(error, OSError) and error.strerror:
        rule, remedy = (
            f"cannot be read: {error.strerror.lower()}",
            "give yourself the right to read it, or copy it here",
        )
        return Problem.of(file.name, table.name, "", rule, remedy, count=1)
    # The engines put paths and possible options of their own calls below the first line.
    line = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    told = " ".join(word if "/" not in word else file.name for word in line.split())
    rule = f"is not a Parquet file that can be read: {told}"
    return Problem.of(
        file.name, table.name, "", rule, "write it again: it was cut off, or is in another format", count=1
    )


def _refuse(problems: list[Problem], table: Table) -> None:
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise DataError(f"table {table.name!r} cannot be used\n{as_text(errors)}", as_frame(errors))


def _stamp_path(file: Path, table: Table) -> Path:
    parts = sorted(file.rglob("*.parquet")) if file.is_dir() else [file]
    state = [(str(part), part.stat().st_size, part.stat().st_mtime_ns) for part in parts]
    key = hashlib.sha256(repr((RULES_VERSION, state, table)).encode()).hexdigest()[:32]
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
