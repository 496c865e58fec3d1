"""Response: levels, clocks, deadlines, plans, drills."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import response


@pytest.fixture
def incidents() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": ["payment_hold", "payment_hold", "alien_landing", "stock_out"],
            "started_on": pd.to_datetime(["2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01"]),
            "noticed_on": pd.to_datetime(["2025-01-02", "2025-02-20", "2025-03-01", None]),
            "loss_usd": [100.0, 4_000.0, 20_000.0, 900.0],
            "cause": ["bank", "bank", "unknown", None],
        }
    )


def test_levels_follow_loss_markets_and_safety():
    loss = pd.Series([10_000.0, 3_000.0, 500.0, 100.0])
    assert response.incident_level(loss, 1, revenue_year_usd=1e6).tolist() == [1, 2, 3, 4]
    assert response.incident_level(loss, pd.Series([1, 1, 2, 1]), revenue_year_usd=1e6).tolist() == [1, 2, 2, 4]
    assert response.incident_level(loss, 1, revenue_year_usd=1e6, safety=True).tolist() == [1, 2, 2, 2]


def test_the_clock_compares_notice_with_the_plan(incidents):
    table = response.clock(incidents, revenue_year_usd=1e6).set_index("loss_usd")
    assert table["level"].to_dict() == {100.0: 4, 4_000.0: 2, 20_000.0: 1, 900.0: 3}
    assert table["within"].to_dict() == {100.0: True, 4_000.0: False, 20_000.0: True, 900.0: False}


def test_breach_deadlines_are_2_24_and_72_hours():
    event = pd.Timestamp("2025-05-01 08:00", tz="UTC")
    table = response.breach_deadlines(event, {"assess": event + pd.Timedelta(hours=1)}).set_index("step")
    hours = ((table["deadline"] - event).dt.total_seconds() / 3600).tolist()
    assert hours == [2, 24, 72]
    assert table.loc["assess", "met"]
    assert table.loc["authority", "met"] is None


def test_coverage_lists_what_has_no_plan_first(incidents):
    table = response.library_coverage(incidents)
    assert table["kind"].iloc[0] == "alien_landing"
    assert table.set_index("kind")["planned"].to_dict() == {
        "alien_landing": False, "payment_hold": True, "stock_out": True,
    }  # fmt: skip


def test_recurrence_counts_beyond_the_first(incidents):
    table = response.recurrence(incidents)
    assert table.iloc[0][["kind", "cause", "recurrences"]].tolist() == ["payment_hold", "bank", 1]
    assert table["incidents"].sum() == 3


def test_drills_score_from_one_to_zero():
    drills = pd.DataFrame({"drill": list("abc"), "target_hours": [10.0] * 3, "took_hours": [8.0, 15.0, 40.0]})
    assert response.drill_score(drills)["score"].tolist() == [1.0, 0.5, 0.0]


def test_a_dashboard_that_cuts_times_to_a_third():
    found = response.dashboard_gain(pd.Series([30.0, 60.0, 90.0]), pd.Series([10.0, 20.0, 30.0]))
    assert found["ratio"] == pytest.approx(1 / 3)
    assert found["faster_share"] == 1


def test_teams_grow_with_the_level():
    assert [len(response.team_tiers(level)) for level in (1, 2, 3, 4)] == [3, 3, 2, 1]


def test_every_pack_has_three_answers_in_words():
    assert all(len(steps) == 3 and all(step for step in steps) for steps in response.PACKS.values())


def test_a_why_chain_ends_in_its_root():
    table = response.why_chain(["late", "missed ship", "no booking", "no forecast", "no owner"])
    assert table["root"].tolist() == [False] * 4 + [True]
    with pytest.raises(InputError, match="2 to 5 causes"):
        response.why_chain(["late"])


def test_wrong_inputs_are_named():
    with pytest.raises(InputError, match="1 to 4"):
        response.team_tiers(7)
    with pytest.raises(InputError, match="revenue_year_usd is 0"):
        response.incident_level(pd.Series([1.0]), 1, revenue_year_usd=0)
    with pytest.raises(InputError, match="took_hours"):
        response.drill_score(pd.DataFrame({"drill": ["a"], "target_hours": [1.0]}))


def test_noticing_gain_compares_the_halves():
    days = pd.date_range("2025-01-01", periods=12, freq="30D")
    lag = pd.to_timedelta([10] * 6 + [2] * 6, unit="D")
    incidents = pd.DataFrame({"started_on": days, "noticed_on": days + lag})
    found = response.noticing_gain(incidents, rng=np.random.default_rng(1))
    assert (found["before_days"], found["after_days"]) == (10, 2)
    assert found["high"] < 1 and found["faster"] == 1
    with pytest.raises(Refusal, match="no gain in noticing"):
        response.noticing_gain(incidents.head(6), rng=np.random.default_rng(1))
