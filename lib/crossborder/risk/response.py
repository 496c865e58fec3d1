"""Who does what by when once something has happened: levels, clocks, packs, drills, and what plans cover."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = [
    "BREACH_CLOCK",
    "LEVELS",
    "PACKS",
    "breach_deadlines",
    "clock",
    "dashboard_gain",
    "drill_score",
    "incident_level",
    "library_coverage",
    "noticing_gain",
    "recurrence",
    "team_tiers",
    "why_chain",
]

LEVELS = pd.DataFrame(
    {
        "level": [1, 2, 3, 4],
        "name": ["company", "several markets", "one market", "watch"],
        "owner": ["chief executive", "chief operating officer", "regional manager", "duty desk"],
        "assess_hours": [2.0, 4.0, 12.0, 24.0],
        "plan_hours": [24.0, 48.0, 72.0, 168.0],
        "budget_share": [0.01, 0.003, 0.001, 0.0],
    }
)
"""Four levels: hours to the assessment and to the plan, and what the owner may spend (share of yearly revenue)."""

BREACH_CLOCK = {"assess": 2.0, "company": 24.0, "authority": 72.0}
"""Hours to assess a data breach, tell the board, and notify the authority (GDPR, article 33: 72 hours)."""

PACKS: dict[str, tuple[str, str, str]] = {
    "port_congestion": ("second port or rail", "stock from the next warehouse", "use the freight buffer"),
    "supplier_failure": ("air for the gap", "second source of the category", "release its prepayment budget"),
    "faulty_batch": ("stop the batch under way", "second source after inspection", "recall fund"),
    "account_suspension": (
        "own store and other platforms",
        "move stock out of the platform's warehouse",
        "payout bridge",
    ),
    "review_wave": ("no change", "replace the batch", "refund budget"),
    "payment_hold": ("no change", "longer terms with suppliers", "draw the credit line"),
    "customs_hold": ("other broker or entry port", "stock from the next warehouse", "duty deposit"),
    "cyber_attack": ("marketplaces while the store is down", "restore from backup", "insurance notice"),
    "price_war": ("slow the replenishment", "renegotiate the cost", "cap the promotion budget"),
    "stock_out": ("air or sea-air", "nearest supplier with free capacity", "pre-order discount budget"),
    "canal_closed": ("route around the cape or by rail", "earlier orders", "longer cash cycle"),
    "tariff": ("bonded warehouse or earlier arrival", "source from another country", "price step"),
    "data_breach": ("no change", "switch the processor", "insurance notice"),
    "recall": ("reverse logistics partner", "second source after test", "recall fund"),
}
"""Kind of incident -> what to do with the route, the supply, the cash."""


def incident_level(
    loss_usd: pd.Series, markets: pd.Series | int, *, revenue_year_usd: float, safety: bool = False
) -> pd.Series:
    """Level 1 to 4 of each incident by its loss against revenue and the markets hit; safety is never below level 2.

    Level 1: 1 % of a year's revenue or more; 2: 0.3 % or several markets; 3: 0.05 %; 4 otherwise.
    """
    if revenue_year_usd <= 0:
        raise InputError.out_of_range("revenue_year_usd", revenue_year_usd, "above 0", "")
    share = loss_usd.astype(float) / revenue_year_usd
    several = pd.Series(markets, index=loss_usd.index) > 1
    level = np.select([share >= 0.01, (share >= 0.003) | several, share >= 0.0005], [1, 2, 3], 4)
    return pd.Series(np.minimum(level, 2) if safety else level, index=loss_usd.index, name="level")


def clock(incidents: pd.DataFrame, *, revenue_year_usd: float) -> pd.DataFrame:
    """Incidents with level, owner, and the hours from start to notice against the level's clock: within or not."""
    level = incident_level(incidents["loss_usd"], 1, revenue_year_usd=revenue_year_usd)
    hours = (incidents["noticed_on"] - incidents["started_on"]).dt.days * 24.0
    table = incidents.assign(level=level, notice_hours=hours).merge(LEVELS, on="level")
    return table.assign(within=(table["notice_hours"] <= table["plan_hours"]).fillna(value=False))


def breach_deadlines(event: pd.Timestamp, done: Mapping[str, pd.Timestamp] | None = None) -> pd.DataFrame:
    """Deadlines after a data breach: step, deadline, done, met (unknown while open)."""
    done = done or {}
    rows = []
    for step, hours in BREACH_CLOCK.items():
        deadline = pd.Timestamp(event) + pd.Timedelta(hours=hours)
        finished = pd.Timestamp(done[step]) if step in done else pd.NaT
        rows.append((step, deadline, finished, finished <= deadline if step in done else None))
    return pd.DataFrame(rows, columns=["step", "deadline", "done", "met"])


def library_coverage(incidents: pd.DataFrame, packs: Mapping[str, tuple[str, str, str]] = PACKS) -> pd.DataFrame:
    """Which incidents had a plan: kind, incidents, loss_usd, planned, route, supply, cash; uncovered first."""
    grouped = incidents.groupby("kind")["loss_usd"].agg(["size", "sum"]).reset_index()
    grouped.columns = ["kind", "incidents", "loss_usd"]
    empty = ("", "", "")
    steps = pd.DataFrame([packs.get(kind, empty) for kind in grouped["kind"]], columns=["route", "supply", "cash"])
    table = pd.concat([grouped.assign(planned=grouped["kind"].isin(packs)), steps], axis=1)
    return table.sort_values(["planned", "loss_usd"], ascending=[True, False], ignore_index=True)


def drill_score(drills: pd.DataFrame) -> pd.DataFrame:
    """Drills against their targets: drill, target_hours, took_hours, score (1 within, 0 at twice the target)."""
    for name in ("drill", "target_hours", "took_hours"):
        if name not in drills:
            raise InputError.missing_columns("drills", [name], drills.columns)
    over = drills["took_hours"] / drills["target_hours"] - 1
    return drills.assign(score=(1 - over.clip(0, 1)))


def dashboard_gain(before_hours: pd.Series, after_hours: pd.Series) -> dict[str, float]:
    """Response times of departments before and after: ratio of medians and share of departments that got faster."""
    return {
        "before_median": float(before_hours.median()),
        "after_median": float(after_hours.median()),
        "ratio": float(after_hours.median() / before_hours.median()),
        "faster_share": float((after_hours < before_hours).mean()),
    }


def noticing_gain(
    incidents: pd.DataFrame, *, split: pd.Timestamp | None = None, level: float = 0.9, rng: np.random.Generator
) -> dict[str, float]:
    """Days from start to notice before and after a day (default: the middle incident's): means, ratio with interval.

    Keys: before_days, after_days, before, after (counts), ratio, low, high, faster (share of resamples in which the
    later incidents were noticed sooner). Needs four incidents on each side.
    """
    noticed = incidents.dropna(subset=["noticed_on"]).sort_values("started_on")
    cut = noticed["started_on"].median() if split is None else pd.Timestamp(split)
    days = (noticed["noticed_on"] - noticed["started_on"]).dt.days.to_numpy(float)
    late = (noticed["started_on"] >= cut).to_numpy()
    if min(late.sum(), (~late).sum()) < 4:
        raise Refusal.because(
            "no gain in noticing", f"{(~late).sum()} incidents before and {late.sum()} after", "four each are needed"
        )
    sides = [days[~late], days[late]]
    drawn = [rng.choice(side, (2000, len(side))).mean(axis=1) for side in sides]
    # A share of a day keeps the ratio finite when all were noticed on their first day.
    ratio = (drawn[1] + 0.1) / (drawn[0] + 0.1)
    low, high = np.quantile(ratio, [(1 - level) / 2, (1 + level) / 2])
    return {
        "before_days": float(sides[0].mean()),
        "after_days": float(sides[1].mean()),
        "before": len(sides[0]),
        "after": len(sides[1]),
        "ratio": float((sides[1].mean() + 0.1) / (sides[0].mean() + 0.1)),
        "low": float(low),
        "high": float(high),
        "faster": float((ratio < 1).mean()),
    }


def team_tiers(level: int) -> pd.DataFrame:
    """Who joins at a level: tier, role, hours to the first plan; head office, region, supply chain."""
    if level not in LEVELS["level"].to_numpy():
        raise InputError.out_of_range("level", level, "1 to 4", "")
    row = LEVELS.set_index("level").loc[level]
    tiers = [("head office", row["owner"]), ("region", "regional manager"), ("supply chain", "logistics lead")]
    joined = tiers if level <= 2 else tiers[1:] if level == 3 else tiers[2:]
    return pd.DataFrame(joined, columns=["tier", "role"]).assign(plan_hours=float(row["plan_hours"]))


def why_chain(causes: list[str], *, depth: int = 5) -> pd.DataFrame:
    """Five whys as a record: level, cause, root; refuses a chain that stops early or names no cause."""
    if len(causes) < 2 or len(causes) > depth or not all(c.strip() for c in causes):
        raise InputError.out_of_range("causes", len(causes), f"2 to {depth} causes, each in words", "ask why again")
    level = np.arange(1, len(causes) + 1)
    return pd.DataFrame({"level": level, "cause": causes, "root": level == len(causes)})


def recurrence(incidents: pd.DataFrame) -> pd.DataFrame:
    """Root causes that came back: kind, cause, incidents, recurrences (beyond the first), loss_usd, last_on."""
    known = incidents.dropna(subset=["cause"])
    grouped = known.groupby(["kind", "cause"])
    table = grouped.agg(incidents=("loss_usd", "size"), loss_usd=("loss_usd", "sum"), last_on=("started_on", "max"))
    table = table.assign(recurrences=table["incidents"] - 1).reset_index()
    return table.sort_values(["recurrences", "loss_usd"], ascending=False, ignore_index=True)
