import numpy as np
import pandas as pd
import pytest
from crossborder.company import performance
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


def test_targets_are_raised_where_a_result_runs_ahead_and_questioned_where_it_lags():
    """The published example: growth of 10 % aimed at, 18 % in sight."""
    pace = pd.DataFrame(
        {
            "name": ["growth", "returns", "steady"],
            "unit": "share",
            "start_value": [0.0, 0.20, 0.0],
            "target_value": [0.10, 0.10, 1.0],
            "projected_value": [0.18, 0.18, 1.05],
            "expected": 0.5,
            "pace": [1.8, 0.2, 1.05],
        }
    )
    found = performance.revised_targets(pace, most_step=1.0).set_index("name")
    assert list(found.index) == ["growth", "returns"]
    assert found.loc["growth", "proposal"] == pytest.approx(0.18) and found.loc["returns", "proposal"] == pytest.approx(
        0.18
    )
    half = performance.revised_targets(pace, most_step=0.5).set_index("name")
    assert half.loc["growth", "proposal"] == pytest.approx(0.15) and half.loc["returns", "proposal"] == pytest.approx(
        0.15
    )
    with pytest.raises(InputError, match="most_step"):
        performance.revised_targets(pace, most_step=2)


PATHS = pd.DataFrame({"path": ["sure", "bold"]}).assign(
    gain_share_low=[0.02, 0.1], gain_share_base=[0.02, 0.1], gain_share_high=[0.02, 0.1],
    cost_share_low=[0.01, 0.05], cost_share_base=[0.01, 0.05], cost_share_high=[0.01, 0.05],
    chance_low=[1.0, 0.5], chance_base=[1.0, 0.5], chance_high=[1.0, 0.5],
    years_low=[1, 1], years_base=[1, 1], years_high=[1, 1],
)  # fmt: skip


def test_the_value_of_a_path_by_hand():
    found = performance.path_choice(PATHS, 1e6, np.random.default_rng(1), rate=0.1, draws=20000).set_index("path")
    annuity = (1 - 1.1**-10) / 0.1
    assert found.loc["sure", "value_usd"] == pytest.approx(20_000 * annuity - 10_000 / 1.1)
    assert found.loc["bold", "value_usd"] == pytest.approx(0.5 * 100_000 * annuity - 50_000 / 1.1, rel=0.05)
    assert (found.loc["sure", "loss"], found.loc["sure", "payback_years"]) == (0, 1)
    assert found.loc["bold", "loss"] == pytest.approx(0.5, abs=0.02) and found["best"].sum() == pytest.approx(1)


def test_ends_in_the_wrong_order_are_refused():
    with pytest.raises(InputError, match="chance of sure"):
        performance.path_choice(PATHS.assign(chance_low=2.0), 1e6, np.random.default_rng(1))
