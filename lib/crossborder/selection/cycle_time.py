"""How long a new product takes: critical path of its steps, cost of a day of delay, spread of the end."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["cost_of_delay", "critical_path", "from_milestones", "shorten", "simulate"]


def _order(steps: pd.DataFrame) -> tuple[list[int], list[list[int]]]:
    """Row numbers in an order that respects `after`, and the predecessors of each row."""
    place = {name: i for i, name in enumerate(steps["step"])}
    before = []
    for text in steps["after"].fillna("").astype(str):
        names = [part.strip() for part in text.split("|") if part.strip()]
        if unknown := [name for name in names if name not in place]:
            raise InputError.unknown("step in `after`", unknown[0], place)
        before.append([place[name] for name in names])
    done: list[int] = []
    left = set(range(len(steps)))
    while left:
        ready = sorted(i for i in left if not set(before[i]) & left)
        if not ready:
            loop = [steps["step"].iloc[i] for i in sorted(left)]
            raise InputError.out_of_range("after", loop, "steps that do not wait for each other in a circle")
        done += ready
        left -= set(ready)
    return done, before


def _checked(steps: pd.DataFrame, column: str) -> np.ndarray:
    if missing := {"step", "after", column} - set(steps.columns):
        raise InputError.missing_columns("steps", missing, steps.columns)
    if not len(steps):
        raise InputError.out_of_range("steps", 0, "at least one step")
    if steps["step"].duplicated().any():
        raise InputError.out_of_range("step", steps.loc[steps["step"].duplicated(), "step"].iloc[0], "a name once")
    days = steps[column].to_numpy(float)
    if np.isnan(days).any() or (days < 0).any():
        raise InputError.out_of_range(column, float(np.nanmin(days)), "numbers from 0, none missing")
    return days


def critical_path(steps: pd.DataFrame, days: str = "days") -> pd.DataFrame:
    """Earliest and latest start and end of each step (days from the start), slack, and whether it is critical.

    `steps`: step, after (names it waits for, apart by |), days. Source: Kelley and Walker (1959).
    """
    length = _checked(steps, days)
    order, before = _order(steps)
    start, end = np.zeros(len(steps)), np.zeros(len(steps))
    for i in order:  # over steps of a plan
        start[i] = max((end[j] for j in before[i]), default=0.0)
        end[i] = start[i] + length[i]
    latest = np.full(len(steps), end.max())
    for i in reversed(order):
        for j in before[i]:
            latest[j] = min(latest[j], latest[i] - length[i])
    slack = latest - end
    return steps.assign(
        start=start, end=end, latest_start=latest - length, latest_end=latest, slack=slack, critical=slack < 1e-9
    )


def from_milestones(milestones: pd.DataFrame, plan: str = "", as_of: str | pd.Timestamp | None = None) -> pd.DataFrame:
    """Steps with planned and actual days from the table `milestones` (open ones: planned days times the usual overrun).

    Columns: step, name, plan, after, days (planned), actual_days, done.
    """
    rows = milestones if not plan else milestones[milestones["plan"] == plan]
    if rows.empty:
        raise InputError.unknown("plan", plan, milestones["plan"].unique())
    planned = (rows["planned_end"] - rows["planned_start"]).dt.days + 1.0
    shift = (rows["actual_end"] - rows["planned_end"]).dt.days
    ended = rows.set_index("milestone_id")["actual_end"]
    plans = rows.set_index("milestone_id")["planned_end"]

    def overrun_before(text: str) -> float:
        late = [(ended[n] - plans[n]).days for n in str(text).split("|") if n in ended and pd.notna(ended[n])]
        return float(max(late, default=0))

    own = planned + shift - rows["depends_on"].fillna("").map(overrun_before)
    done = rows["actual_end"].notna()
    ratio = (own[done].clip(lower=1) / planned[done]).median() if done.any() else 1.0
    actual = own.where(done, planned * ratio).clip(lower=1)
    return pd.DataFrame(
        {
            "step": rows["milestone_id"], "name": rows["name"], "plan": rows["plan"], "after": rows["depends_on"],
            "days": planned, "actual_days": actual, "done": done,
        }
    ).reset_index(drop=True)  # fmt: skip


def shorten(steps: pd.DataFrame, by: float = 0.25, days: str = "days") -> pd.DataFrame:
    """Days that the whole plan gains if one step alone is cut by the share `by`, most useful first."""
    length = _checked(steps, days)
    whole = critical_path(steps, days)["end"].max()
    gains = []
    for i in range(len(steps)):
        cut = steps.assign(**{days: np.where(np.arange(len(steps)) == i, length * (1 - by), length)})
        gains.append(whole - critical_path(cut, days)["end"].max())
    return steps.assign(days_gained=gains).sort_values("days_gained", ascending=False, ignore_index=True)


def simulate(
    steps: pd.DataFrame, rng: np.random.Generator, *, log_sd: float = 0.25, draws: int = 5000, days: str = "days"
) -> tuple[pd.Series, pd.Series]:
    """Spread of the end when each step's length is log-normal around its mean, and how often each step is critical.

    Series one: mean, low (5 %), median, high (95 %), and planned (no spread; almost always too short where paths join).
    Series two: share of draws in which a step lies on the longest path.
    """
    length = _checked(steps, days)
    order, before = _order(steps)
    drawn = length * np.exp(log_sd * rng.standard_normal((draws, len(steps))) - log_sd**2 / 2)
    end = np.zeros_like(drawn)
    for i in order:
        ready = end[:, before[i]].max(axis=1) if before[i] else 0.0
        end[:, i] = ready + drawn[:, i]
    latest = np.repeat(end.max(axis=1, keepdims=True), len(steps), axis=1)
    for i in reversed(order):
        for j in before[i]:
            latest[:, j] = np.minimum(latest[:, j], latest[:, i] - drawn[:, i])
    total = end.max(axis=1)
    planned = critical_path(steps, days)["end"].max()
    low, middle, high = np.quantile(total, [0.05, 0.5, 0.95])
    spread = {"mean": total.mean(), "low": low, "median": middle, "high": high, "planned": planned}
    critical = pd.Series((latest - end < 1e-9).mean(axis=0), index=steps["step"].to_numpy())
    return pd.Series(spread), critical


def cost_of_delay(contribution_month_usd: float, days: float, life_months: float = 22.0, decay: float = 0.0) -> float:
    """Contribution lost by starting `days` later within a fixed window, USD; `decay` is the fall of prices a year."""
    if min(contribution_month_usd, days, life_months) < 0:
        raise InputError.out_of_range(
            "contribution, days or life", (contribution_month_usd, days, life_months), "from 0"
        )
    months = min(days / 30.4, life_months)
    return contribution_month_usd * (months + (life_months - months) * (1 - (1 - decay) ** (days / 365)))
