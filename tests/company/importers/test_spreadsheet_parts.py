"""The parts of a workbook beside its rows."""

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from crossborder.company.importers import spreadsheet_parts

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def archive(**files):
    """A workbook of the parts given, with two sheets, one of which is a chart."""
    texts = {
        "_rels/.rels": f'<Relationships><Relationship Id="a" Type="{KINDS}/officeDocument" Target="/xl/book.xml"/></Relationships>',
        "xl/book.xml": f'<x:workbook xmlns:x="{MAIN}" xmlns:r="{KINDS}"><x:workbookPr date1904="1"/><x:sheets>'
        '<x:sheet name="Data &amp; more" r:id="r1"/><x:sheet name="Chart" r:id="r2"/></x:sheets></x:workbook>',
        "xl/_rels/book.xml.rels": "<Relationships>"
        + "".join(
            f'<Relationship Id="{key}" Type="{KINDS}/{kind}" Target="{target}"/>'
            for key, kind, target in [
                ("r1", "worksheet", "sheets/one.xml"),
                ("r2", "chartsheet", "../charts/c.xml"),
                ("r3", "styles", "styles.xml"),
                ("r4", "sharedStrings", "/xl/texts.xml"),
            ]
        )
        + "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="[h]:mm"/></numFmts>'
        '<fills><fill/></fills><cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="31"/><xf numFmtId="170"/></cellXfs></styleSheet>',
        "xl/texts.xml": f'<sst xmlns="{MAIN}"><si><t>plain</t></si><si><r><t>two </t></r><r><t>parts</t></r></si>'
        "<si><t>東京</t><rPh><t>トウキョウ</t></rPh></si><si/></sst>",
    } | files
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as whole:
        for name, text in texts.items():
            whole.writestr(name, text)
    return zipfile.ZipFile(memory)


def test_sheets_texts_and_dates_are_found_whatever_the_file_calls_them():
    found = spreadsheet_parts.parts(archive())
    assert found.sheets == {"Data & more": "xl/sheets/one.xml"}
    assert found.shared == ["plain", "two parts", "東京", ""]
    assert found.dates == {1, 2, 3}
    assert found.spans == {3}
    assert found.epoch == datetime(1904, 1, 1)


def test_a_workbook_of_another_program_is_read_alike(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "one"
    book.active.append([datetime(2026, 1, 2), "text"])
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as whole:
        found = spreadsheet_parts.parts(whole)
    assert (list(found.sheets), len(found.dates), found.spans) == (["one"], 1, frozenset())


def test_an_archive_without_a_workbook_is_none():
    with pytest.raises(KeyError, match=r"xl/workbook\.xml"):
        spreadsheet_parts.parts(archive(**{"_rels/.rels": "<Relationships/>"}))
