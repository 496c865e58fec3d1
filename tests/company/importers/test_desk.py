"""The desk on which files are laid out."""

from crossborder.company.importers.desk import Desk, quoted


def test_a_desk_is_gone_when_the_import_ends():
    with Desk() as desk:
        folder = desk.folder
        assert desk.rows(f"SELECT * FROM {desk.keep('SELECT 1 AS a')}") == [(1,)]
        assert folder.is_dir()
    assert not folder.exists()


def test_quotation_marks_in_texts_stay_text(desk):
    assert desk.one(f"SELECT {quoted('it' + chr(39) + 's')}") == ("it's",)


def test_a_note_is_said_once(desk):
    desk.note("a")
    desk.note("a")
    assert desk.notes == ["a"]


def test_columns_have_names_and_types(desk):
    assert desk.columns(desk.keep("SELECT 1 AS n, 'x' AS t")) == {"n": "INTEGER", "t": "VARCHAR"}
