import pandas as pd
import pytest
from crossborder.company.performance import earned_value, okr_pace, roadmap, scorecard
from crossborder.errors import InputError, Refusal

DAY = pd.Timestamp("2026-07-02")
OBJECTIVES = pd.DataFrame(
    {
        "objective_id": ["a", "b", "c"],
        "perspective": ["finance", "finance", "customer"],
        "name": ["A", "B", "C"],
        "unit": "x",
        "start_on": pd.Timestamp("2026-01-01"),
        "due_on": pd.Timestamp("2026-12-31"),
        "start_value": [0.0, 100.0, 1.0],
        "target_value": [10.0, 50.0, 2.0],
        "current_value": [5.0, 90.0, 3.0],
        "weight": [0.4, 0.2, 0.4],
    }
)


def test_pace_is_progress_over_time_gone_also_for_targets_below_the_start():
    pace = okr_pace(OBJECTIVES, DAY).set_index("objective_id")
    assert pace.loc["a", "progress"] == 0.5
    assert pace.loc["a", "status"] == "on pace"
    assert pace.loc["b", "progress"] == pytest.approx(0.2)
    assert pace.loc["b", "status"] == "behind"
    assert pace.loc["c", "status"] == "done"


def test_the_scorecard_weighs_as_stated():
    pace = okr_pace(OBJECTIVES, DAY)
    card = scorecard(pace).set_index("perspective")
    assert card.drop("total")["weight"].sum() == pytest.approx(1)
    scores = pace.set_index("objective_id")["pace"].clip(0, 1)
    assert card.loc["total", "score"] == pytest.approx(0.4 * scores["a"] + 0.2 * scores["b"] + 0.4 * scores["c"])
    with pytest.raises(Refusal, match="all weights are 0"):
        scorecard(pace.assign(weight=0.0))


MILESTONES = pd.DataFrame(
    {
        "milestone_id": ["1", "2"],
        "plan": "p",
        "phase": ["one", "two"],
        "name": ["x", "y"],
        "planned_start": pd.to_datetime(["2026-01-01", "2026-04-01"]),
        "planned_end": pd.to_datetime(["2026-03-31", "2026-10-01"]),
        "actual_end": pd.to_datetime(["2026-04-10", None]),
        "progress": [1.0, 0.25],
        "planned_cost_usd": [100.0, 200.0],
        "actual_cost_usd": [120.0, 80.0],
    }
)


def test_a_gate_opens_when_its_phase_is_done():
    road = roadmap(MILESTONES, DAY).set_index("phase")
    assert road.loc["one", ["gate", "days_late"]].tolist() == ["passed", 10]
    assert road.loc["two", "gate"] == "open"


def test_earned_value_by_hand():
    row = earned_value(MILESTONES, DAY).iloc[0]
    assert row["earned_usd"] == 150
    assert row["spent_usd"] == 200
    assert row["cost_index"] == pytest.approx(0.75)
    assert row["estimate_usd"] == pytest.approx(400)


def test_an_objective_due_before_it_starts_is_told():
    with pytest.raises(InputError, match="a due day after the start"):
        okr_pace(OBJECTIVES.assign(due_on=pd.Timestamp("2025-01-01")), DAY)
