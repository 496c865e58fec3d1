"""One door to a company's data: what is absent is a state, what is present is valid."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pandas as pd

from crossborder.company import checks, files, footers, sampling, scenarios, warehouse
from crossborder.company.scenarios import Scenario
from crossborder.company.tables import TABLES, Table
from crossborder.errors import InputError, MissingTable

if TYPE_CHECKING:
    import ibis

__all__ = ["Company"]

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Company:
    """A company's tables as of a day, under a scenario.

    Frames are checked when first asked for; event tables are checked in the engine and stay there.
    """

    path: Path
    name: str
    home: str
    currency: str
    as_of: pd.Timestamp
    markets: tuple[str, ...]
    scenario: Scenario
    profile: Mapping[str, object] = field(default_factory=dict)
    warehouse: str = field(default="", repr=False)
    _cache: dict[str, object] = field(default_factory=dict, repr=False, compare=False)
    _over_scenarios: dict[str, object] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def open(cls, path: str | Path, scenario: str = "base", as_of: str = "") -> "Company":
        """The company in a folder (`company.yaml` and one file or folder a table).

        `as_of` (ISO date) hides every row that was not yet known on that day; empty takes the company's own day.
        `events` in company.yaml is the connection string of a warehouse that holds event tables (docs/scale.md),
        `usd_rates` are rates of currencies that are not published (`exchange.own_rates`).
        Raises InputError for a folder without tables, an unknown scenario or a date that is not one.
        """
        folder = files.company_folder(path)
        profile = files.read_profile(folder)
        if profile.get("usd_rates"):
            from crossborder.reference import exchange

            exchange.own_rates(profile["usd_rates"])
        day = pd.Timestamp(profile["as_of"]) if not as_of else _day(as_of)
        return cls(
            path=folder,
            name=str(profile["name"]),
            home=str(profile["home"]),
            currency=str(profile["currency"]),
            as_of=day,
            markets=tuple(profile["markets"]),
            scenario=scenarios.load(scenario),
            profile=profile,
            warehouse=warehouse.address_of(profile, folder),
        )

    def kept(self, name: str, make: Callable[[], Kept], *, of: tuple[str, ...] = ()) -> Kept:
        """What `make` gives, worked out once for this company in this process and then shared under `name`.

        What rests on the tables or columns (table.column) `of` alone is shared with all scenarios that leave these as
        they are.
        """
        changed = {f"{one.table}.{column}" for one in self.scenario.changes for column in one.columns}
        alike = of and not any(name in of or name.split(".")[0] in of for name in changed)
        key, cache = f"kept {name}", self._over_scenarios if alike else self._cache
        if key not in cache:
            cache[key] = make()
        return cache[key]

    @property
    def sales_currencies(self) -> list[str]:
        """Currencies of the orders, other than USD."""
        if not self.has("orders"):
            return []
        found = self.kept("currencies of the orders", self._order_currencies, of=("orders.currency",))
        return sorted(set(found) - {"USD"})

    @property
    def first_day(self) -> pd.Timestamp:
        """The day of the first order; raises MissingTable without orders."""
        if "first_day" not in self._cache:
            file = self.stored("orders")
            told = footers.read(file, [], "ordered_at") if file is not None else None
            first = told.first if told is not None else self.events("orders").ordered_at.min().to_pandas()
            self._cache["first_day"] = pd.Timestamp(first).tz_localize(None).normalize()
        return self._cache["first_day"]

    def under(self, scenario: str) -> "Company":
        """The same company on the same day under another scenario."""
        return replace(self, scenario=scenarios.load(scenario), _cache={})

    @property
    def tables(self) -> list[str]:
        """Names of the tables that are there, in the contract's order."""
        return [name for name in TABLES if self.has(name)]

    def has(self, *names: str) -> bool:
        """Whether all the tables named are there."""
        there = self._in_warehouse
        return all(_known(name).name in there or files.locate(self.path, name) is not None for name in names)

    def require(self, *names: str) -> None:
        """Raises MissingTable naming every table of `names` that is absent, its file and its importer."""
        missing = [name for name in names if not self.has(name)]
        if missing:
            raise _missing(self.path, missing)

    def require_filled(self, *columns: str) -> None:
        """Raises MissingTable for a column (table.column) without any value, as far as names and footers of files tell.

        Nothing is read or checked, and a table that is absent or in a warehouse passes.
        """
        for named in columns:
            name, _, column = named.partition(".")
            file = None if name in self._in_warehouse else files.locate(self.path, name)
            if file is None:
                continue
            told = footers.read(file, [column], None) if file.suffix != ".csv" else None
            if column not in files.read_names(file, _known(name)) or (told is not None and not told.filled[column]):
                looked = f"a filled cell of column {column!r} in {file.name}"
                raise MissingTable.named(named, looked, f"bring {name} that tell it, if the source knows it")

    def table(
        self,
        name: str,
        columns: Sequence[str] = (),
        *,
        share: float = 1.0,
        buyers_of: "ibis.Table | None" = None,
        only: pd.Series | None = None,
    ) -> pd.DataFrame:
        """A table as a typed, checked frame of its own copy, as of the day and under the scenario.

        With `columns` only these; of a large table, such as the customers of a large shop, the others are then not
        read at all. Fewer rows, by the first column of the key, which must be among `columns`: with a `share` below 1
        those of a sample (`sampling.of_share`); with `buyers_of` (order lines) those of the people that
        `sampling.of_buyers` picks of their many customers; with `only` those that it names, in no order of its own.
        Raises MissingTable, or DataError with everything that is wrong with it.
        """
        table = _known(name)
        if table.events:
            raise InputError(
                f"table {name!r} holds events\n  they stay in the engine\n  do: use company.events({name!r})"
            )
        share = share if buyers_of is None else sampling.of_buyers(buyers_of, buyers_of)[1]
        if name not in self._cache:
            self.require(name)
            if columns and self._cut_off is None and all(change.table != name for change in self.scenario.changes):
                some = checks.read_columns(self.path, table, columns, _narrowed(table.key[0], share, buyers_of, only))
                if some is not None:
                    return some
            frame = checks.read_checked(self.path, table)
            frame = files.as_known(frame, table, self._cut_off)
            self._cache[name] = self.scenario.apply(frame, name)
        # A lazy copy: what a caller changes is copied at that moment (copy on write), and nothing before.
        frame = self._cache[name].copy(deep=False)
        frame = frame[list(columns)] if columns else frame
        if only is not None:
            return frame[frame[table.key[0]].isin(only)]
        return sampling.of_frame(frame, share, table.key[0]) if share < 1 else frame

    def counts(self, name: str, by: Sequence[str]) -> pd.Series:
        """Number of rows of a table by the values of some columns, as of the day and under the scenario.

        A large table is counted in the engine. Rows where one of the columns is empty are left out.
        """
        self.require(name)
        file = self.stored(name) if not _known(name).events else None
        if file is None:
            return self.table(name, by).groupby(list(by), observed=True).size()
        told = files.open_lazy(file, TABLES[name]).drop_null(list(by))
        found = told.group_by(list(by)).aggregate(n=told.count()).order_by(list(by))
        return found.to_pandas().set_index(list(by))["n"].rename(None)

    def events(self, name: str) -> "ibis.Table":
        """An event table as a lazy table of the engine, checked, with all columns of the contract, as of the day."""
        table = _known(name)
        if not table.events:
            raise InputError(f"table {name!r} is not an event table\n  it is small\n  do: use company.table({name!r})")
        if name not in self._cache:
            self.require(name)
            away = name in self._in_warehouse
            lazy = warehouse.open_events(self.warehouse, table) if away else checks.open_checked(self.path, table)
            cut_off = self._cut_off
            self._cache[name] = lazy if cut_off is None else files.events_as_known(lazy, table, cut_off)
        return self._cache[name]

    def assumption(self, name: str) -> pd.Series:
        """One assumption with low, base, high, unit, source, as_of and confidence, under the scenario."""
        rows = self.kept("assumptions by name", lambda: self.table("assumptions").set_index("name"))
        if name not in rows.index:
            raise InputError.unknown("assumption", name, rows.index)
        return rows.loc[name]

    def value(self, name: str) -> float:
        """The base value of an assumption under the scenario."""
        bases = self.kept("base values", lambda: self.table("assumptions").set_index("name")["base"].to_dict())
        return float(bases[name] if name in bases else self.assumption(name)["base"])

    def optional(self, name: str) -> pd.DataFrame | None:
        """The table, or None where the company does not have it."""
        return self.table(name) if self.has(name) else None

    def stored(self, name: str) -> Path | None:
        """The checked Parquet of an event table or a large table, if it holds what is asked for on this day.

        None of a small table, of CSV, in a warehouse, on a past day, and where a scenario changes the table: those are
        asked by `table` and `events` alone.
        """
        table = _known(name)
        altered = self._cut_off is not None or any(change.table == name for change in self.scenario.changes)
        if altered or name in self._in_warehouse:
            return None
        if not table.events:
            return None if name in self._cache else checks.large_file(self.path, table)
        self.events(name)  # checked when it is first opened
        file = files.locate(self.path, name)
        return None if file.suffix == ".csv" else file

    def _order_currencies(self) -> list[str]:
        return self.events("orders").select("currency").distinct().to_pandas()["currency"].tolist()

    @property
    def _in_warehouse(self) -> frozenset[str]:
        if "warehouse" not in self._cache:
            self._cache["warehouse"] = warehouse.names(self.warehouse)
        return self._cache["warehouse"]

    @property
    def _cut_off(self) -> pd.Timestamp | None:
        return self.as_of if self.as_of < pd.Timestamp(self.profile["as_of"]) else None


def _known(name: str) -> Table:
    if name not in TABLES:
        raise InputError.unknown("table", name, TABLES)
    return TABLES[name]


def _narrowed(
    key: str, share: float, buyers_of: "ibis.Table | None", only: pd.Series | None
) -> "Callable[[ibis.Table], ibis.Table] | None":
    """What keeps the rows asked for of a table in the engine; None for all of them."""
    if only is not None:
        import ibis

        return lambda rows: rows.semi_join(ibis.memtable(only.rename(key).to_frame()), key)
    if share >= 1:
        return None
    if buyers_of is not None and buyers_of.get_backend() is files.engine():
        return lambda rows: sampling.of_buyers(rows, buyers_of)[0]
    return lambda rows: sampling.of_share(rows, share, key)


def _missing(path: Path, names: list[str]) -> MissingTable:
    expected = ", ".join(f"{path.name}/{name}.parquet or .csv" for name in names)
    importers = sorted({TABLES[name].importer for name in names})
    do = " or ".join(f"`crossborder import {importer} FILE --to {path.name}`" for importer in importers)
    return MissingTable.named(", ".join(names), expected, do)


def _day(text: str) -> pd.Timestamp:
    try:
        return pd.Timestamp(pd.to_datetime(text, format="%Y-%m-%d"))
    except ValueError:
        raise InputError.out_of_range("as_of", text, "a date as 2026-10-31, or empty") from None
