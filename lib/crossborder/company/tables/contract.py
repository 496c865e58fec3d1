"""What a table and a column promise; `Table.schema` turns the promise into a pandera schema."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pandera

__all__ = [
    "Column",
    "Kind",
    "Table",
    "boolean",
    "choice",
    "currency",
    "date",
    "integer",
    "market",
    "money",
    "number",
    "share",
    "text",
    "timestamp",
]

Kind = Literal["text", "integer", "number", "boolean", "date", "timestamp"]
DTYPES = {
    "text": "str",
    "integer": "Int64",
    "number": "float64",
    "boolean": "boolean",
    "date": "datetime64[us]",
    "timestamp": "datetime64[us, UTC]",
}


@dataclass(frozen=True)
class Column:
    """One column: its type, unit, meaning and rules.

    `required` columns must be present; `nullable` ones may hold missing values.
    `low` and `high` are inclusive bounds. `refers_to` is "table.column" of a foreign key.
    """

    name: str
    kind: Kind
    unit: str
    meaning: str
    nullable: bool = False
    required: bool = True
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    refers_to: str | None = None


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns, its key, and which importer can make it.

    `events` tables are opened lazily in the engine, the others as pandas frames. `dated_by` is the column by which a
    row becomes known: opening a company as of a day hides later rows.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    events: bool = False
    dated_by: str | None = None
    importer: str = "generic"

    def __getitem__(self, column: str) -> Column:
        return {c.name: c for c in self.columns}[column]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(column.name for column in self.columns)

    def describe(self) -> "pd.DataFrame":
        """The data dictionary of this table, one row a column."""
        import pandas as pd

        rows = [
            {
                "column": c.name,
                "type": c.kind,
                "unit": c.unit,
                "meaning": c.meaning,
                "required": c.required,
                "may be empty": c.nullable,
                "allowed": _allowed(c),
            }
            for c in self.columns
        ]
        return pd.DataFrame(rows)

    def schema(self) -> "pandera.DataFrameSchema":
        """The pandera schema of this table: types, nullability, bounds, choices, patterns, key."""
        import pandera.pandas as pandera

        return pandera.DataFrameSchema(
            {c.name: _pandera_column(c) for c in self.columns},
            unique=list(self.key) or None,
            strict=False,
            name=self.name,
            description=f"one row is {self.row}",
        )


def _allowed(column: Column) -> str:
    low = [] if column.low is None else [f"at least {column.low:g}"]
    high = [] if column.high is None else [f"at most {column.high:g}"]
    refers = [f"in {column.refers_to}"] if column.refers_to else []
    return "; ".join([*low, *high, *column.choices, *refers])


def _pandera_column(column: Column) -> "pandera.Column":
    import pandera.pandas as pandera

    checks = []
    if column.low is not None:
        checks.append(pandera.Check.ge(column.low))
    if column.high is not None:
        checks.append(pandera.Check.le(column.high))
    if column.choices:
        checks.append(pandera.Check.isin(column.choices))
    if column.pattern:
        checks.append(pandera.Check.str_matches(column.pattern))
    return pandera.Column(
        DTYPES[column.kind],
        checks=checks,
        nullable=column.nullable,
        required=column.required,
        description=f"{column.meaning} [{column.unit}]",
    )


def text(name: str, meaning: str, **rules) -> Column:
    """A text column; identifiers keep their leading zeros."""
    return Column(name, "text", rules.pop("unit", "text"), meaning, **rules)


def choice(name: str, choices: str, meaning: str, **rules) -> Column:
    """A text column with closed choices, given as words apart by spaces."""
    return Column(name, "text", "one of the choices", meaning, choices=tuple(choices.split()), **rules)


def integer(name: str, unit: str, meaning: str, **rules) -> Column:
    """A whole number, not negative unless `low` says otherwise."""
    return Column(name, "integer", unit, meaning, **{"low": 0, **rules})


def number(name: str, unit: str, meaning: str, **rules) -> Column:
    """A real number without bounds unless given."""
    return Column(name, "number", unit, meaning, **rules)


def money(name: str, meaning: str, *, unit: str = "money in the row's currency", **rules) -> Column:
    """An amount in the row's `currency`, not negative unless `low` says otherwise; `_usd` names are USD."""
    unit = "USD" if name.endswith("_usd") else unit
    return Column(name, "number", unit, meaning, **{"low": 0, **rules})


def share(name: str, meaning: str, **rules) -> Column:
    """A fraction from 0 to 1 (0.35 is 35 %)."""
    return Column(name, "number", "fraction", meaning, **{"low": 0, "high": 1, **rules})


def boolean(name: str, meaning: str, **rules) -> Column:
    """True or false."""
    return Column(name, "boolean", "true or false", meaning, **rules)


def date(name: str, meaning: str, **rules) -> Column:
    """A calendar day, without time."""
    return Column(name, "date", "date", meaning, **rules)


def timestamp(name: str, meaning: str, **rules) -> Column:
    """A moment in UTC."""
    return Column(name, "timestamp", "UTC", meaning, **rules)


def market(name: str = "market", **rules) -> Column:
    """A market as ISO 3166-1 alpha-2 code (GB, not UK)."""
    return Column(name, "text", "ISO 3166-1 alpha-2", "market", pattern=r"^[A-Z]{2}$", **rules)


def currency(name: str = "currency", **rules) -> Column:
    """A currency as ISO 4217 code."""
    return Column(name, "text", "ISO 4217", "currency of the row's amounts", pattern=r"^[A-Z]{3}$", **rules)
