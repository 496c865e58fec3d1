import io
import zipfile

import openpyxl
import pandas as pd
import pytest
from crossborder.reports import exports
from hypothesis import given
from hypothesis import strategies as st

HOSTILE = ['=HYPERLINK("x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "<script>alert(1)</script>"]


@given(st.text(max_size=20))
def test_a_neutral_text_never_starts_a_formula(text):
    assert not str(exports.neutral(text)).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize("value", [None, 3, -3.5, "plain", "", "a=b", pd.NaT])
def test_what_is_harmless_stays_as_it_is(value):
    assert exports.neutral(value) is value


def test_csv_holds_texts_and_numbers_stay_numbers(tmp_path):
    frame = pd.DataFrame({"=name": HOSTILE, "value": range(-4, 5)})
    exports.write_csv(frame, tmp_path / "t.csv")
    read = pd.read_csv(tmp_path / "t.csv")
    assert read.columns.tolist() == ["'=name", "value"]
    assert read["value"].tolist() == list(range(-4, 5))
    assert read["'=name"].str.startswith("'").sum() == len(HOSTILE) - 1
    assert read["'=name"].iloc[-1] == "<script>alert(1)</script>"


def test_a_named_index_is_a_column_and_is_made_harmless_too(tmp_path):
    frame = pd.DataFrame({"v": [1.5]}, index=pd.Index(["=1"], name="product"))
    exports.write_csv(frame, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == b"product,v\r\n'=1,1.5\r\n"


def test_excel_holds_no_formula_and_no_link():
    content = exports.workbook({"products": pd.DataFrame({"name": [*HOSTILE, "https://example.org"]})})
    sheet = openpyxl.load_workbook(io.BytesIO(content))["products"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        text = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in text and "hyperlink" not in text


def test_parquet_keeps_texts_as_they_are_and_takes_any_object(tmp_path):
    frame = pd.DataFrame({"name": HOSTILE[:2], "span": pd.arrays.IntervalArray.from_tuples([(0, 1), (1, 2)])})
    exports.write_parquet(frame, tmp_path / "t.parquet")
    read = pd.read_parquet(tmp_path / "t.parquet")
    assert read["name"].tolist() == HOSTILE[:2]
    assert read["span"].tolist() == ["(0, 1]", "(1, 2]"]


def test_a_write_that_breaks_off_leaves_the_old_file_and_no_part(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("old")

    class Breaks(pd.DataFrame):
        def to_csv(self, *args, **kwargs):
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        exports._whole(path, lambda temporary: Breaks().to_csv(temporary))
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]
