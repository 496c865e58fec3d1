"""Are we where we wanted to be: scorecard with stated weights, pace of key results, roadmap and earned value."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["earned_value", "okr_pace", "path_choice", "revised_targets", "roadmap", "scorecard"]


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


def revised_targets(
    pace: pd.DataFrame, *, ahead: float = 1.2, behind: float = 0.8, most_step: float = 0.5
) -> pd.DataFrame:
    """Targets that the year has overtaken: raised where a key result runs ahead, questioned where it runs behind.

    `pace` as from `okr_pace`. Ahead of `ahead` times the expected progress the proposal is the value that this pace
    will reach, at most `most_step` of the distance beyond the target; behind `behind` the same value, at most
    `most_step` short of it. Columns: name, unit, target_value, projected_value, proposal, change (of the distance),
    why. Results on pace, done at their date or not begun are left out.
    """
    if not 0 < behind < 1 < ahead or not 0 <= most_step <= 1:
        raise InputError.out_of_range(
            "behind, ahead, most_step", (behind, ahead, most_step), "below 1, above 1, 0 to 1"
        )
    moved = pace[(pace["expected"] > 0) & (pace["expected"] < 1) & ~pace["pace"].between(behind, ahead)].copy()
    distance = moved["target_value"] - moved["start_value"]
    change = ((moved["projected_value"] - moved["target_value"]) / distance.where(distance != 0)).fillna(0.0)
    moved["change"] = change.clip(-most_step, most_step)
    moved["proposal"] = moved["target_value"] + distance * moved["change"]
    moved["why"] = np.where(moved["pace"] > ahead, "ahead: raise it", "behind: mend it or lower it")
    columns = ["name", "unit", "target_value", "projected_value", "proposal", "change", "why"]
    return moved[columns].sort_values("change", ascending=False, kind="stable", ignore_index=True)


def path_choice(
    paths: pd.DataFrame, scale_usd: float, rng: np.random.Generator, *, rate: float = 0.12, draws: int = 4000
) -> pd.DataFrame:
    """Ways of change compared (gradual, disruptive, ecosystem): value, risk and time to pay back.

    `paths` has a row a path and, for gain_share and cost_share (a year, of `scale_usd`), chance (of success) and years
    (until the gain is whole), columns _low, _base and _high (5 %, most likely, 95 % of a triangle). The gain grows
    evenly until it is whole, lasts ten years in all and comes only with success; the cost falls due until then.
    Columns: path, value_usd (mean), low, high (90 %), loss (chance of losing money), payback_years (median where it
    pays back), best (share of draws in which the path has most value).
    """
    if not scale_usd > 0:
        raise InputError.out_of_range("scale_usd", scale_usd, "above 0")
    years, values, back = np.arange(1, 11), [], []
    for row in paths.itertuples():  # three paths, each drawn at once
        gain, cost, chance, until = (
            _triangle(row, name, rng, draws) for name in ("gain_share", "cost_share", "chance", "years")
        )
        success = rng.random(draws) < chance
        share = np.minimum(years / until[:, None], 1.0) * gain[:, None] * success[:, None]
        flow = scale_usd * (share - cost[:, None] * (years <= np.ceil(until)[:, None]))
        worth = (flow / (1 + rate) ** years).cumsum(axis=1)
        values.append(worth[:, -1])
        back.append(np.where((worth > 0).any(axis=1), (worth > 0).argmax(axis=1) + 1.0, np.nan))
    value = np.array(values)
    best = np.bincount(value.argmax(axis=0), minlength=len(paths)) / draws
    low, high = np.quantile(value, [0.05, 0.95], axis=1)
    table = pd.DataFrame({"path": paths["path"].to_numpy(), "value_usd": value.mean(axis=1), "low": low, "high": high})
    table["loss"] = (value < 0).mean(axis=1)
    table["payback_years"] = [float(np.nanmedian(one)) if np.isfinite(one).any() else float("nan") for one in back]
    return table.assign(best=best).sort_values("value_usd", ascending=False, kind="stable", ignore_index=True)


def _triangle(row: tuple, name: str, rng: np.random.Generator, draws: int) -> np.ndarray:
    low, base, high = (float(getattr(row, f"{name}_{end}")) for end in ("low", "base", "high"))
    if not low <= base <= high:
        raise InputError.out_of_range(f"{name} of {row.path}", (low, base, high), "low at most base at most high")
    return rng.triangular(low, base, high, draws) if low < high else np.full(draws, base)
