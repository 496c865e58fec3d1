"""Rival prices as a traffic light."""

import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.risk import price_watch


def test_lights_follow_the_size_and_breadth_of_cuts():
    weeks = pd.date_range("2025-01-06", periods=3, freq="7D")
    rows = [
        {"week": week, "sku": sku, "market": market, "rival_price": price}
        for market, path in {"calm": [10, 10, 10], "soft": [10, 10, 9.4], "war": [10, 10, 8]}.items()
        for week, price in zip(weeks, path, strict=True)
        for sku in ("A", "B", "C", "D")
    ]
    prices = pd.DataFrame(rows)
    prices.loc[(prices["market"] == "soft") & prices["sku"].isin(["A", "B", "C"]), "rival_price"] = 10.0
    last = price_watch.price_lights(prices).set_index("market")["light"]
    assert last.to_dict() == {"calm": "green", "soft": "amber", "war": "red"}
    with pytest.raises(InputError, match="rival_price"):
        price_watch.price_lights(prices.drop(columns="rival_price"))
