"""The rules of a small table, by its pandera schema, told in words."""

import warnings

import pandas as pd

from crossborder.company.problems import Problem
from crossborder.company.tables.contract import Column, Table

__all__ = ["column_problems", "frame_problems", "rule_in_words"]


def column_problems(present: list[str], table: Table, file: str) -> list[Problem]:
    """Columns that are missing or stand twice (errors), and columns that the contract does not know (a note)."""
    known = {column.name for column in table.columns}
    problems = []
    spare = [name for name in present if name not in known]
    for column in table.columns:
        if column.required and column.name not in present:
            remedy = f"add {column.name!r}: {column.meaning} [{column.unit}]"
            if spare:
                remedy += f"; or rename one of {', '.join(map(repr, spare[:6]))}"
            problems.append(Problem.of(file, table.name, column.name, "column is missing", remedy, count=1))
    # pandas renames a doubled header to NAME.1, DuckDB to NAME_1.
    doubled = [
        name
        for name in spare
        if name.rsplit(".", 1)[0] in known or (name.rsplit("_", 1)[0] in known and name[-1:].isdigit())
    ]
    problems += [
        Problem.of(file, table.name, name, "column stands twice", "keep one of the two columns", count=1)
        for name in doubled
    ]
    unknown = [name for name in spare if name not in doubled]
    if unknown:
        text = f"column{'s' if len(unknown) > 1 else ''} not in the contract, left aside"
        remedy = f"see `crossborder check --describe {table.name}`"
        problems.append(
            Problem.of(file, table.name, ", ".join(unknown[:8]), text, remedy, count=len(unknown), severity="note")
        )
    return problems


def frame_problems(frame: pd.DataFrame, table: Table, file: str) -> list[Problem]:
    """Every rule that the typed frame breaks: missing values, bounds, choices, patterns, doubled keys."""
    with warnings.catch_warnings():
        # pandera loads every backend that it finds installed, and some of those warn about each other.
        warnings.simplefilter("ignore")
        import pandera.errors

        try:
            table.schema().validate(frame.reset_index(drop=True), lazy=True)
        except pandera.errors.SchemaErrors as failures:
            return _in_words(failures.failure_cases, frame, table, file)
    return []


def _in_words(cases: pd.DataFrame, frame: pd.DataFrame, table: Table, file: str) -> list[Problem]:
    problems = []
    cases = cases[cases["index"].notna()]
    # A cell that could not be read is reported by the conversion; here it would only be reported again as missing.
    for (column, check), group in cases.groupby(["column", "check"], sort=False):
        if check == "multiple_fields_uniqueness":
            continue
        rule, remedy = rule_in_words(table[column], str(check))
        rows = sorted(set(group["index"].astype(int) + 2))
        problems.append(
            Problem.of(file, table.name, column, rule, remedy, rows, group["failure_case"].dropna().head(50))
        )
    return problems + _doubled_keys(frame, table, file)


def _doubled_keys(frame: pd.DataFrame, table: Table, file: str) -> list[Problem]:
    key = list(table.key)
    if not key or not set(key) <= set(frame.columns):
        return []
    doubled = frame.duplicated(key, keep="first").to_numpy()
    if not doubled.any():
        return []
    values = frame.loc[doubled, key].astype(str).agg(" / ".join, axis=1).head(50)
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
        return f"is above {column.high:g}", f"at most {column.high:g}: {unit}"
    if check.startswith("isin"):
        return "is not one of the choices", f"one of {', '.join(column.choices)}"
    if check.startswith("str_matches"):
        return "is not of the form", f"{column.unit}, of the form {column.pattern}"
    return f"breaks the rule {check}", unit
