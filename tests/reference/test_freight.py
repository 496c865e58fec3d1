"""Freight levels and scenarios."""

import pytest
from crossborder.errors import InputError
from crossborder.reference import freight


def test_scenarios_rise_and_lie_within_what_was_seen():
    levels = freight.levels("sea")["value"]
    scenarios = freight.scenarios()["usd_per_feu"]
    assert scenarios.is_monotonic_increasing and scenarios.tolist() == [1500, 3000, 7000, 13000]
    assert levels.min() <= scenarios.min() and scenarios.max() <= levels.max()


def test_levels_carry_their_day():
    assert freight.levels()["date"].notna().all() and set(freight.levels("air")["unit"]) == {"USD per kg"}


def test_transit_ranges_hold_their_base():
    table = freight.transit_times()
    assert ((table["low"] <= table["base"]) & (table["base"] <= table["high"])).all()


def test_unknown_names_are_told():
    with pytest.raises(InputError, match="did you mean 'crisis'"):
        freight.scenario_usd_per_feu("crises")
    with pytest.raises(InputError, match="mode 'rail' is not known"):
        freight.levels("rail")
