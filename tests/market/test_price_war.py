"""Price pressure against changes that were put in."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import price_war

WEEKS = pd.date_range("2024-01-01", periods=104, freq="7D")


def prices(own_fall: float, rival_fall: float, promotion_rise: float) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    late = np.arange(104) >= 52
    rows = []
    for sku in range(6):
        rows.append(
            pd.DataFrame(
                {
                    "week": WEEKS, "sku": f"S{sku}", "price": 20.0 * np.where(late, 1 - own_fall, 1.0),
                    "rival_price": 19.0 * np.where(late, 1 - rival_fall, 1.0),
                    "promotion": rng.random(104) < 0.05 + promotion_rise * late, "units": 5,
                }
            )
        )  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def test_a_fall_of_our_price_costs_its_part_of_the_margin():
    found = price_war.quarters(prices(0.1, 0.2, 0.2), 0.3).iloc[-1]
    assert found["own_price"] == pytest.approx(-0.1)
    assert found["rival_price"] == pytest.approx(-0.2)
    # margin 0.3 at price 1, cost 0.7: at price 0.9 the margin is 1 - 0.7 / 0.9
    before = 1 - 0.7
    after = 1 - 0.7 / 0.9
    assert found["margin_drag"] == pytest.approx(after - before, abs=1e-9)


def test_the_index_rises_with_the_war():
    assert price_war.quarters(prices(0.1, 0.2, 0.2), 0.3)["index"].iloc[-1] > 1


def test_without_prices_there_is_no_index():
    assert price_war.quarters(None, 0.3) is None
