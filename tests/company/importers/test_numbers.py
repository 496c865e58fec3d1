"""Numbers as people write them."""

from decimal import Decimal

import pytest
from crossborder.company.importers import numbers
from crossborder.company.importers.desk import Desk, quoted
from hypothesis import given, settings
from hypothesis import strategies as st

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False, allow_infinity=False)
WIDE = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


@pytest.fixture(scope="module")
def engine():
    with Desk() as desk:
        yield desk


def read(engine, cells, mark):
    """The decimals that the cells are read as."""
    rows = ", ".join(f"({place}, {quoted(cell)})" for place, cell in enumerate(cells))
    clean = f"(SELECT place, {numbers.cleaned('cell')} AS clean FROM (VALUES {rows}) t(place, cell))"
    return [row[0] for row in engine.rows(f"SELECT {numbers.parsed('clean', mark)} FROM {clean} ORDER BY place")]


def written(amount, mark, group):
    """The amount with its marks."""
    text = f"{amount:,.2f}".replace(",", "G").replace(".", mark)
    return text.replace("G", group)


@settings(max_examples=30, deadline=None)
@given(st.lists(amounts, min_size=1, max_size=20), st.sampled_from([(".", ","), (",", "."), (".", ""), (",", ""),
       (",", " "), (",", "\u202f"), (".", "'"), (".", "’"), (",", "\u00a0")]))  # fmt: skip
def test_what_is_written_with_marks_is_read_back(engine, values, marks):
    assert read(engine, [written(value, *marks) for value in values], marks[0]) == values


@settings(max_examples=30, deadline=None)
@given(st.lists(amounts, min_size=1, max_size=20))
def test_width_currency_and_accounting_signs_do_not_matter(engine, values):
    forms = [
        [written(value, ".", ",").translate(WIDE) for value in values],
        [f"({written(-value, '.', ',')})" if value < 0 else f"${written(value, '.', ',')}" for value in values],
        [f"{written(abs(value), '.', ',')}-" if value < 0 else f"{written(value, '.', ',')} EUR" for value in values],
        [f"-£{written(-value, '.', ',')}" if value < 0 else f"R$ {written(value, '.', ',')}" for value in values],
    ]
    assert [read(engine, cells, ".") for cells in forms] == [values] * 4


@pytest.mark.parametrize("cell", ["", "abc", "1.2.3", "12abc", "1,23,4", "--5", "1e", "$", "NaN", "1.234.5"])
def test_what_is_not_a_number_is_missing(engine, cell):
    assert read(engine, [cell], ".") == [None]


def test_indian_grouping_and_powers_are_read(engine):
    assert read(engine, ["1,23,456.5", "1e3", "+7", ".5", "1,234", "12."], ".") == [
        Decimal("123456.5"), 1000, 7, Decimal("0.5"), 1234, 12,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1,234.50", "12"], "."),
        (["1.234,50", "12"], ","),
        (["12,5"], ","),
        (["0,123"], ","),
        (["1.234.567"], ","),
        (["1,234,567"], "."),
        (["3", "4"], "."),
        (["1,234", "2.50"], "."),
        (["1.234", "2,50"], ","),
    ],
)
def test_the_decimal_mark_is_what_only_one_reading_allows(desk, cells, mark):
    table = desk.keep("SELECT unnest([" + ", ".join(map(quoted, cells)) + "]) AS price")
    assert numbers.decimal_mark(desk, table, ["price"])[0] == mark


def test_a_mark_that_nothing_decides_is_said(desk):
    table = desk.keep("SELECT unnest(['1,234', '5,678']) AS price")
    assert numbers.decimal_mark(desk, table, ["price"]) == (".", "2 cells such as 1,234 could be read either way")
