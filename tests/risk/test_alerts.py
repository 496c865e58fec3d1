"""Alerts against incidents: matching, costs, honest choice; on simulated companies alerts beat chance."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import alerts

WEEKS = pd.date_range("2024-01-01", periods=60, freq="7D")


def incidents_at(*weeks: int, kind: str = "x") -> pd.DataFrame:
    started = WEEKS[list(weeks)] + pd.Timedelta(days=2)
    return pd.DataFrame(
        {
            "incident_id": [f"{kind}{w}" for w in weeks],
            "kind": kind,
            "started_on": started,
            "noticed_on": started + pd.Timedelta(days=7),
            "loss_usd": 1_000.0,
        }
    )


def alerts_at(*weeks: int, kind: str = "x") -> pd.DataFrame:
    return pd.DataFrame({"start": WEEKS[list(weeks)], "indicators": "i", "kind": kind})


PERIOD = {"start": WEEKS[0], "end": WEEKS[-1] + pd.Timedelta(days=7)}


def test_quality_by_hand():
    """Alerts in weeks 8, 9, 30; incidents in weeks 10, 20: one is found, two alerts are false."""
    found = alerts.quality(alerts_at(8, 9, 30), incidents_at(10, 20), **PERIOD)
    assert (found["precision"], found["recall"], found["false_alarms"]) == pytest.approx((1 / 3, 0.5, 2))
    assert found["cost_usd"] == pytest.approx(0.4 * 1_000 + 2 * 400)
    assert found["cost_without_usd"] == pytest.approx(800)


def test_one_alert_cannot_find_two_incidents():
    assert alerts.quality(alerts_at(9), incidents_at(10, 11), **PERIOD)["recall"] == 0.5


def test_the_largest_matching_is_found():
    """The alert of week 9 fits both incidents, that of week 5 only the first: both are found."""
    found = alerts.quality(alerts_at(5, 9), incidents_at(10, 14), **PERIOD)
    assert found["recall"] == 1
    assert found["precision"] == 1


def test_an_alert_of_another_kind_is_false():
    found = alerts.quality(alerts_at(8, kind="y"), incidents_at(10), **PERIOD)
    assert (found["precision"], found["recall"]) == (0, 0)


def test_lead_runs_to_the_day_of_notice():
    table = alerts.lead_times(alerts_at(8), incidents_at(10, 40))
    assert table["warned"].tolist() == [True, False]
    assert table["lead_weeks"].iloc[0] == pytest.approx((2 * 7 + 2 + 7) / 7)


def test_chance_is_high_where_incidents_are_frequent():
    often = alerts.quality(alerts_at(*range(3, 55, 6)), incidents_at(*range(5, 58, 6)), **PERIOD)
    rare = alerts.quality(alerts_at(3), incidents_at(5), **PERIOD)
    assert often["precision_chance"] > 0.7
    assert rare["precision_chance"] < 0.2
    assert rare["precision"] == 1


def test_alerts_begin_with_new_signals_and_count_votes():
    signal = pd.DataFrame(False, WEEKS, ["a", "b"])
    signal.loc[WEEKS[10:14], "a"] = True
    signal.loc[WEEKS[11], "b"] = True
    signal.loc[WEEKS[30], "a"] = True
    assert alerts.raise_alerts(signal)["start"].tolist() == [WEEKS[10], WEEKS[30]]
    both = alerts.raise_alerts(signal, votes=2)
    assert both["start"].tolist() == [WEEKS[11]]
    assert both["indicators"].iloc[0] == "a, b"


def test_alerts_by_kind_look_at_their_own_indicators():
    signal = pd.DataFrame(False, WEEKS, ["a", "b"])
    signal.loc[WEEKS[10], "a"] = True
    found = alerts.alerts_by_kind(signal, {"x": ["a"], "y": ["b"]}, votes=1)
    assert found[["start", "kind"]].to_numpy().tolist() == [[WEEKS[10], "x"]]
    with pytest.raises(Refusal, match="fill the column `watches`"):
        alerts.alerts_by_kind(signal, {})


def test_the_ensemble_needs_agreement():
    rules = {"one": alerts_at(10, 30), "two": alerts_at(11), "three": alerts_at(50)}
    found = alerts.ensemble(rules, WEEKS, votes=2)
    assert found["start"].tolist() == [WEEKS[11]]
    assert found["indicators"].iloc[0] == "one, two"
    with pytest.raises(InputError, match="1 to the 3 rules"):
        alerts.ensemble(rules, WEEKS, votes=4)


def test_deviation_levels_and_lights():
    levels = alerts.deviation_levels(pd.DataFrame({"a": [0.0, 0.08, 0.15, 0.31, np.nan]}), 0.15)["a"]
    assert levels.tolist()[:4] == [0, 1, 2, 3]
    assert np.isnan(levels.iloc[4])
    assert alerts.ladder(pd.Series([0.5, 1.5, 2.5, 3.5]), (1, 2, 3)).tolist() == ["green", "yellow", "orange", "red"]


def test_the_cheapest_setting_above_the_floor_is_taken():
    study = pd.DataFrame({"precision": [0.5, 0.7, 0.8], "cost_usd": [1.0, 3.0, 2.0], "threshold": [1, 2, 3]})
    assert alerts.best_setting(study, least_precision=0.6)["threshold"] == 3
    assert alerts.best_setting(study, least_precision=0.9)["threshold"] == 3
    curve = alerts.precision_recall(study.assign(recall=[0.9, 0.5, 0.4], alerts=1))
    assert curve["recall"].is_monotonic_increasing


def test_rules_chosen_on_the_past_beat_chance_later(simulated):
    usual, incidents, watch, split = simulated
    weeks = usual.surprise.index
    table = alerts.rules_tested_later(usual, incidents, start=weeks[8], split=split, end=weeks[-1], watch=watch)
    joint = table.set_index("rule").loc["ensemble"]
    assert joint["recall"] > 0.6
    assert joint["precision"] > joint["precision_chance"] + 0.2
    assert table["chosen"].sum() == 1
    assert (table["cost_usd"] < table["cost_without_usd"]).sum() >= 4


def test_unknown_rules_and_empty_periods_are_named(simulated):
    usual, *_ = simulated
    with pytest.raises(InputError, match="did you mean 'cusum'"):
        alerts.signals(usual, "cussum", 3.0)
    with pytest.raises(Refusal, match="no incident began"):
        alerts.quality(alerts_at(1), incidents_at(1), start=pd.Timestamp("2030-01-01"), end=pd.Timestamp("2031-01-01"))
    with pytest.raises(InputError, match="three rising values"):
        alerts.ladder(pd.Series([1.0]), (3, 2, 1))
