"""Certificates, forbidden inputs and taboos."""

import pytest
from crossborder.errors import InputError
from crossborder.reference import airports, certificates


def test_every_selling_market_asks_for_something():
    markets = set(airports.gateways().index) - {"CN", "CN_SOUTH", "HK"}
    assert set(certificates.required(sorted(markets))["market"]) == markets


def test_costs_and_days_lie_in_their_ranges():
    table = certificates.required("DE", voluntary=True)
    assert (table["cost_usd_low"] <= table["cost_usd"]).all() and (table["cost_usd"] <= table["cost_usd_high"]).all()
    assert (table["lead_days_low"] <= table["lead_days"]).all()
    assert (table["lead_days"] <= table["lead_days_high"]).all()


def test_electronics_for_europe_need_the_known_marks():
    names = set(certificates.required("DE", ["general", "electrical"])["certificate"])
    assert {"CE", "RoHS", "REACH", "GPSR"} <= names


def test_a_rule_that_begins_later_is_left_out_before():
    before, after = (
        set(certificates.required("ID", "cosmetic", on=day)["certificate"]) for day in ("2026-10-16", "2026-10-17")
    )
    assert after - before == {"HALAL"}


def test_voluntary_marks_come_on_request():
    assert "UL" not in set(certificates.required("US", "electrical")["certificate"])
    assert "UL" in set(certificates.required("US", "electrical", voluntary=True)["certificate"])


def test_traits_follow_the_code_and_the_battery():
    found = certificates.traits(["851830", "330499", "392410", "420292"], [True, False, False, False])
    assert found["general"].all()
    assert found["radio"].tolist() == [True, False, False, False] == found["battery"].tolist()
    assert found["cosmetic"].tolist() == [False, True, False, False]
    assert found["food_contact"].tolist() == [False, False, True, False]


def test_bans_name_item_and_status():
    found = certificates.banned("SA", "cosmetic").set_index("item")["status"]
    assert found["porcine collagen"] == "banned" and found["lead pigment"] == "restricted"
    penalties = certificates.taboos("SA")
    assert (penalties["penalty_low"] <= penalties["penalty"]).all()


@pytest.mark.parametrize(
    "call, text",
    [
        (lambda: certificates.required("UK"), "market 'UK' is not known"),
        (lambda: certificates.required("DE", "electric"), "did you mean 'electrical'"),
        (lambda: certificates.traits("8518"), "six digits as text"),
        (lambda: certificates.taboos("XX"), "market 'XX' is not known"),
    ],
)
def test_wrong_inputs_are_named(call, text):
    with pytest.raises(InputError, match=text):
        call()
