"""A company's folder in bad condition gives one report with everything, and never a traceback."""

import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.company.checks import check
from crossborder.errors import DataError

GOOD = pd.DataFrame(
    {
        "sku": ["A", "B", "C"],
        "name": ["a", "b", "c"],
        "category": "pet",
        "hs_code": "392690",
        "unit_cost": "3",
        "currency": "CNY",
        "weight_kg": "0.5",
        "length_cm": "10",
        "width_cm": "10",
        "height_cm": "10",
        "supplier_id": "",
        "launched_on": "2024-01-01",
    }
)


def spoiled(folder, column, value, row=1):
    frame = GOOD.copy().astype(object)
    frame.loc[row, column] = value
    frame.to_csv(folder / "products.csv", index=False)
    return check(folder)


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("unit_cost", "3,5", "is not a number"),
        ("unit_cost", "1.234,50", "is not a number"),
        ("unit_cost", "inf", "is not a number"),
        ("unit_cost", "-3", "is below 0"),
        ("weight_kg", "0", "is below 0.001"),
        ("weight_kg", "", "is empty"),
        ("hs_code", "3926", "is not of the form"),
        ("hs_code", "392690.5", "is not of the form"),
        ("currency", "usd", "is not of the form"),
        ("launched_on", "31.12.2024", "is not a date"),
        ("launched_on", "2024-02-30", "is not a date"),
        ("sku", "A", "stands more than once"),
        ("sku", "", "is empty"),
    ],
)
def test_a_bad_cell_is_named_with_its_row_value_and_remedy(tmp_path, column, value, rule):
    report = spoiled(tmp_path, column, value)
    found = [problem for problem in report.errors if problem.column == column and rule in problem.rule]
    assert len(found) == 1, str(report)
    assert found[0].rows == (3,)
    assert found[0].count == 1
    assert found[0].remedy
    if value:
        assert any(value.rstrip("0") in shown or shown in value or value in shown for shown in found[0].values)


def test_all_problems_come_at_once(tmp_path):
    frame = GOOD.drop(columns="name").astype(object)
    frame.loc[0, "unit_cost"], frame.loc[1, "weight_kg"], frame.loc[2, "hs_code"] = "x", "-1", "no"
    frame.to_csv(tmp_path / "products.csv", index=False)
    with pytest.raises(DataError, match=r"(?s)'name': column is missing.*not a number.*is below") as caught:
        Company.open(tmp_path).table("products")
    assert len(caught.value.problems) == 4


def test_a_renamed_column_is_suggested(tmp_path):
    GOOD.rename(columns={"unit_cost": "UnitCost"}).to_csv(tmp_path / "products.csv", index=False)
    report = check(tmp_path)
    assert "rename one of 'UnitCost'" in str(report)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("sku,näme\n1,2\n".encode("cp1252"), "is not UTF-8"),
        ("sku,name\n1,2\n".encode("utf-16"), "is not UTF-8"),
        (b"", "is not a table"),
        (b"sku,name\n1,2,3,4\n1\n", "is not a table|column is missing"),
    ],
)
def test_an_unreadable_file_is_told(tmp_path, content, message):
    (tmp_path / "products.csv").write_bytes(content)
    report = check(tmp_path)
    assert report.errors
    assert pd.Series([problem.rule for problem in report.errors]).str.contains(message).any()


def test_a_broken_parquet_of_events_is_told(tmp_path):
    (tmp_path / "orders.parquet").write_bytes(b"PAR1 this is not parquet PAR1")
    report = check(tmp_path)
    assert len(report.errors) == 1
    assert report.errors[0].file == "orders.parquet"
    assert str(tmp_path) not in str(report)


def test_events_are_checked_in_the_engine_with_rows_and_values(tmp_path):
    orders = pd.DataFrame(
        {
            "order_id": ["1", "2", "2", "4"], "line": ["1", "1", "1", "x"],
            "ordered_at": ["2026-01-01T00:00:00Z", "01/02/2026", "2026-01-01", "2026-01-01"],
            "market": ["US", "UK!", "US", "US"],
            "sku": ["A", "A", "A", ""], "quantity": ["1", "1.5", "-1", "1"], "unit_price": ["1", "nan", "3,5", "-1"],
            "currency": ["USD", "US", "USD", "USD"],
        }
    )  # fmt: skip
    orders.to_csv(tmp_path / "orders.csv", index=False)
    found = {(p.column, p.rule): (p.rows, p.count) for p in check(tmp_path).errors}
    assert found[("ordered_at", "is not a date and time")] == ((3,), 1)
    assert found[("quantity", "is not a whole number")] == ((3,), 1)
    assert found[("quantity", "is below 1")] == ((4,), 1)
    assert found[("unit_price", "is not a number")] == ((3, 4), 2)
    assert found[("unit_price", "is below 0")] == ((5,), 1)
    assert found[("order_id", "key (order_id, line) stands more than once")] == ((4,), 1)
    assert found[("sku", "is empty")] == ((5,), 1)
    assert found[("line", "is not a whole number")] == ((5,), 1)
    with pytest.raises(DataError, match="table 'orders' cannot be used"):
        Company.open(tmp_path, as_of="2026-01-01").events("orders")


def test_a_dangling_reference_is_told(tmp_path):
    GOOD.assign(supplier_id=["S1", "S9", ""]).to_csv(tmp_path / "products.csv", index=False)
    pd.DataFrame({"supplier_id": ["S1"]}).to_csv(tmp_path / "suppliers.csv", index=False)
    assert any(p.rule == "is not in suppliers.supplier_id" and p.rows == (3,) for p in check(tmp_path).errors)


def test_an_unknown_column_is_a_note_and_no_error(tmp_path):
    GOOD.assign(colour="red").to_csv(tmp_path / "products.csv", index=False)
    report = check(tmp_path)
    assert not report.errors
    assert report.problems[0].severity == "note"


def test_a_good_table_passes_and_one_changed_cell_is_seen_again(tmp_path):
    GOOD.to_csv(tmp_path / "products.csv", index=False)
    assert len(Company.open(tmp_path).table("products")) == 3
    GOOD.assign(weight_kg="-100").to_csv(tmp_path / "products.csv", index=False)
    with pytest.raises(DataError, match="is below"):
        Company.open(tmp_path).table("products")
