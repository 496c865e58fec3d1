"""Tax rules: sound as a table, dated, and vectorised."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.reference import airports, taxes
from hypothesis import given, settings
from hypothesis import strategies as st

MARKETS = sorted(taxes.tax_rules()["market"].unique())
DAYS = st.sampled_from(pd.date_range("2023-11-01", "2028-12-31", freq="D").tolist())


def test_all_26_markets_have_rules():
    assert len(MARKETS) == 26
    assert set(MARKETS) == set(airports.gateways().index) - {"CN", "CN_SOUTH", "HK"}


def test_no_two_rows_contradict_each_other():
    found = taxes.contradictions()
    assert found.empty, found.to_string()


@pytest.mark.parametrize("rule_id", ["US.duty_de_minimis.02", "DE.per_item_duty.01", "MX.flat_rate.02"])
def test_a_planted_contradiction_is_found(rule_id):
    rules = taxes.tax_rules()
    other = rules[rules["rule_id"] == rule_id].assign(rule_id="ZZ.planted", value=0.99)
    other["valid_from"] += pd.Timedelta(days=3)
    found = taxes.contradictions(pd.concat([rules, other], ignore_index=True))
    assert len(found) >= 1 and set(found["rule_id_other"]) == {"ZZ.planted"}


def test_rows_end_after_they_begin_and_ranges_hold_their_value():
    rules = taxes.tax_rules()
    assert (rules["valid_to"].isna() | (rules["valid_to"] >= rules["valid_from"])).all()
    rated = rules.dropna(subset=["value"])
    assert ((rated["value_low"] <= rated["value"]) & (rated["value"] <= rated["value_high"])).all()
    assert rules["rule_id"].is_unique


@pytest.mark.parametrize("kind", ["vat_standard", "duty_de_minimis", "vat_de_minimis", "duty_base", "duty_mfn"])
@pytest.mark.parametrize("day", ["2025-01-01", "2026-11-01", "2028-06-01"])
def test_every_market_has_the_basic_rules_on_every_day(kind, day):
    assert set(taxes.rules_on(day, kind=kind)["market"]) == set(MARKETS)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(MARKETS), DAYS, st.sampled_from(["610910", "850760", "940320", "330499", "960330"]))
def test_low_base_and_high_are_in_order(market, day, code):
    row = taxes.duty_rate(code, market, day).iloc[0]
    assert row["low"] <= row["base"] <= row["high"]
    assert row["confidence"] in "ABCD"


def test_one_call_for_many_gives_the_same_as_many_calls():
    rng = np.random.default_rng(1)
    markets, codes = rng.choice(MARKETS, 40), rng.choice(["610910", "850760", "392410"], 40)
    days = np.datetime64("2024-01-01") + rng.integers(0, 1000, 40)
    together = taxes.duty_rate(codes, markets, days)["base"]
    alone = [taxes.duty_rate(c, m, d)["base"].item() for c, m, d in zip(codes, markets, days, strict=True)]
    assert together.tolist() == pytest.approx(alone)


def test_rules_start_and_end_on_their_days():
    changes = taxes.timeline("US", "2026-01-01", "2026-12-31").query("program == 'section_122'")
    assert changes["change"].tolist() == ["starts", "ends"]
    assert changes["date"].tolist() == [pd.Timestamp("2026-02-24"), pd.Timestamp("2026-07-24")]
    assert "section_122" in set(taxes.rules_on("2026-07-24", "US")["program"])
    assert "section_122" not in set(taxes.rules_on("2026-07-25", "US")["program"])


def test_a_named_origin_comes_before_any_origin():
    on = "2026-01-01"
    assert taxes.de_minimis("KR", on, origin=["US", "CN"])["threshold"].tolist() == [200, 150]
    assert taxes.duty_rate("610910", "US", on, origin="VN")["programs"].item() == "ieepa_reciprocal"


def test_a_courier_threshold_needs_the_mode():
    found = [
        taxes.de_minimis("CA", "2026-01-01", origin="US", mode=mode)["threshold"].item() for mode in ("", "courier")
    ]
    assert found == [20, 150]


def test_a_trade_agreement_is_the_low_end_until_claimed():
    plain, claimed = (taxes.duty_rate("610910", "TH", "2026-01-01", preference=flag).iloc[0] for flag in (False, True))
    assert (plain["low"], plain["base"]) == (0.0, 0.30) and claimed["base"] == 0.0


def test_a_surcharge_on_the_duty_multiplies_it():
    row = taxes.duty_rate("940320", "IN", "2026-01-01").iloc[0]
    assert row["base"] == pytest.approx(1.1 * row["mfn_base"])


def test_lines_that_are_not_in_percent_fall_back_to_a_placeholder():
    row = taxes.duty_rate("610322", "US", "2026-01-01").iloc[0]
    assert row["confidence"] == "D" and row["mfn_low"] < row["mfn_high"]


def test_placeholders_are_listed():
    assert set(taxes.placeholders()["confidence"]) == {"D"}
    assert set(taxes.placeholders(worst="C")["confidence"]) == {"C", "D"}
    with pytest.raises(InputError, match="lacks \\['confidence'\\]"):
        taxes.placeholders(pd.DataFrame({"a": [1]}))


@pytest.mark.parametrize(
    "call, error, text",
    [
        (lambda: taxes.duty_rate("61091", "US", "2026-01-01"), InputError, "hs_code is '61091'"),
        (lambda: taxes.duty_rate("shirt", "US", "2026-01-01"), InputError, "digits as text"),
        (lambda: taxes.duty_rate("610910", "UK", "2026-01-01"), InputError, "market 'UK' is not known"),
        (lambda: taxes.vat_rate("SA", "2010-01-01"), Refusal, "no rule vat_standard for SA on 2010-01-01"),
        (lambda: taxes.vat_rate("SA", pd.NaT), InputError, "a date for every row"),
        (lambda: taxes.vat_rate("SA", "2026-01-01", case="worst"), InputError, "case 'worst' is not known"),
        (lambda: taxes.de_minimis("US", "2026-01-01", tax="gst"), InputError, "tax 'gst' is not known"),
        (lambda: taxes.rules_on("2026-01-01", kind="vat"), InputError, "rule 'vat' is not known"),
        (lambda: taxes.placeholders(worst="E"), InputError, "worst 'E' is not known"),
    ],
)
def test_wrong_inputs_are_named(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_a_hundred_thousand_parcels_are_rated_at_once():
    codes = np.resize(["610910", "850760", "940320"], 100_000)
    assert len(taxes.duty_rate(codes, np.resize(["US", "DE"], 100_000), "2026-01-01")) == 100_000


def test_rules_on_a_day_are_the_valid_ones():
    table, days = taxes.tax_rules(), ["2025-03-15", "2026-07-25"]
    valid = taxes.valid_on(table, days)
    assert valid.shape == (2, len(table))
    for day, row in zip(days, valid, strict=True):
        pd.testing.assert_frame_equal(taxes.rules_on(day), table[row].reset_index(drop=True))


def test_the_base_of_the_import_tax_follows_the_day_of_each_input():
    found = taxes.vat_base(["DE", "US"], ["2025-03-15", "2026-07-25"])
    assert found.tolist() == [taxes.rules_on(day, market, "vat_standard")["base"].iloc[0]
                              for day, market in (("2025-03-15", "DE"), ("2026-07-25", "US"))]  # fmt: skip
