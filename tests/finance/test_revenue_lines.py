"""Kinds of revenue: blends, buyers who stay, ways to sell."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.errors import InputError, Refusal
from crossborder.finance import dcf, plan_cases, revenue_lines

LINES = pd.DataFrame(
    {"line": ["product", "data"], "revenue_usd": [92.0, 8.0], "margin": [0.30, 0.65], "growth": [0.1, 0.5]}
)


@pytest.fixture(scope="module")
def company():
    return Company.open("data/demo")


def test_a_fast_line_lifts_margin_and_growth_of_the_whole():
    today, blend = revenue_lines.revenue_mix(LINES, years=5)
    assert today["share"].tolist() == pytest.approx([0.92, 0.08])
    assert blend.loc[0, "margin"] == pytest.approx(0.92 * 0.30 + 0.08 * 0.65)
    assert blend.loc[0, "growth"] == pytest.approx(0.92 * 0.1 + 0.08 * 0.5)
    assert blend["margin"].is_monotonic_increasing and blend["growth"].is_monotonic_increasing
    assert blend.loc[1, "revenue_usd"] == pytest.approx(92 * 1.1 + 8 * 1.5)
    with pytest.raises(InputError, match="growth"):
        revenue_lines.revenue_mix(LINES.drop(columns="growth"))
    with pytest.raises(InputError, match="revenue"):
        revenue_lines.revenue_mix(LINES.assign(revenue_usd=-1.0))


def test_a_buyer_who_stays_is_worth_the_sum_of_the_years():
    found = revenue_lines.recurring_value(100, 0.3, 0.6, 0.1, first_year_usd=12)
    by_hand = sum(30 * (0.6 / 1.1) ** year for year in range(400)) - 12
    assert found["value_usd"] == pytest.approx(by_hand)
    three = revenue_lines.recurring_value(100, 0.3, found["kept_for_three"], 0.1)
    assert three["multiple"] == pytest.approx(3.0)
    with pytest.raises(InputError, match="kept"):
        revenue_lines.recurring_value(100, 0.3, 1.0, 0.1)


def test_those_who_stay_are_counted_with_their_interval(company):
    kept = revenue_lines.repeat_share(company)
    assert ((kept["low"] < kept["kept"]) & (kept["kept"] < kept["high"])).all()
    assert (kept["again"] <= kept["buyers"]).all() and kept["buyers"].sum() > 5000
    with pytest.raises(Refusal, match="50 are needed"):
        revenue_lines.repeat_share(Company.open(company.path, as_of="2023-12-15"))


def test_more_who_stay_and_faster_cash_are_worth_more():
    kept = pd.DataFrame(
        {
            "platform": ["a", "b"],
            "kept": [0.3, 0.5],
            "low": [0.25, 0.45],
            "high": [0.35, 0.55],
            "value_usd": [80.0, 80.0],
        }
    )
    margins, days = pd.Series({"a": 0.3, "b": 0.3}), pd.Series({"a": 10.0, "b": 10.0})
    table = revenue_lines.revenue_models(kept, margins, days, rate=0.12).set_index("model")
    assert table.loc["b", "value_usd"] > table.loc["a", "value_usd"]
    assert ((table["value_low"] <= table["value_usd"]) & (table["value_usd"] <= table["value_high"])).all()
    slow = revenue_lines.revenue_models(kept, margins, days + 60, rate=0.12).set_index("model")
    assert slow.loc["a", "value_usd"] < table.loc["a", "value_usd"]
    with pytest.raises(InputError, match="value_usd"):
        revenue_lines.revenue_models(kept.drop(columns="value_usd"), margins, days, rate=0.12)


def test_the_lines_of_the_demo_company_sum_to_its_sales(company):
    lines, models = revenue_lines.own_lines(company, 0.14)
    _, blend = revenue_lines.revenue_mix(lines)
    assert blend.loc[0, "revenue_usd"] == pytest.approx(lines["revenue_usd"].sum())
    assert set(models["model"]) == {*lines["line"], "subscription"}
    assert (models["value_low"] <= models["value_high"]).all()


def test_a_report_s_sales_multiple_needs_a_growth_close_to_the_rate():
    """8.5 times sales at a net margin of 15 %: for ever, at a rate of 14 %, that takes 12 % growth a year."""
    assert dcf.justified_sales_multiple(0.15, 0.025, 0.14) == pytest.approx(0.15 * 1.025 / 0.115)
    assert dcf.justified_sales_multiple(0.15, 0.12, 0.14) == pytest.approx(8.4)
    with pytest.raises(Refusal, match="terminal value"):
        dcf.justified_sales_multiple(0.15, 0.15, 0.14)


def test_multiples_stand_beside_the_discounted_value():
    month = np.ones((1, 12))
    values = {"revenue": 10 * month, "ebitda": 2 * month, "net_income": month}
    values |= {"loan_opening": np.array(5.0), "cash_opening": np.array(15.0)}
    table = plan_cases.market_multiples(values, np.array([80.0, 100.0, 120.0]), rate=0.14).set_index("multiple")
    assert table.loc["P/E", "base_usd"] == pytest.approx(12 * 8)
    assert table.loc["EV/EBITDA", "base_usd"] == pytest.approx(24 * 4.5 + 10)
    assert table.loc["DCF", "base_usd"] == pytest.approx(110)
    assert table.loc["P/S", "sales_multiple"] == pytest.approx(0.8)
