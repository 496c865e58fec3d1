"""Rows laid down in the engine: worked out once, the same rows, gone with the last that asks."""

import gc

import ibis
import pandas as pd
from crossborder.company import files
from crossborder.company.laid import laid_down


def laid_tables() -> int:
    query = "SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'crossborder_laid%'"
    return files.engine().raw_sql(query).fetchall()[0][0]


def lazy(tmp_path):
    path = tmp_path / "orders.parquet"
    pd.DataFrame({"order_id": ["a", "a", "b"], "value": [1.0, 2.0, 4.0]}).to_parquet(path)
    table = files.engine().read_parquet(str(path))
    return table.group_by("order_id").aggregate(value=table.value.sum())


def test_the_rows_are_the_same_and_go_with_the_last_that_asks(tmp_path):
    before, rows = laid_tables(), lazy(tmp_path)
    laid = laid_down(rows)
    assert laid_tables() == before + 1
    pd.testing.assert_frame_equal(laid.order_by("order_id").to_pandas(), rows.order_by("order_id").to_pandas())
    more = laid.filter(laid.value > 3)
    del laid
    gc.collect()
    assert more.count().to_pandas() == 1
    del more
    gc.collect()
    assert laid_tables() == before


def test_another_engine_keeps_the_expression():
    class Other:
        name = "bigquery"

    class Rows:
        def get_backend(self):
            return Other()

    rows = Rows()
    assert laid_down(rows) is rows
    assert ibis.duckdb.connect().name == "duckdb"
