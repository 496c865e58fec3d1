"""Are we where we wanted to be: scorecard with stated weights, pace of key results, roadmap and earned value."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["earned_value", "okr_pace", "roadmap", "scorecard"]


def okr_pace(objectives: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Each key result: progress beside the share of time gone, and the value it will reach at this pace.

    Columns: objective_id, perspective, name, progress, expected, pace (progress over expected), projected_value and
    status.
    Status: done, on pace (pace at least 0.9), behind, stuck (no progress after a quarter of the time), not begun.
    """
    table = objectives.copy()
    span = (table["due_on"] - table["start_on"]).dt.days
    if (span <= 0).any():
        bad = table.loc[span <= 0, "objective_id"].tolist()
        raise InputError.out_of_range("objectives", bad, "a due day after the start")
    gone = ((as_of - table["start_on"]).dt.days / span).clip(0, 1)
    distance = table["target_value"] - table["start_value"]
    progress = ((table["current_value"] - table["start_value"]) / distance.where(distance != 0)).fillna(1.0)
    pace = progress / gone.where(gone > 0)
    table["progress"], table["expected"], table["pace"] = progress, gone, pace
    table["projected_value"] = table["start_value"] + distance * (progress / gone.where(gone > 0)).clip(-2, 3)
    table["status"] = np.select(
        [progress >= 1, gone <= 0, pace >= 0.9, (progress <= 0) & (gone > 0.25)],
        ["done", "not begun", "on pace", "stuck"],
        "behind",
    )
    columns = [
        "objective_id",
        "perspective",
        "name",
        "unit",
        "start_value",
        "current_value",
        "target_value",
        "progress",
        "expected",
        "pace",
        "projected_value",
        "status",
        "weight",
    ]
    return table[columns].sort_values("pace", kind="stable", ignore_index=True)


def scorecard(pace: pd.DataFrame) -> pd.DataFrame:
    """Balanced scorecard (Kaplan and Norton, 1992): score by perspective, 0 to 1, and the weighted total.

    A key result scores its progress over what was expected by today, at most 1 and at least 0. Weights are those of the
    objectives, within a perspective and overall; they must sum to more than 0. Columns: perspective, weight, score,
    results.
    """
    if pace["weight"].sum() <= 0:
        raise Refusal.because("no scorecard", "all weights are 0", "give the objectives weights")
    scored = pace.assign(score=pace["pace"].clip(0, 1).fillna(0.0))
    parts = scored.assign(points=scored["score"] * scored["weight"]).groupby("perspective", sort=False)
    table = parts.agg(weight=("weight", "sum"), points=("points", "sum"), results=("score", "size")).reset_index()
    table["score"] = table["points"] / table["weight"]
    table["weight"] = table["weight"] / table["weight"].sum()
    total = {
        "perspective": "total",
        "weight": 1.0,
        "score": float((table["score"] * table["weight"]).sum()),
        "results": int(table["results"].sum()),
    }
    columns = ["perspective", "weight", "score", "results"]
    return pd.concat([table[columns], pd.DataFrame([total])], ignore_index=True)


def roadmap(milestones: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Each plan and phase: progress, what should be done by today, days late, and whether its gate is open.

    A gate opens when every milestone of the phase is done. Columns: plan, phase, milestones, done, progress, expected,
    days_late, gate.
    """
    table = milestones.assign(
        done=milestones["actual_end"].notna() & (milestones["actual_end"] <= as_of),
        expected=_time_gone(milestones, as_of),
        late=((milestones["actual_end"].fillna(as_of) - milestones["planned_end"]).dt.days).clip(lower=0),
    )
    groups = table.groupby(["plan", "phase"], sort=False)
    found = groups.agg(
        milestones=("milestone_id", "size"),
        done=("done", "sum"),
        progress=("progress", "mean"),
        expected=("expected", "mean"),
        days_late=("late", "max"),
        starts=("planned_start", "min"),
    )
    found = found.sort_values(["plan", "starts"]).drop(columns="starts").reset_index()
    found["gate"] = np.where(
        found["done"] == found["milestones"], "passed", np.where(found["expected"] > 0, "open", "ahead")
    )
    return found


def earned_value(milestones: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Earned value of each plan (PMI, Practice Standard for Earned Value Management): planned, earned, spent, indices.

    Cost index CPI = earned / spent, schedule index SPI = earned / planned, estimate at completion EAC = budget / CPI.
    A plan on which nothing was spent yet has no cost index and keeps its budget as the estimate.
    """
    planned = milestones["planned_cost_usd"] * _time_gone(milestones, as_of)
    table = milestones.assign(planned=planned, earned=milestones["planned_cost_usd"] * milestones["progress"])
    sums = table.groupby("plan", sort=False).agg(
        budget_usd=("planned_cost_usd", "sum"),
        planned_usd=("planned", "sum"),
        earned_usd=("earned", "sum"),
        spent_usd=("actual_cost_usd", "sum"),
    )
    sums["cost_index"] = sums["earned_usd"] / sums["spent_usd"].where(sums["spent_usd"] > 0)
    sums["schedule_index"] = sums["earned_usd"] / sums["planned_usd"].where(sums["planned_usd"] > 0)
    sums["estimate_usd"] = sums["budget_usd"] / sums["cost_index"].where(sums["cost_index"] > 0).fillna(1.0)
    return sums.reset_index()


def _time_gone(milestones: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    span = (milestones["planned_end"] - milestones["planned_start"]).dt.days.clip(lower=1)
    return ((as_of - milestones["planned_start"]).dt.days / span).clip(0, 1)
