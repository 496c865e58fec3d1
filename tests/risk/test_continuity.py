"""Continuity: capacity over time, coverage, outages, backups, peak load."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.risk import continuity


def test_capacity_starts_without_the_failed_site_and_ends_with_the_spare():
    path = continuity.capacity_after_outage(pd.Series({"a": 50.0, "b": 50.0}), "a", spare_share=0.4, switch_hours=72)
    assert path["capacity"].iloc[0] == pytest.approx(0.5)
    assert path["capacity"].iloc[-1] == pytest.approx(0.7)
    assert path["capacity"].is_monotonic_increasing


@pytest.fixture
def suppliers() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "supplier_id": ["A", "B", "C"],
            "category": ["pet", "pet", "pet"],
            "country": ["CN", "CN", "VN"],
            "capacity_units_month": [100, 80, 20],
            "outage_probability_year": [0.1, 0.0, 0.0],
        }
    )


def test_coverage_by_hand(suppliers):
    row = continuity.coverage_by_category(suppliers, pd.Series({"A": 60.0, "B": 50.0, "C": 10.0})).iloc[0]
    # A delivers half; B has 30 and C has 10 free against the 60 that A delivers.
    assert (row["largest_supplier"], row["largest_share"]) == ("A", 0.5)
    assert row["coverage"] == pytest.approx(40 / 60)
    assert row["kept"] == pytest.approx(0.5 + 0.5 * 40 / 60)
    assert row["covered"]


def test_curves_end_at_what_is_kept(suppliers):
    table = continuity.coverage_by_category(suppliers, pd.Series({"A": 60.0, "B": 50.0, "C": 10.0}))
    curve = continuity.capacity_curves(table)["pet"]
    assert curve["capacity"].iloc[0] == pytest.approx(0.5)
    assert curve["capacity"].iloc[-1] == pytest.approx(table["kept"].iloc[0])


def test_simulated_outages_have_the_exact_mean(suppliers):
    revenue = pd.Series({"A": 70.0, "B": 30.0})
    found = continuity.outage_simulation(
        suppliers, revenue, years=200_000, recovery_days=36.5, recovery_spread=0.3, common_cause=0.0,
        rng=np.random.default_rng(1),
    )  # fmt: skip
    assert found["mean"] == pytest.approx(0.7 * 0.1 * 0.1, rel=0.02)
    assert found["by_supplier"]["B"] == 0


def test_a_common_cause_takes_the_country_along(suppliers):
    revenue = pd.Series({"A": 50.0, "B": 50.0})
    both = continuity.outage_simulation(suppliers, revenue, common_cause=1.0, rng=np.random.default_rng(2))
    assert both["by_supplier"]["B"] > 0
    assert continuity.outage_simulation(suppliers, revenue, cover_days=365, rng=np.random.default_rng(3))["mean"] == 0


def test_objectives_need_time_and_point():
    table = pd.DataFrame(
        {"process": ["orders", "mail"], "rto_hours": [4, 24], "recovered_hours": [3, 20], "rpo_hours": [1, 1],
         "backup_hours": [1, 6]}
    )  # fmt: skip
    assert continuity.continuity_check(table)["covered"].tolist() == [True, False]


def test_backup_windows_by_hand():
    assert continuity.data_loss_window(24, 10, delay_hours=1) == {
        "mean_hours": 13.0, "worst_hours": 25.0, "worst_orders": 250.0,
    }  # fmt: skip


def test_one_server_waits_as_often_as_it_is_busy():
    for load in (0.1, 0.5, 0.9):
        assert continuity.erlang_c(load, 1) == pytest.approx(load)
    table = continuity.peak_load([50, 100, 120], servers=1, per_server_per_second=100).set_index("arrivals")
    assert table.loc[50, "mean_wait_seconds"] == pytest.approx(0.5 / 50)
    assert np.isinf(table.loc[120, "mean_wait_seconds"])
    assert table.loc[120, "headroom"] == pytest.approx(-0.2)


def test_wrong_inputs_are_named(suppliers):
    with pytest.raises(InputError, match="known: a"):
        continuity.capacity_after_outage(pd.Series({"a": 1.0}), "z")
    with pytest.raises(InputError, match="unknown suppliers"):
        continuity.outage_simulation(suppliers, pd.Series({"Z": 1.0}), rng=np.random.default_rng(1))
    with pytest.raises(InputError, match=r"lacks \['capacity_units_month'\]"):
        continuity.coverage_by_category(suppliers.drop(columns="capacity_units_month"), pd.Series({"A": 1.0}))
    with pytest.raises(InputError, match="1 or more"):
        continuity.erlang_c(1.0, 0)
    with pytest.raises(InputError, match="rpo_hours"):
        continuity.continuity_check(pd.DataFrame({"process": ["x"]}))
