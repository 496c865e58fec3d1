"""Delays and the cover that pays by an index."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import congestion

DAY = pd.Timestamp("2025-06-30")


@pytest.fixture
def shipments() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    promised = pd.date_range("2024-07-01", "2025-06-28", periods=300).normalize()
    late = (promised > pd.Timestamp("2025-05-25")) & (np.arange(300) % 2 == 0)
    frame = pd.DataFrame(
        {"shipment_id": np.arange(300).astype(str), "market": np.where(np.arange(300) % 2 == 0, "US", "DE")}
    )
    frame["promised_on"] = promised
    frame["arrived_on"] = promised + pd.to_timedelta(np.where(late, 9, rng.integers(-2, 2, 300)), unit="D")
    return frame


def test_each_shipment_counts_once_and_overdue_ones_count_so_far(shipments):
    open_one = shipments.tail(1).assign(arrived_on=pd.NaT, promised_on=pd.Timestamp("2025-06-20"), shipment_id="x")
    twice = pd.concat([shipments, shipments.head(5), open_one])
    delays = congestion.weekly_delays(twice, as_of=DAY)
    assert delays["shipments"].sum() == 301
    assert delays["mean_delay_days"].max() >= 9


def test_the_congested_route_alarms_and_the_other_does_not(shipments):
    table = congestion.congestion_now(congestion.weekly_delays(shipments, as_of=DAY)).set_index("market")
    assert table["alert"].to_dict() == {"US": True, "DE": False}
    assert table.loc["US", "probability"] > 0.99


def test_an_index_that_follows_the_losses_pays_them():
    months = pd.DataFrame({"index": [20.0, 99.0, 30.0, 100.0], "loss_usd": [0.0, 80.0, 0.0, 100.0]})
    table = congestion.cover_study(months, triggers=(90.0,)).iloc[0]
    assert table["paid_months"] == 2
    assert table["paid_share"] > 0.9
    assert table["missed_share"] == 0


def test_months_join_index_and_losses():
    index = pd.Series(range(10), pd.date_range("2025-01-06", periods=10, freq="7D"), dtype=float)
    incidents = pd.DataFrame({"kind": ["a", "b"], "loss_usd": [5.0, 9.0]})
    incidents["started_on"] = pd.to_datetime(["2025-02-11", "2025-02-12"])
    table = congestion.disruption_months(incidents, index, ["a"])
    assert table["loss_usd"].tolist() == [0, 5, 0]
    assert table["index"].tolist() == [3, 7, 9]


def test_what_is_missing_is_named(shipments):
    with pytest.raises(InputError, match="promised_on"):
        congestion.weekly_delays(shipments.drop(columns="promised_on"), as_of=DAY)
    with pytest.raises(Refusal, match="no earlier arrivals"):
        congestion.congestion_now(congestion.weekly_delays(shipments.tail(20), as_of=DAY))
