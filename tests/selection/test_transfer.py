"""Where else a product would sell: likeness of markets and forecast of empty cells."""

import numpy as np
import pandas as pd
import pytest
from crossborder.selection import transfer


def sales(seed=1, blocks=True):
    rng = np.random.default_rng(seed)
    markets = ["US", "GB", "DE", "JP", "SA"]
    taste = rng.normal(0, 0.8, (40, 2))
    side = np.array([[1, 0], [1, 0], [1, 0], [0, 1], [0, 1]]) if blocks else np.zeros((5, 2))
    logs = 5 + rng.normal(0, 0.5, (40, 1)) + rng.normal(0, 0.5, 5) + taste @ side.T + 0.1 * rng.standard_normal((40, 5))
    frame = pd.DataFrame(np.exp(logs), index=[f"Q{i}" for i in range(40)], columns=markets)
    return frame


def test_markets_that_buy_alike_are_found_alike():
    like = transfer.similarity(sales())
    assert like.loc["US", "GB"] > like.loc["US", "JP"] + 0.2
    assert like.loc["JP", "SA"] > like.loc["JP", "DE"] + 0.2


def test_likeness_beats_the_plain_mean_where_tastes_differ():
    found = transfer.back_test(sales(), transfer.similarity(sales()))
    assert found["median_factor"] < found["plain_factor"]
    assert found["inside"] == pytest.approx(0.9, abs=0.08)


def test_empty_cells_are_forecast_near_their_value():
    whole = sales(3)
    holes = whole.copy()
    holes.iloc[:10, 1] = np.nan
    found = transfer.transfer(holes, transfer.similarity(holes)).set_index("sku")
    error = np.log(found["units"] / whole["GB"].loc[found.index])
    assert len(found) == 10
    assert error.abs().median() < 0.5
