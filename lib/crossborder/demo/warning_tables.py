"""Twenty weekly indicators that move before incidents by a known lead, with season, memory and false alarms.

An indicator is a level plus season plus an autocorrelated disturbance. Before an incident its indicators climb, in
units of their own spread, over the lead of the kind. Some incidents come without warning; some climbs come without
incident; one indicator moves to a new level for good; a few values are missing.
"""

import numpy as np
import pandas as pd

from crossborder.demo.typed import typed
from crossborder.demo.world import World

__all__ = ["INDICATORS", "KINDS", "part"]

# name, unit, bad side, level, spread, memory from week to week, swing of the season in spreads, digits
INDICATORS = pd.DataFrame(
    [
        ("sea_freight_index", "index", "high", 100.0, 6.0, 0.50, 0.8, 1),
        ("port_waiting_days", "days", "high", 2.6, 0.45, 0.35, 0.5, 2),
        ("supplier_late_share", "fraction", "high", 0.12, 0.020, 0.30, 0.4, 4),
        ("defect_share", "fraction", "high", 0.016, 0.0030, 0.25, 0.0, 5),
        ("customs_holds", "holds a week", "high", 9.0, 2.2, 0.20, 0.4, 0),
        ("stock_cover_days", "days", "low", 64.0, 5.0, 0.50, 0.9, 1),
        ("return_share", "fraction", "high", 0.082, 0.008, 0.30, 0.6, 4),
        ("negative_review_share", "fraction", "high", 0.070, 0.010, 0.25, 0.0, 4),
        ("negative_posts", "posts a week", "high", 42.0, 8.0, 0.30, 0.3, 0),
        ("cost_per_click", "USD", "high", 0.46, 0.030, 0.45, 0.9, 3),
        ("conversion_share", "fraction", "low", 0.0285, 0.0016, 0.35, 0.7, 5),
        ("account_health_points", "points", "low", 935.0, 14.0, 0.40, 0.0, 0),
        ("payout_delay_days", "days", "high", 9.2, 0.70, 0.25, 0.0, 2),
        ("policy_notices", "notices a week", "high", 7.0, 2.0, 0.20, 0.0, 0),
        ("rival_price_index", "index", "both", 100.0, 2.2, 0.45, 0.4, 1),
        ("currency_move_share", "fraction a week", "high", 0.0100, 0.0022, 0.30, 0.0, 5),
        ("cash_weeks", "weeks", "low", 9.5, 0.80, 0.50, 0.8, 2),
        ("late_receivable_share", "fraction", "high", 0.060, 0.010, 0.40, 0.3, 4),
        ("failed_logins", "attempts a week", "high", 130.0, 20.0, 0.20, 0.0, 0),
        ("site_error_share", "fraction", "high", 0.0040, 0.0006, 0.25, 0.3, 5),
    ],
    columns=["name", "unit", "bad_side", "level", "spread", "memory", "season", "digits"],
)
# kind of incident: lead in weeks, its indicators with the size of the climb in spreads
KINDS = {
    "port_congestion": (3, {"port_waiting_days": 4.2, "sea_freight_index": 3.2, "stock_cover_days": 2.0}),
    "supplier_failure": (5, {"supplier_late_share": 4.0, "defect_share": 3.0, "stock_cover_days": 2.2}),
    "faulty_batch": (3, {"defect_share": 4.2, "return_share": 3.6, "negative_review_share": 2.8}),
    "account_suspension": (2, {"account_health_points": 4.4, "policy_notices": 3.4}),
    "review_wave": (1, {"negative_review_share": 4.2, "negative_posts": 4.2}),
    "payment_hold": (2, {"payout_delay_days": 4.2, "late_receivable_share": 3.2, "cash_weeks": 2.4}),
    "customs_hold": (2, {"customs_holds": 4.2, "policy_notices": 3.0}),
    "cyber_attack": (1, {"failed_logins": 4.6, "site_error_share": 3.8}),
    "price_war": (3, {"rival_price_index": 4.0, "conversion_share": 3.2, "cost_per_click": 2.6}),
    "stock_out": (2, {"stock_cover_days": 4.2, "supplier_late_share": 2.8}),
}
WITHOUT_WARNING = 0.08
FALSE_CLIMBS = 26  # single indicators that climb for one or two weeks with nothing behind
NEW_LEVEL = {"indicator": "cost_per_click", "from": "2025-03-03", "spreads": 2.2}
MISSING = 0.004


def part(world: World, rng: np.random.Generator) -> tuple[dict[str, pd.DataFrame], dict]:
    """The indicators week by week; reads the incidents, so it runs after them."""
    weeks, names = world.weeks, INDICATORS["name"].to_numpy()
    climbs, labels = _climbs(world.tables["incidents"], weeks, rng)
    false, planted = _false_climbs(weeks, rng)
    z = _disturbance(rng, len(weeks)) + _season(weeks) + climbs + false
    z[weeks >= NEW_LEVEL["from"], names == NEW_LEVEL["indicator"]] += NEW_LEVEL["spreads"]
    side = np.where(INDICATORS["bad_side"] == "low", -1.0, 1.0)
    values = INDICATORS["level"].to_numpy() + INDICATORS["spread"].to_numpy() * side * z
    values = np.maximum(values, 0.1 * INDICATORS["level"].to_numpy())
    values = np.column_stack([values[:, i].round(digits) for i, digits in enumerate(INDICATORS["digits"])])
    values[rng.uniform(size=values.shape) < MISSING] = np.nan
    wide = pd.DataFrame(values, index=pd.Index(weeks, name="week"), columns=names)
    frame = wide.melt(ignore_index=False, var_name="name").reset_index()
    frame = frame.merge(INDICATORS[["name", "unit", "bad_side"]], on="name").sort_values(
        ["week", "name"], ignore_index=True
    )
    frame["watches"] = frame["name"].map(
        {name: "|".join(kind for kind, (_, sizes) in KINDS.items() if name in sizes) or None for name in names}
    )
    truth = {
        "indicator_parameters": INDICATORS.copy(),
        "warning_leads_weeks": {kind: lead for kind, (lead, _) in KINDS.items()},
        "warning_sizes": {kind: dict(sizes) for kind, (_, sizes) in KINDS.items()},
        "incident_warnings": labels,
        "false_climbs": planted,
        "indicator_new_level": dict(NEW_LEVEL),
    }
    return {"indicators": typed(frame, "indicators")}, truth


def _disturbance(rng: np.random.Generator, weeks: int) -> np.ndarray:
    """First-order autoregression of spread 1 for each indicator."""
    memory = INDICATORS["memory"].to_numpy()
    draws = rng.standard_normal((weeks + 20, len(memory))) * np.sqrt(1 - memory**2)
    state = np.zeros_like(draws)
    for week in range(1, len(draws)):
        state[week] = memory * state[week - 1] + draws[week]
    return state[20:]


def _season(weeks: pd.DatetimeIndex) -> np.ndarray:
    """A yearly wave with its top in the last quarter, when everything is busy."""
    wave = np.cos(2 * np.pi * (weeks.day_of_year.to_numpy() - 325) / 365.25)
    return np.outer(wave, INDICATORS["season"].to_numpy())


def _climbs(
    incidents: pd.DataFrame, weeks: pd.DatetimeIndex, rng: np.random.Generator
) -> tuple[np.ndarray, pd.DataFrame]:
    """What the indicators add before and during each incident, and which incidents gave a warning."""
    added = np.zeros((len(weeks), len(INDICATORS)))
    column = {name: i for i, name in enumerate(INDICATORS["name"])}
    warned = rng.uniform(size=len(incidents)) >= WITHOUT_WARNING
    strength = rng.uniform(0.9, 1.3, len(incidents))
    sign = rng.choice([-1.0, 1.0], len(incidents), p=[0.8, 0.2])
    start = weeks.searchsorted(incidents["started_on"], side="right") - 1
    for row, (kind, ended) in enumerate(zip(incidents["kind"], incidents["ended_on"], strict=True)):
        lead, sizes = KINDS[kind]
        first = start[row] - lead if warned[row] else start[row] + 1
        last = len(weeks) if pd.isna(ended) else min(weeks.searchsorted(ended, side="right"), start[row] + 4)
        span = np.arange(max(first, 0), min(max(last, start[row] + 1), len(weeks)))
        ramp = np.clip((span - first + 1) / (0.6 * lead + 0.4), 0.4, 1.0)
        for name, size in sizes.items():
            way = sign[row] if name == "rival_price_index" else 1.0
            added[span, column[name]] += strength[row] * size * ramp * way
    labels = incidents[["incident_id", "kind", "started_on"]].assign(warned=warned, strength=strength)
    labels["lead_weeks"] = [KINDS[kind][0] if ok else 0 for kind, ok in zip(incidents["kind"], warned, strict=True)]
    return added, labels


def _false_climbs(weeks: pd.DatetimeIndex, rng: np.random.Generator) -> tuple[np.ndarray, pd.DataFrame]:
    """Climbs of single indicators with no incident behind them."""
    added = np.zeros((len(weeks), len(INDICATORS)))
    which = rng.integers(0, len(INDICATORS), FALSE_CLIMBS)
    when = rng.integers(6, len(weeks) - 3, FALSE_CLIMBS)
    length = rng.integers(1, 3, FALSE_CLIMBS)
    size = rng.uniform(2.6, 3.8, FALSE_CLIMBS)
    for shift in (0, 1):
        on = length > shift
        np.add.at(added, (when[on] + shift, which[on]), size[on])
    planted = pd.DataFrame(
        {"week": weeks[when], "name": INDICATORS["name"].to_numpy()[which], "weeks": length, "spreads": size}
    )
    return added, planted.sort_values(["week", "name"], ignore_index=True)
