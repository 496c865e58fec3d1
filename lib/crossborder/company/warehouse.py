"""Event tables that stay in a warehouse: one connection string, the same Ibis expressions, nothing copied."""

import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from crossborder.company.tables import TABLES
from crossborder.company.tables.contract import Table
from crossborder.errors import DataError, InputError

if TYPE_CHECKING:
    import ibis

__all__ = ["KINDS", "address_of", "connect", "first_and_last", "hidden", "names", "open_events"]

KINDS = {
    "duckdb": "duckdb://FILE",
    "pyspark": "pyspark:// (the Spark session of this process, or one made from its settings)",
    "postgres": "postgres://USER:${PASSWORD_VARIABLE}@HOST:5432/DATABASE",
    "clickhouse": "clickhouse://USER:${PASSWORD_VARIABLE}@HOST:8443/DATABASE?secure=true",
    "bigquery": "bigquery://PROJECT/DATASET",
    "snowflake": "snowflake://USER:${PASSWORD_VARIABLE}@ACCOUNT/DATABASE/SCHEMA?warehouse=NAME",
}
VARIABLE = re.compile(r"\$\{(\w+)\}")


def address_of(profile: dict[str, object], folder: Path) -> str:
    """The connection string of `events` in a company's profile, empty without one; a DuckDB file is made absolute.

    Raises InputError for a kind of warehouse that is not known, or a secret that stands in the file.
    """
    given = str(profile.get("events", "") or "").strip()
    if not given:
        return ""
    kind, _, rest = given.partition("://")
    if (not rest and kind != "pyspark") or kind not in KINDS:
        raise InputError.unknown("events in company.yaml", hidden(given), list(KINDS.values()))
    if re.search(r":[^/@$]+@", rest):
        raise InputError(
            f"events in company.yaml holds a password: {hidden(given)}\n  a file that is handed on is no place for it\n"
            "  do: write ${NAME} there and set the environment variable NAME"
        )
    if kind == "duckdb" and not Path(rest).is_absolute():
        return f"duckdb://{(folder / rest).resolve()}"
    return given


def hidden(address: str) -> str:
    """The connection string without its password, for messages."""
    return re.sub(r":[^/@$]+@", ":...@", address)


@cache
def connect(address: str) -> "ibis.BaseBackend":
    """The connection of this process to a warehouse; `${NAME}` is taken from the environment.

    Raises InputError where a variable is not set, the driver is not installed, or nobody answers.
    """
    import ibis

    absent = [name for name in VARIABLE.findall(address) if name not in os.environ]
    if absent:
        raise InputError(
            f"events in company.yaml asks for the environment variable {absent[0]}\n  it is not set\n"
            f"  do: export {absent[0]}=... before the run"
        )
    kind = address.partition("://")[0]
    try:
        if kind == "duckdb":
            connection = ibis.duckdb.connect(address.removeprefix("duckdb://"), read_only=True)
            connection.raw_sql("SET TimeZone = 'UTC'")
            return connection
        if kind == "pyspark":
            return ibis.pyspark.connect()
        return ibis.connect(VARIABLE.sub(lambda found: os.environ[found[1]], address))
    except Exception as error:  # every driver has errors of its own
        line = hidden(str(error).splitlines()[0]) if str(error) else type(error).__name__
        raise InputError(
            f"the warehouse {hidden(address)} does not open\n  {line}\n"
            f"  do: check the address ({KINDS[kind]}) and install its driver: pip install 'ibis-framework[{kind}]'"
        ) from None


def names(address: str) -> frozenset[str]:
    """The event tables of the contract that the warehouse holds; none without a warehouse."""
    if not address:
        return frozenset()
    connection = connect(address)
    if address.startswith("duckdb"):
        # Ibis 12 asks DuckDB for its tables by a call that DuckDB 2 no longer has.
        rows = connection.raw_sql("SELECT table_name FROM information_schema.tables").fetchall()
        there = {name.lower() for (name,) in rows}
    else:
        there = {name.lower() for name in connection.list_tables()}
    return frozenset(name for name, table in TABLES.items() if table.events and name in there)


def open_events(address: str, table: Table) -> "ibis.Table":
    """An event table of the warehouse, typed, with all columns of the contract.

    Columns are held against the contract each time; rules on the rows are asked by `crossborder check`, because they
    read the whole table. Raises DataError where a column is missing.
    """
    from crossborder.company import event_checks, frame_checks
    from crossborder.company.problems import as_frame, as_text

    raw = connect(address).table(table.name)
    problems = frame_checks.column_problems(list(raw.columns), table, hidden(address))
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise DataError(f"table {table.name!r} cannot be used\n{as_text(errors)}", as_frame(errors))
    return event_checks.typed_events(raw, table)


def first_and_last(address: str) -> dict[str, object]:
    """The last day and the markets of the orders in the warehouse, for a profile that leaves them out."""
    if "orders" not in names(address):
        return {}
    orders = open_events(address, TABLES["orders"])
    last = orders.aggregate(day=orders.ordered_at.max().cast("date").cast("string")).to_pandas()["day"].iloc[0]
    markets = orders.select("market").distinct().to_pandas()["market"].dropna()
    return {"as_of": str(last), "markets": sorted(markets)}
