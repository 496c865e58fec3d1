"""What notebook 12 gathers from a company."""

import pandas as pd
import pytest
from crossborder.market import crowding, growth_inputs, nowcast


@pytest.fixture(scope="module")
def base(company):
    return growth_inputs.growth_inputs(company, ["DE", "SA"])


def test_penetration_is_sales_over_retail():
    published = pd.DataFrame(
        {
            "year": 2025, "market": "DE", "category": ["a", "b"], "sales_usd": [10.0, 30.0],
            "online_penetration": [0.1, 0.3],
        }
    )  # fmt: skip
    assert growth_inputs.penetration(published).loc[2025, "DE"] == pytest.approx(40 / 200)
    assert growth_inputs.retail_sales(published).tolist() == pytest.approx([100, 100])


def test_drivers_multiply_to_own_revenue(base):
    before, after = growth_inputs.drivers(base)
    last = base.sales[base.sales["month"] > base.sales["month"].max() - pd.DateOffset(months=12)]
    assert after.prod(axis=1).sum() == pytest.approx(last["revenue_usd"].sum())
    assert (before > 0).all(axis=None)


def test_ramadan_is_kept_where_it_is_kept(base):
    markets = base.monthly.columns.get_level_values("market")
    assert base.exposure[0][markets == "DE"].sum() == 0
    assert base.exposure[0][markets == "SA"].max() > 0.5


def test_certificates_held_are_part_of_those_asked(products):
    found = growth_inputs.certificate_cover(products, ("DE", "SA"))
    assert (found["held"] <= found["asked"]).all()
    assert found.loc["DE", "held"] > 0
    assert found.loc["SA", "days"] > 0


def test_screening_measures_are_known_for_every_market(base):
    found = nowcast.nowcast(base.sizes)
    estimates = nowcast.group_totals(found, base.sizes, base.labels("market"))
    crowd = crowding.crowding_growth(base.published)
    measures = growth_inputs.screening_measures(base, estimates, crowd, pd.Series({"DE": 0.9, "SA": 0.8}))
    assert measures.index.tolist() == ["DE", "SA"]
    assert measures.notna().all(axis=None)


def test_localisation_parts_are_shares(base):
    parts = growth_inputs.localisation_parts(base, ["card", "wallet"], ["en", "de"])
    assert ((parts >= 0) & (parts <= 1)).all(axis=None)
    assert parts.loc["DE", "language"] == pytest.approx(1.0)
    assert parts.loc["SA", "language"] == pytest.approx(0.5)


def test_typical_seller_has_a_margin_and_traffic(base):
    found = growth_inputs.typical_seller(base, base.published)
    assert found["sales_per_seller"] > 0
    assert 0 < found["traffic_share"] < found["margin_before_traffic"] < 1


def test_columns_by_market_are_the_markets(base):
    assert base.by_market.columns.tolist() == ["DE", "SA"]
    assert base.by_market.to_numpy().sum() == pytest.approx(base.monthly.to_numpy().sum())


def test_orders_alone_give_own_sales_of_the_largest_markets(company, tmp_path):
    orders = company.events("orders").select(
        "order_id", "line", "ordered_at", "customer_id", "market", "sku", "quantity", "unit_price", "currency"
    )
    orders.to_pandas().to_parquet(tmp_path / "orders.parquet", index=False)
    alone = growth_inputs.growth_inputs(type(company).open(tmp_path), [])
    assert not alone.whole
    assert (alone.published, alone.cover, alone.tariff, alone.margin, alone.deliveries) == (None,) * 5
    assert set(alone.monthly.columns.get_level_values("category")) == {"all"}
    assert set(alone.markets) == set(company.markets)
    asked = growth_inputs.growth_inputs(type(company).open(tmp_path), ["DE", "SA"])
    assert asked.markets == ("DE", "SA")
