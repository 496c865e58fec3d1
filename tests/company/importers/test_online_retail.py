"""Invoice lines of the UCI files: sales, cancellations, postage, what is no product; every line accounted for."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from crossborder.company import Company, checks

FIXTURES = Path(__file__).parent / "fixtures"
LINES = "online_retail.csv"


def fates(report):
    """Fate -> rows."""
    return dict(zip(report.fates["fate"], report.fates["rows"], strict=True))


def orders(folder):
    """The orders as a frame."""
    return Company.open(folder).events("orders").order_by("ordered_at", "order_id", "line").to_pandas()


def test_every_line_has_a_fate_and_the_sum_holds_to_the_last_digit(bring):
    report, _ = bring("online-retail", LINES)
    assert report.accepted
    assert report.rows_in == 17 == int(report.fates["rows"].sum())
    # Typed in from the file: 6 x 2.55 + 4 x 1.005 + 18 + 25.5 + 2.55 + 5 - 5.1 - 15.3 - 0.85 - 12.5 + 30 - 11.06 + 4 + 17.5 - 1.005
    [total] = report.sums.itertuples()
    assert (total.measure, total.currency, total.before) == ("net", "GBP", pytest.approx(76.055, abs=1e-9))
    assert total.before == pytest.approx(total.in_tables + total.left_out, abs=1e-9)
    assert fates(report) == {
        "order line": 3,
        "order line without a customer (guest)": 1,
        "delivery paid, on the first line of its order": 2,
        "cancellation, as pieces returned on the sale it came from": 2,
        "cancellation of a sale that is not in the files": 1,
        "cancellation without a customer: its sale cannot be found": 1,
        "not a product: discount": 1,
        "not a product: manual entry": 1,
        "stock written off: negative pieces without a cancellation": 1,
        "no price": 1,
        "adjustment of accounts": 1,
        "not a product: postage on an invoice without products": 1,
        "not a product: gift voucher": 1,
    }


def test_the_company_opens_and_its_orders_say_what_the_lines_said(bring):
    _, folder = bring("online-retail", LINES)
    assert checks.check(folder).errors == []
    company = Company.open(folder)
    assert (company.home, str(company.as_of.date()), company.markets) == ("GB", "2011-07-14", ("GB", "IE", "JE"))
    table = orders(folder)
    assert list(table["sku"]) == ["10001", "10002A", "10001", "10003"]
    assert list(table["returned"]) == [6, 0, 0, 0]
    assert list(table["refund"]) == [15.3, 0, 0, 0]
    assert list(table["shipping_charged"]) == [18, 0, 0, 5]
    assert list(table["customer_id"].isna()) == [False, False, True, False]
    # July in London is an hour ahead of UTC, December is not.
    assert list(table["ordered_at"].dt.strftime("%m-%d %H:%M")) == ["12-01 08:26"] * 2 + ["07-13 08:00", "07-14 08:00"]


def test_two_cancellations_of_more_pieces_than_were_sold_leave_the_rest_out(bring):
    report, _ = bring("online-retail", LINES)
    # Six of the eight pieces sent back were sold; the rest of the second cancellation is a line's second part.
    rests = report.fates.set_index("fate")["rests"]
    assert rests["cancellation of a sale that is not in the files"] == 1
    assert rests.drop("cancellation of a sale that is not in the files").sum() == 0


def test_places_without_a_code_of_their_own_are_told(bring):
    report, _ = bring("online-retail", LINES)
    text = " ".join(report.notes)
    assert "'Channel Islands' is JE on 2 rows" in text
    assert "'Unspecified' is ZZ on 1 rows" in text
    assert "'European Community' is EU on 1 rows" in text
    report, folder = bring("online-retail", LINES, to="other", countries={"channel islands": "GG"})
    assert "Channel Islands" not in " ".join(report.notes)
    assert Company.open(folder).markets == ("GB", "GG", "IE")


def test_the_second_edition_in_two_sheets_counts_an_invoice_of_both_once(bring, tmp_path):
    first = [
        ("Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"),
        ("489001", 85048, "TIN", 12, pd.Timestamp("2009-12-01 07:45").to_pydatetime(), 6.95, 13085.0, "Germany"),
        ("489002", "79323P", "LAMP", 2, pd.Timestamp("2010-12-02 07:45").to_pydatetime(), 6.75, None, "Germany"),
    ]
    second = [first[0], first[2], ("489003", 22041, "FRAME", 1, first[1][4], 2.1, 13085.0, "Germany")]
    book = openpyxl.Workbook()
    for title, rows in (("Year 2009-2010", first), ("Year 2010-2011", second)):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = tmp_path / "online_retail_II.xlsx"
    book.save(path)
    report, folder = bring("online-retail", path)
    assert report.accepted
    assert fates(report)["invoice stands in the files before, with the same lines"] == 1
    table = orders(folder)
    assert list(table["sku"]) == ["85048", "22041", "79323P"]
    assert list(table["customer_id"].dropna()) == ["13085", "13085"]


def test_equal_lines_of_a_file_that_is_in_no_order_are_all_kept(bring, tmp_path):
    head = (FIXTURES / LINES).read_text().splitlines()[0]
    line = "{},1000{},TIN,1,12/1/2010 8:26,2.50,17001,France"
    # Two invoices take turns; the first has two equal lines, far apart.
    lines = [line.format(200001 + n % 2, n // 2) for n in range(12)] + [line.format(200001, 0)]
    path = tmp_path / "shuffled.csv"
    path.write_text("\n".join([head, *lines]) + "\n")
    report, _ = bring("online-retail", path)
    assert fates(report) == {"order line": 13}


def test_a_file_twice_over_counts_once(bring, tmp_path):
    head, *lines = (FIXTURES / LINES).read_text().splitlines()
    path = tmp_path / "twice.csv"
    path.write_text("\n".join([head, *lines, *lines]) + "\n")
    report, _ = bring("online-retail", path)
    assert fates(report)["invoice stands in the files before, with the same lines"] == 17
    assert report.sums["in_tables"].item() == bring("online-retail", LINES, to="once")[0].sums["in_tables"].item()


def test_parquet_and_csv_give_the_same_orders(bring, tmp_path):
    bring("online-retail", LINES)
    plain = pd.read_csv(FIXTURES / LINES)
    plain["InvoiceDate"] = pd.to_datetime(plain["InvoiceDate"], format="%m/%d/%Y %H:%M")
    path = tmp_path / "lines.parquet"
    plain.to_parquet(path)
    _, again = bring("online-retail", path, to="again")
    pd.testing.assert_frame_equal(orders(again), orders(tmp_path / "company"))


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-16", ","), ("cp1252", ";"), ("gb18030", "\t"), ("utf-8-sig", ",")]
)
def test_the_same_lines_in_other_encodings_and_with_other_delimiters(bring, tmp_path, encoding, delimiter):
    path = tmp_path / "lines.csv"
    path.write_bytes((FIXTURES / LINES).read_text().replace(",", delimiter).encode(encoding))
    report, _ = bring("online-retail", path)
    assert report.sums["before"].item() == pytest.approx(76.055, abs=1e-9)
