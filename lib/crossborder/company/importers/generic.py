"""Any table of any file, by a small YAML mapping, or under the contract's own column names."""

from typing import TYPE_CHECKING

from crossborder.company.importers import cells, places, reading
from crossborder.company.importers.desk import quoted
from crossborder.company.importers.interface import Imported, Importer, Options, Rule, Source
from crossborder.company.importers.mapping_file import ColumnRule, LeaveOut, Mapped, read_mapping
from crossborder.company.importers.order_lines import needs_currency
from crossborder.company.importers.reading import header_key
from crossborder.company.problems import Problem
from crossborder.company.tables import TABLES
from crossborder.company.tables.contract import Column
from crossborder.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from crossborder.company.importers.desk import Desk

__all__ = ["IMPORTER"]

KINDS = {"text": "text", "integer": "integer", "boolean": "boolean", "date": "date", "timestamp": "moment"}
CODE = "^[A-Z]{2}$"


def opens(desk: "Desk", path: "Path", options: Options) -> list[Source]:
    """The file's rows under its own headers, with the encoding, delimiter and sheet that the mapping may name."""
    return reading.open_sources(
        desk, path, (), read_mapping(options.mapping, options).options if options.mapping else options
    )


def read(desk: "Desk", sources: list[Source], options: Options) -> Imported:
    """One table of the contract from the files' columns."""
    mapped = read_mapping(options.mapping, options) if options.mapping else _by_name(sources, options)
    parts = [_part(desk, source, mapped, place) for place, source in enumerate(sources)]
    rows = desk.keep(" UNION ALL BY NAME ".join(f"SELECT * FROM {part}" for part in parts), "rows")
    table, there = mapped.table, set(desk.columns(rows))
    money = [c.name for c in table.columns if c.kind == "number" and "money" in c.unit + c.name and c.name in there]
    money += [c.name for c in table.columns if c.unit == "USD" and c.name in there]
    amounts = {name: f"coalesce({_cell(name)}, 0)" for name in dict.fromkeys(money)}
    if {"quantity", "unit_price"} <= there and table.name == "orders":
        amounts = {"goods": "coalesce(quantity * unit_price, 0)"} | {
            k: v for k, v in amounts.items() if k != "unit_price"
        }
    columns = ", ".join(_cell(c.name) for c in table.columns if c.name in there)
    currency = "currency" if "currency" in there else "'' AS currency"
    measured = "".join(
        f", CAST({expression} AS DECIMAL(28, 6)) AS {_cell(name)}" for name, expression in amounts.items()
    )
    spare = "" if "currency" in there else ", '' AS currency"
    return Imported(
        {table.name: f"SELECT {columns}{spare} FROM {rows} WHERE reason IS NULL ORDER BY place_, row_"},
        f"SELECT file_, row_, 1 AS part_, coalesce(reason, 'row of {table.name}') AS fate, reason IS NOT NULL AS left_out,"
        f" {currency}{measured} FROM {rows}",
        {name: {table.name: expression} for name, expression in amounts.items()},
        mapping=tuple(Rule(rule.header, f"{table.name}.{rule.target}", _how(rule)) for rule in mapped.columns)
        + tuple(Rule(rule.header, "", "decides which rows are left out") for rule in mapped.leave_out),
    )


def _cell(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _by_name(sources: list[Source], options: Options) -> Mapped:
    """The mapping of files that carry the contract's column names and the name of their table."""
    stem = sources[0].path.name.split(".")[0].casefold()
    name = next((table for table in sorted(TABLES, key=len, reverse=True) if stem.startswith(table)), None)
    if name is None:
        raise InputError(
            f"{sources[0].name} names no table\n  without --map a file is called as its table, such as orders.csv\n"
            "  do: rename it, or write a mapping file and say --map FILE.yaml"
        )
    there = {header_key(header): header for header in reversed(sources[0].headers)}
    found = [ColumnRule(c.name, there[header_key(c.name)]) for c in TABLES[name].columns if header_key(c.name) in there]
    return Mapped(TABLES[name], tuple(found), (), options)


def _part(desk: "Desk", source: Source, mapped: Mapped, place: int) -> str:
    """A file's rows under the contract's names, typed, with `reason` for those left out."""
    table, options = mapped.table, mapped.options
    lacking = [
        rule.header for rule in (*mapped.columns, *mapped.leave_out) if rule.header and not source.has(rule.header)
    ]
    for header in dict.fromkeys(lacking):
        remedy = f"name one of its headers: {', '.join(source.headers[:12])}"
        desk.problems.append(
            Problem.of(source.name, table.name, header, "header of the mapping is not in the file", remedy, count=1)
        )
    rules = [rule for rule in mapped.columns if not rule.header or source.has(rule.header)]
    raw = desk.keep(
        f"SELECT file_, row_, {_reason(mapped.leave_out, source)} AS reason{''.join(', ' + _raw(r, table[r.target]) for r in rules)}"
        f" FROM {source.table}",
        "raw",
    )
    shown = Source(source.path, raw, source.headers, {r.target: r.header or r.target for r in rules}, source.rows, {})
    typed = cells.typed(desk, shown, {r.target: _kind(table[r.target]) for r in rules}, options)
    filled = _filled(desk, typed, shown, mapped)
    changes = [change for rule in rules if (change := _change(rule, table[rule.target]))]
    replaced = f"* REPLACE ({', '.join(changes)})" if changes else "*"
    judged = f"SELECT {replaced}, {place} AS place_ FROM {filled}"
    return desk.keep(
        f"SELECT * REPLACE (CASE WHEN unread_ THEN 'a cell cannot be read' ELSE reason END AS reason) FROM ({judged})",
        "part",
    )


def _kind(column: Column) -> str:
    if column.kind == "number":
        return "money" if "money" in column.unit or column.unit == "USD" else "number"
    return KINDS[column.kind]


def _raw(rule: ColumnRule, column: Column) -> str:
    if not rule.header:
        return f"CAST({quoted(rule.constant)} AS VARCHAR) AS {_cell(rule.target)}"
    cell = _cell(rule.header)
    if rule.values:
        pairs = ", ".join(f"{quoted(key.casefold())}: {quoted(value)}" for key, value in rule.values.items())
        cell = f"coalesce(MAP {{{pairs}}}[lower(trim(CAST({cell} AS VARCHAR)))], CAST({cell} AS VARCHAR))"
    if rule.form and column.kind in ("date", "timestamp"):
        read_as = f"try_strptime(trim(CAST({cell} AS VARCHAR)), {quoted(rule.form)})"
        cell = f"coalesce(strftime(CAST({read_as} AS TIMESTAMP), '%Y-%m-%d %H:%M:%S'), CAST({cell} AS VARCHAR))"
    return f"{cell} AS {_cell(rule.target)}"


def _change(rule: ColumnRule, column: Column) -> str:
    name = _cell(rule.target)
    if column.kind == "number" and (rule.divide or rule.negate):
        kind = "DECIMAL(18, 6)" if _kind(column) == "money" else "DOUBLE"
        return f"CAST({'-' if rule.negate else ''}CAST({name} AS DOUBLE) / {rule.divide or 1} AS {kind}) AS {name}"
    if column.pattern in (CODE, "^[A-Z]{3}$"):
        return f"upper({name}) AS {name}"
    return ""


def _filled(desk: "Desk", typed: str, source: Source, mapped: Mapped) -> str:
    """The rows with market codes, the currency, and (orders) the line within the order, where the file has none."""
    table, options, there = mapped.table, mapped.options, {c.name for c in mapped.table.columns}
    if source.has("market"):
        named = desk.keep(f"SELECT * RENAME (market AS country) FROM {typed}", "named")
        placed = places.with_market(desk, named, "country", source, options)
        empty = "country IS NULL" if table["market"].nullable and not options.market else "false"
        typed = desk.keep(
            f"SELECT * EXCLUDE (country) REPLACE (CASE WHEN {empty} THEN NULL ELSE market END AS market) FROM {placed}",
            "rows",
        )
    elif "market" in there and options.market:
        typed = desk.keep(f"SELECT *, {quoted(options.market.upper())} AS market FROM {typed}", "rows")
    if "currency" in there:
        known = (
            typed
            if source.has("currency")
            else desk.keep(f"SELECT *, CAST(NULL AS VARCHAR) AS currency FROM {typed}", "rows")
        )
        currency = needs_currency(desk, known, "currency", source, options)
        typed = desk.keep(f"SELECT * REPLACE ({currency} AS currency) FROM {known}", "rows")
    if table.name == "orders" and not source.has("line") and source.has("order_id"):
        desk.note(f"{source.name}: lines are counted within the order, in the file's order")
        typed = desk.keep(
            f"SELECT *, row_number() OVER (PARTITION BY order_id ORDER BY row_) AS line FROM {typed}", "rows"
        )
    if "platform" in there and options.platform and not source.has("platform"):
        typed = desk.keep(f"SELECT *, {quoted(options.platform)} AS platform FROM {typed}", "rows")
    return typed


def _reason(rules: tuple[LeaveOut, ...], source: Source) -> str:
    cases = []
    for rule in (rule for rule in rules if source.has(rule.header)):
        cell, shown = _cell(rule.header), f"{rule.header} is "
        text = f"trim(CAST({cell} AS VARCHAR))"
        if rule.values:
            words = ", ".join(quoted(value.casefold()) for value in rule.values)
            cases.append(f"WHEN lower({text}) IN ({words}) THEN {quoted(shown)} || {text}")
        if rule.at_most:
            cases.append(
                f"WHEN TRY_CAST(replace({text}, ',', '.') AS DOUBLE) <= {float(rule.at_most)} THEN {quoted(f'{shown}at most {rule.at_most}')}"
            )
        if rule.empty:
            cases.append(f"WHEN {cell} IS NULL OR {text} = '' THEN {quoted(shown + 'empty')}")
    return f"CASE {' '.join(cases)} END" if cases else "CAST(NULL AS VARCHAR)"


def _how(rule: ColumnRule) -> str:
    if not rule.header:
        return f"always {rule.constant!r}"
    parts = ["as written" if not rule.values else f"{len(rule.values)} values mapped"]
    parts += [f"dates as {rule.form}"] if rule.form else []
    parts += [f"divided by {rule.divide}"] if rule.divide else []
    return ", ".join(parts + (["sign turned"] if rule.negate else []))


IMPORTER = Importer(
    name="generic",
    reads="any CSV, Excel, Parquet or JSON lines file, by a YAML mapping or under the contract's column names",
    fields=(),
    mapping=(),
    read=read,
    tables=tuple(TABLES),
    opens=opens,
)
