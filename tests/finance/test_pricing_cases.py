import numpy as np
import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.finance.price_study import WITH_PIECE, WITH_PRICE
from crossborder.finance.pricing_cases import average_product, regional_leaks, repricing_table

ECONOMICS = pd.DataFrame(
    {
        "sku": ["A", "A", "B"], "market": ["US", "DE", "US"], "category": "pet", "units": [10, 10, 5],
        "month": pd.Timestamp("2026-01-01"), "price": [200.0, 300.0, 50.0], "discount": 0.0, "sales_tax": 0.0,
        **dict.fromkeys([*WITH_PIECE, *WITH_PRICE], 0.0), "duty": [10.0, 10.0, 5.0], "product": [80.0, 80.0, 20.0],
    }
)  # fmt: skip


def test_goods_leak_where_the_gap_exceeds_parcel_and_duty():
    table = regional_leaks(ECONOMICS, parcel_usd=5.0, duty_rate=0.1)
    worst = table.iloc[0]
    # Bought at 20 in the US: 20 x 1.1 + 5 = 27 is below the 30 asked in DE.
    assert (worst["bought_in"], worst["sold_in"], worst["share_leaking"]) == ("US", "DE", 1.0)
    assert worst["slack_usd"] == pytest.approx(-3.0)


def test_a_company_in_one_market_has_no_regional_gap():
    with pytest.raises(Refusal, match="no product is sold in two markets"):
        regional_leaks(ECONOMICS[ECONOMICS["market"] == "US"], 5.0, 0.1)


def test_repricing_is_told_for_markets_of_other_currencies_only():
    rates = pd.DataFrame({"EUR": np.linspace(1.2, 1.0, 366)}, index=pd.date_range("2025-01-01", periods=366))
    table = repricing_table(ECONOMICS, rates, {"US": "USD", "DE": "EUR"}, -2.0, menu_cost_usd=0.0)
    assert set(table["market"]) == {"DE"}
    assert table["best"].sum() >= 1


def test_a_market_without_sales_is_refused():
    elasticities = pd.DataFrame({"category": ["pet"], "elasticity": [-2.0], "cross_elasticity": [0.5]})
    with pytest.raises(Refusal, match="no prices in JP"):
        average_product(ECONOMICS, elasticities, "JP")
    assert average_product(ECONOMICS, elasticities, "US")["price_usd"] == pytest.approx(250 / 15)
