"""Where a company's tables lie, how they are read, and their fingerprint."""

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

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
        if folder.is_dir() and any(locate(folder, name) for name in TABLES):
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
    """The company's name, home, currency, as_of, markets; what `company.yaml` leaves out comes from the orders."""
    import yaml

    path = folder / "company.yaml"
    profile = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader) if path.exists() else {}
    profile = {"name": folder.name, "home": "CN", "currency": "USD", **(profile or {})}
    if "as_of" not in profile or "markets" not in profile:
        found = _from_orders(folder)
        profile = {**found, **profile}
    return profile


def _from_orders(folder: Path) -> dict[str, object]:
    path = locate(folder, "orders")
    if path is None:
        return {"as_of": "2026-10-31", "markets": []}
    orders = open_lazy(path, TABLES["orders"])
    row = orders.aggregate(as_of=orders.ordered_at.max(), markets=orders.market.cast("string").collect(distinct=True))
    found = row.to_pandas().iloc[0]
    return {"as_of": pd.Timestamp(found["as_of"]).strftime("%Y-%m-%d"), "markets": sorted(found["markets"])}


@cache
def engine() -> "ibis.BaseBackend":
    """The DuckDB connection of this process; one thread a kernel keeps results in the same order."""
    import ibis

    connection = ibis.duckdb.connect()
    connection.raw_sql("SET TimeZone = 'UTC'")
    connection.raw_sql("SET preserve_insertion_order = true")
    return connection


def open_lazy(path: Path, table: Table) -> "ibis.Table":
    """An event table as it stands in its file, typed where the file is typed (Parquet), text where not (CSV)."""
    if path.suffix == ".csv":
        return engine().read_csv(str(path), all_varchar=True, header=True)
    pattern = path if path.is_file() else path / "**" / "*.parquet"
    return engine().read_parquet(str(pattern), hive_partitioning=path.is_dir())


def read_frame(path: Path) -> pd.DataFrame:
    """A small table as it stands: text cells from CSV (empty cells missing), typed cells from Parquet.

    Raises InputError for a file that is not UTF-8 or not a table.
    """
    if path.suffix != ".csv":
        return pd.read_parquet(path)
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=list(EMPTY), encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path.name} is not UTF-8 at byte {error.start}\n  the byte is {error.object[error.start]:#04x}\n"
            f"  do: save it as UTF-8, or `crossborder import generic {path.name} --encoding cp1252`"
        ) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        message = str(error).strip().splitlines()[-1]
        raise InputError(f"{path.name} is not a table\n  {message}\n  do: save it as CSV with one header row") from None


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
