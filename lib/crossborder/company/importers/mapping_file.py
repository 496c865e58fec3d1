"""The small YAML file by which a user maps any table: read so that NO, on, 007 and 1e3 stay what was written."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from crossborder.company.importers.interface import Options
from crossborder.company.tables import TABLES
from crossborder.company.tables.contract import Table
from crossborder.errors import InputError

__all__ = ["ColumnRule", "LeaveOut", "Mapped", "read_mapping"]

WORDS = ("table", "columns", "leave_out", "encoding", "delimiter", "decimal", "date_order", "time_zone", "sheet", "market",
         "currency", "countries")  # fmt: skip
COLUMN_WORDS = ("column", "constant", "values", "format", "divide", "negate")


@dataclass(frozen=True)
class ColumnRule:
    """How one column of the contract is filled.

    From the file's `header` or a `constant`; `values` maps cells to others, `form` is the strptime form of dates,
    `divide` the number by which amounts are divided (100 for cents), `negate` turns the sign.
    """

    target: str
    header: str = ""
    constant: str = ""
    values: dict[str, str] = field(default_factory=dict)
    form: str = ""
    divide: str = ""
    negate: bool = False


@dataclass(frozen=True)
class LeaveOut:
    """Rows to leave out: cells of `header` that are one of `values`, or numbers of at most `at_most`, or `empty`."""

    header: str
    values: tuple[str, ...] = ()
    at_most: str = ""
    empty: bool = False


@dataclass(frozen=True)
class Mapped:
    """A mapping as it was read: the table, its columns' rules, the rows to leave out, the options it sets."""

    table: Table
    columns: tuple[ColumnRule, ...]
    leave_out: tuple[LeaveOut, ...]
    options: Options


def read_mapping(path: Path, options: Options) -> Mapped:
    """The mapping in a YAML file; what the command line said goes before what the file says.

    Raises InputError naming the word, the value and what is allowed.
    """
    import yaml

    if not path.is_file():
        raise InputError(
            f"--map {path.name}\n  looked for: {path}\n  do: name a YAML file with `table:` and `columns:`"
        )
    try:
        raw = yaml.load(path.read_text(encoding="utf-8-sig"), yaml.BaseLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{path.name} is not YAML\n  {reason[:160]}\n  do: write `name: value` lines in UTF-8"
        ) from None
    if not isinstance(raw, dict) or not isinstance(raw.get("columns"), dict) or not raw["columns"]:
        raise InputError(
            f"{path.name} maps no columns\n  allowed: {', '.join(WORDS)}\n  do: add `columns:` with `name: header` lines"
        )
    for word in raw:
        if word not in WORDS:
            raise InputError.unknown(f"{path.name}: word", str(word), WORDS)
    if raw.get("table") not in TABLES:
        raise InputError.unknown(f"{path.name}: table", str(raw.get("table", "")), TABLES)
    table = TABLES[raw["table"]]
    known = [column.name for column in table.columns]
    for target in raw["columns"]:
        if target not in known:
            raise InputError.unknown(f"{path.name}: column of {table.name}", str(target), known)
    columns = tuple(_column(target, rule, path.name) for target, rule in raw["columns"].items())
    return Mapped(table, columns, _leave_out(raw.get("leave_out", []), path.name), _options(raw, options, path.name))


def _column(target: str, rule: object, file: str) -> ColumnRule:
    if isinstance(rule, str):
        return ColumnRule(target, header=rule)
    if not isinstance(rule, dict) or not ({"column", "constant"} & set(rule)):
        raise InputError.out_of_range(f"{file}: {target}", rule, "a header, or `column:` or `constant:` with a value")
    for word in rule:
        if word not in COLUMN_WORDS:
            raise InputError.unknown(f"{file}: word of {target}", str(word), COLUMN_WORDS)
    values = rule.get("values", {})
    if not isinstance(values, dict):
        raise InputError.out_of_range(f"{file}: values of {target}", values, "lines `cell: value`")
    divide = str(rule.get("divide", ""))
    if divide and not (divide.replace(".", "", 1).isdigit() and float(divide) > 0):
        raise InputError.out_of_range(f"{file}: divide of {target}", divide, "a positive number such as 100")
    return ColumnRule(
        target, str(rule.get("column", "")), str(rule.get("constant", "")), {str(k): str(v) for k, v in values.items()},
        str(rule.get("format", "")), divide, str(rule.get("negate", "")).lower() in ("true", "yes", "1"),
    )  # fmt: skip


def _leave_out(rules: object, file: str) -> tuple[LeaveOut, ...]:
    made = []
    for rule in rules if isinstance(rules, list) else [rules]:
        if not isinstance(rule, dict) or "column" not in rule or set(rule) - {"column", "values", "at_most", "empty"}:
            raise InputError.out_of_range(
                f"{file}: leave_out", rule, "`column:` with `values:`, `at_most:` or `empty: true`"
            )
        values = rule.get("values", [])
        values = tuple(map(str, values)) if isinstance(values, list) else (str(values),)
        made.append(
            LeaveOut(rule["column"], values, str(rule.get("at_most", "")), str(rule.get("empty", "")).lower() == "true")
        )
    return tuple(made)


def _options(raw: dict[str, object], options: Options, file: str) -> Options:
    said = {word: str(raw[word]) for word in WORDS[3:-1] if word in raw and not getattr(options, word)}
    if said.get("decimal", ".") not in (".", ","):
        raise InputError.out_of_range(f"{file}: decimal", said["decimal"], ". or ,")
    if said.get("date_order", "ymd") not in ("dmy", "mdy", "ymd"):
        raise InputError.out_of_range(f"{file}: date_order", said["date_order"], "dmy, mdy or ymd")
    countries = raw.get("countries", {})
    if not isinstance(countries, dict):
        raise InputError.out_of_range(f"{file}: countries", countries, "lines `name: code`")
    return replace(options, **said, countries={**{str(k): str(v) for k, v in countries.items()}, **options.countries})
