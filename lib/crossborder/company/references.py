"""References between tables: every one leads to a row that exists. Events are compared in the engine."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from crossborder.company import files
from crossborder.company.event_checks import first_rows
from crossborder.company.problems import FIRST_ROWS, Problem
from crossborder.company.tables import TABLES

if TYPE_CHECKING:
    import ibis

__all__ = ["dangling"]


def dangling(folder: Path, frames: dict[str, pd.DataFrame], broken: set[tuple[str, str]]) -> list[Problem]:
    """References to rows that do not exist, between the tables that are there.

    `broken` holds the (table, column) that cannot be asked; ("orders", "") stands for the whole table.
    """
    problems = []
    for name, table in TABLES.items():
        for column in table.columns:
            if not column.refers_to:
                continue
            other, target = column.refers_to.split(".")
            if broken & {(name, ""), (other, ""), (name, column.name), (other, target)}:
                continue
            here, there = _cells(folder, frames, name, column.name), _cells(folder, frames, other, target)
            if here is not None and there is not None:
                problems += _missing(folder, name, column.name, here, there)
    return problems


def _cells(folder: Path, frames: dict[str, pd.DataFrame], table: str, column: str) -> "pd.Series | ibis.Table | None":
    """A column: a series of a small table, a one-column table of the engine for events, None where absent."""
    if table in frames:
        return frames[table].get(column)
    path = files.locate(folder, table)
    if path is None or not TABLES[table].events:
        return None
    raw = files.open_lazy(path, TABLES[table])
    return raw.select(value_=raw[column].cast("string")) if column in raw.columns else None


def _missing(folder: Path, table: str, column: str, here, there) -> list[Problem]:
    if isinstance(here, pd.Series) and isinstance(there, pd.Series):
        bad = (here.notna() & ~here.isin(there)).to_numpy()
        rows, values, count = bad.nonzero()[0] + 2, here[bad].head(50), int(bad.sum())
    elif isinstance(here, pd.Series):
        wanted = here.dropna().drop_duplicates()
        lost = files.engine().to_pandas(_as_table(wanted).anti_join(there, "value_"))
        bad = here.isin(lost["value_"]).to_numpy()
        rows, values, count = bad.nonzero()[0] + 2, here[bad].head(50), int(bad.sum())
    else:
        known = _as_table(there.dropna().drop_duplicates()) if isinstance(there, pd.Series) else there.distinct()
        wanted = here.filter(here.value_.notnull() & (here.value_ != ""))
        lost = wanted.anti_join(known, "value_")
        count = int(files.engine().execute(lost.count()))
        values = files.engine().to_pandas(lost.distinct().order_by("value_").limit(FIRST_ROWS))["value_"].tolist()
        rows = first_rows(here, here.value_.isin(values), "value_")[0] if count else []
    if not count:
        return []
    other = f"{TABLES[table][column].refers_to}"
    remedy = f"add the row to {other.split('.')[0]}, or correct the reference"
    file = files.locate(folder, table).name
    return [Problem.of(file, table, column, f"is not in {other}", remedy, rows, values, count)]


def _as_table(values: pd.Series) -> "ibis.Table":
    import ibis

    return ibis.memtable(pd.DataFrame({"value_": values.astype("str").to_numpy()}), schema={"value_": "string"})
