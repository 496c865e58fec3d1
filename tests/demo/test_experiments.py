"""The experiments show what they were made to show."""

import numpy as np
import pytest
from scipy.stats import binomtest, norm


def _arms(made, test):
    table = made[1]["experiments"].query("experiment_id == @test")
    sums = table.groupby("arm")[["exposed", "converted"]].sum()
    rate = sums["converted"] / sums["exposed"]
    error = np.sqrt(rate * (1 - rate) / sums["exposed"])
    return sums, rate, error


@pytest.mark.parametrize("test", ["X1", "X2", "X3", "X5"])
def test_the_difference_is_near_the_true_lift(made, test):
    _, rate, error = _arms(made, test)
    for arm, lift in made[2]["experiments"][test]["lift"].items():
        gap = rate[arm] - rate["control"] - lift * made[2]["experiments"][test]["control_rate"]
        assert abs(gap) < 3 * np.hypot(error[arm], error["control"])


def test_the_true_lift_can_be_seen_and_the_null_cannot(made):
    for test, seen in (("X1", True), ("X2", False)):
        _, rate, error = _arms(made, test)
        z = (rate["treatment"] - rate["control"]) / np.hypot(error["treatment"], error["control"])
        assert (2 * norm.sf(abs(z)) < 0.05) == seen


def test_one_test_has_arms_of_the_wrong_size_and_the_others_have_not(made):
    for test in ("X1", "X2", "X3", "X4"):
        sums, _, _ = _arms(made, test)
        p = binomtest(int(sums["exposed"]["treatment"]), int(sums["exposed"].sum()), 0.5).pvalue
        assert (p < 0.001) == (test == "X3")


def test_the_peeked_test_stopped_at_the_first_significant_day(made):
    table = made[1]["experiments"].query("experiment_id == 'X4'")
    known = made[2]["experiments"]["X4"]
    assert known["stopped_by_peeking"] and table["date"].nunique() < known["planned_days"]
    sums = table.pivot_table(index="date", columns="arm", values=["exposed", "converted"], aggfunc="sum").cumsum()
    rate = sums["converted"] / sums["exposed"]
    pooled = sums["converted"].sum(axis=1) / sums["exposed"].sum(axis=1)
    z = (rate["treatment"] - rate["control"]) / np.sqrt(pooled * (1 - pooled) * (1 / sums["exposed"]).sum(axis=1))
    assert z.iloc[-1] > 1.96 and (z.iloc[4:-1] <= 1.96).all()


def test_dark_regions_lose_orders_as_the_channel_fades(made):
    table = made[1]["experiments"].query("experiment_id == 'X6'")
    known = made[2]["experiments"]["X6"]
    assert len(known["held_out"]) == 8 and table["geo"].nunique() == 24
    start = table.loc[table["treated"], "date"].min()
    held = table["geo"].isin(known["held_out"])
    after = table["date"] >= start
    before = table[~after].groupby(held)["converted"].sum()
    ratio = table[after].groupby(held)["converted"].sum() / before
    effect = np.log(ratio[True] / ratio[False])
    error = np.sqrt((1 / before).sum() + (1 / table[after].groupby(held)["converted"].sum()).sum())
    assert abs(effect - np.log1p(known["mean_relative_effect"])) < 3 * error
    assert table.loc[table["treated"], "spend_usd"].sum() == 0
    assert np.diff(known["lift_of_dark_days"])[:5].max() < 0


def test_sums_of_squares_are_possible(made):
    table = made[1]["experiments"].query("design != 'geo'")
    assert (table["revenue_squared_usd"] * table["converted"] >= table["revenue_usd"] ** 2 * 0.9999).all()
    bound = np.sqrt(table["revenue_squared_usd"] * table["prior_revenue_squared_usd"])
    assert (table["revenue_prior_product_usd"] <= bound * 1.0001 + 0.01).all()
