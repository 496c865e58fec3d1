"""Kinds of revenue: blends, buyers who stay, ways to sell."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company, people, sampling
from crossborder.errors import InputError, Refusal
from crossborder.finance import dcf, plan_cases, revenue_lines


@pytest.fixture(scope="module")
def company():
    return Company.open("data/demo")


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


def test_a_sample_of_buyers_is_scaled_up_and_its_interval_is_wider(company, monkeypatch):
    exact = revenue_lines.repeat_share(company)
    monkeypatch.setattr(sampling, "LIMIT", 15_000)
    some = revenue_lines.repeat_share(Company.open(company.path))
    assert some["platform"].tolist() == exact["platform"].tolist()
    assert some["buyers"].to_numpy() == pytest.approx(exact["buyers"].to_numpy(), rel=0.1)
    wide = (some["high"] - some["low"]) / (exact["high"] - exact["low"])
    assert wide.to_numpy() == pytest.approx((people.count(company.events("orders")) / 15_000) ** 0.5, rel=0.1)
    # Three standard errors, a standard error being the interval's half over 1.645.
    assert ((some["kept"] - exact["kept"]).abs() < 3 * (some["high"] - some["low"]) / 3.29).all()


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


def test_the_ways_to_sell_of_the_demo_company(company):
    models = revenue_lines.ways_to_sell(company, 0.14, goods_days=60)
    assert set(models["model"]) == {*company.table("platforms")["platform"], "subscription"}
    assert (models["value_low"] <= models["value_high"]).all()
    assert (models["cash_end_low"] <= models["cash_end_usd"]).all()
    worst = models.set_index("model")["cash_low_usd"]
    assert worst["subscription"] == worst.max()
    # A margin is of net sales, so a buyer's year is net of sales tax and refunds too.
    kept = revenue_lines.repeat_share(company).set_index("platform")["value_usd"]
    sales = models.set_index("model")["sales_usd"].reindex(kept.index)
    assert ((sales < kept) & (sales > 0.5 * kept)).all()


def test_too_few_known_buyers_are_no_error(company, monkeypatch):
    def none(_):
        raise Refusal.because("no repeat share", "12 buyers a year ago", "50 are needed")

    monkeypatch.setattr(revenue_lines, "repeat_share", none)
    assert revenue_lines.ways_to_sell(company, 0.14) is None


def one_model(**given):
    plain = {"model": "a", "margin": 0.2, "goods_share": 0.5, "sales_usd": 12.0, "cash_days": 0.0}
    kept = {"kept": 0.0, "kept_low": 0.0, "kept_high": 0.0}
    return pd.DataFrame([plain | kept | given])


def test_the_cash_of_a_start_by_hand():
    """1,200 buyers a year, 12 USD each over their year, none back: sales climb by 100 a month to 1,200 and stay."""
    sold = 100 * np.r_[np.arange(1, 13), np.full(12, 12)]
    at_once = revenue_lines.start_up_cash(one_model(), buyers_year=1200, months=24).iloc[0]
    assert at_once["cash_end_usd"] == pytest.approx(0.2 * sold.sum())
    assert (at_once["cash_low_usd"], at_once["back_month"]) == (0.0, 0.0)
    month = 365 / 12
    ahead = revenue_lines.start_up_cash(one_model(), buyers_year=1200, goods_days=month, months=23).iloc[0]
    assert ahead["cash_end_usd"] == pytest.approx(0.2 * sold[:23].sum() - 0.5 * sold[23])
    assert ahead["cash_low_usd"] == pytest.approx(0.7 * 300 - 0.5 * 600)
    late = revenue_lines.start_up_cash(one_model(cash_days=month), buyers_year=1200, months=24).iloc[0]
    assert late["cash_end_usd"] == pytest.approx(sold[:23].sum() - 0.8 * sold.sum())


def test_buyers_who_pay_a_year_ahead_bring_the_cash_first():
    prepaid = revenue_lines.start_up_cash(one_model(cash_days=-182.5), buyers_year=1200, months=12).iloc[0]
    assert prepaid["cash_end_usd"] == pytest.approx(1200 * 12 - 0.8 * 100 * np.arange(1, 13).sum())
    loses = revenue_lines.start_up_cash(one_model(margin=-0.1), months=12).iloc[0]
    assert np.isinf(loses["back_month"]) and loses["cash_low_usd"] == pytest.approx(loses["cash_end_usd"])
    more = revenue_lines.start_up_cash(one_model(kept=0.5, kept_low=0.4, kept_high=0.6), months=36).iloc[0]
    assert more["cash_end_low"] < more["cash_end_usd"] < more["cash_end_high"]
    with pytest.raises(InputError, match="buyers_year"):
        revenue_lines.start_up_cash(one_model(), buyers_year=0)


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
