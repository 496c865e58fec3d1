"""Opening files as they were exported."""

import pandas as pd
import pytest
from crossborder.company.importers import reading
from crossborder.company.importers.interface import Field, Options
from crossborder.errors import InputError

FIELDS = (Field("order", ("Order ID", "Bestellung"), needed=True), Field("price", ("Price", "Preis"), needed=True))


def opened(desk, path, fields=FIELDS, **said):
    """The only source of a file, and its rows."""
    quotes = said.pop("quotes", True)
    [source] = reading.open_sources(desk, path, fields, Options(**said), quotes)
    return source, desk.rows(f"SELECT * EXCLUDE (file_) FROM {source.table} ORDER BY row_")


def put(tmp_path, text, name="a.csv"):
    """A file with the text."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(desk, tmp_path, sign):
    source, rows = opened(desk, put(tmp_path, f"Order ID{sign}Price\n1{sign}2.50\n2{sign}3.50\n"))
    assert rows == [(2, "1", "2.50"), (3, "2", "3.50")]
    assert source.rows == 2


def test_headers_are_found_in_any_order_case_and_width_behind_a_preamble(desk, tmp_path):
    text = '"Report of all things"\n"Period: June, July"\n\n"note, a","ＰＲＩＣＥ","order_id"\n"x","2","1"\n'
    source, rows = opened(desk, put(tmp_path, text))
    assert rows == [(5, "1", "2")]
    assert source.settings["header"] == "row 4"
    assert source.headers == ("note, a", "ＰＲＩＣＥ", "order_id")


def test_cells_may_hold_line_breaks_delimiters_and_quotes(desk, tmp_path):
    _, rows = opened(desk, put(tmp_path, 'Order ID,Price\n"a\nb","1,5"\n"c ""d""",2\n'))
    assert rows == [(2, "a\nb", "1,5"), (3, 'c "d"', "2")]


def test_quotation_marks_are_plain_where_the_format_never_quotes(desk, tmp_path):
    path = put(tmp_path, 'Order ID\tPrice\n5" pan\t2\n"x\t3\n', "a.txt")
    assert opened(desk, path, quotes=False)[1] == [(2, '5" pan', "2"), (3, '"x', "3")]


def test_rows_of_another_width_are_told_all_at_once(desk, tmp_path):
    opened(desk, put(tmp_path, "Order ID,Price\n1,2\n3\n4,5,6\n7,8\n9\n"))
    assert {(p.rule.split("(")[1], p.rows) for p in desk.problems} == {
        ("missing columns)", (3, 6)),
        ("too many columns)", (4,)),
    }


def test_a_needed_column_that_is_missing_is_told_with_what_is_there(desk, tmp_path):
    opened(desk, put(tmp_path, "Order ID,Amount\n1,2\n"))
    [problem] = desk.problems
    assert (problem.column, problem.rule) == ("Price", "column is missing")
    assert "the file has: Amount" in problem.remedy


def test_without_fields_every_column_comes_under_its_own_header(desk, tmp_path):
    source, rows = opened(desk, put(tmp_path, "a,a,,b\n1,2,3,4\n"), fields=())
    assert source.headers == ("a", "a.1", "column 3", "b")
    assert rows == [(2, "1", "2", "3", "4")]


def test_parquet_and_json_keep_their_types(desk, tmp_path):
    frame = pd.DataFrame({"order id": [1], "PRICE": [2.5]})
    frame.to_parquet(tmp_path / "a.parquet")
    frame.to_json(tmp_path / "a.jsonl", orient="records", lines=True)
    for name in ("a.parquet", "a.jsonl"):
        source, rows = opened(desk, tmp_path / name)
        assert rows == [(2, 1, 2.5)]
        assert desk.columns(source.table)["price"] == "DOUBLE"


def test_sheets_with_the_headers_are_read_and_others_told(desk, tmp_path):
    path = tmp_path / "a.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"Notes": ["x"]}).to_excel(book, sheet_name="About", index=False)
        pd.DataFrame({"Order ID": ["007"], "Price": [2.5]}).to_excel(book, sheet_name="June", index=False)
    source, rows = opened(desk, path)
    assert (source.name, rows) == ("a.xlsx", [(2, "007", "2.5")])
    assert desk.notes == ["a.xlsx: sheet 'About' has other columns and is not read"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\n\n", "has no header"),
        ("a.xlsx", b"no book", "is not an Excel workbook"),
        ("a.parquet", b"no table", "cannot be read as Parquet"),
        ("a.jsonl", b"{no json", "cannot be read as JSON"),
        ("a.xls", b"old", "old Excel file"),
    ],
)
def test_files_that_cannot_be_opened_are_told_plainly(desk, tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=says):
        opened(desk, tmp_path / name)


def test_a_file_that_is_not_there_and_a_delimiter_that_is_none(desk, tmp_path):
    with pytest.raises(InputError, match="no file"):
        opened(desk, tmp_path / "nothing.csv")
    with pytest.raises(InputError, match="delimiter 'commas' is not known"):
        opened(desk, put(tmp_path, "Order ID,Price\n"), delimiter="commas")


def test_header_keys_ignore_case_width_accents_and_signs():
    assert {
        reading.header_key(h)
        for h in ("Lineitem price", "LINEITEM_PRICE", "ｌｉｎｅｉｔｅｍ－price ", "Líneitem price")
    } == {"lineitemprice"}


def test_rows_that_the_engine_does_not_see_are_told(desk, tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("name\n1\n", encoding="utf-8")
    monkeypatch.setattr(desk, "keep", lambda query, name="t": _nothing(desk, query))
    reading.open_sources(desk, path, (Field("name", ("name",)),), Options())
    assert [problem.rule for problem in desk.problems] == ["no row below the header can be read"]


def _nothing(desk, query):
    desk.run(f"CREATE TABLE nothing AS SELECT * FROM ({query}) WHERE row_ < 0")
    return "nothing"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "text",
    [
        '[{"order": "1", "price": 2.5},\n {"order": "2", "price": 3}]',
        '{"order": "1", "price": 2.5}\r\n{"order": "2", "price": 3}\r\n',
    ],
)
def test_json_is_read_in_any_unicode(desk, tmp_path, encoding, text):
    path = tmp_path / "a.json"
    path.write_bytes(text.encode(encoding))
    fields = tuple(Field(name, (name,)) for name in ("order", "price"))
    [source] = reading.open_sources(desk, path, fields, Options())
    assert desk.rows(f'SELECT "order", price FROM {source.table} ORDER BY row_') == [("1", 2.5), ("2", 3)]
