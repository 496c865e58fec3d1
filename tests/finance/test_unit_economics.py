import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.finance import unit_economics
from crossborder.finance.unit_economics import (
    break_even_advertising,
    margin_bridge,
    margin_stack,
    margin_trends,
    platform_comparison,
    waterfall,
)
from hypothesis import given, settings
from hypothesis import strategies as st

ORDERS = pd.DataFrame(
    {
        "market": ["US", "US", "DE"],
        "orders": [10, 30, 20],
        "price": [500.0, 900.0, 800.0],
        "sales_tax": [0.0, 0.0, 128.0],
        "product": [150.0, 300.0, 200.0],
        "advertising": [60.0, 100.0, 90.0],
    }
)


def test_the_waterfall_by_hand():
    table = waterfall(ORDERS, by=["market"]).set_index("market")
    # US: 1400 / 40 = 35 a order, product 11.25, ads 4
    assert table.loc["US", ["price", "product", "advertising", "contribution"]].tolist() == [35, 11.25, 4, 19.75]
    assert table.loc["DE", "net_sales"] == pytest.approx(33.6)
    assert table.loc["DE", "margin"] == pytest.approx((40 - 6.4 - 10 - 4.5) / 33.6)
    assert "duty" in table.attrs["not_included"]


def test_a_cost_stack_over_one_hundred_per_cent_is_not_feasible():
    """Shares that an industry report cites side by side: 40 + 40 + 15 + 8 = 103 % before any other cost."""
    stack = margin_stack({"goods": 0.40, "logistics": 0.40, "advertising": 0.15, "compliance": 0.08})
    assert stack.total == pytest.approx(1.03)
    assert not stack.feasible
    assert stack.table.set_index("cost").loc["advertising", "alone_it_must_be"] == pytest.approx(0.12)
    assert margin_stack({"goods": 0.5}, target_margin=0.5).feasible


@settings(max_examples=40, deadline=None)
@given(st.floats(0.5, 100), st.floats(-20, 60).map(lambda usd: round(usd, 6)))
def test_break_even_acos_and_roas_are_inverse_and_never_negative(sales, margin):
    row = break_even_advertising(margin, sales).iloc[0]
    assert row["acos"] >= 0
    assert row["acos"] * row["roas"] == pytest.approx(1) if margin > 0 else row["roas"] == np.inf


def test_platforms_are_compared_on_the_same_order():
    platforms = pd.DataFrame(
        {
            "platform": ["a", "b"],
            "market": "US",
            "kind": "marketplace",
            "commission_rate": [0.15, 0.05],
            "payment_rate": [0.0, 0.03],
            "fulfilment_fee_unit": [4.0, 0.0],
            "last_mile_unit": [0.0, 6.0],
            "fixed_fee_month": [0.0, 300.0],
            "payout_delay_days": [14, 2],
        }
    )
    table = platform_comparison({"price": 50.0, "capital_rate_year": 0.073}, platforms, orders_month=1000)
    assert table["platform"].tolist() == ["b", "a"]
    assert table["fee"].tolist() == pytest.approx([2.5 + 1.5 + 6 + 0.3 + 0.02, 7.5 + 4 + 0.14])


def period(seed: int, products: list[str]) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    size = len(products)
    return pd.DataFrame(
        {
            "sku": products,
            "units": rng.integers(0, 500, size),
            "price_local": rng.uniform(5, 50, size),
            "fx": rng.uniform(0.1, 1.5, size),
            "cost_usd": rng.uniform(1, 20, size),
        }
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_bridge_sums_exactly_even_with_new_and_ended_products(first, second):
    before, after = period(first, list("abcde")), period(second, list("cdefg"))
    bridge = margin_bridge(before, after, ["sku"]).set_index("step")["usd"]
    start = (before["units"] * (before["price_local"] * before["fx"] - before["cost_usd"])).sum()
    end = (after["units"] * (after["price_local"] * after["fx"] - after["cost_usd"])).sum()
    assert bridge["margin before"] == pytest.approx(start)
    assert bridge["margin after"] == pytest.approx(end)
    assert bridge.drop("margin after").sum() == pytest.approx(end)


def test_a_pure_price_change_is_all_price():
    before = period(1, list("abc"))
    after = before.assign(price_local=before["price_local"] * 1.1)
    bridge = margin_bridge(before, after, ["sku"]).set_index("step")["usd"]
    assert bridge["price"] == pytest.approx((before["units"] * before["price_local"] * 0.1 * before["fx"]).sum())
    assert bridge[["volume", "mix", "exchange rate", "cost"]].abs().max() < 1e-9


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: waterfall(ORDERS.drop(columns="price")), r"lacks \['price'\]"),
        (lambda: margin_stack({"goods": -0.1}), "at least one fraction"),
        (lambda: break_even_advertising(1.0, 0.0), "above 0"),
        (lambda: margin_bridge(ORDERS, ORDERS, ["market"]), "table 'before' lacks"),
    ],
)
def test_what_cannot_be_computed_is_told(call, message):
    with pytest.raises(InputError, match=message):
        call()


def monthly_orders(months: int, drift: float, rng: np.random.Generator | None = None) -> pd.DataFrame:
    """Two kinds; the margin of `brand` moves by `drift` a year under a season that both share, `trade` stays."""
    month = pd.date_range("2024-01-01", periods=months, freq="MS")
    season = 0.05 * np.sin(2 * np.pi * np.arange(months) / 12)
    noise = 0.0 if rng is None else 0.004 * rng.standard_normal((2, months))
    margin = np.array([0.30 + drift * np.arange(months) / 12 + season, 0.10 + season]) + noise
    parts = [pd.DataFrame({"month": month, "kind": kind, "orders": 10, "price": 1000.0, "product": 1000 * (1 - row)})
             for kind, row in zip(("brand", "trade"), margin, strict=True)]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_a_trend_is_the_mean_of_yearly_changes_and_the_season_drops_out():
    table = margin_trends(monthly_orders(24, -0.03), ["kind"]).set_index("type")
    assert table.loc["brand", "points_year"] == pytest.approx(-0.03)
    assert table.loc["trade", "points_year"] == pytest.approx(0.0, abs=1e-12)
    assert table.loc["all", "points_year"] == pytest.approx(-0.015)
    assert table.loc["all", "months"] == 12 and table.loc["brand", "direction"] == "falling"
    assert table.loc["brand", "margin_before"] - table.loc["brand", "margin"] == pytest.approx(0.03)


def test_the_interval_of_a_trend_covers_it():
    inside = 0
    for seed in range(40):
        orders = monthly_orders(24, 0.01, np.random.default_rng(seed))
        row = margin_trends(orders, ["kind"]).set_index("type").loc["brand"]
        inside += row["low"] <= 0.01 <= row["high"]
    assert inside >= 32


def test_a_trend_needs_more_than_a_year_and_a_half():
    with pytest.raises(Refusal, match="no trend of the margin"):
        margin_trends(monthly_orders(16, 0.0))
    with pytest.raises(InputError, match="month"):
        margin_trends(monthly_orders(24, 0.0).drop(columns="month"))


def test_goods_back_on_the_shelf_lower_the_product_s_share_and_raise_what_is_left():
    """100 of price, 40 of goods, of which 5 came back: the stack and the waterfall tell the same."""
    sold = pd.DataFrame({"orders": [1], "price": [100.0], "product": [40.0], "resold": [-5.0], "advertising": [10.0]})
    stack = unit_economics.share_stack(sold, {"payroll": 20.0}, 0.1)
    assert stack.table.set_index("cost")["share"].to_dict() == pytest.approx(
        {"product": 0.35, "advertising": 0.1, "payroll": 0.2}
    )
    assert stack.left == pytest.approx(unit_economics.waterfall(sold).iloc[0]["margin"] - 0.2)
    without = unit_economics.share_stack(sold.drop(columns=["product", "resold"]), {}, 0.0)
    assert without.total == pytest.approx(0.1)
