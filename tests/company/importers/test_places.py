"""Markets from country names."""

import pytest
from crossborder.company.importers import places
from crossborder.company.importers.interface import Options, Source
from crossborder.errors import InputError


@pytest.fixture
def named(desk, tmp_path):
    """A table of country names and its source."""
    table = desk.keep(
        "SELECT unnest(['USA', ' deutschland', 'NA', 'no', 'EIRE', NULL, 'Atlantis']) AS country, generate_subscripts([1,2,3,4,5,6,7], 1) + 1 AS row_"
    )
    return table, Source(tmp_path / "a.csv", table, ("Land",), {"country": "Land"}, 7, {})


def markets(desk, table):
    """The markets in order."""
    return [row[0] for row in desk.rows(f"SELECT market FROM {table} ORDER BY row_")]


def test_names_and_codes_become_codes_and_the_unknown_is_told(desk, named):
    table = places.with_market(desk, named[0], "country", named[1], Options(market="de"))
    assert markets(desk, table) == ["US", "DE", "NA", "NO", "IE", "DE", "DE"]
    [problem] = desk.problems
    assert (problem.column, problem.values, problem.rows) == ("Land", ("Atlantis",), (8,))


def test_the_user_may_name_a_country_and_empty_ones_are_told(desk, named):
    table = places.with_market(desk, named[0], "country", named[1], Options(countries={"ATLANTIS": "GR"}))
    assert markets(desk, table)[5:] == ["ZZ", "GR"]
    assert desk.problems == []
    assert desk.notes == ["a.csv: 1 rows without a country are put to ZZ"]


def test_a_market_that_is_no_code_is_told(desk, named):
    with pytest.raises(InputError, match="market is 'GERMANY'"):
        places.with_market(desk, named[0], "country", named[1], Options(market="Germany"))


@pytest.mark.parametrize(
    ("name", "code"),
    [("Czechia", "CZ"), ("Myanmar (Burma)", "MM"), ("Kroatien", "HR"), ("加拿大", "CA"), ("West Indies", "ZZ")],
)
def test_names_that_analytics_and_other_languages_write(desk, tmp_path, name, code):
    table = desk.keep(f"SELECT 1 AS row_, '{name}' AS country")
    placed = places.with_market(desk, table, "country", Source(tmp_path / "a.csv", table, (), {}, 1, {}), Options())
    assert desk.one(f"SELECT market FROM {placed}") == (code,)
    assert desk.problems == []
