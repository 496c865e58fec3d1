import numpy as np
import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.supply.elasticity import price_elasticity


def panel(rng, slope=-1.8):
    keys = pd.MultiIndex.from_product(
        [[f"s{i}" for i in range(40)], ["DE"], pd.date_range("2024-01-01", periods=80, freq="7D")]
    )
    frame = keys.to_frame(index=False, name=["sku", "market", "week"])
    frame["price"] = 20 * np.exp(rng.normal(0, 0.15, len(frame)))
    base = np.repeat(rng.lognormal(1.5, 0.5, 40), 80)
    frame["units"] = rng.poisson(base * (frame["price"] / 20) ** slope)
    return frame.assign(promotion=False, in_stock=1.0)


def test_the_slope_that_was_put_in_is_found(rng):
    found = price_elasticity(panel(rng), pd.Series("g", index=[f"s{i}" for i in range(40)])).iloc[0]
    assert found["low"] < -1.8 < found["high"]
    assert found["elasticity"] == pytest.approx(-1.8, abs=0.15)


def test_bare_shelves_tell_nothing(rng):
    with pytest.raises(Refusal, match="no weeks with price"):
        price_elasticity(panel(rng).assign(in_stock=0.1), pd.Series("g", index=["s0"]))
