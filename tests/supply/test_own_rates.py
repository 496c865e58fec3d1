import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.supply import duty_rules, own_rates


@pytest.fixture
def bills(company):
    return company.table("shipments")


def test_bills_add_to_the_total(bills):
    table = own_rates.realised(bills, ["market"])
    lines = ["goods_value", *own_rates.SHIPMENT_LINES]
    assert table["total"].sum() == pytest.approx(bills[lines].sum().sum())


def test_rates_seen_on_bills_are_the_ones_put_in(bills, company):
    from crossborder.demo import truth

    put = truth.load(company.path)["supply"]
    rates = own_rates.duty_rates(bills, company.table("products"))
    category = company.table("products").drop_duplicates("hs_code").set_index("hs_code")["category"]
    expected = rates["market"].map(put["duty_by_market"]) * rates["hs_code"].map(category).map(
        put["duty_category_factor"]
    )
    assert rates["rate"].to_numpy() == pytest.approx(expected.to_numpy(), abs=0.02)
    assert (rates["low"] <= rates["high"]).all()


def test_next_years_bills_are_priced_within_three_percent(bills, company):
    cut = company.as_of - pd.Timedelta(days=365)
    table = own_rates.price_shipments(
        bills[bills["shipped_on"] > cut],
        company.table("products"),
        company.table("lanes"),
        bills[bills["shipped_on"] <= cut],
    )
    assert table["error"].abs().max() < 0.03
    assert table["modelled"].sum() == pytest.approx(table["billed"].sum(), rel=0.01)


def test_own_duty_replaces_placeholders():
    cases = pd.DataFrame({"market": ["DE"], "origin": ["CN"], "mode": ["sea"]})
    book = duty_rules.rulebook(["392410"], cases, "2026-10-31")
    rates = pd.DataFrame(
        {"market": ["DE"], "hs_code": ["392410"], "rate": [0.11], "low": [0.1], "high": [0.12], "bills": [9]}
    )
    own = own_rates.with_own_duty(book, rates, {"DE": 0.05})
    assert own.duty["base"][0, 0] == pytest.approx(0.16)
    assert own.sources["confidence"].tolist() == ["A"]
    assert own_rates.with_own_duty(book, rates.assign(bills=1)).duty["base"][0, 0] == book.duty["base"][0, 0]


def test_own_duty_moves_with_the_rules_on_another_day():
    cases = pd.DataFrame({"market": ["US"], "origin": ["CN"], "mode": ["sea"]})
    today, april = (duty_rules.rulebook(["392410"], cases, day) for day in ("2026-10-31", "2025-04-10"))
    rates = pd.DataFrame(
        {"market": ["US"], "hs_code": ["392410"], "rate": [0.2], "low": [0.18], "high": [0.22], "bills": [9]}
    )
    change = april.duty["base"][0, 0] - today.duty["base"][0, 0]
    assert change > 1, "125 % and 20 % were added on that day"
    moved = own_rates.with_own_duty(april, rates, then=today)
    assert moved.duty["base"][0, 0] == pytest.approx(0.2 + change)
    assert moved.sources["source"].tolist() != ["own customs bills"]
    same = own_rates.with_own_duty(today, rates, then=today)
    assert same.duty["base"][0, 0] == pytest.approx(0.2)
    assert same.sources["confidence"].tolist() == ["A"]


def test_no_bills_no_terms(bills):
    with pytest.raises(Refusal, match="there is no shipment in the period"):
        own_rates.terms_from_bills(bills.iloc[:0])
