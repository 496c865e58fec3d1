"""The report of `crossborder check`: what is wrong with a company's tables, and what tables and columns mean."""

import json
from dataclasses import asdict

from crossborder.errors import InputError

__all__ = ["checked", "described"]


def checked(path: str, as_json: bool) -> tuple[str, bool]:
    """The whole report on a company's folder as text or JSON, and whether nothing is wrong."""
    from crossborder.company import checks

    report = checks.check(path)
    if not as_json:
        return str(report), not report.errors
    content = {
        "folder": report.folder,
        "tables": report.tables.to_dict("records"),
        "problems": [asdict(problem) for problem in report.problems],
    }
    return json.dumps(content, indent=1, ensure_ascii=False, default=str), not report.errors


def described(table: str, as_json: bool) -> str:
    """One table with its columns, or all tables: unit, meaning and rules.

    Raises InputError for a table that the contract does not have.
    """
    from crossborder.company.tables import TABLES

    if table and table not in TABLES:
        raise InputError.unknown("table", table, TABLES)
    chosen = [TABLES[table]] if table else list(TABLES.values())
    if as_json:
        return json.dumps([asdict(one) for one in chosen], indent=1, ensure_ascii=False, default=str)
    return "\n\n".join(_table(one) for one in chosen) if table else "\n".join(_line(one) for one in chosen)


def _line(table: object) -> str:
    needed = sum(column.required for column in table.columns)
    return f"{table.name:<24} one row is {table.row} ({len(table.columns)} columns, {needed} needed)"


def _table(table: object) -> str:
    key = f", unique by {', '.join(table.key)}" if table.key else ""
    lines = [f"{table.name}: one row is {table.row}{key}; made by `crossborder import {table.importer}`"]
    for row in table.describe().to_dict("records"):
        rules = [] if row["required"] else ["may be absent"]
        rules += ["may be empty"] if row["may be empty"] else []
        rules += [row["allowed"]] if row["allowed"] else []
        about = f" ({'; '.join(rules)})" if rules else ""
        lines.append(f"  {row['column']:<24} {row['type']:<9} [{row['unit']}] {row['meaning']}{about}")
    return "\n".join(lines)
