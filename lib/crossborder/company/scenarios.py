"""A scenario: a short list of changes to assumptions and tables, applied once when the company is opened."""

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from crossborder.company.files import repository
from crossborder.errors import InputError

__all__ = ["Change", "Scenario", "available", "load"]

ACTIONS = ("replace", "multiply", "add")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Change:
    """One change: which table, which rows (`where`: column -> value or list), which columns, what is done to them.

    Values of `where` and of a replacement are text as written; each takes the type of its column when it is applied, so
    that the market NO, the code 007 and the word on stay what they are, and 1e3 is a number only among numbers.
    """

    table: str
    columns: tuple[str, ...]
    where: dict[str, object]
    action: str
    value: object


@dataclass(frozen=True)
class Scenario:
    """A named set of changes."""

    name: str
    title: str = ""
    description: str = ""
    source: str = ""
    changes: tuple[Change, ...] = ()

    def apply(self, frame: pd.DataFrame, table: str) -> pd.DataFrame:
        """The table's frame under this scenario; a change that meets no row is an error, never silent."""
        for change in (c for c in self.changes if c.table == table):
            frame = _changed(frame, change, self.name)
        return frame


def _changed(frame: pd.DataFrame, change: Change, scenario: str) -> pd.DataFrame:
    rows = pd.Series(True, index=frame.index)
    for column, wanted in change.where.items():
        if column not in frame:
            raise InputError.unknown(f"scenario {scenario!r}: column of {change.table!r}", column, frame.columns)
        place = f"scenario {scenario!r}: {column} of {change.table!r}"
        rows &= frame[column].isin([_typed(one, frame[column], place) for one in _list(wanted)])
    if not rows.any() and len(frame):
        raise InputError.out_of_range(
            f"scenario {scenario!r}: rows of {change.table!r}", change.where, "values in the table"
        )
    frame = frame.copy()
    for column in change.columns:
        if column not in frame:
            raise InputError.unknown(f"scenario {scenario!r}: column of {change.table!r}", column, frame.columns)
        old = frame.loc[rows, column]
        if change.action == "replace":
            frame.loc[rows, column] = _typed(change.value, frame[column], f"scenario {scenario!r}: {column}")
        else:
            frame.loc[rows, column] = old * change.value if change.action == "multiply" else old + change.value
    return frame


def _list(value: object) -> list:
    return value if isinstance(value, list) else [value]


def _typed(value: object, column: pd.Series, place: str) -> object:
    """A value as the column's type; what is already typed stays."""
    if not isinstance(value, str):
        return value
    if pd.api.types.is_bool_dtype(column.dtype):
        if value.lower() not in ("true", "false"):
            raise InputError.out_of_range(place, value, "true or false")
        return value.lower() == "true"
    if pd.api.types.is_numeric_dtype(column.dtype):
        return _number(value, place)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        day = pd.to_datetime(value, format="%Y-%m-%d", errors="coerce")
        if pd.isna(day):
            raise InputError.out_of_range(place, value, "a day such as 2026-10-31")
        return day
    return value


def _number(text: object, place: str) -> float:
    if not NUMBER.fullmatch(str(text)):
        raise InputError.out_of_range(place, text, "a number")
    return float(text)


def available() -> list[str]:
    """Names of the scenarios in `scenarios/`, base first."""
    names = sorted(path.stem for path in (repository() / "scenarios").glob("*.yaml"))
    return ["base", *(name for name in names if name != "base")]


def load(name: str) -> Scenario:
    """The scenario of that name.

    Raises InputError for an unknown scenario, or a file whose changes are not of the form.
    """
    if name not in available():
        raise InputError.unknown("scenario", name, available())
    path = repository() / "scenarios" / f"{name}.yaml"
    return read(path) if path.exists() else Scenario("base", "Base")


def read(path: Path) -> Scenario:
    """The scenario in a YAML file: name, title, description, source, changes. Every cell is read as it was written.

    Raises InputError for a file that is no mapping, or changes that are not of the form.
    """
    import yaml

    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader) or {}
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", -1) + 1
        raise InputError.out_of_range(f"{path.name}: line", line or "unknown", "YAML as in scenarios/") from None
    if not isinstance(raw, dict):
        raise InputError.out_of_range(path.name, raw, "names with values: title, description, source, changes")
    changes = tuple(_change(entry, path.name) for entry in raw.get("changes") or [])
    texts = {key: str(raw.get(key, "")) for key in ("title", "description", "source")}
    return Scenario(name=path.stem, **texts, changes=changes)


def _change(entry: dict[str, object], file: str) -> Change:
    if not isinstance(entry, dict):
        raise InputError.out_of_range(f"{file}: change", entry, "an assumption, or a table with a column")
    actions = [action for action in ACTIONS if action in entry]
    if len(actions) != 1:
        raise InputError.out_of_range(f"{file}: action of {entry!r}", actions, f"exactly one of {', '.join(ACTIONS)}")
    value = entry[actions[0]]
    if actions[0] != "replace":
        value = _number(value, f"{file}: {actions[0]} of {entry!r}")
    if "assumption" in entry:
        where, columns = {"name": entry["assumption"]}, ("low", "base", "high")
        return Change("assumptions", columns, where, actions[0], value)
    columns = entry.get("column", entry.get("columns"))
    if "table" not in entry or not columns:
        raise InputError.out_of_range(f"{file}: change", entry, "an assumption, or a table with a column")
    columns = tuple(columns) if isinstance(columns, list) else (str(columns),)
    return Change(str(entry["table"]), columns, dict(entry.get("where") or {}), actions[0], value)
