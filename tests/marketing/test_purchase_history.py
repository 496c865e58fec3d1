"""Histories from the engine against a loop."""

from types import SimpleNamespace

import ibis
import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.marketing import purchase_history


def orders(seed=0):
    rng = np.random.default_rng(seed)
    at = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 200 * 86400, 300), unit="s")
    return pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(300)],
            "customer_id": [f"c{i}" if i else None for i in rng.integers(0, 60, 300)],
            "market": "DE",
            "ordered_at": at,
            "revenue_usd": rng.uniform(5, 50, 300),
            "refund_usd": 0.0,
            "margin_usd": 1.0,
        }
    )


def test_histories_equal_a_loop():
    frame = orders()
    found = purchase_history.histories(ibis.memtable(frame), until="2025-05-01").set_index("customer_id")
    early = frame[(frame["ordered_at"] < pd.Timestamp("2025-05-01", tz="UTC")) & frame["customer_id"].notna()]
    for name, group in early.groupby("customer_id"):
        day = group["ordered_at"].dt.floor("D")
        days = sorted(day.unique())
        assert found.loc[name, "frequency"] == len(days) - 1
        assert found.loc[name, "recency"] == (days[-1] - days[0]).days
        assert found.loc[name, "age"] == (pd.Timestamp("2025-05-01", tz="UTC") - days[0]).days
        later = group.loc[day > days[0], "revenue_usd"]
        if len(later):
            assert found.loc[name, "mean_value_usd"] == pytest.approx(later.sum() / (len(days) - 1))
    assert len(found) == early["customer_id"].nunique()


def test_hold_out_counts_days_after_the_cut():
    frame = orders(1)
    found = purchase_history.split(ibis.memtable(frame), calibration_until="2025-04-01", until="2025-07-01")
    late = frame[frame["ordered_at"] >= pd.Timestamp("2025-04-01", tz="UTC")]
    late = late[
        late["customer_id"].isin(found["customer_id"]) & (late["ordered_at"] < pd.Timestamp("2025-07-01", tz="UTC"))
    ]
    days = late.assign(day=late["ordered_at"].dt.floor("D")).drop_duplicates(["customer_id", "day"])
    assert found["holdout_frequency"].sum() == len(days)
    assert found["holdout"].unique().tolist() == [91.0]


def test_a_cut_after_the_end_is_refused():
    with pytest.raises(InputError, match="calibration_until"):
        purchase_history.split(ibis.memtable(orders()), calibration_until="2025-07-01", until="2025-04-01")


def test_gaps_between_orders_are_days():
    frame = pd.DataFrame(
        {
            "customer_id": ["a"] * 3,
            "market": "DE",
            "ordered_at": pd.to_datetime(["2025-01-01", "2025-01-11", "2025-02-10"], utc=True),
        }
    )
    found = purchase_history.order_gaps(ibis.memtable(frame)).iloc[0]
    assert (found["repeats"], found["median_days"], found["within_30"]) == (2, 20.0, 1.0)


@pytest.mark.parametrize(("asked", "found"), [(180, 180), (720, 500), (30, 30)])
def test_a_history_too_short_for_the_hold_out_is_cut_in_the_middle(asked, found):
    company, end = SimpleNamespace(first_day=pd.Timestamp("2024-01-01")), pd.Timestamp("2026-09-27")
    assert (end - purchase_history.cut(company, end, asked)).days == found
