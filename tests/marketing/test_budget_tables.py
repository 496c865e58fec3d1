import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.marketing import budget_tables, channel_panel, inputs


@pytest.fixture(scope="module")
def company() -> Company:
    return Company.open("data/demo")


def test_the_split_follows_the_worth_of_both_kinds_and_not_the_budget(company):
    split = budget_tables.platform_split(company, "DE", 0.4, 1000.0, elasticity=0.5)
    assert split["budget"].tolist() == [500.0, 1000.0, 2000.0]
    shares = split["share_of_first"]
    # One elasticity for both: the best share is the same at every budget, and a doubled budget brings sqrt(2) more.
    assert np.ptp(shares) < 1e-6 and 0 < shares.iloc[0] < 1
    response = split["response"]
    assert (response / response.iloc[0]).tolist() == pytest.approx([1, np.sqrt(2), 2], rel=1e-6)


def test_cost_over_sales_is_spend_of_the_year_over_sales_of_the_year(company):
    share, trend = budget_tables.ad_costs(company, cap=0.15)
    spend = channel_panel.spend_usd(company.table("ad_spend"), inputs.usd_rates(company))
    year = spend[(spend["market"] == "JP") & (spend["date"] > company.as_of - pd.Timedelta(days=365))]
    row = share.loc["JP"]
    assert row["spend"] == pytest.approx(year["spend_usd"].sum())
    assert row["share"] == pytest.approx(row["spend"] / row["sales"])
    assert row["headroom"] == pytest.approx(0.15 * row["sales"] - row["spend"])
    assert (trend["growth_low"] < trend["growth"]).all() and (trend["growth"] < trend["growth_high"]).all()


def test_slots_of_the_day_hold_every_click(company):
    slots = budget_tables.day_parts(company, "DE", 0.5)
    touches = company.events("touchpoints")
    there = touches.filter(touches.market == "DE")
    assert len(slots) == 8
    assert slots["clicks"].sum() == there.count().to_pandas()
    assert slots["orders"].sum() == there.converted_order_id.count().to_pandas()


def test_sale_events_and_other_days_are_all_days_and_share_one_cost_an_order(company):
    days = budget_tables.peak_days(company, "DE")
    spent = company.table("ad_spend").query("market == 'DE'")
    assert days["days"].sum() == spent["date"].nunique()
    assert days["clicks"].sum() == spent["clicks"].sum()
    expected = days["cpc_usd"] * days["multiplier"] / days["conversion"]
    assert expected.max() / expected.min() < 1.25
