"""What the marketing methods take from the demo company: rates, costs, margins, months."""

import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.marketing import inputs, journey_query


@pytest.fixture(scope="module")
def company() -> Company:
    return Company.open("data/demo")


@pytest.fixture(scope="module")
def rates(company):
    return inputs.usd_rates(company)


def test_every_currency_in_use_has_a_rate(company, rates):
    used = set(company.table("ad_spend")["currency"]) | set(company.table("products")["currency"])
    assert used <= set(rates) and rates["USD"] == 1.0
    assert all(0 < rate < 2 for rate in rates.values())


def test_a_piece_costs_its_purchase_price_in_dollars(company, rates):
    product = company.table("products").dropna(subset=["unit_cost"]).iloc[0]
    cost = inputs.unit_cost_usd(company, rates)[product["sku"]]
    assert cost == pytest.approx(product["unit_cost"] * rates[product["currency"]])


def test_margin_is_of_all_orders_and_fees_come_off():
    account = pd.DataFrame({"revenue_usd": [60.0, 40.0], "margin_usd": [30.0, 10.0]})
    assert inputs.margin_share(account) == pytest.approx(0.4)


def test_totals_of_a_market_are_a_part_of_all(company, rates):
    whole, part = inputs.channel_totals(company, rates), inputs.channel_totals(company, rates, ["JP"])
    assert ((part > 0) & (part < whole)).all(axis=None)


def test_months_hold_every_order_and_every_first_order(company, rates):
    sold = journey_query.order_values(company.events("orders"), usd_rates=rates)
    monthly = inputs.monthly_kpis(company, sold, rates, 0.3)
    assert monthly["orders"].sum() == sold.count().to_pandas()
    assert monthly["new_customers"].sum() == sold.customer_id.nunique().to_pandas()
    of_sold = inputs._first_orders(sold)["first"].to_pandas().dt.strftime("%Y-%m").value_counts().sort_index()
    assert monthly["new_customers"].tolist() == of_sold.tolist()
    assert monthly["contribution_usd"].sum() == pytest.approx(0.3 * monthly["revenue_usd"].sum())


def test_months_of_a_market_hold_its_first_orders_spend_and_visits(company, rates):
    sold = journey_query.order_values(company.events("orders"), usd_rates=rates)
    here = inputs.monthly_kpis(company, sold.filter(sold.market == "JP"), rates, 0.3, ["JP"])
    whole = inputs.monthly_kpis(company, sold, rates, 0.3)
    assert here["new_customers"].sum() == sold.filter(sold.market == "JP").customer_id.nunique().to_pandas()
    parts = ["orders", "new_customers", "spend_usd", "visits"]
    assert ((here[parts] > 0) & (here[parts] < 0.5 * whole[parts])).all(axis=None)
