"""Text cells to typed columns; every cell that cannot be read is reported, none is repaired."""

import pandas as pd

from crossborder.company.problems import Problem
from crossborder.company.tables.contract import DTYPES, Column, Table

__all__ = ["typed"]

BOOLEANS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
FORMS = {
    "integer": ("is not a whole number", "write whole numbers without separators, such as 1200"),
    "number": ("is not a number", "write numbers with a decimal point and without separators, such as 1234.5"),
    "boolean": ("is not true or false", "write true or false"),
    "date": ("is not a date", "write dates as 2026-10-31"),
    "timestamp": ("is not a date and time", "write times as 2026-10-31T14:05:00Z"),
}


def typed(frame: pd.DataFrame, table: Table, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """The table's columns in their types (absent optional ones all missing), and what could not be read."""
    columns, problems = {}, []
    for column in table.columns:
        if column.name not in frame:
            if not column.required:
                columns[column.name] = pd.Series(None, index=frame.index, dtype=_target(column))
            continue
        columns[column.name], bad = _converted(frame[column.name], column)
        if bad.any():
            rule, remedy = FORMS[column.kind]
            rows = bad.to_numpy().nonzero()[0] + 2
            problems.append(
                Problem.of(file, table.name, column.name, rule, remedy, rows, frame[column.name][bad].head(50))
            )
    return pd.DataFrame(columns, index=frame.index), problems


def _target(column: Column) -> str:
    return {"date": "datetime64[us]", "timestamp": "datetime64[us, UTC]"}.get(column.kind, DTYPES[column.kind])


def _converted(cells: pd.Series, column: Column) -> tuple[pd.Series, pd.Series]:
    """The column in its type, and which cells were there but could not be read."""
    if column.kind == "text":
        return _text(cells), pd.Series(False, index=cells.index)
    is_text = cells.dtype == object or isinstance(cells.dtype, pd.StringDtype)
    stripped = cells.astype("str").str.strip() if is_text else cells
    if column.kind == "boolean":
        result = stripped.str.lower().map(BOOLEANS).astype("boolean") if is_text else cells.astype("boolean")
    elif column.kind in ("date", "timestamp"):
        result = _moments(stripped, column.kind, is_text)
    else:
        numbers = pd.to_numeric(stripped, errors="coerce").astype("float64")
        numbers = numbers.where(numbers.abs() != float("inf"))
        if column.kind == "integer":
            numbers = numbers.where(numbers == numbers.round())
            result = numbers.astype("Int64")
        else:
            result = numbers
    return result, cells.notna() & result.isna()


def _text(cells: pd.Series) -> pd.Series:
    if isinstance(cells.dtype, pd.StringDtype):
        return cells.astype("str")
    return cells.where(cells.isna(), cells.astype("str")).astype("str")


def _moments(cells: pd.Series, kind: str, is_text: bool) -> pd.Series:
    if kind == "date":
        form = {"format": "%Y-%m-%d"} if is_text else {}
        moments = pd.to_datetime(cells, errors="coerce", **form)
        return (moments.dt.tz_localize(None) if moments.dt.tz else moments).astype("datetime64[us]")
    form = {"format": "ISO8601"} if is_text else {}
    return pd.to_datetime(cells, errors="coerce", utc=True, **form).astype("datetime64[us, UTC]")
