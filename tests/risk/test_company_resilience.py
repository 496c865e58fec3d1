"""Concentration, outages, coverage and readiness of the simulated company."""

import ibis
import numpy as np
import pandas as pd
import pytest
from crossborder.reference import exchange
from crossborder.risk import company_resilience


def test_concentrations_and_outages_read_the_tables(company):
    table = company_resilience.concentrations(company, country_cap=0.3, platform_cap=0.45)
    assert set(table["dimension"]) == {"country of supply", "supplier", "platform", "market"}
    network, ceiling = company_resilience.outages(
        company, recovery_days=45, impact_cap=0.05, rng=np.random.default_rng(1)
    )
    assert 0 <= network["mean"] <= network["p95"] <= network["p99"] <= 1
    assert ceiling["share"].sum() == pytest.approx(1)
    assert (company_resilience.coverage(company)["kept"] > 0).all()
    assert company_resilience.supplier_watch(company)["grade"].isin(list("ABCD")).all()


def test_a_company_without_purchases_still_sees_its_platforms(without):
    table = company_resilience.concentrations(without("purchases"), country_cap=0.3, platform_cap=0.45)
    assert table["dimension"].tolist() == ["platform", "market"]


def test_sales_by_part_add_up_to_the_same_total(company):
    totals = [company_resilience.revenue_by(company, by).sum() for by in ("market", "platform", "sku")]
    assert totals == pytest.approx([totals[0]] * 3)


def test_purchases_by_country_and_by_supplier_add_up(company):
    by_country, by_supplier = (company_resilience.purchases_by(company, by).sum() for by in ("country", "supplier_id"))
    assert by_country == pytest.approx(by_supplier)


def test_every_incident_stands_in_one_level(company):
    levels, packs, causes = company_resilience.readiness(company, 3e6)
    incidents = company.table("incidents")
    assert levels["incidents"].sum() == packs["incidents"].sum() == len(incidents)
    assert causes["incidents"].sum() == incidents["cause"].notna().sum()


def test_being_prepared_is_worth_more_for_a_larger_company(company):
    small, large = (company_resilience.cases(company, revenue)["avoided_usd"].sum() for revenue in (1e6, 1e7))
    assert large > small


def test_a_company_with_orders_only_gets_what_orders_can_tell(without):
    company = without("purchases", "suppliers", "products", "incidents", "ledger")
    assert company_resilience.outages(company, recovery_days=9, impact_cap=0.1, rng=np.random.default_rng(1)) == (
        None, None,
    )  # fmt: skip
    assert company_resilience.coverage(company) is None
    assert company_resilience.readiness(company, 1e6) is None
    assert company_resilience.supplier_watch(company) is None
    sales = company_resilience.revenue_by(company, "market").sum()
    assert company_resilience.yearly_revenue(company) == pytest.approx(sales)


def test_shares_of_customers_and_products_add_up(company):
    table = company_resilience.customer_shares(company).set_index("of")
    amounts = company_resilience.revenue_by(company, "sku").sort_values(ascending=False)
    assert table.loc["products", "parts"] == (amounts > 0).sum()
    assert table.loc["products", "top_10"] == pytest.approx(amounts.head(10).sum() / amounts.sum())
    assert (table["top_1"] <= table["top_10"]).all()


@pytest.mark.parametrize("steps", [company_resilience.STEPS, 0.01])
def test_shares_of_customers_are_those_of_a_sorted_list(company, monkeypatch, steps):
    # With steps so coarse that all parts lie in one or two of them, everything is sorted.
    monkeypatch.setattr(company_resilience, "STEPS", steps)
    lines = company_resilience._recent(company, 365).to_pandas().dropna(subset=["customer_id"])
    rates = {name: float(exchange.convert(1.0, name, company.as_of)) for name in lines["currency"].unique()}
    usd = (lines["value"] * lines["currency"].map(rates)).groupby(lines["customer_id"]).sum()
    usd = np.sort(usd[usd > 0].to_numpy())[::-1]
    row = company_resilience.customer_shares(company).set_index("of").loc["customers"]
    assert row["parts"] == len(usd)
    tops = [usd[0], usd[:10].sum(), usd[: len(usd) // 10].sum()]
    assert row[["top_1", "top_10", "top_tenth"]].tolist() == pytest.approx([top / usd.sum() for top in tops])
    assert row["half_from"] == pytest.approx(((usd.cumsum() < usd.sum() / 2).sum() + 1) / len(usd))


@pytest.mark.parametrize(
    ("amounts", "tops", "half"), [([5.0], (1, 1, 1), 1), ([2.0] * 4, (0.25, 1, 0.25), 0.5), ([0.0, -1.0], None, None)]
)
def test_shares_of_few_parts_by_hand(amounts, tops, half):
    lines = ibis.memtable(
        pd.DataFrame({"part": [f"p{place}" for place in range(len(amounts))], "currency": "USD", "value": amounts})
    )
    found = company_resilience._spread(lines, pd.DataFrame({"currency": ["USD"], "rate": [1.0]}))
    assert found == ((len(amounts), *tops, half) if tops else ())
