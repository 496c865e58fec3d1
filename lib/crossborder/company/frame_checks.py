"""The rules of a small table, by its pandera schema, told in words."""

import re
import warnings
from collections.abc import Collection

import numpy as np
import pandas as pd

from crossborder.company.codes import known_codes
from crossborder.company.problems import Problem
from crossborder.company.tables.contract import DTYPES, Column, Table

__all__ = ["EARLIEST", "LATEST", "TWICE", "column_problems", "frame_problems", "rule_in_words"]

TWICE = "column stands twice"
EARLIEST, LATEST = 1980, 2099  # years; an empty date that became 1900 or 1970 lies before them


def column_problems(present: list[str], table: Table, file: str) -> list[Problem]:
    """Columns that are missing or stand twice (errors), and columns that the contract does not know (a note)."""
    known = {column.name for column in table.columns}
    problems = []
    spare = list(dict.fromkeys(name for name in present if name not in known))
    for column in table.columns:
        if column.required and column.name not in present:
            remedy = f"add {column.name!r}: {column.meaning} [{column.unit}]"
            if spare:
                remedy += f"; or rename one of {', '.join(map(repr, spare[:6]))}"
            problems.append(Problem.of(file, table.name, column.name, "column is missing", remedy, count=1))
    doubled = sorted({name for name in present if name in known and present.count(name) > 1})
    problems += [Problem.of(file, table.name, name, TWICE, "keep one of the two columns", count=1) for name in doubled]
    unknown = spare
    if unknown:
        text = f"column{'s' if len(unknown) > 1 else ''} not in the contract, left aside"
        remedy = f"see `crossborder check --describe {table.name}`"
        problems.append(
            Problem.of(file, table.name, ", ".join(unknown[:8]), text, remedy, count=len(unknown), severity="note")
        )
    return problems


def frame_problems(frame: pd.DataFrame, table: Table, file: str, unread: dict[str, np.ndarray]) -> list[Problem]:
    """Every rule that the typed frame breaks: missing values, bounds, choices, codes, years, doubled keys.

    Cells that are `unread` have become missing; they are told once, as unreadable, and not here.
    """
    problems = _outside(frame, table, file)
    if _surely_sound(frame, table):
        return problems
    with warnings.catch_warnings():
        # pandera loads every backend that it finds installed, and some of those warn about each other.
        warnings.simplefilter("ignore")
        import pandera.errors

        try:
            table.schema().validate(frame.reset_index(drop=True), lazy=True)
        except pandera.errors.SchemaErrors as failures:
            problems += _in_words(failures.failure_cases, frame, table, file, unread)
    return problems


def _surely_sound(frame: pd.DataFrame, table: Table) -> bool:
    """Whether the frame keeps every rule of the schema; False is a doubt, which pandera then settles and puts in words.

    The first opening of a folder would otherwise load and run pandera on tables that have nothing wrong.
    """
    required = [column.name for column in table.columns if column.required]
    if not {*required, *table.key} <= set(frame.columns) or (table.key and frame.duplicated(list(table.key)).any()):
        return False
    there = [column for column in table.columns if column.name in frame.columns]
    return all(_keeps(frame[column.name], column) for column in there)


def _keeps(cells: pd.Series, column: Column) -> bool:
    if str(cells.dtype) != DTYPES[column.kind]:
        return False
    empty = cells.isna()
    if empty.any():
        if not column.nullable:
            return False
        cells = cells[~empty]
    low, high = column.low, column.high
    inside = (low is None or (cells >= low).all()) and (high is None or (cells <= high).all())
    chosen = not column.choices or cells.isin(column.choices).all()
    return bool(inside and chosen and (not column.pattern or cells.str.match(column.pattern).all()))


def _outside(frame: pd.DataFrame, table: Table, file: str) -> list[Problem]:
    """Codes of no country or currency, years of no company."""
    found = []
    for column in table.columns:
        if column.name not in frame:
            continue
        cells, codes = frame[column.name], known_codes(column.unit)
        if codes:
            found.append((column, "known_code", _of_no_country(cells, column.pattern, codes)))
        elif column.kind in ("date", "timestamp"):
            found += [(column, "too_early", (cells.dt.year < EARLIEST).to_numpy())]
            found += [(column, "too_late", (cells.dt.year > LATEST).to_numpy())]
    return [
        Problem.of(
            file, table.name, column.name, *rule_in_words(column, check), odd.nonzero()[0] + 2,
            frame.loc[odd, column.name].head(50),
        )
        for column, check, odd in found
        if odd.any()
    ]  # fmt: skip


def _of_no_country(cells: pd.Series, pattern: str, codes: Collection[str]) -> np.ndarray:
    """Cells that look like codes and are none; looked up once a value, as a column has few."""
    values = cells.dropna().unique()
    odd = [value for value in values if value not in codes and re.fullmatch(pattern.strip("^$"), value)]
    return cells.isin(odd).to_numpy(dtype=bool) if odd else np.zeros(len(cells), dtype=bool)


def _in_words(
    cases: pd.DataFrame, frame: pd.DataFrame, table: Table, file: str, unread: dict[str, np.ndarray]
) -> list[Problem]:
    problems = []
    cases = cases[cases["index"].notna()]
    for (column, check), group in cases.groupby(["column", "check"], sort=False):
        if check == "multiple_fields_uniqueness":
            continue
        if str(check).startswith("not_nullable") and column in unread:
            group = group[~unread[column][group["index"].astype(int)]]
            if group.empty:
                continue
        rule, remedy = rule_in_words(table[column], str(check))
        rows = sorted(set(group["index"].astype(int) + 2))
        problems.append(
            Problem.of(file, table.name, column, rule, remedy, rows, group["failure_case"].dropna().head(50))
        )
    return problems + _doubled_keys(frame, table, file, unread)


def _doubled_keys(frame: pd.DataFrame, table: Table, file: str, unread: dict[str, np.ndarray]) -> list[Problem]:
    key = list(table.key)
    if not key or not set(key) <= set(frame.columns):
        return []
    doubled = frame.duplicated(key, keep="first").to_numpy(copy=True)
    for column in key:  # a missing part of a key is told as missing
        if not table[column].nullable:
            doubled &= frame[column].notna().to_numpy()
        if column in unread:
            doubled &= ~unread[column]
    if not doubled.any():
        return []
    values = frame.loc[doubled, key].head(50).astype("object").fillna("").astype("str").agg(" / ".join, axis=1)
    rule = f"key ({', '.join(key)}) stands more than once"
    return [Problem.of(file, table.name, key[0], rule, "keep one row a key", doubled.nonzero()[0] + 2, values)]


def rule_in_words(column: Column, check: str) -> tuple[str, str]:
    """The rule broken and the remedy, in words."""
    unit = f"{column.meaning} [{column.unit}]"
    if check.startswith("not_nullable"):
        return "is empty", f"fill it: {unit}"
    if check.startswith("greater_than"):
        return f"is below {column.low:g}", f"at least {column.low:g}: {unit}"
    if check.startswith("less_than"):
        percent = "; write 35 % as 0.35" if column.unit == "fraction" else ""
        return f"is above {column.high:g}", f"at most {column.high:g}: {unit}{percent}"
    if check == "known_code":
        example = "such as GB for the United Kingdom" if column.unit.startswith("ISO 3166") else "such as EUR"
        return f"is no code of {column.unit}", f"write the code of {column.unit}, {example}"
    if check in ("too_early", "too_late"):
        rule = f"lies before {EARLIEST}" if check == "too_early" else f"lies after {LATEST}"
        return rule, f"correct the year: {unit}"
    if check.startswith("isin"):
        return "is not one of the choices", f"one of {', '.join(column.choices)}"
    if check.startswith("str_matches"):
        return "is not of the form", f"{column.unit}, of the form {column.pattern}"
    return f"breaks the rule {check}", unit
