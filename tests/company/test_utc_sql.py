"""Days and months of UTC times: the same as the engine's own calendar gives, in plain numbers."""

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from crossborder.company.files import engine
from crossborder.company.utc_sql import UtcCompiler

# Leap days, ends of years and days to the microsecond, times before 1970, and random ones from 1900 to 2199.
EDGES = [
    "2024-02-29T23:59:59.999999",
    "1999-12-31T23:59:59.999999",
    "2000-01-01T00:00:00",
    "1969-12-31T23:59:59.500000",
]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The same file in two engines: with the compiler and without it."""
    path = tmp_path_factory.mktemp("moments") / "moments.parquet"
    drawn = np.random.default_rng(5).integers(-2_208_988_800_000_000, 7_258_118_400_000_000, 2_000)
    edges = pd.to_datetime(EDGES, format="ISO8601").to_numpy("datetime64[us]").astype("int64")
    values = pa.array([*edges.tolist(), None, *drawn.tolist()], pa.timestamp("us", "UTC"))
    pq.write_table(pa.table({"moment": values}), path)
    plain, ours = ibis.duckdb.connect(), ibis.duckdb.connect()
    ours.compiler = UtcCompiler()
    for connection in (plain, ours):
        connection.raw_sql("SET TimeZone = 'UTC'")
    return plain.read_parquet(str(path)), ours.read_parquet(str(path))


def asked(table):
    at = table.moment
    return {
        "day": at.date(), "cast_day": at.cast("date"), "month": at.truncate("M"), "month_day": at.truncate("M").date(),
        "week": at.truncate("W").date(), "hour_of": at.truncate("h"), "seconds": at.epoch_seconds(), "year": at.year(),
        "month_number": at.month(), "hour": at.hour(), "plain": at.cast("timestamp"),
        "plain_month": at.truncate("M").cast("timestamp"), "second": at.cast("timestamp").truncate("s").epoch_seconds(),
        "after": at >= pd.Timestamp("2000-01-01T00:00Z"), "itself": at,
    }  # fmt: skip


def test_every_part_of_a_moment_is_that_of_the_engine_s_calendar(both):
    plain, ours = (table.select(**asked(table)).to_pandas() for table in both)
    pd.testing.assert_frame_equal(plain, ours)


def test_no_calendar_of_zones_is_asked(both):
    _, ours = both
    sql = str(ibis.to_sql(ours.select(d=ours.moment.truncate("M").date()))).upper()
    assert "EPOCH_US" in ours.get_backend().compile(ours.select(d=ours.moment.date())).upper()
    assert "TIMEZONE" not in sql


def test_the_engine_of_the_package_uses_it():
    assert isinstance(engine().compiler, UtcCompiler)
