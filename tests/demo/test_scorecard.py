"""The scorecard measured on the company's own tables."""

import pandas as pd
import pytest
from crossborder.demo import planning_tables, scorecard
from crossborder.demo.world import World


@pytest.fixture(scope="module")
def world():
    world = World(seed=17)
    when = pd.to_datetime(["2025-03-03", "2025-08-01", "2026-02-02", "2026-06-01"]).tz_localize("UTC")
    orders = {
        "order_id": list("abcd"),
        "line": 1,
        "ordered_at": when,
        "market": "US",
        "platform": ["own_store", "marketplace_a", "own_store", "own_store"],
        "quantity": [1, 2, 4, 1],
        "unit_price": [100.0, 50.0, 50.0, 100.0],
        "currency": "USD",
        "discount": 0.0,
        "tax": 0.0,
        "refund": [0.0, 50.0, 0.0, 0.0],
        "returned": [0, 1, 0, 0],
        "delivered_at": when + pd.to_timedelta([3, 9, 3, 3], unit="D"),
        "promised_days": 5.0,
    }
    world.tables["orders"] = pd.DataFrame(orders)
    return world


def test_figures_of_last_year_and_of_the_twelve_months_to_today(world):
    rows = scorecard.measured(world)
    assert rows.loc["Net sales of twelve months"].tolist() == pytest.approx([150e-6, 300e-6])
    assert rows.loc["Return rate"].tolist() == pytest.approx([1 / 3, 0.0])
    assert rows.loc["Share of sales on the largest platform"].tolist() == pytest.approx([2 / 3, 1.0])
    assert rows.loc["Deliveries on the promised day"].tolist() == pytest.approx([0.5, 1.0])


def test_rates_are_those_of_the_day():
    world = World(seed=17)
    day, currency = pd.Series(pd.to_datetime(["2024-05-06", "2024-05-06"])), pd.Series(["EUR", "USD"])
    euro, dollar = scorecard.in_usd(world, day, currency)
    assert dollar == 1.0
    assert euro == pytest.approx(world.usd_per_unit.loc["2024-05-06", "EUR"])


def test_objectives_take_the_measured_figures(world):
    frame = planning_tables.part(world, world.rng("planning"))[0]["objectives"].set_index("name")
    assert frame.loc["Return rate", "start_value"] == pytest.approx(1 / 3, abs=1e-4)
    share = frame[frame["unit"].str.startswith("fraction")]
    assert share["target_value"].between(0, 1).all()
