import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.supply import duty_rules
from hypothesis import given, settings
from hypothesis import strategies as st

AMOUNT = st.floats(0, 10_000)
CASES = pd.DataFrame({"market": ["US", "DE", "BR"], "origin": "CN", "mode": "sea"})


@settings(max_examples=40, deadline=None)
@given(AMOUNT, AMOUNT, st.floats(0, 1), st.floats(0, 0.4))
def test_twice_the_rate_is_twice_the_duty(goods, freight, rate, vat):
    one, two = (duty_rules.taxes_due(goods, freight, 0, r, vat) for r in (rate, 2 * rate))
    assert float(two.duty) == pytest.approx(2 * float(one.duty))


def test_bases_by_hand():
    fob = duty_rules.taxes_due(100, 20, 5, 0.1, 0.15, "FOB", "FOB_110_DUTY")
    assert (float(fob.duty), float(fob.import_tax)) == pytest.approx((10, 0.15 * 120))
    gross = duty_rules.taxes_due(100, 20, 0, 0.1, 0.17, "CIF", "CIF_DUTY_GROSSED_UP")
    assert float(gross.import_tax) == pytest.approx(0.17 / 0.83 * 132)
    assert float(duty_rules.taxes_due(100, 20, 0, 0.1, 0.2, "FOB", "PRICE").import_tax) == 0


def test_a_rulebook_knows_ranges_and_provenance():
    book = duty_rules.rulebook(["392410", "850440"], CASES, "2026-10-31")
    assert (book.duty["low"] <= book.duty["base"]).all()
    assert (book.duty["base"] <= book.duty["high"]).all()
    assert book.index(["850440", "392410"]).tolist() == [1, 0]
    weak = duty_rules.rule_warnings(book)
    assert set(weak["market"]) <= {"US", "DE", "BR"}
    assert (weak["confidence"] == "D").all()


def test_a_tariff_scenario_adds_points():
    plain, more = (duty_rules.rulebook(["392410"], CASES, "2026-10-31", extra_rate=e) for e in ({}, {"US": 0.15}))
    assert (more.duty["base"] - plain.duty["base"])[0] == pytest.approx([0.15, 0, 0])


def test_the_clock_prices_the_same_goods_on_other_days():
    table = duty_rules.clock("392410", "DE", ["2026-06-30", "2026-07-01"], 40, 6, entry="parcel")
    assert table["duty"].tolist()[0] == 0
    assert table["duty"].tolist()[1] == pytest.approx(3.4, abs=0.2)  # EUR 3 in dollars


def test_unknown_codes_markets_and_days_are_told():
    book = duty_rules.rulebook(["392410"], CASES, "2026-10-31")
    with pytest.raises(InputError, match="HS code '999999' is not known"):
        book.index(["999999"])
    with pytest.raises(InputError, match="market 'XX' is not known"):
        duty_rules.rulebook(["392410"], CASES.assign(market="XX"), "2026-10-31")
    with pytest.raises(Refusal, match="no rule"):
        duty_rules.rulebook(["392410"], CASES, "1995-01-01")
    with pytest.raises(InputError, match="entry 'boat' is not known"):
        duty_rules.rulebook(["392410"], CASES, "2026-10-31", entry="boat")
    with pytest.raises(InputError, match="duty_base 'EXW' is not known"):
        duty_rules.taxes_due(1, 1, 0, 0.1, 0.1, "EXW")


def test_origins_are_countries():
    assert duty_rules.origin_country(np.array(["CNSHA", "VNSGN"])).tolist() == ["CN", "VN"]


def test_baskets_on_a_clock():
    baskets = pd.DataFrame(
        [("x", "392410", "GB", "parcel", "2026-01-01 2026-02-01")],
        columns=["case", "hs_code", "market", "entry", "days"],
    )
    assert len(duty_rules.clock_table(baskets, 40, 6)) == 2
