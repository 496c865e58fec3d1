"""The rules of an event table, counted in the engine; no event table is pulled whole into memory."""

from typing import TYPE_CHECKING

from crossborder.company.conversion import FORMS
from crossborder.company.frame_checks import rule_in_words
from crossborder.company.problems import FIRST_ROWS, Problem
from crossborder.company.tables.contract import Column, Table

if TYPE_CHECKING:
    import ibis

__all__ = ["event_problems", "typed_events"]

ENGINE_TYPES = {
    "text": "string", "integer": "int64", "number": "float64", "boolean": "boolean",
    "date": "date", "timestamp": "timestamp('UTC')",
}  # fmt: skip


def typed_events(raw: "ibis.Table", table: Table) -> "ibis.Table":
    """All columns of the contract in their types; absent optional ones are missing, unreadable cells too."""
    import ibis

    columns = {}
    for column in table.columns:
        kind = ENGINE_TYPES[column.kind]
        if column.name in raw.columns:
            columns[column.name] = _read(raw[column.name], kind)
        elif not column.required:
            columns[column.name] = ibis.null(kind)
    return raw.select(**columns)


def event_problems(raw: "ibis.Table", table: Table, file: str) -> list[Problem]:
    """Every rule that the events break, with counts and the first few rows and values."""
    import ibis

    present = [column for column in table.columns if column.name in raw.columns]
    broken = {
        (column.name, check): condition
        for column in present
        for check, condition in _violations(raw[column.name], column).items()
    }
    counted = {f"c{place}": condition.sum().fill_null(0) for place, condition in enumerate(broken.values())}
    counts = raw.aggregate(**counted).to_pandas().iloc[0]
    problems = []
    numbered = raw.mutate(row_number_=ibis.row_number() + 2)
    for place, ((name, check), _) in enumerate(broken.items()):
        if not counts[f"c{place}"] > 0:
            continue
        column = table[name]
        bad = numbered.filter(_violations(numbered[name], column)[check])
        first = bad.order_by("row_number_").select("row_number_", name).limit(FIRST_ROWS).to_pandas()
        rule, remedy = FORMS[column.kind] if check == "unreadable" else rule_in_words(column, check)
        values = first[name].dropna()
        problems.append(
            Problem.of(file, table.name, name, rule, remedy, first["row_number_"], values, int(counts[f"c{place}"]))
        )
    return problems + _doubled_keys(numbered, table, file)


def _read(cell: "ibis.Column", kind: str) -> "ibis.Column":
    if str(cell.type()).startswith(kind.split("(")[0]):
        return cell.cast(kind)
    return cell.try_cast(kind) if cell.type().is_string() else cell.cast(kind)


def _violations(cell: "ibis.Column", column: Column) -> dict[str, "ibis.BooleanValue"]:
    # Whole numbers are read as real ones first, because the engine would round 1.5 to 2.
    value = _read(cell, "float64" if column.kind == "integer" else ENGINE_TYPES[column.kind])
    empty = cell.isnull() | (cell.cast("string") == "") if cell.type().is_string() else cell.isnull()
    rules = {}
    if cell.type().is_string() and column.kind != "text":
        rules["unreadable"] = ~empty & value.isnull()
    if column.kind in ("integer", "number"):
        odd = value.isinf() | value.isnan() if column.kind == "number" else value != value.round()
        rules["unreadable"] = rules.get("unreadable", False) | odd.fill_null(False)
    if not column.nullable and column.required:
        rules["not_nullable"] = empty
    if column.low is not None:
        rules["greater_than_or_equal_to"] = (value < column.low).fill_null(False)
    if column.high is not None:
        rules["less_than_or_equal_to"] = (value > column.high).fill_null(False)
    if column.choices:
        rules["isin"] = ~empty & ~value.isin(column.choices).fill_null(True)
    if column.pattern:
        rules["str_matches"] = ~empty & ~value.re_search(column.pattern).fill_null(True)
    return rules


def _doubled_keys(numbered: "ibis.Table", table: Table, file: str) -> list[Problem]:
    key = [name for name in table.key if name in numbered.columns]
    if len(key) < len(table.key) or not key:
        return []
    groups = numbered.group_by(key).aggregate(n=numbered.count(), row=numbered.row_number_.max())
    doubled = groups.filter(groups.n > 1)
    extra = doubled.aggregate(extra=(doubled.n - 1).sum().fill_null(0)).to_pandas()["extra"].iloc[0]
    if not extra > 0:
        return []
    first = doubled.order_by("row").limit(FIRST_ROWS).to_pandas()
    values = first[key].astype(str).agg(" / ".join, axis=1)
    rule = f"key ({', '.join(key)}) stands more than once"
    return [Problem.of(file, table.name, key[0], rule, "keep one row a key", first["row"], values, int(extra))]
