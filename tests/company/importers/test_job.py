"""One import from files to a folder: all or nothing."""

import pandas as pd
import pytest
from crossborder.errors import InputError

GOOD = "online_retail.csv"


def spoiled(tmp_path, old, new):
    """The good file with a text replaced."""
    from tests.company.importers.test_online_retail import FIXTURES

    path = tmp_path / "spoiled.csv"
    path.write_text((FIXTURES / GOOD).read_text().replace(old, new))
    return path


def test_a_dry_run_maps_and_accounts_and_writes_nothing(bring, tmp_path):
    report, folder = bring("online-retail", GOOD, dry_run=True)
    assert report.accepted
    assert not folder.exists()
    assert list(tmp_path.iterdir()) == []
    assert "InvoiceNo" in str(report)
    assert report.mapping.set_index("target").loc["orders.sku", "example"] == "10001"


def test_everything_wrong_is_told_at_once_and_nothing_written(bring, tmp_path):
    path = spoiled(
        tmp_path, "RED TIN BOX,6,12/1/2010 8:26,2.55,17001,United Kingdom", "x,six,12/1/2010 8:26,two,17001,Atlantis"
    )
    report, folder = bring("online-retail", path)
    assert {problem.column for problem in report.problems} == {"Quantity", "UnitPrice", "Country"}
    assert not report.accepted
    assert not folder.exists()


def test_rows_that_cannot_be_read_may_be_left_out(bring, tmp_path):
    path = spoiled(tmp_path, "RED TIN BOX,10", "RED TIN BOX,ten")
    report, folder = bring("online-retail", path, skip_unreadable=True)
    assert report.accepted
    assert report.fates.set_index("fate")["rows"]["a cell cannot be read"] == 1
    assert len(pd.read_parquet(folder / "orders.parquet")) == 3


def test_missing_columns_stop_before_anything_is_read(bring, tmp_path):
    report, folder = bring("online-retail", spoiled(tmp_path, "StockCode", "Ding"))
    assert [problem.column for problem in report.problems] == ["StockCode"]
    assert not folder.exists()


def test_the_fate_of_every_line_can_be_written(bring, tmp_path):
    report, _ = bring("online-retail", GOOD, lines=tmp_path / "lines.csv")
    lines = pd.read_csv(tmp_path / "lines.csv")
    assert len(lines[lines["part_"] == 1]) == report.rows_in
    assert lines["net"].sum() == pytest.approx(76.055)


def test_no_file_is_told(bring):
    with pytest.raises(InputError, match="import what"):
        bring("online-retail")
