"""Any table by a mapping."""

import pandas as pd
import pytest
from crossborder.company import Company, checks
from crossborder.errors import InputError

MAP = """
table: orders
decimal: ","
time_zone: Europe/Berlin
columns:
  order_id: Bestellung
  ordered_at: {column: Datum, format: "%d.%m.%y %H:%M"}
  customer_id: Kunde
  market: {column: Land, values: {Dtl.: DE, CH: CH}}
  sku: Artikel
  quantity: Menge
  unit_price: {column: "Preis, Cent", divide: 100}
  currency: {constant: eur}
leave_out:
- {column: Status, values: [storniert]}
- {column: Menge, at_most: 0}
"""
LINES = (
    'Bestellung;Datum;Kunde;Land;Artikel;Menge;"Preis, Cent";Status;Notiz\n'
    "0001;05.01.26 10:00;007;Dtl.;A;2;1.190,0;ok;\n"
    "0001;05.01.26 10:00;007;Dtl.;B;1;500;ok;x\n"
    "0002;05.07.26 10:00;;Österreich;A;1;1190;ok;\n"
    "0003;06.07.26 10:00;on;CH;A;1;1190;Storniert;\n"
    "0004;06.07.26 10:00;NO;CH;A;0;1190;ok;\n"
)


@pytest.fixture
def map_file(tmp_path):
    """A mapping of German orders."""
    path = tmp_path / "map.yaml"
    path.write_text(MAP, encoding="utf-8")
    return path


@pytest.fixture
def lines(tmp_path):
    """German orders, as an old program writes them."""
    path = tmp_path / "Export 2026.csv"
    path.write_bytes(LINES.encode("cp1252"))
    return path


def test_orders_come_in_by_a_mapping(bring, lines, map_file):
    report, folder = bring("generic", lines, mapping=map_file)
    assert report.accepted, str(report)
    assert checks.check(folder).errors == []
    table = Company.open(folder).events("orders").order_by("order_id", "line").to_pandas()
    assert list(table["order_id"]) == ["0001", "0001", "0002"]
    assert list(table["line"]) == [1, 2, 1]
    assert list(table["customer_id"].dropna()) == ["007", "007"]
    assert list(table["market"]) == ["DE", "DE", "AT"]
    assert list(table["unit_price"]) == [11.9, 5, 11.9]
    assert set(table["currency"]) == {"EUR"}
    assert list(table["ordered_at"].dt.strftime("%m-%d %H:%M")) == ["01-05 09:00"] * 2 + ["07-05 08:00"]
    assert report.fates.set_index("fate")["rows"].to_dict() == {
        "row of orders": 3, "Status is Storniert": 1, "Menge is at most 0": 1,
    }  # fmt: skip
    sums = report.sums.set_index("measure").loc["goods"]
    assert (sums["before"], sums["in_tables"], sums["left_out"]) == pytest.approx((52.6, 40.7, 11.9))
    assert report.unmapped == {"Export 2026.csv": ("Notiz",)}
    assert report.mapping.set_index("target").loc["orders.unit_price", "example"] == "1.190,0"


def test_a_header_that_is_not_there_and_a_bad_cell_are_told_together(bring, tmp_path, map_file):
    path = tmp_path / "bad.csv"
    path.write_text(LINES.replace("Artikel", "Ware").replace(";2;", ";zwei;"), encoding="utf-8")
    report, folder = bring("generic", path, mapping=map_file)
    rules = {(problem.column, problem.rule) for problem in report.problems}
    assert ("Artikel", "header of the mapping is not in the file") in rules
    assert ("Menge", "is not a whole number") in rules
    assert not folder.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet", "jsonl"])
def test_a_file_called_as_its_table_needs_no_mapping(bring, tmp_path, kind):
    frame = pd.DataFrame(
        {"SKU": ["007"], "name": ["tin"], "category": ["home"], "HS code": ["010203"], "unit cost": [1.25], "currency": ["cny"],
         "weight_kg": [0.25], "length_cm": [1], "width_cm": [1], "height_cm": [1], "supplier_id": [None], "launched_on": [None], "battery": ["nein"]}
    )  # fmt: skip
    path = tmp_path / f"products 2026.{kind}"
    writers = {
        "csv": lambda: frame.to_csv(path, index=False), "xlsx": lambda: frame.to_excel(path, index=False),
        "parquet": lambda: frame.to_parquet(path), "jsonl": lambda: frame.to_json(path, orient="records", lines=True),
    }  # fmt: skip
    writers[kind]()
    report, folder = bring("generic", path)
    assert report.accepted, str(report)
    [product] = Company.open(folder).table("products").to_dict("records")
    assert (product["sku"], product["hs_code"], product["unit_cost"], product["currency"], product["battery"]) == (
        "007", "010203", 1.25, "CNY", False,
    )  # fmt: skip


def test_a_file_that_names_no_table_is_told(bring, lines):
    with pytest.raises(InputError, match="names no table"):
        bring("generic", lines)
