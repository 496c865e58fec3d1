"""Worksheets as text."""

import csv
import datetime
import zipfile

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


def test_cells_of_every_kind_are_written_as_people_read_them(tmp_path):
    book = openpyxl.Workbook()
    moment, day = datetime.datetime(2026, 1, 2, 3, 4, 5), datetime.date(2026, 1, 2)
    book.active.append(["a", "b", "c", "d", None])
    book.active.append([2.5, 17850.0, 'x, "y"\nz', moment, None])
    book.active.append([None, None, None, None])
    book.active.append([True, "007", " lead", day, None])
    book.active.append([None, -0.5, None, datetime.time(3, 4), datetime.timedelta(hours=30)])
    book.save(tmp_path / "a.xlsx")
    [copy] = spreadsheets.to_csv(tmp_path / "a.xlsx", tmp_path).values()
    with copy.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    assert rows == [
        ["a", "b", "c", "d", ""], ["2.5", "17850", 'x, "y"\nz', "2026-01-02 03:04:05", ""],
        ["True", "007", " lead", "2026-01-02 00:00:00", ""], ["", "-0.5", "", "03:04:00", "1 day, 6:00:00"],
    ]  # fmt: skip


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.97])
def test_a_workbook_that_was_cut_off_is_refused(tmp_path, cut):
    book = openpyxl.Workbook()
    for row in range(200):
        book.active.append([row, f"text {row}"])
    book.save(tmp_path / "a.xlsx")
    whole = (tmp_path / "a.xlsx").read_bytes()
    (tmp_path / "a.xlsx").write_bytes(whole[: int(len(whole) * cut)])
    with pytest.raises(InputError, match="is not an Excel workbook"):
        spreadsheets.to_csv(tmp_path / "a.xlsx", tmp_path)


def test_rows_without_places_and_texts_within_cells_are_read(tmp_path):
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as whole:
        whole.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{kinds}"><sheets><sheet name="s" r:id="k"/></sheets></workbook>',
        )
        whole.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships><Relationship Id="k" Type="{kinds}/worksheet" Target="s.xml"/></Relationships>',
        )
        cells = '<x:c t="inlineStr"><x:is><x:t>Größe</x:t></x:is></x:c><x:c t="str"><x:f>A1</x:f><x:v>b</x:v></x:c>'
        late = '<x:c r="B2" t="d"><x:v>2026-01-02T03:04:05</x:v></x:c><x:c t="e"><x:v>#N/A</x:v></x:c>'
        rows = f"<x:row>{cells}</x:row><x:row>{late}</x:row>"
        whole.writestr(
            "xl/s.xml",
            f'<x:worksheet xmlns:x="{main}"><x:dimension ref="A1"/><x:sheetData>{rows}</x:sheetData></x:worksheet>',
        )
    [copy] = spreadsheets.to_csv(tmp_path / "a.xlsx", tmp_path).values()
    assert copy.read_text(encoding="utf-8") == "Größe,b\n,2026-01-02 03:04:05,#N/A\n"
