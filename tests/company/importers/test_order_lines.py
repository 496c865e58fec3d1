"""Amounts of an order on its lines."""

from decimal import Decimal

import pytest
from crossborder.company.importers import order_lines
from crossborder.company.importers.desk import Desk
from crossborder.company.importers.interface import Options, Source
from crossborder.errors import InputError
from hypothesis import given, settings
from hypothesis import strategies as st

cents = st.integers(0, 10**6).map(lambda n: Decimal(n) / 100)


@pytest.fixture(scope="module")
def engine():
    with Desk() as desk:
        yield desk


@settings(max_examples=30, deadline=None)
@given(cents, st.lists(cents, min_size=1, max_size=9))
def test_the_parts_sum_to_the_amount_and_are_near_their_share(engine, amount, weights):
    rows = ", ".join(f"(1, {place}, {weight}::DECIMAL(18,6))" for place, weight in enumerate(weights))
    part = order_lines.spread(f"{amount}::DECIMAL(18,6)", "weight", "name", "row_")
    parts = [row[0] for row in engine.rows(f"SELECT {part} FROM (VALUES {rows}) t(name, row_, weight) ORDER BY row_")]
    assert sum(parts) == amount
    whole = sum(weights)
    if whole:
        assert all(
            abs(part - amount * weight / whole) <= Decimal("0.011") for part, weight in zip(parts, weights, strict=True)
        )
    else:
        assert parts[0] == amount


def test_a_customer_is_a_hash_without_case_and_space(desk):
    key = order_lines.customer_key("mail", "phone")
    rows = desk.rows(
        f"SELECT {key} FROM (VALUES (' A@b.c ', NULL), ('a@B.c', '1'), (NULL, '1'), (NULL, NULL)) t(mail, phone)"
    )
    assert rows[0] == rows[1] != rows[2]
    assert rows[3] == (None,)


def test_the_last_file_with_an_order_counts(desk):
    parts = [desk.keep(f"SELECT unnest({orders}) AS name") for orders in (["a", "b"], ["b", "c"])]
    table = order_lines.laid_together(desk, parts, "name")
    assert desk.rows(f"SELECT name, place_ FROM {table} WHERE NOT repeated ORDER BY 1") == [
        ("a", 0),
        ("b", 1),
        ("c", 1),
    ]


def test_a_currency_that_nobody_names_is_told(desk, tmp_path):
    table = desk.keep("SELECT unnest(['eur', NULL]) AS currency, unnest([2, 3]) AS row_")
    source = Source(tmp_path / "a.csv", table, (), {}, 2, {})
    expression = order_lines.needs_currency(desk, table, "currency", source, Options(currency="usd"))
    assert desk.rows(f"SELECT {expression} FROM {table}") == [("EUR",), ("USD",)]
    assert desk.problems == []
    order_lines.needs_currency(desk, table, "currency", source, Options())
    assert [(problem.rule, problem.rows) for problem in desk.problems] == [("currency is not named", (3,))]
    with pytest.raises(InputError, match="store_currency is 'euro'"):
        order_lines.needs_currency(desk, table, "currency", source, Options(currency="euro"))
