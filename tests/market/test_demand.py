"""Reductions of a company's tables, against sums that can be done by hand."""

import ibis
import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company, sampling
from crossborder.errors import Refusal
from crossborder.market import demand


def test_revenue_is_without_tax_and_discount(orders, products):
    found = demand.monthly_sales(orders, products).set_index(["month", "market", "platform", "category"])
    january = found.loc[(pd.Timestamp("2026-01-01"), "DE", "own_store", "pet")]
    assert (january["revenue"], january["pieces"], january["orders"]) == pytest.approx((200.0, 2, 1))
    assert found.loc[(pd.Timestamp("2026-01-01"), "DE", "shop", "pet"), "revenue"] == pytest.approx(84.0)
    second_line = found.loc[(pd.Timestamp("2026-01-01"), "DE", "own_store", "beauty")]
    assert (second_line["orders"], second_line["revenue"]) == pytest.approx((0, 50.0))


def test_amounts_become_dollars_at_the_months_rate(orders, products, rates):
    sales = demand.monthly_sales(orders, products)
    found = demand.to_usd(sales, rates, {"revenue": "currency", "goods": "goods_currency"})
    row = found[(found["platform"] == "own_store") & (found["market"] == "DE") & (found["category"] == "pet")].iloc[0]
    assert (row["revenue_usd"], row["goods_usd"]) == pytest.approx((220.0, 2 * 10 * 0.14))


def test_a_currency_without_a_rate_is_refused(orders, products, rates):
    sales = demand.monthly_sales(orders, products)
    with pytest.raises(Refusal, match="no amounts in USD for EUR"):
        demand.to_usd(sales, rates[["CNY"]], {"revenue": "currency"})
    with pytest.raises(Refusal, match="no amount in USD for EUR in 2026-02"):
        demand.to_usd(sales, rates.loc[:"2026-01-31"], {"revenue": "currency"})


def test_panel_fills_months_without_sales_by_zero():
    rows = pd.DataFrame({"month": pd.to_datetime(["2026-01-01", "2026-03-01"]), "market": "DE", "units": [5, 7]})
    assert demand.panel(rows, ["market"], "units")["DE"].tolist() == [5, 0, 7]


def test_only_whole_months_count():
    rows = pd.DataFrame({"month": pd.to_datetime(["2026-01-01", "2026-02-01"])})
    kept = demand.full_months(rows, pd.Timestamp("2026-01-01"), pd.Timestamp("2026-02-15"))
    assert kept["month"].tolist() == [pd.Timestamp("2026-01-01")]


def test_deliveries_count_days_and_lateness(orders):
    demanded = pd.DataFrame({"days_base": [3.0, 5.0]}, index=["DE", "US"])
    found = demand.deliveries(orders, demanded, pd.Timestamp("2026-01-01", tz="UTC")).set_index("market")
    assert found.loc["DE", ["orders", "mean_days", "late", "in_time"]].tolist() == pytest.approx([2, 3.5, 1, 1])
    assert found.loc["US", ["orders", "mean_days", "late", "in_time"]].tolist() == pytest.approx([2, 6.0, 1, 1])


def test_spend_leaves_guests_out(orders):
    customers = pd.DataFrame({"customer_id": ["x", "y", "z"], "market": ["DE"] * 3, "cohort": ["18-24", "25-34", None]})
    found = demand.customer_spend(orders, customers, {"EUR": 1.0, "USD": 1.0})
    assert found.set_index("customer_id")["orders"].to_dict() == {"x": 2, "y": 1, "z": 1}


def test_spend_of_a_sample_is_that_of_the_same_people_among_all(monkeypatch):
    company = Company.open("data/demo")
    orders, columns = company.events("orders"), ["customer_id", "market", "cohort"]
    rates = dict.fromkeys(["USD", *company.sales_currencies], 1.0)
    exact = demand.customer_spend(orders, company.table("customers", columns, buyers_of=orders), rates)
    monkeypatch.setattr(sampling, "LIMIT", 6_000)
    people = company.table("customers", columns, buyers_of=orders)
    some = demand.customer_spend(orders, people, rates)
    assert len(people) == len(some) == pytest.approx(6_000, rel=0.1)
    there = exact[exact["customer_id"].isin(some["customer_id"])]
    frames = [frame.sort_values("customer_id", ignore_index=True) for frame in (there, some)]
    pd.testing.assert_frame_equal(*frames)


def test_funnel_and_visits_add_up_to_the_sessions():
    days = pd.date_range("2026-01-30", periods=4, freq="D")
    frame = pd.DataFrame(
        {"date": days, "market": "DE", "platform": "shop", "visits": [1, 2, 3, 4], "orders": [0, 1, 0, 1]}
    )
    sessions = ibis.memtable(frame)
    months = demand.monthly_visits(sessions)
    assert months["visits"].tolist() == [3, 7]
    assert demand.funnel_by_market(sessions, pd.Timestamp("2026-02-01"))["visits"].tolist() == [7]


def test_advertising_is_shared_out_by_visits():
    month = pd.Timestamp("2026-01-01")
    sales = pd.DataFrame(
        {
            "month": month,
            "market": "DE",
            "platform": ["a", "b"],
            "orders": 1,
            "pieces": 1,
            "revenue_usd": 10.0,
            "goods_usd": 4.0,
        }
    )
    visits = pd.DataFrame({"month": month, "market": "DE", "platform": ["a", "b"], "visits": [30, 10]})
    spend = pd.DataFrame({"month": [month], "market": ["DE"], "spend_usd": [100.0]})
    found = demand.platform_rows(sales, visits, spend).set_index("platform")["ad_spend_usd"]
    assert found.to_dict() == {"a": 75.0, "b": 25.0}
    assert demand.platform_rows(sales, visits, None)["ad_spend_usd"].sum() == 0


def test_spend_and_terms_come_in_dollars(rates):
    ads = pd.DataFrame({"date": pd.to_datetime(["2026-01-03"]), "market": ["DE"], "currency": ["EUR"], "spend": [10.0]})
    assert demand.monthly_spend(ads, rates)["spend_usd"].tolist() == pytest.approx([11.0])
    platforms = pd.DataFrame(
        {
            "platform": ["a"], "market": ["DE"], "kind": ["own_store"], "commission_rate": [0.1],
            "payment_rate": [0.02], "fulfilment_fee_unit": [2.0],
            "last_mile_unit": [3.0], "currency": ["EUR"], "payout_delay_days": [7],
            "suspension_probability_year": [0.01],
        }
    )  # fmt: skip
    terms = demand.platform_terms(platforms, rates.iloc[-1])
    assert terms.loc[0, ["fulfilment_fee_usd", "last_mile_usd"]].tolist() == pytest.approx([2.2, 3.3])
    with pytest.raises(Refusal, match="no fees in USD for EUR"):
        demand.platform_terms(platforms, rates[["CNY"]].iloc[-1])


def test_exposure_is_the_share_of_the_month_in_the_event():
    events = pd.DataFrame(
        {
            "date": pd.to_datetime(["2025-03-01"]),
            "end": pd.to_datetime(["2025-04-03"]),
            "market": ["SA"],
            "event": ["ramadan"],
        }
    )
    series = pd.MultiIndex.from_tuples([("SA", "pet"), ("DE", "pet")])
    months = pd.date_range("2025-03-01", periods=2, freq="MS")
    found = demand.monthly_exposure(events, series, months, ["ramadan"])
    assert found[0, 0].tolist() == pytest.approx([1.0, 3 / 30])
    assert np.all(found[0, 1] == 0)
