import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.supply import delays


def test_a_full_station_is_told():
    with pytest.raises(InputError, match=r"load of the station is 1\.5"):
        delays.queue(3, 2, 1)


def test_less_random_work_waits_less():
    assert delays.queue(10, 6, 2, 1.0, 0.25).wait_hours < delays.queue(10, 6, 2).wait_hours


def test_on_time_shares_with_intervals():
    day = pd.Timestamp("2025-01-10")
    rows = pd.DataFrame(
        {"mode": "sea", "promised_on": day, "arrived_on": [day] * 8 + [day + pd.Timedelta(days=5), pd.NaT]}
    )
    table = delays.on_time(rows, "mode")
    assert table.loc["sea", ["shipments", "open"]].tolist() == [9, 1]
    assert table.loc["sea", "low"] < 8 / 9 < table.loc["sea", "high"]


def test_the_driver_that_was_put_in_is_found(rng):
    mode = rng.choice(["sea", "air"], 4000)
    late = rng.random(4000) < np.where(mode == "sea", 0.4, 0.1)
    table = delays.delay_drivers(
        pd.DataFrame({"mode": mode, "month": rng.choice(list("ab"), 4000), "late": late}), ["mode", "month"]
    )
    found = table.set_index("factor")
    assert found.loc["mode_sea", "low"] > 1.5
    assert found.loc["month_a", "odds_ratio"] == pytest.approx(1, abs=0.15)
    with pytest.raises(Refusal, match="all late or none"):
        delays.delay_drivers(pd.DataFrame({"mode": ["sea"] * 3, "late": True}), ["mode"])


def test_stages_add_up(rng):
    stages = pd.DataFrame({"stage": ["pick", "fly"], "mean_days": [1.0, 4.0], "sd_days": [0.5, 1.0]})
    table = delays.lead_time(stages, rng, promise_days=30)
    assert table.attrs["mean"] == pytest.approx(5, rel=0.02)
    assert table.attrs["within_promise"] == 1
    assert table["variance_share"].tolist() == pytest.approx([0.2, 0.8])


def test_order_handling_and_warehouse_flow(rng):
    stations = pd.DataFrame({"stage": ["check", "pick"], "minutes": [1.0, 6.0], "servers": [1, 4]})
    table, total = delays.order_handling(20, stations, 0.02, 5, 1000)
    assert total["cycle_minutes"] == pytest.approx(table["minutes"].sum())
    assert total["error_cost_year"] == 100
    flow = delays.warehouse_flow([100, 400, 100, 100], 20, 2, 5, rng)
    assert flow["backlog"].iloc[1] > 150 > flow["backlog"].iloc[0]


def test_excursions_are_counted_and_warned_of():
    series = np.r_[np.full(50, 4.0), np.full(30, 11.0), np.full(20, 4.0)]
    found = delays.cold_chain_watch(series, 2, 8, 5, 60, 1000)
    assert (found["excursions"], found["longest_minutes"], found["spoiled"]) == (1, 150, True)
    assert found["warning_minutes"] > 30
    assert not delays.cold_chain_watch(np.full(50, 5.0), 2, 8, 5, 60, 1000)["spoiled"]
