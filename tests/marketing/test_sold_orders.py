"""One row an order, worked out once for a company."""

import pandas as pd
import pytest
from crossborder.company import Company, sampling
from crossborder.marketing import cohorts, inputs, journey_query, purchase_history, sold_orders

from tests.scale.frames import same


@pytest.fixture(scope="module")
def company():
    return Company.open("data/demo")


def test_it_is_the_orders_in_usd_and_asked_for_once(company):
    rates = inputs.usd_rates(company)
    cost = inputs.unit_cost_usd(company, rates)
    lines = company.events("orders")
    lazily = journey_query.order_values(lines, usd_rates=rates, unit_cost_usd=cost)
    sums = {
        name: table.group_by("market").aggregate(n=table.count(), usd=table.margin_usd.sum()).to_pandas()
        for name, table in {"lazily": lazily, "laid": sold_orders.sold_orders(company)}.items()
    }
    same(sums["lazily"], sums["laid"], rtol=1e-12)
    assert sold_orders.sold_orders(company).op() is sold_orders.sold_orders(company).op()


def test_a_market_s_orders_are_those_of_its_lines(company):
    lines = company.events("orders")
    market = company.markets[0]
    placed = lines.filter(lines.market == market).order_id.nunique().to_pandas()
    assert sold_orders.sold_orders(company, [market]).count().to_pandas() == placed


def test_a_sample_is_drawn_once_and_holds_about_as_many_people_as_asked(company, monkeypatch):
    monkeypatch.setattr(sampling, "LIMIT", 2_000)
    fresh = company.under("base")
    rows, share = sold_orders.some_orders(fresh)
    people = rows.customer_id.nunique().to_pandas()
    assert 0 < share < 1 and people == pytest.approx(2_000, rel=0.15)
    assert sold_orders.some_orders(fresh)[0].op() is rows.op()
    everybody, whole = sold_orders.some_orders(fresh, [company.markets[0]])
    assert (everybody.market.nunique().to_pandas(), 0 < whole <= 1) == (1, True)


def test_gaps_and_cohorts_of_a_sample_tell_what_all_customers_do(company, monkeypatch):
    everybody = sold_orders.sold_orders(company)
    gaps, whole = purchase_history.order_gaps(everybody), cohorts.retention_curve(cohorts.monthly_cohorts(everybody))
    monkeypatch.setattr(sampling, "LIMIT", 15_000)
    rows, share = sold_orders.some_orders(company.under("base"))
    some = purchase_history.order_gaps(rows, share=share)
    assert some["repeats"].to_numpy() == pytest.approx(gaps["repeats"].to_numpy(), rel=0.15)
    assert some["repeats"].sum() == pytest.approx(gaps["repeats"].sum(), rel=0.05)
    assert some["median_days"].to_numpy() == pytest.approx(gaps["median_days"].to_numpy(), rel=0.15)
    assert (some["within_90"] - gaps["within_90"]).abs().max() < 0.05
    curve = cohorts.retention_curve(cohorts.monthly_cohorts(rows))
    # Intervals are those of the people seen: twice as wide where a quarter was seen.
    wide = (curve["high"] - curve["low"])[1:13] / (whole["high"] - whole["low"])[1:13]
    assert wide.to_numpy() == pytest.approx(share**-0.5, rel=0.15)
    assert (curve["share"] - whole["share"]).abs()[1:13].max() < 0.01


@pytest.mark.parametrize("second", [{}, {"market": "FR"}, {"ordered_at": "2025-03-01T08:00:00Z"}, {"line": 3}])
@pytest.mark.parametrize("first", [1, 2])
def test_lines_that_differ_in_what_an_order_has_once_still_make_one_order(tmp_path, first, second):
    line = {"order_id": "o1", "line": first, "ordered_at": "2025-03-01T10:00:00Z", "customer_id": "c1", "market": "DE"}
    line |= {"platform": "own_store", "sku": "A", "quantity": 1, "unit_price": 10.0, "currency": "USD"}
    other = {**line, "line": first + 1, "quantity": 2, **second}
    pd.DataFrame([line, other, {**line, "order_id": "o2"}]).to_csv(tmp_path / "orders.csv", index=False)
    made = sold_orders.sold_orders(Company.open(tmp_path)).order_by("order_id").to_pandas()
    assert made["revenue_usd"].tolist() == [30.0, 10.0]
    assert made["ordered_at"].iloc[0] == pd.Timestamp(second.get("ordered_at", line["ordered_at"]))
    assert made["market"].tolist() == [second.get("market", "DE"), "DE"]
