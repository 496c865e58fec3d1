"""Cohorts from orders against a loop, months not reached left out."""

import ibis
import numpy as np
import pandas as pd
import pytest
from crossborder.marketing import cohorts


def orders():
    rng = np.random.default_rng(1)
    at = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 300, 400), unit="D")
    return pd.DataFrame({"customer_id": [f"c{i}" for i in rng.integers(0, 90, 400)], "ordered_at": at})


def test_counts_equal_a_loop():
    frame = orders()
    month = frame["ordered_at"].dt.tz_localize(None).dt.to_period("M")
    first = month.groupby(frame["customer_id"]).min()
    seen = {(str(first[c]), (m - first[c]).n, c) for c, m in zip(frame["customer_id"], month, strict=True)}
    found = cohorts.monthly_cohorts(ibis.memtable(frame))
    assert found["customers"].sum() == len(seen)
    row = found.iloc[1]
    assert row["customers"] == sum(k[0] == f"{row['cohort']:%Y-%m}" and k[1] == row["month"] for k in seen)


def test_histories_longer_than_an_integer_has_bits_are_counted_the_same(monkeypatch):
    short = cohorts.monthly_cohorts(ibis.memtable(orders()))
    monkeypatch.setattr(cohorts, "BITS", 3)
    pd.testing.assert_frame_equal(short, cohorts.monthly_cohorts(ibis.memtable(orders())), check_dtype=False)


def test_five_years_fit_into_the_bits():
    at = pd.date_range("2020-01-01", periods=60, freq="MS", tz="UTC")
    frame = pd.DataFrame({"customer_id": "c", "ordered_at": at})
    found = cohorts.monthly_cohorts(ibis.memtable(frame))
    assert list(found["month"]) == list(range(60)) and (found["customers"] == 1).all()


def test_no_order_of_a_known_customer_gives_no_cohort():
    guests = orders().assign(customer_id=pd.Series([None] * 400, dtype="str"))
    assert cohorts.monthly_cohorts(ibis.memtable(guests)).empty


def test_months_not_reached_are_missing_and_the_first_is_whole():
    matrix = cohorts.cohort_matrix(cohorts.monthly_cohorts(ibis.memtable(orders())), until="2025-10-01")
    assert (matrix[0] == 1).all()
    ahead = [(2025 - cohort.year) * 12 + 10 - cohort.month + 1 for cohort in matrix.index]
    assert matrix.notna().sum(axis=1).to_list() == ahead


def test_pooled_curve_lies_in_its_interval():
    curve = cohorts.retention_curve(cohorts.monthly_cohorts(ibis.memtable(orders())))
    assert ((curve["low"] <= curve["share"] + 1e-12) & (curve["share"] <= curve["high"] + 1e-12)).all()


def test_half_life_of_a_known_decay():
    months = np.arange(1, 13)
    curve = pd.DataFrame({"month": months, "share": 0.3 * 0.5 ** (months / 4), "customers": 100})
    assert cohorts.half_life_months(curve) == pytest.approx(4.0)
