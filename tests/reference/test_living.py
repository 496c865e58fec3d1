"""How people live in 27 markets."""

import pytest
from crossborder.errors import InputError
from crossborder.reference import facts, living


def test_every_market_with_facts_has_its_living_conditions():
    table = living.living_conditions()
    assert set(table.index) == set(facts.market_facts().index)
    assert table.notna().all(axis=None)
    assert table["humidity"].between(0.1, 0.95).all()
    assert (table["warmest_month_c"] >= table["coldest_month_c"]).all()


@pytest.mark.parametrize(
    "market, volts, hertz, plugs",
    [("US", "120", "60", "A|B"), ("JP", "100", "50|60", "A|B"), ("GB", "230", "50", "G"), ("CN", "220", "50", "A|C|I"),
     ("BR", "127|220", "60", "C|N"), ("AU", "230", "50", "I"), ("KR", "220", "60", "C|F")],
)  # fmt: skip
def test_mains_as_the_commission_lists_them(market, volts, hertz, plugs):
    """International Electrotechnical Commission, World Plugs."""
    row = living.living_conditions(market).loc[market]
    assert [row["mains_voltage"], row["mains_frequency"], row["plug_types"]] == [volts, hertz, plugs]


def test_unknown_markets_are_named():
    with pytest.raises(InputError, match="market"):
        living.living_conditions(["XX"])


def test_grades_stand_beside_every_fact():
    grades = living.grades(["US", "SA"])
    assert grades.isin(list("ABCD")).all(axis=None)
    assert grades.loc["SA", "dwelling_m2"] == "D"


def test_needs_name_what_the_fit_reads():
    needs = living.product_needs()
    assert set(needs["need"]) == {"rated_voltage", "moisture", "heat_limit_c", "warm_from_c", "unfolds"}
    assert set(needs["kind"]) == {"hs", "material", "trait", "category"}
