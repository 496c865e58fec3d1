"""The CDNOW purchases."""

import pytest
from crossborder.company import Company, checks

MASTER = " customer_id  date number_of_cds  dollar_value\r\n 00001 19970101  1   11.77\r\n 00002 19970112  5   77.00\r\n 00002 19970112  1   12.00\r\n"
SAMPLE = " 00004 0001 19970101  2   29.33\n 00004 0001 19970118  0    0.00\n"


def test_both_layouts_are_read(bring, tmp_path):
    for name, text, sums in (("master", MASTER, 100.77), ("sample", SAMPLE, 29.33)):
        path = tmp_path / f"{name}.txt"
        path.write_bytes(text.encode())
        report, folder = bring("cdnow", path, to=name)
        assert report.accepted, str(report)
        assert checks.check(folder).errors == []
        assert report.sums["before"].item() == sums
    orders = Company.open(tmp_path / "master").events("orders").order_by("order_id").to_pandas()
    assert list(orders["customer_id"]) == ["00001", "00002", "00002"]
    assert list(orders["quantity"] * orders["unit_price"]) == [11.77, 77, 12]
    assert Company.open(tmp_path / "sample").events("orders").count().to_pandas() == 1


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("00003 1997", "row does not have four or five parts"),
        ("00003 19971301 1 2.00", "is not a date and time that can be read"),
    ],
)
def test_rows_that_cannot_be_read_are_told(bring, tmp_path, row, rule):
    path = tmp_path / "cut.txt"
    path.write_text(f" 00001 19970101  1   11.77\n {row}\n")
    report, folder = bring("cdnow", path)
    assert [(problem.rule, problem.rows) for problem in report.problems] == [(rule, (2,))]
    assert not folder.exists()


def test_the_same_purchases_apart_by_commas(bring, tmp_path):
    path = tmp_path / "CDNOW_sample.csv"
    path.write_text(
        '"customer_id","date","cds","dollars"\n4,1997-01-01,2,29.33\n4,19970118,2,29.73\n', encoding="utf-8"
    )
    report, _ = bring("cdnow", path)
    assert report.accepted, str(report)
    assert report.sums["in_tables"].round(2).tolist() == [59.06]
