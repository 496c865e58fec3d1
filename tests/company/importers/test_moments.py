"""Dates and times as exports write them."""

from datetime import datetime

import pytest
from crossborder.company.importers import moments
from crossborder.company.importers.desk import Desk, quoted
from hypothesis import given, settings
from hypothesis import strategies as st

MIDNIGHT_GMT = "2023-01-05 00:00:12"
EARLIEST = datetime(1000, 1, 1)


@pytest.fixture(scope="module")
def engine():
    with Desk() as desk:
        yield desk


def read(engine, cells, order="ymd", zone="UTC", what=moments.in_utc):
    """The moments that the cells are read as, as text in UTC."""
    rows = ", ".join(f"({place}, {quoted(cell)})" for place, cell in enumerate(cells))
    plain = f"SELECT place, {moments.plain_moment('cell')} AS clean FROM (VALUES {rows}) t(place, cell)"
    iso = f"SELECT place, {moments.ordered(moments.named_months('clean'), order)} AS iso FROM ({plain})"
    read_as = what("iso", zone) if what is moments.in_utc else what("iso")
    kind = "TIMESTAMP" if what is moments.in_utc else "DATE"
    query = f"SELECT CAST(CAST({read_as} AS {kind}) AS VARCHAR) FROM ({iso}) ORDER BY place"
    return [row[0] for row in engine.rows(query)]


@pytest.mark.parametrize(
    "cell",
    [
        "Jan 5, 2023 12:00:12 AM GMT",
        "5 Jan 2023 12:00:12 am UTC",
        "5 sty 2023 00:00:12 UTC",
        "Jan 4, 2023 4:00:12 PM PST",
        "4 Jan 2023 16:00:12 GMT-8",
        "5 Jan 2023 00:00:12 UTC",
        "05.01.2023 00:00:12 UTC",
        "5 janv. 2023 00:00:12 UTC",
        "5 ene. 2023 1:00:12 GMT+1",
        "5 gen 2023 00:00:12 UTC",
        "4 de jan. de 2023 21:00:12 GMT-3",
        "2023/01/05 9:00:12JST",
        "2023-01-05T00:00:12Z",
        "2023-01-05T00:00:12+00:00",
        "2023-01-05 01:00:12 +0100",
        "2023-01-04 19:00:12 -0500",
        "2023年1月5日 00:00:12",
        "２０２３年１月５日　00：00：12",
        "5 Januar 2023 00:00:12 UTC",
        "5 jan. 2023 01:00:12 CET",
    ],
)
def test_one_moment_in_many_forms_is_one_moment(engine, cell):
    assert read(engine, [cell], "dmy") == [MIDNIGHT_GMT]


@pytest.mark.parametrize(("order", "day"), [("dmy", "2010-02-01"), ("mdy", "2010-01-02")])
def test_the_order_of_day_and_month_is_as_told(engine, order, day):
    assert read(engine, ["1/2/2010 8:26", "01.02.10 08:26"], order) == [f"{day} 08:26:00"] * 2


def test_summer_time_of_a_named_zone_is_known(engine):
    cells = ["2023-01-05 12:00", "2023-07-05 12:00"]
    assert read(engine, cells, zone="Europe/London") == ["2023-01-05 12:00:00", "2023-07-05 11:00:00"]


@pytest.mark.parametrize(
    "cell", ["", "tomorrow", "2023-13-05 00:00", "2023-02-30", "5 foo 2023 00:00", "2023-01-05 00:00:12 XYZ"]
)
def test_what_is_not_a_moment_is_missing(engine, cell):
    assert read(engine, [cell]) == [None]


def test_a_date_is_the_day_as_written_whatever_the_zone(engine):
    cells = ["Jan 5, 2023 11:00:12 PM PST", "2023-01-05"]
    assert read(engine, cells, what=moments.as_date) == ["2023-01-05"] * 2


@settings(max_examples=25, deadline=None)
@given(st.lists(st.datetimes(min_value=EARLIEST), min_size=1, max_size=20))
def test_iso_moments_are_read_back(engine, values):
    values = [value.replace(microsecond=0) for value in values]
    assert read(engine, [value.isoformat() for value in values]) == [value.isoformat(sep=" ") for value in values]


@pytest.mark.parametrize(
    ("cells", "order"), [(["13/1/2010"], "dmy"), (["1/13/2010"], "mdy"), (["1/2/2010"], "mdy"), (["2010-01-13"], "ymd")]
)
def test_the_order_of_day_and_month_is_found(desk, cells, order):
    table = desk.keep("SELECT unnest([" + ", ".join(map(quoted, cells)) + "]) AS moment")
    assert moments.day_order(desk, table, "moment")[0] == order
