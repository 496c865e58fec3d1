"""Rows dated after the day on which a company's data were taken: told, and left out of every table."""

from pathlib import Path

import pandas as pd

from crossborder.company import event_checks, files
from crossborder.company.problems import FIRST_ROWS, Problem
from crossborder.company.tables import TABLES

__all__ = ["ahead"]

RULE = "is after the company's as_of, {day}"
REMEDY = "correct the date, or set as_of in company.yaml; until then the rows are left out"


def ahead(folder: Path, frames: dict[str, pd.DataFrame], broken: set[str]) -> list[Problem]:
    """One note a table with rows after `as_of`; `frames` are the small tables read, events are asked in place.

    Tables that are `broken` (the file or its dates cannot be read) are not asked.
    """
    if "orders" in broken and not (folder / "company.yaml").exists():
        return []  # the day would come from the orders
    day = str(files.read_profile(folder)["as_of"])
    end = pd.Timestamp(day) + pd.Timedelta(days=1)
    problems = []
    for name, table in TABLES.items():
        path = files.locate(folder, name) if table.dated_by and name not in broken else None
        if path is None:
            continue
        if table.events:
            count, rows, values = _events_after(path, table, end)
        elif name in frames and table.dated_by in frames[name]:
            dated = frames[name][table.dated_by]
            late = (dated >= (end.tz_localize("UTC") if dated.dt.tz else end)).fillna(False).to_numpy()
            count, rows, values = int(late.sum()), late.nonzero()[0] + 2, dated[late].head(FIRST_ROWS)
        else:
            continue
        if count:
            rule = RULE.format(day=day)
            problems.append(Problem.of(path.name, name, table.dated_by, rule, REMEDY, rows, values, count, "note"))
    return problems


def _events_after(path: Path, table, end: pd.Timestamp) -> tuple[int, list[int], pd.Series]:
    import ibis

    raw = files.open_lazy(path, table)
    if table.dated_by not in raw.columns:
        return 0, [], pd.Series(dtype="str")
    numbered = event_checks.typed_events(raw, table).mutate(row_number_=ibis.row_number() + 2)
    column = numbered[table.dated_by]
    limit = (
        ibis.timestamp(end.isoformat(), timezone="UTC") if column.type().is_timestamp() else ibis.date(str(end.date()))
    )
    late = numbered.filter(column >= limit)
    count = int(late.count().to_pandas())
    if not count:
        return 0, [], pd.Series(dtype="str")
    first = late.order_by("row_number_").select("row_number_", table.dated_by).limit(FIRST_ROWS).to_pandas()
    return count, first["row_number_"].tolist(), first[table.dated_by]
