"""Worksheets as text."""

import datetime

import openpyxl
import pytest
from crossborder.company.importers import spreadsheets
from crossborder.errors import InputError


@pytest.fixture
def book(tmp_path):
    """A workbook with two sheets and an empty one."""
    one = openpyxl.Workbook()
    one.active.title = "A"
    one.active.append(["id", "when", "day", "price", "text"])
    one.active.append([17850.0, datetime.datetime(2026, 1, 2, 3, 4), datetime.date(2026, 1, 2), 2.55, 'say "x", y'])
    one.active.append([None] * 5)
    one.create_sheet("B").append(["only"])
    one.create_sheet("empty")
    one.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def test_values_are_as_stored_and_dates_iso(book, tmp_path):
    copies = spreadsheets.to_csv(book, tmp_path)
    assert list(copies) == ["A", "B"]
    header, row = copies["A"].read_text(encoding="utf-8").splitlines()
    assert header == "id,when,day,price,text"
    assert row == '17850,2026-01-02 03:04:00,2026-01-02 00:00:00,2.55,"say ""x"", y"'


def test_one_sheet_may_be_named(book, tmp_path):
    assert list(spreadsheets.to_csv(book, tmp_path, "B")) == ["B"]
    with pytest.raises(InputError, match="sheet 'C' is not known"):
        spreadsheets.to_csv(book, tmp_path, "C")
