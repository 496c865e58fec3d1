import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.company.files import repository
from crossborder.errors import Refusal
from crossborder.finance.order_economics import (
    earlier_economics,
    fixed_costs,
    known_economics,
    market_currencies,
    order_economics,
    period,
    rate_history,
    shown_market,
    yearly_bridge,
)
from crossborder.finance.unit_economics import COSTS, advertising_room, waterfall


@pytest.fixture(scope="module")
def company() -> Company:
    return Company.open(repository() / "data" / "demo")


@pytest.fixture(scope="module")
def now(company):
    return order_economics(company, 12)


def test_the_period_is_whole_months_up_to_the_company_s_day(company):
    assert period(company, 12) == ("2025-11-01", "2026-10-31")
    assert period(company, 3, ago=12) == ("2025-08-01", "2025-10-31")


def test_the_costs_of_the_orders_agree_with_the_ledger(now):
    """A growing company pays ahead of its sales and for wholesale goods, so a few per cent are expected; a missing line
    would be far more (the smallest of the large ones, advertising, is a tenth of them)."""
    assert now.against_ledger["difference"].abs().max() < 0.12
    biggest = now.against_ledger[now.against_ledger["ledger_usd"] > 200_000]
    assert biggest["difference"].abs().max() < 0.08


def test_the_waterfall_of_markets_sums_to_the_whole(now):
    parts = waterfall(now.table, by=["market"])
    whole = waterfall(now.table).iloc[0]
    assert (parts["contribution"] * parts["orders"].astype(float)).sum() == pytest.approx(
        whole["contribution"] * float(whole["orders"])
    )
    costs = sum(whole[name] for name in COSTS if name in whole.index)
    assert whole["price"] - costs == pytest.approx(whole["contribution"])


def test_the_bridge_ends_at_this_year_s_margin(company, now):
    bridge = yearly_bridge(order_economics(company, 12, ago=12), now)
    assert bridge["usd"].iloc[:-1].sum() == pytest.approx(bridge["usd"].iloc[-1])


def test_fixed_costs_are_what_the_ledger_paid(company, now):
    ledger = company.table("ledger")
    paid = -ledger[ledger["date"].between(now.since, now.until) & (ledger["account"] == "payroll")]["amount_usd"].sum()
    assert fixed_costs(company, now)["payroll"] == pytest.approx(paid)
    assert isinstance(now.rates.index, pd.DatetimeIndex)


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Company:
    """Orders and products only: two products in dollars, one of them without a cost."""
    folder = tmp_path_factory.mktemp("small")
    days = pd.date_range("2025-01-15", periods=12, freq="MS") + pd.Timedelta(days=14)
    orders = pd.DataFrame(
        {
            "order_id": [f"A{n}" for n in range(12)], "line": 1, "ordered_at": days.strftime("%Y-%m-%dT10:00:00Z"),
            "customer_id": "K1", "market": "US", "sku": ["P1"] * 9 + ["P2"] * 3, "quantity": 2, "unit_price": 10.0,
            "currency": "USD", "returned": 0,
        }
    )  # fmt: skip
    products = pd.DataFrame(
        {
            "sku": ["P1", "P2"], "name": ["box", "lid"], "category": "box", "hs_code": "392310",
            "unit_cost": [4.0, None], "currency": "USD", "weight_kg": 0.4, "length_cm": 20, "width_cm": 12,
            "height_cm": 8, "supplier_id": "", "launched_on": "",
        }
    )  # fmt: skip
    orders.to_csv(folder / "orders.csv", index=False)
    products.to_csv(folder / "products.csv", index=False)
    return Company.open(folder)


def test_orders_and_products_are_enough_for_a_margin(small):
    found = known_economics(small, 12)
    row = waterfall(found.table).iloc[0]
    assert (row["price"], row["product"], row["contribution"]) == (20.0, 8.0, 12.0)
    assert found.without_cost == pytest.approx(2 / 11)
    assert found.platforms is None and found.against_ledger is None and fixed_costs(small, found) == {}
    assert {"freight", "platform_fee", "advertising"} <= set(waterfall(found.table).attrs["not_included"])
    room = advertising_room(found.table).iloc[0]
    assert pd.isna(room["acos"]) and room["break_even_acos"] == pytest.approx(0.6)
    assert earlier_economics(small, 12) is None
    assert (shown_market(found, "DE"), market_currencies(found)) == ("US", {"US": "USD"})
    assert rate_history(found, "2025-01-01").columns.empty


def test_a_company_without_any_cost_is_refused(small, monkeypatch):
    bare = small.table("products").assign(unit_cost=float("nan"))
    whole = Company.optional
    monkeypatch.setattr(Company, "optional", lambda self, name: bare if name == "products" else whole(self, name))
    monkeypatch.setattr(Company, "table", lambda self, name: bare)
    with pytest.raises(Refusal, match="no product sold has a cost"):
        known_economics(small, 12)


def test_the_whole_company_s_costs_are_the_known_ones(company, now):
    pd.testing.assert_frame_equal(known_economics(company, 12).table, now.table)
    assert now.without_cost == 0
