import pandas as pd
import pytest
from crossborder import reports
from crossborder.reference import taxes
from crossborder.supply import duty_rules


def test_the_american_duty_of_today_is_told_to_rest_on_a_placeholder():
    rates = taxes.duty_rate(["850440"], "US", "2026-11-15")
    assert rates["confidence"].tolist() == ["D"]
    text = str(reports.placeholders(rates))
    assert "Warning" in text
    assert "1 of 1 duty rates" in text
    assert "after section 122" in text
    assert "check before use" in text


def test_a_day_whose_rates_are_known_has_no_warning():
    known = taxes.duty_rate(["850760"], "US", "2026-07-01").assign(confidence="A")
    assert reports.placeholders(known) is None


@pytest.mark.parametrize(("markets", "counted"), [((), "4 of 4"), (("DE",), "2 of 2")])
def test_only_the_markets_shown_are_counted(markets, counted):
    cases = pd.DataFrame({"market": ["DE", "US"], "origin": "CN", "mode": "sea"})
    book = duty_rules.rulebook(["392410", "850440"], cases, "2026-10-31")
    sources = duty_rules.rule_sources({"bulk": book, "parcel": book}, "bulk")
    assert counted in str(reports.placeholders(sources, markets))
    assert duty_rules.rule_sources({}).empty
