"""Market facts, wide and long."""

import pytest
from crossborder.errors import InputError, Refusal
from crossborder.reference import facts


def test_the_wide_frame_has_every_market_and_the_year_of_each_fact():
    table = facts.market_facts()
    assert len(table) == 27 and list(table.columns[::2]) == list(facts.units())
    assert table["internet_share"].between(0, 1).all()
    assert table["population_year"].eq(2024).all()
    assert set(table.index[table["big_mac_usd"].isna()]) == set(facts.EURO_MARKETS)


def test_the_latest_value_is_the_newest_row():
    rows = facts.market_facts("DE", latest=False)
    newest = rows[rows["fact"] == "population"].sort_values("year")["value"].iloc[-1]
    assert facts.market_facts("DE")["population"].item() == newest


def test_growth_compounds_to_the_last_value():
    rows = facts.market_facts("IN", latest=False).query("fact == 'population'").set_index("year")["value"]
    rate = facts.growth("population", "IN", years=5).item()
    assert rows[rows.index.max() - 5] * (1 + rate) ** 5 == pytest.approx(rows[rows.index.max()])


def test_what_is_not_there_is_told():
    with pytest.raises(InputError, match="market 'XX' is not known"):
        facts.market_facts(["XX"])
    with pytest.raises(InputError, match="did you mean 'population'"):
        facts.growth("populatoin")
    with pytest.raises(Refusal, match="no 30-year growth of population"):
        facts.growth("population", "DE", years=30)
    with pytest.raises(InputError, match="years is 0"):
        facts.growth("population", "DE", years=0)
