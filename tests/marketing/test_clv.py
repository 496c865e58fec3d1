"""Lifetime value: sums, payback, calibration."""

import numpy as np
import pandas as pd
import pytest
from crossborder.marketing import clv
from crossborder.marketing.buying_models import BuyingModel
from crossborder.marketing.order_value import GammaGamma

BUYING = BuyingModel("bg", 0.5, 60.0, 0.9, 2.0, 0.0, 1000, 0.01 * np.eye(4))
VALUES = GammaGamma(4.0, 4.5, 50.0, 0.0, 1000, 0.01 * np.eye(3))
HISTORY = pd.DataFrame(
    {"frequency": [0.0, 2, 9], "recency": [0.0, 40, 350], "age": [200.0, 300, 360], "mean_value_usd": [30.0, 60, 80]}
)


def test_value_without_discount_is_purchases_times_order_value_times_margin():
    found = clv.lifetime_value(BUYING, VALUES, HISTORY, margin_share=0.4, months=12, yearly_discount=0.0)
    assert found["clv_usd"].to_numpy() == pytest.approx(
        (found["purchases"] * found["order_value_usd"] * 0.4).to_numpy()
    )


def test_discount_lowers_and_time_raises_the_value():
    values = [
        clv.lifetime_value(BUYING, VALUES, HISTORY, margin_share=0.4, months=m, yearly_discount=d)["clv_usd"].sum()
        for m, d in ((12, 0.2), (12, 0.1), (24, 0.1))
    ]
    assert values[0] < values[1] < values[2]


def test_new_customer_starts_with_the_first_order():
    curve = clv.new_customer_value(BUYING, VALUES, margin_share=0.5, months=6)
    assert curve.iloc[0] == pytest.approx(VALUES.mean * 0.5)
    assert (curve.diff().dropna() > 0).all()


def test_payback_is_never_for_a_cost_beyond_reach():
    curve = clv.new_customer_value(BUYING, VALUES, margin_share=0.5, months=6)
    assert clv.payback_months(curve, 1e9) == np.inf
    assert clv.payback_months(curve, 1.0) == 0.0


def test_ratio_interval_holds_its_value():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "frequency": rng.poisson(1.0, 800).astype(float),
            "age": 300.0,
            "mean_value_usd": rng.gamma(4, 12, 800),
            "channel": "ads",
        }
    )
    frame["recency"] = np.where(frame["frequency"] > 0, rng.uniform(10, 290, 800), 0.0)
    cost = pd.DataFrame({"spend_usd": [8000.0], "customers": [800]}, index=["ads"])
    row = clv.against_cost(frame, cost, VALUES, margin_share=0.5, rng=rng).iloc[0]
    assert row["cac_usd"] == 10.0
    assert row["ratio_low"] < row["ratio"] < row["ratio_high"]
