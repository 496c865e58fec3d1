"""Objectives, milestones of three plans, projects that ask for money, and the rounds of capital."""

import numpy as np
import pandas as pd

from crossborder.demo.scorecard import measured
from crossborder.demo.typed import typed
from crossborder.demo.world import AS_OF, World

__all__ = ["part"]

# perspective, name, unit, start, target, true speed (1 is on pace), weight
OBJECTIVES = pd.DataFrame(
    [
        ("finance", "Net sales of twelve months", "million USD", 2.10, 2.95, 0.95, 0.14),
        ("finance", "Contribution margin", "fraction of sales", 0.205, 0.235, 0.70, 0.12),
        ("finance", "Cash conversion cycle", "days", 96.0, 80.0, 0.55, 0.08),
        ("finance", "Share of sales on the largest platform", "fraction", 0.52, 0.45, 0.80, 0.06),
        ("customer", "Repeat rate within 180 days", "fraction", 0.21, 0.26, 0.75, 0.10),
        ("customer", "Net promoter score", "points", 34.0, 45.0, 0.90, 0.08),
        ("customer", "Return rate", "fraction", 0.085, 0.070, 0.60, 0.06),
        ("customer", "First reply within four hours", "fraction of requests", 0.78, 0.92, 1.10, 0.06),
        ("operations", "Share of time in stock", "fraction", 0.91, 0.95, 1.00, 0.08),
        ("operations", "Deliveries on the promised day", "fraction", 0.84, 0.90, 0.85, 0.06),
        ("operations", "Stock older than 180 days", "fraction of value", 0.18, 0.08, 0.65, 0.04),
        ("innovation", "Launches that reach their mark", "fraction", 0.38, 0.50, 0.50, 0.06),
        ("innovation", "Weeks from idea to first sale", "weeks", 15.0, 10.0, 0.90, 0.03),
        ("innovation", "Test decisions made by rule", "fraction", 0.40, 0.80, 1.15, 0.03),
    ],
    columns=["perspective", "name", "unit", "start_value", "target_value", "speed", "weight"],
)
# plan, phase, name, weeks, planned cost, steps of the same plan it waits for (by number within the plan)
STEPS = pd.DataFrame(
    [
        ("Saudi Arabia", "prepare", "Register the brand", 8, 9000, ""),
        ("Saudi Arabia", "prepare", "Obtain conformity certificates", 12, 21000, "1"),
        ("Saudi Arabia", "prepare", "Arabic content and support", 10, 16000, ""),
        ("Saudi Arabia", "build", "Contract the Riyadh warehouse", 6, 7000, "1"),
        ("Saudi Arabia", "build", "Connect local payment and cash on delivery", 8, 12000, "3"),
        ("Saudi Arabia", "build", "Ship the first stock", 7, 38000, "2|4"),
        ("Saudi Arabia", "launch", "Pilot with forty products", 12, 30000, "5|6"),
        ("Saudi Arabia", "scale", "Widen the range", 16, 60000, "7"),
        ("Saudi Arabia", "scale", "Second warehouse in Jeddah", 14, 35000, "7"),
        ("One data store", "foundation", "Define tables and keys", 6, 8000, ""),
        ("One data store", "foundation", "Load orders and spend", 10, 18000, "1"),
        ("One data store", "foundation", "Load stock and purchases", 10, 17000, "1"),
        ("One data store", "foundation", "Checks and owners", 6, 7000, "2|3"),
        ("One data store", "use", "Weekly report without hands", 8, 9000, "4"),
        ("One data store", "use", "Demand forecast in production", 14, 26000, "3|4"),
        ("One data store", "use", "Launch scoring in production", 12, 20000, "4"),
        ("One data store", "extend", "Early-warning panel", 10, 15000, "5"),
        ("One data store", "extend", "Rolling plan", 12, 18000, "5|6"),
        ("Resilient supply", "secure", "Audit forty suppliers", 14, 24000, ""),
        ("Resilient supply", "secure", "Second source for ten products", 20, 40000, "1"),
        ("Resilient supply", "secure", "Cargo cover renewed", 5, 6000, ""),
        ("Resilient supply", "shift", "Vietnam origin lane", 12, 22000, "1"),
        ("Resilient supply", "shift", "Mexico assembly trial", 22, 55000, "1"),
        ("Resilient supply", "shift", "Rail for Europe tested", 9, 14000, "3"),
        ("Resilient supply", "expand", "Two origins for every category", 26, 48000, "2|4"),
        ("Resilient supply", "expand", "Continuity drill", 4, 5000, "2|6"),
    ],
    columns=["plan", "phase", "name", "weeks", "planned_cost_usd", "waits_for"],
)
# plan: start, how much longer its steps truly take, how much more they truly cost
PLANS = pd.DataFrame(
    [
        ("Saudi Arabia", "2026-02-02", 1.15, 1.08),
        ("One data store", "2026-04-06", 1.05, 0.96),
        ("Resilient supply", "2026-03-02", 1.25, 1.18),
    ],
    columns=["plan", "begins", "time_factor", "cost_factor"],
)
# name, stage, kind, market, capital, yearly cash low, base, high, years, chance a gate, gates
PROJECTS = pd.DataFrame(
    [
        ("Creator network in Brazil", "seed", "traffic", "BR", 22, -2, 15, 42, 4, 0.55, 3),
        ("Search content in Japanese", "growth", "traffic", "JP", 30, 4, 13, 24, 5, 0.75, 2),
        ("Membership programme", "mature", "traffic", None, 45, 11, 19, 26, 5, 0.85, 2),
        ("Mexico assembly", "seed", "supply", "MX", 80, -13, 36, 85, 6, 0.50, 3),
        ("Second source for ten products", "growth", "supply", None, 40, 6, 15, 23, 5, 0.80, 2),
        ("Own moulds for home storage", "mature", "supply", None, 60, 14, 20, 27, 5, 0.88, 2),
        ("Launch scoring in production", "seed", "technology", None, 17, 1, 12, 30, 4, 0.60, 3),
        ("Forecast and replenishment", "growth", "technology", None, 35, 7, 17, 25, 5, 0.78, 2),
        ("Warehouse automation in California", "mature", "technology", "US", 90, 15, 23, 30, 7, 0.85, 2),
        ("Enter Saudi Arabia in full", "growth", "market", "SA", 75, -5, 33, 70, 5, 0.65, 3),
        ("Widen Indonesia", "seed", "market", "ID", 35, -6, 17, 47, 5, 0.45, 3),
        ("Own store in Germany", "growth", "market", "DE", 55, 3, 21, 40, 5, 0.70, 2),
        ("Marketplace range in the United States", "mature", "market", "US", 70, 15, 26, 36, 5, 0.86, 2),
        ("Arabic and Portuguese service team", "growth", "people", None, 25, 2, 8, 14, 4, 0.80, 2),
        ("Category leads for pet and beauty", "seed", "people", None, 20, -3, 11, 25, 4, 0.60, 2),
    ],
    columns=[
        *("name", "stage", "kind", "market", "capital_usd", "yearly_cash_low_usd", "yearly_cash_base_usd"),
        *("yearly_cash_high_usd", "years", "success_probability", "gates"),
    ],
)
# order, round, holder, date, invested, pre-money value, shares before the round come from the rows above
ROUNDS = pd.DataFrame(
    [
        (0, "founding", "Founders", "2019-06-01", 60000, None, 8_000_000),
        (0, "founding", "Employee pool", "2019-06-01", 0, None, 1_000_000),
        (1, "seed", "Seed fund", "2021-03-15", 600000, 3_600_000, None),
        (1, "seed", "Angel investors", "2021-03-15", 150000, 3_600_000, None),
        (2, "series A", "Growth fund", "2024-05-20", 320000, 4_600_000, None),
        (2, "series A", "Seed fund", "2024-05-20", 80000, 4_600_000, None),
    ],
    columns=["order", "round", "holder", "date", "invested_usd", "pre_money_usd", "shares"],
)


def part(world: World, rng: np.random.Generator) -> tuple[dict[str, pd.DataFrame], dict]:
    """Objectives, milestones, projects and cap table; the truth: speed of key results, factors of the plans."""
    tables = {
        "objectives": typed(objectives(world, rng), "objectives"),
        "milestones": typed(milestones(rng), "milestones"),
        "projects": typed(projects(), "projects"),
        "cap_table": typed(cap_table(), "cap_table"),
    }
    truth = {"objective_speed": OBJECTIVES[["name", "speed"]].copy(), "plan_factors": PLANS.copy()}
    return tables, truth


def objectives(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Key results of the calendar year.

    Where the company's own tables carry the figure, start and today are measured on them and the target keeps its
    stated distance from the start; elsewhere today is the pace of the year times the true speed, with noise.
    """
    frame = OBJECTIVES.drop(columns="speed").set_index("name")
    start, due = pd.Timestamp("2026-01-01"), pd.Timestamp("2026-12-31")
    elapsed = (AS_OF - start) / (due - start)
    done = elapsed * OBJECTIVES["speed"].to_numpy() + 0.05 * rng.standard_normal(len(frame))
    frame["current_value"] = frame["start_value"] + (frame["target_value"] - frame["start_value"]) * done
    known = measured(world).reindex(frame.index).dropna()
    frame.loc[known.index, "target_value"] = _target(frame.loc[known.index], known["start_value"]).round(3)
    frame.loc[known.index, ["start_value", "current_value"]] = known[["start_value", "current_value"]]
    frame = frame.round({"start_value": 4, "current_value": 4, "target_value": 4}).reset_index()
    frame.insert(0, "objective_id", [f"KR{i + 1:02d}" for i in range(len(frame))])
    return frame.assign(start_on=start, due_on=due)


def _target(stated: pd.DataFrame, start: pd.Series) -> pd.Series:
    """The target as far from `start` as stated: points by difference, fractions by the gap to 1, others by ratio."""
    ratio = start * stated["target_value"] / stated["start_value"]
    gap = 1 - (1 - start) * (1 - stated["target_value"]) / (1 - stated["start_value"])
    rising = stated["unit"].str.startswith("fraction") & (stated["target_value"] > stated["start_value"])
    points = start + stated["target_value"] - stated["start_value"]
    return ratio.where(~rising, gap).where(stated["unit"] != "points", points)


def milestones(rng: np.random.Generator) -> pd.DataFrame:
    """Steps of the plans: planned dates from the dependencies, progress and cost from the plan's true factors."""
    frame = STEPS.merge(PLANS, on="plan", how="left", validate="m:1")
    number = frame.groupby("plan").cumcount() + 1
    prefix = frame["plan"].map({name: f"M{i + 1}" for i, name in enumerate(PLANS["plan"])})
    frame["milestone_id"] = prefix + "-" + number.astype(str).str.zfill(2)
    frame["true_weeks"] = frame["weeks"] * frame["time_factor"] * np.exp(0.12 * rng.standard_normal(len(frame)))
    frame["planned_start"], frame["planned_end"] = _dates(frame, "weeks")
    began, ended = _dates(frame, "true_weeks")
    progress = ((AS_OF - began) / (ended - began)).clip(0, 1).round(2)
    true_cost = frame["planned_cost_usd"] * frame["cost_factor"] * np.exp(0.08 * rng.standard_normal(len(frame)))
    waits = [
        "|".join(f"{p}-{int(step):02d}" for step in steps.split("|")) if steps else None
        for p, steps in zip(prefix, frame["waits_for"], strict=True)
    ]
    return frame[["milestone_id", "plan", "phase", "name", "planned_start", "planned_end", "planned_cost_usd"]].assign(
        actual_end=ended.where(ended <= AS_OF),
        progress=progress,
        actual_cost_usd=(progress * true_cost).round(-1),
        depends_on=waits,
    )


def _dates(frame: pd.DataFrame, weeks: str) -> tuple[pd.Series, pd.Series]:
    """Earliest start and end of each step, in whole days, given the steps that it waits for."""
    start, end = {}, {}
    for plan, number, length, waits, begins in zip(
        frame["plan"],
        frame.groupby("plan").cumcount() + 1,
        frame[weeks],
        frame["waits_for"],
        frame["begins"],
        strict=True,
    ):
        before = [end[plan, int(step)] + pd.Timedelta(days=1) for step in waits.split("|") if step]
        start[plan, number] = max(before, default=pd.Timestamp(begins))
        end[plan, number] = start[plan, number] + pd.Timedelta(days=round(7 * length) - 1)
    return pd.Series(list(start.values()), index=frame.index), pd.Series(list(end.values()), index=frame.index)


def projects() -> pd.DataFrame:
    """Fifteen projects over stage and kind; money in thousands above, in USD here."""
    frame = PROJECTS.copy()
    money = [name for name in frame if name.endswith("_usd")]
    frame[money] = frame[money] * 1000.0
    frame.insert(0, "project_id", [f"P{i + 1:02d}" for i in range(len(frame))])
    return frame


def cap_table() -> pd.DataFrame:
    """Rounds of capital; new shares are the money over the price a share, which is pre-money over shares before."""
    frame = ROUNDS.copy()
    for order in (1, 2):
        before = frame.loc[frame["order"] < order, "shares"].sum()
        rows = frame["order"] == order
        price = frame.loc[rows, "pre_money_usd"].iloc[0] / before
        frame.loc[rows, "shares"] = (frame.loc[rows, "invested_usd"] / price).round()
    return frame.assign(date=pd.to_datetime(frame["date"]))
