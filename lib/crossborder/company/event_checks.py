"""The rules of an event table, counted in the engine; no event table is pulled whole into memory."""

from typing import TYPE_CHECKING

from crossborder.company.codes import known_codes
from crossborder.company.conversion import DAY, FORMS, LARGEST, MOMENT
from crossborder.company.frame_checks import EARLIEST, LATEST, rule_in_words
from crossborder.company.problems import FIRST_ROWS, Problem
from crossborder.company.row_rules import rules_of
from crossborder.company.tables.contract import Column, Table

if TYPE_CHECKING:
    import ibis

__all__ = ["event_problems", "first_rows", "typed_events"]

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
    problems = _stored_wrongly(raw, table, file)
    raw = raw.drop(*(problem.column for problem in problems))
    present = [column for column in table.columns if column.name in raw.columns]
    broken = {
        (column.name, check): condition
        for column in present
        for check, condition in _violations(raw[column.name], column).items()
    }
    typed = {column.name: _read(raw[column.name], ENGINE_TYPES[column.kind]) for column in present}
    rules = rules_of(table, set(typed))
    broken |= {(rule.columns[0], place): rule.broken(typed) for place, rule in enumerate(rules)}
    counted = {f"c{place}": condition.sum().fill_null(0) for place, condition in enumerate(broken.values())}
    counts = raw.aggregate(rows_=raw.count(), **counted).to_pandas().iloc[0]
    found = [(*key, condition, int(n)) for (key, condition), n in zip(broken.items(), counts.iloc[1:], strict=True)]
    wrong = {name for name, check, _, count in found if count and isinstance(check, str)}
    for name, check, condition, count in found:
        if not count > 0 or (isinstance(check, int) and wrong & set(rules[check].columns)):
            continue
        rows, values = first_rows(raw, condition, name)
        if isinstance(check, int):
            rule, remedy, severity = rules[check].rule, rules[check].remedy, rules[check].severity
        else:
            column = table[name]
            rule, remedy = FORMS[column.kind] if check == "unreadable" else rule_in_words(column, check)
            severity = "error"
        problems.append(Problem.of(file, table.name, name, rule, remedy, rows, values, count, severity))
    return problems + _doubled_keys(raw, table, file)


def first_rows(raw: "ibis.Table", condition: "ibis.BooleanValue", name: str) -> tuple[list[int], list[object]]:
    """The first few rows (the header is row 1) for which `condition` on `raw` holds, and their cells in `name`."""
    import ibis

    marked = raw.select(row_=ibis.row_number() + 2, cell_=raw[name], bad_=condition)
    first = marked.filter(marked.bad_).order_by("row_").limit(FIRST_ROWS).to_pandas()
    return first["row_"].tolist(), first["cell_"].dropna().tolist()


def _stored_wrongly(raw: "ibis.Table", table: Table, file: str) -> list[Problem]:
    """Columns of a Parquet file whose type cannot stand for the one in the contract."""
    problems, rows = [], None
    for column in table.columns:
        if column.name not in raw.columns or not _wrong_type(raw[column.name].type(), column.kind):
            continue
        rows = int(raw.count().to_pandas()) if rows is None else rows
        rule, remedy = FORMS[column.kind]
        stored = f"{rule}, it is stored as {raw[column.name].type()}"
        problems.append(Problem.of(file, table.name, column.name, stored, remedy, count=max(rows, 1)))
    return problems


def _wrong_type(stored: object, kind: str) -> bool:
    if stored.is_string() or stored.is_null():
        return False
    if kind in ("date", "timestamp"):
        return not (stored.is_date() or stored.is_timestamp())
    if kind == "boolean":
        return not stored.is_boolean()
    if kind == "text":
        return not (stored.is_integer() or stored.is_uuid())
    return not (stored.is_numeric() and not stored.is_boolean())


def _read(cell: "ibis.Column", kind: str) -> "ibis.Column":
    if str(cell.type()).startswith(kind.split("(")[0]):
        return cell.cast(kind)
    return cell.try_cast(kind) if cell.type().is_string() else cell.cast(kind)


def _violations(cell: "ibis.Column", column: Column) -> dict[str, "ibis.BooleanValue"]:
    # Whole numbers are read as real ones first, because the engine would round 1.5 to 2.
    value = _read(cell, "float64" if column.kind == "integer" else ENGINE_TYPES[column.kind])
    is_text = cell.type().is_string()
    empty = cell.isnull() | (cell.cast("string") == "") if is_text else cell.isnull()
    rules = {}
    if is_text and column.kind != "text":
        rules["unreadable"] = ~empty & (value.isnull() | _loose(cell, column.kind))
    if column.kind in ("integer", "number"):
        odd = value.isinf() | value.isnan()
        if column.kind == "integer":
            odd = odd | (value % 1 != 0) | (value.abs() >= LARGEST)
        rules["unreadable"] = rules.get("unreadable", False) | odd.fill_null(False)
    if not column.nullable and column.required:
        rules["not_nullable"] = empty
    readable = ~rules["unreadable"] if "unreadable" in rules else ~empty
    if column.low is not None:
        rules["greater_than_or_equal_to"] = (readable & (value < column.low)).fill_null(False)
    if column.high is not None:
        rules["less_than_or_equal_to"] = (readable & (value > column.high)).fill_null(False)
    if column.choices:
        rules["isin"] = ~empty & ~value.isin(column.choices).fill_null(True)
    if column.pattern:
        rules["str_matches"] = ~empty & ~value.re_search(column.pattern).fill_null(True)
        codes = known_codes(column.unit)
        if codes:
            rules["known_code"] = ~empty & ~rules["str_matches"] & ~value.isin(sorted(codes)).fill_null(True)
    if column.kind in ("date", "timestamp"):
        rules["too_early"] = (readable & (value < _start_of(EARLIEST, column.kind))).fill_null(False)
        rules["too_late"] = (readable & (value >= _start_of(LATEST + 1, column.kind))).fill_null(False)
    return rules


def _start_of(year: int, kind: str) -> "ibis.Scalar":
    import ibis

    return ibis.literal(f"{year}-01-01").cast(ENGINE_TYPES[kind])


def _loose(cell: "ibis.StringValue", kind: str) -> "ibis.BooleanValue":
    """What the engine takes and the contract does not: 1_000, infinity and epoch as dates, 2026/1/5."""
    if kind in ("integer", "number"):
        return cell.contains("_") | cell.lower().contains("x")
    if kind in ("date", "timestamp"):
        return ~cell.strip().re_search(DAY if kind == "date" else MOMENT)
    return cell.isnull()


def _doubled_keys(raw: "ibis.Table", table: Table, file: str) -> list[Problem]:
    import ibis

    key = [name for name in table.key if name in raw.columns]
    if len(key) < len(table.key) or not key:
        return []
    numbered = raw.select(*key, row_number_=ibis.row_number() + 2)
    groups = numbered.group_by(key).aggregate(n=numbered.count(), row=numbered.row_number_.max())
    doubled = groups.filter(groups.n > 1)
    extra = doubled.aggregate(extra=(doubled.n - 1).sum().fill_null(0)).to_pandas()["extra"].iloc[0]
    if not extra > 0:
        return []
    first = doubled.order_by("row").limit(FIRST_ROWS).to_pandas()
    values = first[key].astype(str).agg(" / ".join, axis=1)
    rule = f"key ({', '.join(key)}) stands more than once"
    return [Problem.of(file, table.name, key[0], rule, "keep one row a key", first["row"], values, int(extra))]
