"""Where a company's tables lie, how they are read, and their fingerprint."""

import hashlib
import os
import tempfile
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from crossborder.company import csv_files, folder_checks, warehouse
from crossborder.company.tables import TABLES
from crossborder.company.tables.contract import Table
from crossborder.errors import InputError

if TYPE_CHECKING:
    import ibis

__all__ = [
    "as_known",
    "company_folder",
    "engine",
    "events_as_known",
    "fingerprint",
    "locate",
    "open_lazy",
    "read_frame",
    "read_names",
    "read_profile",
    "repository",
]

# Cells that mean "nothing" in a CSV file; "NA" is not among them, it is Namibia.
EMPTY = ("",)


def repository() -> Path:
    """The root of the repository that holds the notebooks, the data and the scenarios."""
    return Path(__file__).resolve().parents[3]


def company_folder(path: str | Path) -> Path:
    """The folder of a company; a relative path is taken from here or from the repository's root.

    Raises InputError where there is no folder with at least one table.
    """
    for folder in (Path(path), repository() / path):
        if folder.is_dir() and (
            any(locate(folder, name) for name in TABLES) or folder_checks.read_yaml(folder).get("events")
        ):
            return folder.resolve()
    raise InputError(
        f"no company in {str(path)!r}\n  expected: a folder with tables such as orders.csv or orders.parquet\n"
        "  do: `crossborder demo --to FOLDER` makes an example, `crossborder import` reads your exports"
    )


def locate(folder: Path, name: str) -> Path | None:
    """The file or folder of a table: NAME.parquet, NAME.csv, or a folder NAME of Parquet files; None if absent."""
    for path in (folder / f"{name}.parquet", folder / f"{name}.csv"):
        if path.is_file():
            return path
    parts = folder / name
    return parts if parts.is_dir() and next(parts.rglob("*.parquet"), None) else None


def read_profile(folder: Path) -> dict[str, object]:
    """The company's name, home, currency, as_of, markets; what `company.yaml` leaves out comes from the orders.

    Raises InputError for a profile that cannot be read or has entries that are not what they should be.
    """
    given = folder_checks.read_yaml(folder)
    for problem in folder_checks.profile_problems(given):
        raise InputError(str(problem))
    profile = {"name": folder.name, "home": "CN", "currency": "USD", **given}
    if "as_of" not in profile or "markets" not in profile:
        found = _from_orders(folder) | warehouse.first_and_last(warehouse.address_of(profile, folder))
        profile = {**found, **profile}
    return profile


def _from_orders(folder: Path) -> dict[str, object]:
    """The last day and the markets of the orders; orders that cannot be read are refused when asked for, not here."""
    path, found = locate(folder, "orders"), {"as_of": "2026-10-31", "markets": []}
    if path is None:
        return found
    try:
        orders = open_lazy(path, TABLES["orders"])
        if not {"ordered_at", "market"} <= set(orders.columns):
            return found
        at = (
            orders.ordered_at.try_cast("timestamp('UTC')")
            if orders.ordered_at.type().is_string()
            else orders.ordered_at
        )
        asked = orders.aggregate(
            as_of=at.max().cast("string"), markets=orders.market.cast("string").collect(distinct=True)
        )
        row = asked.to_pandas().iloc[0]
    except (InputError, OSError, ValueError):
        return found
    except Exception as error:  # the engine's own errors have no common base that can be named without importing it
        if type(error).__module__.split(".")[0] not in ("duckdb", "_duckdb", "pyarrow"):
            raise
        return found
    day = pd.to_datetime(str(row["as_of"])[:10], format="%Y-%m-%d", errors="coerce")
    known = sorted(market for market in row["markets"] if isinstance(market, str)) if row["markets"] is not None else []
    return {"as_of": found["as_of"] if pd.isna(day) else day.strftime("%Y-%m-%d"), "markets": known}


@cache
def engine() -> "ibis.BaseBackend":
    """The DuckDB connection of this process; one thread a kernel keeps results in the same order."""
    import ibis

    from crossborder.company.utc_sql import UtcCompiler

    connection = ibis.duckdb.connect()
    connection.compiler = UtcCompiler()
    connection.raw_sql("SET TimeZone = 'UTC'")
    connection.raw_sql("SET preserve_insertion_order = true")
    # What does not fit into this is worked on in parts, through files in the temporary folder.
    connection.raw_sql(f"SET memory_limit = '{os.environ.get('CROSSBORDER_MEMORY', '3GB')}'")
    connection.raw_sql(f"SET temp_directory = '{Path(tempfile.gettempdir()) / 'crossborder_engine'}'")
    # A folder of a thousand files is asked some hundred times: their footers are read once, and again when one changes.
    connection.raw_sql("SET parquet_metadata_cache = true")
    connection.raw_sql("SET enable_progress_bar = false")  # it would be printed into the pages of large companies
    return connection


def open_lazy(path: Path, table: Table) -> "ibis.Table":
    """An event table as it stands in its file, typed where the file is typed (Parquet), text where not (CSV)."""
    parts = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    return _lazy(path, table, tuple((part, part.stat().st_size, part.stat().st_mtime_ns) for part in parts))


@lru_cache(maxsize=64)
def _lazy(path: Path, table: Table, state: tuple) -> "ibis.Table":
    if path.suffix == ".csv":
        names = csv_files.unique_names(csv_files.header(path, table.names))
        # The dialect is fixed: an engine that guesses leaves out rows that do not fit its guess, without a word.
        fixed = {"delim": ",", "quote": '"', "escape": '"', "header": True, "auto_detect": False}
        return engine().read_csv(str(path), columns=dict.fromkeys(names, "VARCHAR"), **fixed)
    pattern = path if path.is_file() else path / "**" / "*.parquet"
    return engine().read_parquet(str(pattern), hive_partitioning=path.is_dir())


def read_names(path: Path, table: Table) -> list[str]:
    """The names of the columns as they stand, doubled ones included.

    Raises BrokenFile for a CSV file that is not one.
    """
    if path.suffix == ".csv":
        return csv_files.header(path, table.names)
    import pyarrow.parquet

    part = path if path.is_file() else min(path.rglob("*.parquet"))
    names = list(pyarrow.parquet.read_schema(part).names)
    apart = [folder.name.split("=")[0] for folder in part.relative_to(path).parents if "=" in folder.name]
    return names + [name for name in apart if name not in names]


def read_frame(path: Path, table: Table, known_good: bool = False) -> pd.DataFrame:
    """A small table as it stands: text cells from CSV (empty cells missing), typed cells from Parquet.

    Raises BrokenFile for a file that is not UTF-8 or not a table.
    """
    if path.suffix != ".csv":
        return pd.read_parquet(path)
    names = csv_files.header(path, table.names)
    if not known_good:
        errors = csv_files.shape_errors(path, len(names))
        if errors:
            raise errors[0]
    return pd.read_csv(
        path, dtype=str, keep_default_na=False, na_values=list(EMPTY), encoding="utf-8-sig", index_col=False,
        header=0, names=csv_files.unique_names(names), on_bad_lines="error",
    )  # fmt: skip


def as_known(frame: pd.DataFrame, table: Table, day: pd.Timestamp | None) -> pd.DataFrame:
    """The rows known on `day`; dates that lay ahead of it (a delivery, a payment) become missing."""
    if day is None or table.dated_by is None:
        return frame
    end = day + pd.Timedelta(days=1)
    dated = frame[table.dated_by]
    kept = frame[dated < (end.tz_localize("UTC") if dated.dt.tz else end)].reset_index(drop=True)
    for column in table.columns:
        if column.kind in ("date", "timestamp") and column.nullable and column.name in kept:
            limit = end.tz_localize("UTC") if column.kind == "timestamp" else end
            kept[column.name] = kept[column.name].where(kept[column.name] < limit)
    return kept


def events_as_known(events: "ibis.Table", table: Table, day: pd.Timestamp) -> "ibis.Table":
    """The same for an event table, in the engine."""
    import ibis

    end = (day + pd.Timedelta(days=1)).strftime("%Y-%m-%d")
    limit = {
        "date": ibis.literal(end).cast("date"),
        "timestamp": ibis.literal(end + "T00:00:00+00:00").cast("timestamp('UTC')"),
    }
    kept = events.filter(events[table.dated_by] < limit[table[table.dated_by].kind])
    later = {
        column.name: ibis.ifelse(kept[column.name] < limit[column.kind], kept[column.name], ibis.null())
        for column in table.columns
        if column.kind in limit and column.nullable
    }
    return kept.mutate(**later) if later else kept


def fingerprint(folder: Path) -> str:
    """A hash of the company's files (names, sizes, contents), which changes when any datum changes."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as handle:
            digest.update(hashlib.file_digest(handle, "sha256").digest())
    return digest.hexdigest()
