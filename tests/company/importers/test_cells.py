"""Text cells to typed ones, with everything unreadable told."""

from datetime import date
from decimal import Decimal

import pytest
from crossborder.company.importers import cells, reading
from crossborder.company.importers.interface import Field, Options
from crossborder.errors import InputError

KINDS = {"who": "text", "price": "money", "pieces": "integer", "moment": "moment", "day": "date", "absent": "money"}
FIELDS = tuple(Field(name, (name,)) for name in KINDS)


def typed(desk, tmp_path, text, **said):
    """The typed rows of a text, without file and row."""
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    [source] = reading.open_sources(desk, path, FIELDS, Options())
    table = cells.typed(desk, source, KINDS, Options(**said))
    return desk.rows(
        f"SELECT who, price, pieces, CAST(CAST(moment AS TIMESTAMP) AS VARCHAR), day, absent, unread_ FROM {table} ORDER BY row_"
    )


def test_cells_get_their_types(desk, tmp_path):
    text = "who;price;pieces;moment;day\n 007 ;1.234,50;2;1.2.2026 10:00;31.12.2025\n;;;;\n"
    rows = typed(desk, tmp_path, text, time_zone="Europe/Berlin")
    assert rows[0] == ("007", Decimal("1234.5"), 2, "2026-02-01 09:00:00", date(2025, 12, 31), None, False)
    assert rows[1] == (None, None, None, None, None, None, False)
    assert any("decimal comma" in note for note in desk.notes)
    assert any("'day' are read day first (the first number reaches 31)" in note for note in desk.notes)


def test_everything_unreadable_is_told_at_once(desk, tmp_path):
    rows = typed(desk, tmp_path, "who,price,pieces,moment\na,x,1.5,never\nb,1,2,2026-01-01\nc,y,2,2026-01-01\n")
    assert [row[-1] for row in rows] == [True, False, True]
    told = {problem.column: (problem.rows, problem.values, problem.count) for problem in desk.unread}
    assert told == {"price": ((2, 4), ("x", "y"), 2), "pieces": ((2,), ("1.5",), 1), "moment": ((2,), ("never",), 1)}


def test_what_the_user_says_goes_before_what_is_found(desk, tmp_path):
    rows = typed(desk, tmp_path, "who,price,moment\na,1.234,1/2/2026 0:00\n", decimal=",", date_order="dmy")
    assert rows[0][1] == 1234
    assert rows[0][3] == "2026-02-01 00:00:00"


def test_a_zone_that_does_not_exist_is_told(desk, tmp_path):
    with pytest.raises(InputError, match="time_zone is 'Mars/Base'"):
        typed(desk, tmp_path, "who,price\na,1\n", time_zone="Mars/Base")
