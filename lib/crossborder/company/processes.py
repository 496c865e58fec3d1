"""How fast do processes run, how well are tools joined, and how many people does the work need."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["automation_gain", "cycle_times", "durations", "staffing_mix"]


def durations(starts: pd.Series, ends: pd.Series, process: str) -> pd.DataFrame:
    """Runs of a process: process, at (start), hours; runs without an end are left out."""
    hours = (ends - starts).dt.total_seconds() / 3600
    at = starts.dt.tz_localize(None) if starts.dt.tz is not None else starts
    runs = pd.DataFrame({"process": process, "at": at, "hours": hours.astype(float)})
    return runs[runs["hours"] >= 0].reset_index(drop=True)


def cycle_times(runs: pd.DataFrame, as_of: pd.Timestamp, *, days: int = 90, least: int = 20) -> pd.DataFrame:
    """Median time of each process in the last `days` against the same days a year before.

    `runs` as from `durations`. The ratio's interval (90 %) is that of the difference of mean logs, exponentiated: it is
    a ratio of geometric means. Columns: process, runs, hours_before, hours_now, ratio, low, high, verdict. Processes
    with fewer than `least` runs in either time are left out; Refusal if none is left.
    """
    year = pd.Timedelta(days=365)
    span = pd.Timedelta(days=days)
    now = runs[(runs["at"] > as_of - span) & (runs["at"] <= as_of)]
    before = runs[(runs["at"] > as_of - year - span) & (runs["at"] <= as_of - year)]
    rows = []
    for process in runs["process"].unique():
        one, other = (part.loc[part["process"] == process, "hours"].clip(lower=1 / 60) for part in (before, now))
        if min(len(one), len(other)) < least:
            continue
        change = np.log(other).mean() - np.log(one).mean()
        half = 1.645 * np.sqrt(np.log(one).var() / len(one) + np.log(other).var() / len(other))
        ends = np.exp([change, change - half, change + half])
        verdict = "faster" if ends[2] < 1 else "slower" if ends[1] > 1 else "no change beyond chance"
        rows.append((process, len(other), one.median(), other.median(), *ends, verdict))
    if not rows:
        raise Refusal.because("no cycle times", f"no process has {least} runs in both years", "give a longer history")
    columns = ["process", "runs", "hours_before", "hours_now", "ratio", "low", "high", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def automation_gain(joins: pd.DataFrame, alone: float, joined: float) -> pd.DataFrame:
    """Integration index and the efficiency that published figures would promise for it: one row.

    `joins` as from `coverage.join_rates`; the index is the share of joins that find a partner for nearly every row
    (0.98). `alone` and `joined` are the claimed gains of tools that stand alone and of joined ones (fractions): between
    them a straight line is drawn, which is a reading of claims and no measurement. Columns: tools_joined, tools, index,
    claimed_gain, low, high.
    """
    if joins.empty:
        raise Refusal.because(
            "no integration index", "no two tables are there that could be joined", "give more tables"
        )
    whole = int((joins["share"] >= 0.98).sum())
    index = whole / len(joins)
    row = (whole, len(joins), index, alone + (joined - alone) * index, alone, joined)
    return pd.DataFrame([row], columns=["tools_joined", "tools", "index", "claimed_gain", "low", "high"])


def staffing_mix(
    work_hours: np.ndarray,
    *,
    fixed_cost_hour: float,
    flexible_cost_hour: float,
    rng: np.random.Generator,
    level: float = 0.9,
    least_share: float = 0.0,
) -> pd.Series:
    """How many hours a week to staff for good, the rest being bought when needed.

    Paid fixed hours cost whether used or not, so the best level is the 1 - fixed / flexible quantile of the weekly work
    (the newsvendor's critical ratio). `work_hours`: work of past weeks; `least_share`: share of the mean week that must
    be fixed. Series: fixed_hours with low and high (bootstrap), share_fixed, cost_week, cost_all_fixed (for the busiest
    week), cost_all_flexible, saving_share against the better of the two.
    """
    hours = np.asarray(work_hours, float)
    if len(hours) < 8:
        raise Refusal.because("no staffing mix", f"{len(hours)} weeks are too few", "give eight weeks or more")
    if not 0 < fixed_cost_hour < flexible_cost_hour:
        raise InputError.out_of_range(
            "fixed_cost_hour", fixed_cost_hour, "above 0 and below flexible_cost_hour, else nothing is fixed"
        )
    ratio = 1 - fixed_cost_hour / flexible_cost_hour
    floor = least_share * hours.mean()
    fixed = max(float(np.quantile(hours, ratio)), floor)
    draws = np.quantile(rng.choice(hours, (1000, len(hours))), ratio, axis=1)
    low, high = np.maximum(np.quantile(draws, [(1 - level) / 2, (1 + level) / 2]), floor)
    cost = fixed_cost_hour * fixed + flexible_cost_hour * np.maximum(hours - fixed, 0).mean()
    all_fixed, all_flexible = fixed_cost_hour * hours.max(), flexible_cost_hour * hours.mean()
    return pd.Series(
        {
            "fixed_hours": fixed,
            "low": float(low),
            "high": float(high),
            "share_fixed": float(np.minimum(hours, fixed).sum() / hours.sum()),
            "cost_week": cost,
            "cost_all_fixed": all_fixed,
            "cost_all_flexible": all_flexible,
            "saving_share": 1 - cost / min(all_fixed, all_flexible),
        }
    )
