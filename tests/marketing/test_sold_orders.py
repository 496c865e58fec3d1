"""One row an order, worked out once for a company."""

import pytest
from crossborder.company import Company, sampling
from crossborder.marketing import inputs, journey_query, sold_orders

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
