"""Segments add up to the customers and their spend."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.market import segments

RNG = np.random.default_rng(0)
CUSTOMERS = pd.DataFrame(
    {
        "cohort": RNG.choice(["18-24", "25-34"], 400),
        "spend_usd": RNG.gamma(4, 20, 400),
        "orders": RNG.integers(1, 4, 400),
    }
)


def test_segments_hold_every_customer_once():
    found = segments.segment_values(CUSTOMERS, rng=RNG)
    assert found["customers"].sum() == 400
    assert (found["value"].sum(), found["share"].sum()) == pytest.approx((1, 1))
    assert (found["customers"] * found["spend"]).sum() == pytest.approx(CUSTOMERS["spend_usd"].sum())


def test_levels_rise_with_the_order_value():
    found = segments.segment_values(CUSTOMERS, rng=RNG).groupby("level")["order_value"].mean()
    assert found["basic"] < found["personal"] < found["quality"] < found["values"]


def test_too_few_customers_are_refused():
    with pytest.raises(Refusal, match="39 customers with orders"):
        segments.segment_values(CUSTOMERS.head(39), rng=RNG)
