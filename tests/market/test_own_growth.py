"""Growth of own revenue by market: sums, points, the jackknife interval, short histories."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import own_growth
from scipy import stats


def panel(months, **series):
    """Whole months of revenue by market."""
    index = pd.date_range("2024-01-01", periods=months, freq="MS", name="month")
    return pd.DataFrame(series, index=index, dtype=float)


def test_twelve_months_are_held_against_the_twelve_before():
    found = own_growth.by_market(panel(30, DE=[1] * 18 + [2] * 12, FR=[3] * 18 + [3] * 12))
    assert (found.months, found.whole_years) == (12, True)
    assert found.table["growth"].to_dict() == pytest.approx({"DE": 1.0, "FR": 0.0})
    assert found.table["points"].sum() == pytest.approx(found.total["growth"])
    assert found.total["growth"] == pytest.approx(12 / 48)
    # Without noise the interval has no width.
    assert found.table[["low", "high"]].loc["DE"].tolist() == pytest.approx([1.0, 1.0])


def test_the_interval_is_the_delete_one_jackknife_of_the_log_ratio():
    rng = np.random.default_rng(3)
    data = panel(24, DE=rng.gamma(5, 1, 24))
    before, after = data["DE"].to_numpy()[:12], data["DE"].to_numpy()[12:]
    left_out = [np.log(np.delete(after, k).sum() / np.delete(before, k).sum()) for k in range(12)]
    error = np.sqrt(11 / 12 * np.sum((left_out - np.mean(left_out)) ** 2))
    half = stats.t.ppf(0.95, 11) * error
    expected = np.exp(np.log(after.sum() / before.sum()) + np.array([-half, half])) - 1
    found = own_growth.by_market(data, level=0.9)
    assert found.table[["low", "high"]].loc["DE"].to_numpy() == pytest.approx(expected)


def test_nine_in_ten_intervals_hold_the_true_growth():
    rng = np.random.default_rng(11)
    mean = np.r_[np.full(12, 100.0), np.full(12, 130.0)]
    draws = pd.DataFrame(mean[:, None] * rng.lognormal(0, 0.2, (24, 400)), index=panel(24, a=0).index)
    table = own_growth.by_market(draws, level=0.9).table
    assert ((table["low"] < 0.3) & (table["high"] > 0.3)).mean() == pytest.approx(0.9, abs=0.05)


def test_a_short_history_is_halved_and_a_shorter_one_says_nothing():
    assert own_growth.by_market(panel(5, DE=1)) is None
    found = own_growth.by_market(panel(9, DE=[9, 1, 1, 1, 1, 2, 2, 2, 2]))
    assert (found.months, found.whole_years) == (4, False)
    assert found.table.loc["DE", "growth"] == pytest.approx(1.0)


def test_a_market_without_sales_before_grows_without_bound_and_has_no_interval():
    found = own_growth.by_market(panel(24, DE=[1] * 24, FR=[0] * 12 + [1] * 12))
    assert np.isinf(found.table.loc["FR", "growth"])
    assert found.table.loc["FR", ["low", "high"]].isna().all()
    assert found.total["growth"] == pytest.approx(1.0)


def test_markets_below_a_hundredth_are_left_out():
    sales = pd.DataFrame({"market": ["DE", "FR", "LU"], "revenue_usd": [10.0, 989.0, 1.0]})
    assert own_growth.largest_markets(sales) == ("FR", "DE")
    assert own_growth.largest_markets(sales, most=1) == ("FR",)
    tiny = pd.DataFrame({"market": [f"M{n}" for n in range(200)], "revenue_usd": 1.0})
    assert len(own_growth.largest_markets(tiny)) == 12
