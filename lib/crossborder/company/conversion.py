"""Text cells to typed columns; every cell that cannot be read is reported, none is repaired."""

import numpy as np
import pandas as pd
from pandas.api import types

from crossborder.company.problems import Problem
from crossborder.company.tables.contract import DTYPES, Column, Table

__all__ = ["DAY", "FORMS", "LARGEST", "MOMENT", "typed", "wrong_type"]

BOOLEANS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
FORMS = {
    "text": ("is not text", "store identifiers and names as text"),
    "integer": ("is not a whole number", "write whole numbers without separators, such as 1200"),
    "number": ("is not a number", "write numbers with a decimal point and without separators, such as 1234.5"),
    "boolean": ("is not true or false", "write true or false"),
    "date": ("is not a date", "write dates as 2026-10-31"),
    "timestamp": ("is not a date and time", "write times as 2026-10-31T14:05:00Z"),
}
# Both readers, pandas and the engine, take more than this and not the same (`now`, `2026`, `epoch`).
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MOMENT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)? ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?$"
)
TEXT = types.pandas_dtype("str")
LARGEST = 2.0**53  # beyond it a double no longer holds every whole number


def typed(frame: pd.DataFrame, table: Table, file: str) -> tuple[pd.DataFrame, list[Problem], dict[str, np.ndarray]]:
    """The table's columns in their types (absent optional ones all missing), and what could not be read.

    The third part says, for each column that is there, which cells could not be read.
    """
    columns, problems, unread = {}, [], {}
    for column in table.columns:
        if column.name not in frame:
            if not column.required:
                columns[column.name] = pd.Series(None, index=frame.index, dtype=_target(column))
            continue
        cells = frame[column.name]
        kept = wrong_type(cells, column)
        rule, remedy = FORMS[column.kind]
        if kept:
            columns[column.name] = pd.Series(None, index=frame.index, dtype=_target(column))
            bad, rule = np.ones(len(frame), dtype=bool), f"{rule}, it is stored as {kept}"
        else:
            columns[column.name], bad = _converted(cells, column)
        unread[column.name] = bad
        if bad.any():
            rows = bad.nonzero()[0] + 2
            problems.append(Problem.of(file, table.name, column.name, rule, remedy, rows, cells[bad].head(50)))
    return pd.DataFrame(columns, index=frame.index), problems, unread


def wrong_type(cells: pd.Series, column: Column) -> str:
    """The type in which the column is stored, if it cannot stand for the type in the contract; else empty."""
    dtype, kind = cells.dtype, column.kind
    is_time = types.is_datetime64_any_dtype(dtype)
    is_number = types.is_numeric_dtype(dtype) and not types.is_bool_dtype(dtype)
    if kind == "text":
        wrong = is_time or types.is_bool_dtype(dtype) or (types.is_float_dtype(dtype) and cells.notna().any())
    elif kind in ("date", "timestamp"):
        wrong = is_number or types.is_bool_dtype(dtype)
    elif kind == "boolean":
        wrong = is_time or is_number
    else:
        wrong = is_time or types.is_bool_dtype(dtype)
    if not wrong and types.is_object_dtype(dtype):
        inside = types.infer_dtype(cells, skipna=True)
        wrong = inside in ("bytes", "mixed") and not cells.map(lambda cell: isinstance(cell, str)).all()
        return inside if wrong else ""
    return str(dtype) if wrong else ""


def _target(column: Column) -> str:
    return {"date": "datetime64[us]", "timestamp": "datetime64[us, UTC]"}.get(column.kind, DTYPES[column.kind])


def _converted(cells: pd.Series, column: Column) -> tuple[pd.Series | np.ndarray, np.ndarray]:
    """The column in its type, and which cells were there but could not be read."""
    if column.kind == "text":
        return _text(cells), np.zeros(len(cells), dtype=bool)
    is_text = cells.dtype == object or isinstance(cells.dtype, pd.StringDtype)
    stripped = (cells if cells.dtype == TEXT else cells.astype(TEXT)).str.strip() if is_text else cells
    if column.kind == "boolean":
        result = stripped.str.lower().map(BOOLEANS).astype("boolean") if is_text else cells.astype("boolean")
    elif column.kind in ("date", "timestamp"):
        result = _moments(stripped, column.kind, is_text)
    else:
        result = _numbers(stripped, column.kind)
    missing = pd.isna(result)
    return result, np.asarray(missing & cells.notna()) if missing.any() else np.zeros(len(cells), dtype=bool)


def _numbers(cells: pd.Series, kind: str) -> np.ndarray | pd.arrays.IntegerArray:
    """Numbers; what is none, is infinite, or is not whole where it should be, is missing."""
    values = pd.to_numeric(cells, errors="coerce").to_numpy("float64", na_value=np.nan)
    odd = np.isinf(values)
    if kind == "integer":
        odd |= (values != np.round(values)) | (np.abs(values) >= LARGEST)
    if odd.any():
        values = np.where(odd, np.nan, values)
    if kind == "number":
        return values
    missing = np.isnan(values)
    return pd.arrays.IntegerArray(np.where(missing, 1, values).astype("int64"), missing)


def _text(cells: pd.Series) -> pd.Series:
    if isinstance(cells.dtype, pd.StringDtype):
        return cells if cells.dtype == TEXT else cells.astype(TEXT)
    return cells.where(cells.isna(), cells.astype(TEXT)).astype(TEXT)


def _moments(cells: pd.Series, kind: str, is_text: bool) -> pd.Series:
    if is_text:
        cells = cells.where(cells.str.match(DAY if kind == "date" else MOMENT))
    if kind == "date":
        form = {"format": "%Y-%m-%d"} if is_text else {}
        moments = pd.to_datetime(cells, errors="coerce", **form)
        moments = moments.dt.tz_localize(None) if moments.dt.tz else moments
        values = moments.to_numpy()
        within = (values != values.astype("datetime64[D]")) & ~np.isnat(values)  # a time of day is no date
        return (moments.mask(within) if within.any() else moments).astype("datetime64[us]")
    form = {"format": "ISO8601"} if is_text else {}
    return pd.to_datetime(cells, errors="coerce", utc=True, **form).astype("datetime64[us, UTC]")
