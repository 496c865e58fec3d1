import numpy as np
import pandas as pd
import pytest
from crossborder.company import processes
from crossborder.errors import InputError, Refusal

DAY = pd.Timestamp("2026-10-31")


def runs(factor, count=300, process="reply"):
    rng = np.random.default_rng(2)
    at = [DAY - pd.Timedelta(days=int(age)) for age in rng.integers(0, 80, count)]
    before = pd.DataFrame({"process": process, "at": [day - pd.Timedelta(days=365) for day in at]})
    now = pd.DataFrame({"process": process, "at": at})
    before["hours"], now["hours"] = 10 * rng.lognormal(0, 0.5, count), 10 * factor * rng.lognormal(0, 0.5, count)
    return pd.concat([before, now], ignore_index=True)


@pytest.mark.parametrize(("factor", "verdict"), [(0.5, "faster"), (2.0, "slower"), (1.0, "no change beyond chance")])
def test_a_change_of_speed_is_found_with_its_size(factor, verdict):
    row = processes.cycle_times(runs(factor), DAY).iloc[0]
    assert row["verdict"] == verdict and row["low"] <= factor <= row["high"]


def test_durations_leave_out_what_has_not_ended():
    start = pd.Series(pd.to_datetime(["2026-10-01 10:00", "2026-10-02 10:00"], utc=True))
    end = pd.Series(pd.to_datetime(["2026-10-01 14:00", None], utc=True))
    assert processes.durations(start, end, "reply")["hours"].tolist() == [4.0]


def test_the_integration_index_lies_between_the_claims():
    joins = pd.DataFrame({"join": ["a", "b"], "share": [1.0, 0.5]})
    row = processes.automation_gain(joins, 0.10, 0.35).iloc[0]
    assert (row["index"], row["claimed_gain"]) == pytest.approx((0.5, 0.225))


def test_the_mix_costs_least_of_all_fixed_levels():
    rng = np.random.default_rng(4)
    hours = rng.gamma(9, 10, 400)
    found = processes.staffing_mix(hours, fixed_cost_hour=20, flexible_cost_hour=30, rng=rng)

    def cost(fixed):
        return 20 * fixed + 30 * np.maximum(hours - fixed, 0).mean()

    tried = min(cost(level) for level in np.linspace(0, hours.max(), 2000))
    assert found["cost_week"] == pytest.approx(tried, rel=1e-3)
    assert found["low"] <= found["fixed_hours"] <= found["high"] and found["saving_share"] > 0


def test_dearer_help_means_more_staff_for_good_and_a_floor_holds():
    rng, hours = np.random.default_rng(4), np.arange(1.0, 101.0)
    levels = [
        processes.staffing_mix(hours, fixed_cost_hour=20, flexible_cost_hour=cost, rng=rng)["fixed_hours"]
        for cost in (22, 30, 60)
    ]
    assert levels == sorted(levels)
    mix = processes.staffing_mix(hours, fixed_cost_hour=20, flexible_cost_hour=21, rng=rng, least_share=0.3)
    assert mix["fixed_hours"] >= 0.3 * hours.mean()


def test_what_cannot_be_answered_is_refused():
    rng = np.random.default_rng(1)
    with pytest.raises(Refusal, match="too few"):
        processes.staffing_mix(np.ones(3), fixed_cost_hour=1, flexible_cost_hour=2, rng=rng)
    with pytest.raises(InputError, match="fixed_cost_hour"):
        processes.staffing_mix(np.ones(20), fixed_cost_hour=3, flexible_cost_hour=2, rng=rng)
    with pytest.raises(Refusal, match="no process"):
        processes.cycle_times(runs(1.0, 5), DAY)
    with pytest.raises(Refusal, match="no two tables"):
        processes.automation_gain(pd.DataFrame({"join": [], "share": []}), 0.1, 0.35)
