"""A company whose event tables lie in a warehouse."""

import duckdb
import pandas as pd
import pytest
from crossborder.company import Company, coverage, warehouse
from crossborder.errors import DataError, InputError

from tests.company.conftest import ORDERS


@pytest.fixture
def away(folder):
    """The small company with its orders in a DuckDB file instead of a CSV."""
    orders = ORDERS.assign(ordered_at=pd.to_datetime(ORDERS["ordered_at"], utc=True))
    orders["delivered_at"] = pd.to_datetime(ORDERS["delivered_at"], utc=True)
    with duckdb.connect(str(folder / "events.ddb")) as connection:
        connection.register("frame", orders)
        connection.execute("CREATE TABLE orders AS SELECT * FROM frame")
    (folder / "orders.csv").unlink()
    (folder / "company.yaml").write_text("name: Away\nevents: duckdb://events.ddb\n")
    return folder


def test_events_in_a_warehouse_are_read_where_they_lie(away):
    company = Company.open(away)
    assert company.has("orders", "products") and "orders" in company.tables
    assert company.markets == ("DE", "NA", "US") and company.as_of == pd.Timestamp("2026-03-02")
    orders = company.events("orders")
    assert int(orders.quantity.sum().to_pandas()) == ORDERS["quantity"].sum()
    assert "refund" in orders.columns  # absent optional columns are there, and missing
    table = coverage.coverage(company).set_index("table")
    assert table.loc["orders", "rows"] == 4


def test_a_day_hides_later_rows_of_the_warehouse_too(away):
    company = Company.open(away, as_of="2026-02-28")
    assert int(company.events("orders").count().to_pandas()) == 3


def test_a_table_that_the_warehouse_lacks_may_lie_in_the_folder(away):
    ORDERS.drop(columns="delivered_at").to_csv(away / "orders.csv", index=False)
    with duckdb.connect(str(away / "other.ddb")) as connection:
        connection.execute("CREATE TABLE something_else (a INTEGER)")
    (away / "company.yaml").write_text("name: Away\nevents: duckdb://other.ddb\n")
    assert int(Company.open(away).events("orders").count().to_pandas()) == 4


def test_a_missing_column_is_refused_with_the_report(away):
    with duckdb.connect(str(away / "events.ddb")) as connection:
        connection.execute("ALTER TABLE orders DROP COLUMN currency")
    warehouse.connect.cache_clear()
    with pytest.raises(DataError, match="currency"):
        Company.open(away).events("orders")


def test_a_password_does_not_belong_into_a_file(folder):
    (folder / "company.yaml").write_text("name: A\nevents: postgres://me:secret@host/db\n")
    with pytest.raises(InputError, match="holds a password") as told:
        Company.open(folder)
    assert "secret" not in str(told.value)


def test_an_unknown_kind_names_those_that_are_known(folder):
    (folder / "company.yaml").write_text("name: A\nevents: oracle://host/db\n")
    with pytest.raises(InputError, match="bigquery://PROJECT/DATASET"):
        Company.open(folder)


def test_a_variable_that_is_not_set_is_named(folder, monkeypatch):
    monkeypatch.delenv("SHOP_PASSWORD", raising=False)
    (folder / "company.yaml").write_text("name: A\nevents: postgres://me:${SHOP_PASSWORD}@host/db\n")
    with pytest.raises(InputError, match="environment variable SHOP_PASSWORD"):
        Company.open(folder).has("orders")


def test_a_file_that_does_not_exist_is_told_without_a_traceback(folder):
    (folder / "company.yaml").write_text("name: A\nevents: duckdb://nowhere.ddb\n")
    with pytest.raises(InputError, match="does not open"):
        Company.open(folder).has("orders")
