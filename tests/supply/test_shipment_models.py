"""Models of shipments on bills of our own making, in the form of a public record of 10,324 real ones."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.supply import shipment_models


@pytest.fixture(scope="module")
def bills():
    """Freight of weight to the power 0.7 (0.5 in trucks), routes of their own, and lateness by route."""
    rng = np.random.default_rng(3)
    count = 4000
    mode = rng.choice(["air", "truck", "ocean"], count, p=[0.6, 0.25, 0.15])
    market = rng.choice(list("ABCDEFGH"), count)
    weight = rng.lognormal(6, 1.5, count)
    power = np.where(mode == "truck", 0.5, 0.7)
    level = pd.Series({"air": 4.0, "truck": 3.5, "ocean": 3.0}).reindex(mode).to_numpy()
    route = pd.Series(rng.normal(0, 0.4, 8), list("ABCDEFGH")).reindex(market).to_numpy()
    freight = np.exp(level + route + power * np.log(weight / 400) + rng.normal(0, 0.35, count))
    late = rng.random(count) < np.where(market < "C", 0.4, 0.08)
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 700, count)), unit="D")
    return pd.DataFrame(
        {"mode": mode, "market": market, "weight_kg": weight, "freight": freight, "late": late, "shipped_on": day}
    )


def test_the_power_of_weight_is_found_by_mode(bills):
    model = shipment_models.fit_freight(bills)
    assert model.power["air"] == pytest.approx(0.7, abs=0.03)
    assert model.power["truck"] == pytest.approx(0.5, abs=0.03)


def test_later_shipments_are_foretold_better_than_naively(bills):
    table = shipment_models.out_of_time(bills, ("mode", "market")).set_index("measure")
    assert (table["gain"] > [0.3, 0.3, 0.1]).all()
    assert table.attrs["coverage"] == pytest.approx(0.8, abs=0.04)


def test_expected_freight_is_the_mean_and_not_the_median(bills):
    made = shipment_models.fit_freight(bills).predict(bills)
    assert made["freight"].sum() == pytest.approx(bills["freight"].sum(), rel=0.02)
    assert (made["low"] < made["high"]).all()


def test_chances_of_delay_are_calibrated(bills):
    chance = shipment_models.fit_late(bills, ("mode", "market")).predict(bills)
    assert chance.mean() == pytest.approx(bills["late"].mean(), abs=1e-6)
    risky = bills["market"] < "C"
    assert chance[risky].mean() == pytest.approx(0.4, abs=0.04)


def test_a_route_never_seen_counts_as_average(bills):
    model = shipment_models.fit_freight(bills)
    one = bills.head(1).assign(market="new", weight_kg=400.0, mode="air")
    assert model.predict(one)["freight"].iloc[0] == pytest.approx(np.exp(4 + 0.35**2 / 2), rel=0.35)


def test_too_few_or_weightless_shipments_are_named(bills):
    with pytest.raises(Refusal, match="5 bills with freight and weight, at least 30"):
        shipment_models.fit_freight(bills.head(5))
    with pytest.raises(InputError, match="weight_kg"):
        shipment_models.fit_freight(bills).predict(bills.head(2).assign(weight_kg=[1.0, 0.0]))
    with pytest.raises(Refusal, match="all shipments are alike"):
        shipment_models.fit_late(bills.assign(late=False), ("mode",))
