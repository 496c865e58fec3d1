"""DuckDB and PySpark give equal frames for every reduction, through the same Ibis expressions."""

import os
import shutil
import warnings

import pytest
from crossborder.company import Company, warehouse

from tests.scale.frames import same
from tests.scale.reductions import REDUCTIONS

EVENTS = ("orders", "touchpoints", "sessions")
# Medians and distinct counts that an engine may approximate: within its own stated error.
APPROXIMATE = {"company.kpis": 0.02, "supply.order_stages": 1e-6}

pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java, and there is none on the path"),
]


@pytest.fixture(scope="module")
def spark():
    """One local Spark session, quiet, in UTC."""
    pytest.importorskip("pyspark", reason="the group `spark` is not installed")
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        session = (
            SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.default.parallelism", "1")
            .config("spark.log.level", "ERROR")
            # Small data and many queries: compiling each one would cost more than running it.
            .config("spark.sql.codegen.wholeStage", "false")
            .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .config("spark.sql.adaptive.enabled", "false")
            .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
            .getOrCreate()
        )
        yield session
        session.stop()


@pytest.fixture(scope="module")
def companies(spark, thinned, tmp_path_factory):
    """The same company with its events in DuckDB and in Spark."""
    folder = tmp_path_factory.mktemp("in_spark")
    for path in thinned.iterdir():
        if path.stem in EVENTS:
            spark.read.parquet(str(path)).createOrReplaceTempView(path.stem)
        else:
            shutil.copy(path, folder)
    with (folder / "company.yaml").open("a") as profile:
        profile.write("events: 'pyspark://'\n")
    warehouse.connect.cache_clear()
    yield Company.open(thinned), Company.open(folder)
    warehouse.connect.cache_clear()


def test_the_events_lie_in_spark(companies):
    here, there = companies
    assert there.events("orders").get_backend().name == "pyspark"
    assert here.events("orders").get_backend().name == "duckdb"
    assert there.tables == here.tables


@pytest.mark.parametrize("name", REDUCTIONS)
def test_both_engines_give_the_same(companies, name):
    here, there = companies
    same(REDUCTIONS[name](here), REDUCTIONS[name](there), rtol=APPROXIMATE.get(name, 1e-7))
