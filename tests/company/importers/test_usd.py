"""Amounts in USD at the rate of their day."""

import pytest
from crossborder.company.importers import usd
from crossborder.company.importers.interface import Source
from crossborder.reference import exchange


@pytest.fixture
def source(tmp_path):
    """Any source."""
    return Source(tmp_path / "a.csv", "t", (), {}, 1, {})


def rated(desk, source, day, currency):
    """Rate and amount of ten units on a day."""
    table = desk.keep(f"SELECT DATE '{day}' AS date, '{currency}' AS currency, 10.0::DECIMAL(18,6) AS amount")
    return desk.one(f"SELECT usd_rate, amount_usd FROM {usd.with_usd(desk, table, source)}")


def test_a_sunday_takes_fridays_rate(desk, source):
    friday = exchange.rates("EUR", start="2026-02-13", end="2026-02-13")["EUR"].iloc[0]
    assert rated(desk, source, "2026-02-15", "EUR") == pytest.approx((friday, 10 * friday))
    assert desk.notes == []


def test_dollars_are_dollars(desk, source):
    assert rated(desk, source, "2026-02-15", "USD") == (1, 10)


def test_a_day_after_the_last_rate_takes_it_and_says_so(desk, source):
    rate, _ = rated(desk, source, "2030-02-15", "EUR")
    assert rate > 0
    assert "later days take the last one" in desk.notes[0]


def test_a_currency_without_a_rate_is_a_problem(desk, source):
    rated(desk, source, "2026-02-15", "EGP")
    assert [(problem.column, problem.values) for problem in desk.problems] == [("usd_rate", ("EGP",))]
