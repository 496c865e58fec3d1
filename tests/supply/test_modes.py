import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.supply import modes

LANES = pd.DataFrame(
    {
        "market": "DE",
        "mode": ["sea", "air"],
        "transit_days_mean": [40.0, 7.0],
        "transit_days_sd": [6.0, 1.0],
        "departures_per_week": [2.0, 7.0],
    }
)


def test_lines_add_and_value_moves_goods_into_the_air():
    freight = np.array([[0.5, 5.0], [0.5, 5.0]])
    cost = modes.mode_cost([10, 10], [4, 4], [5.0, 900.0], freight, LANES, 0.22, [10.0, 1800.0])
    assert cost["total"] == pytest.approx(sum(cost[name] for name in modes.LINES))
    best = modes.cheapest_mode(cost["total"], LANES, ["cheap", "dear"])
    assert best["mode"].tolist() == ["sea", "air"]
    assert (best["margin_to_second"] > 0).all()


def test_what_is_beaten_is_not_on_the_frontier():
    assert modes.pareto([10, 5, 12], [1, 3, 2]).tolist() == [True, True, False]


def test_the_ends_of_a_split_are_the_pure_modes():
    table = modes.sea_air_split(1, 8, 40, 7, 20, 0.2, 0.3, 5)
    assert table["freight"].iloc[[0, -1]].tolist() == [8, 1]
    assert table["days"].iloc[[0, -1]].tolist() == [7, 40]
    with pytest.raises(InputError, match=r"shares is 1\.2"):
        modes.sea_air_split(1, 8, 40, 7, 20, 0.2, 0.3, 5, [1.2])


def test_bonded_and_transit_stock_by_hand():
    bonded = modes.bonded_effect(365_000, 0.2, 5, 1, 0.1, 30)
    assert bonded["capital_freed"] == pytest.approx(1000 * 4 + 1000 * 0.2 * 30)
    transit = modes.transit_warehouse(365_000, 5, 0.1, 0.0, 0.3, 1000, 0.2)
    assert transit["net"] == pytest.approx(500 - 200)
    with pytest.raises(Refusal, match="storage cost is negative"):
        modes.transit_warehouse(1, 1, 0.1, 0, 0.1, -1, 0.1)
