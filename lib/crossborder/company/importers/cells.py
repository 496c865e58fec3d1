"""Text cells to typed ones, with everything that cannot be read reported at once."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from crossborder.company.importers import moments, numbers
from crossborder.company.importers.interface import Options, Source
from crossborder.company.problems import FIRST_ROWS, Problem
from crossborder.errors import InputError

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["KINDS", "typed"]

KINDS = ("text", "money", "number", "integer", "boolean", "moment", "date")
NUMBERS = ("money", "number", "integer")
TRUE, FALSE = (
    ["true", "yes", "y", "1", "ja", "oui", "sí", "si", "sim", "vero", "wahr", "是", "はい"],
    ["false", "no", "n", "0", "nein", "non", "não", "falso", "falsch", "否", "いいえ"],
)
WORDS = {
    "money": ("is not a number", "write it with the decimal mark of the other cells, or say --decimal"),
    "number": ("is not a number", "write it with the decimal mark of the other cells, or say --decimal"),
    "boolean": ("is not true or false", "write true or false"),
    "integer": ("is not a whole number", "write whole numbers"),
    "moment": ("is not a date and time that can be read", "write 2026-10-31 14:05:00, or say --date-order"),
    "date": ("is not a date that can be read", "write 2026-10-31, or say --date-order"),
}


def typed(
    desk: "Desk", source: Source, kinds: Mapping[str, str], options: Options, zone: str = "UTC", order: str = ""
) -> str:
    """A table of the source's rows with the fields in `kinds` typed; its name on the desk.

    Kinds: text, money (exact decimal), number, integer, boolean, moment (UTC), date (of a moment without zone, as written). `zone` holds
    where neither the cell nor `options.time_zone` names one; `order` (dmy, mdy) where the dates do not show it. Fields
    that the file lacks are missing. Unreadable cells are reported to the desk and become missing; `unread_` marks
    their rows. The decimal mark and the order of day and month chosen are told as notes where they matter.
    """
    present = {name: kind for name, kind in kinds.items() if source.has(name)}
    types = desk.columns(source.table)
    as_text = {name: kind for name, kind in present.items() if types[name] == "VARCHAR"}
    mark = _mark(desk, source, [n for n, kind in as_text.items() if kind in NUMBERS], options)
    zone = _zone(desk, options.time_zone or zone)
    read = {}
    for name, kind in kinds.items():
        if name not in present:
            read[name] = f"CAST(NULL AS {_engine_type(kind)})"
        elif name not in as_text:
            read[name] = _from_typed(name, types[name], kind, zone)
        elif kind in ("moment", "date"):
            read[name] = _moment(desk, source, name, kind, options, zone, order)
        else:
            read[name] = _from_text(name, kind, mark)
    columns = [name for name in types if name not in kinds]
    table = desk.keep(_joined(desk, source.table, columns, present, as_text, read), "typed")
    return _report(desk, source, table, {n: k for n, k in present.items() if k != "text"})


def _joined(
    desk: "Desk",
    table: str,
    columns: list[str],
    present: Mapping[str, str],
    as_text: Mapping[str, str],
    read: Mapping[str, str],
) -> str:
    """The query of the typed rows. Numbers and moments are read once a different text, not once a row."""
    joins, values = [], dict(read)
    for name, kind in as_text.items():
        if kind in ("text", "boolean"):
            continue
        clean = numbers.cleaned(name) if kind in NUMBERS else moments.plain_moment(name)
        different = f"SELECT {name}, {clean} AS {name}_clean FROM (SELECT DISTINCT {name} FROM {table})"
        looked_up = desk.keep(f"SELECT {name} AS raw, {read[name]} AS value FROM ({different})", "read")
        joins.append(f" LEFT JOIN {looked_up} ON t.{name} = {looked_up}.raw")
        values[name] = f"{looked_up}.value"
    kept = [f"t.{name}" for name in columns] + [f"{value} AS {name}" for name, value in values.items()]
    raw = [f"CAST(t.{name} AS VARCHAR) AS {name}_raw" for name, kind in present.items() if kind != "text"]
    return f"SELECT {', '.join([*kept, *raw])} FROM {table} t{''.join(joins)}"


def _engine_type(kind: str) -> str:
    return {
        "text": "VARCHAR",
        "number": "DOUBLE",
        "boolean": "BOOLEAN", "money": numbers.MONEY, "integer": "BIGINT", "moment": "TIMESTAMPTZ", "date": "DATE",
    }[kind]  # fmt: skip


def _from_typed(name: str, engine_type: str, kind: str, zone: str) -> str:
    if kind == "text":
        # A whole number read as a real one (17850.0, as spreadsheets give it) is an identifier without the point.
        whole = f"{name} = floor({name}) AND abs({name}) < 1e15"
        if engine_type in ("DOUBLE", "FLOAT"):
            return f"CASE WHEN {whole} THEN CAST(CAST({name} AS BIGINT) AS VARCHAR) ELSE CAST({name} AS VARCHAR) END"
        return f"nullif(trim(CAST({name} AS VARCHAR)), '')"
    if kind == "integer":
        return f"CASE WHEN {name} = floor({name}) THEN TRY_CAST({name} AS BIGINT) END"
    if kind == "money":
        return f"TRY_CAST({name} AS {numbers.MONEY})"
    if kind in ("date", "number", "boolean"):
        return f"TRY_CAST({name} AS {_engine_type(kind)})"
    local = engine_type in ("DATE",) or (engine_type.startswith("TIMESTAMP") and "WITH TIME ZONE" not in engine_type)
    return f"timezone('{zone}', CAST({name} AS TIMESTAMP))" if local else f"TRY_CAST({name} AS TIMESTAMPTZ)"


def _from_text(name: str, kind: str, mark: str) -> str:
    if kind == "text":
        return f"nullif(trim({name}), '')"
    if kind == "boolean":
        words = f"lower(trim({name}))"
        return f"CASE WHEN {words} IN {tuple(TRUE)} THEN true WHEN {words} IN {tuple(FALSE)} THEN false END"
    number = numbers.parsed(f"{name}_clean", mark, "DOUBLE" if kind == "number" else numbers.MONEY)
    if kind in ("money", "number"):
        return number
    return f"CASE WHEN ({number}) = floor({number}) THEN TRY_CAST({number} AS BIGINT) END"


def _moment(
    desk: "Desk", source: Source, name: str, kind: str, options: Options, zone: str, fallback: str
) -> str:  # fmt: skip
    order, why = (options.date_order, "as told") if options.date_order else moments.day_order(desk, source.table, name)
    if why == moments.AMBIGUOUS and fallback:
        order, why = fallback, "both orders are possible; the usual one of this report is taken"
    if order != "ymd":
        words = {"dmy": "day first", "mdy": "month first"}[order]
        desk.note(f"{source.name}: dates in {source.found[name]!r} are read {words} ({why})")
    iso = moments.ordered(moments.named_months(f"{name}_clean"), order)
    return moments.in_utc(iso, zone) if kind == "moment" else moments.as_date(iso)


def _mark(desk: "Desk", source: Source, cells: list[str], options: Options) -> str:
    if options.decimal:
        return options.decimal
    mark, why = numbers.decimal_mark(desk, source.table, cells)
    if mark == "," or "either way" in why:
        words = "comma" if mark == "," else "point"
        desk.note(f"{source.name}: numbers are read with a decimal {words} ({why})")
    return mark


def _zone(desk: "Desk", zone: str) -> str:
    if not desk.one(f"SELECT count(*) FROM pg_timezone_names() WHERE name = '{zone}'")[0]:
        raise InputError.out_of_range("time_zone", zone, "an IANA name such as Europe/London or Asia/Shanghai")
    return zone


def _report(desk: "Desk", source: Source, table: str, kinds: Mapping[str, str]) -> str:
    """A view of the typed rows with `unread_` on those with unreadable cells, each of which is told."""
    bad = {name: f"({name} IS NULL AND trim({name}_raw) <> '')" for name in kinds}
    counts = desk.one(f"SELECT {', '.join(f'count(*) FILTER ({c})' for c in bad.values())} FROM {table}") if bad else ()
    marked = []
    for (name, condition), count in zip(bad.items(), counts, strict=True):
        if not count:
            continue
        marked.append(condition)
        first = desk.rows(f"SELECT row_, {name}_raw FROM {table} WHERE {condition} ORDER BY row_ LIMIT {FIRST_ROWS}")
        rule, remedy = WORDS[kinds[name]]
        rows, values = zip(*first, strict=True)
        desk.unread.append(Problem.of(source.name, "", source.found[name], rule, remedy, rows, values, int(count)))
    drop = f" EXCLUDE ({', '.join(f'{name}_raw' for name in kinds)})" if kinds else ""
    desk.run(f"CREATE VIEW {table}_view AS SELECT *{drop}, {' OR '.join(marked) or 'false'} AS unread_ FROM {table}")
    return f"{table}_view"
