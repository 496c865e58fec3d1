"""Six experiments with known effects: a true lift, a null, unequal arms, a peek, several arms, a geo hold-out."""

import numpy as np
import pandas as pd

from crossborder.demo.core import Core
from crossborder.demo.media import CHANNEL
from crossborder.demo.sales import Sums, usd_rates
from crossborder.demo.typed import typed
from crossborder.demo.world import CHANNELS, MARKETS

__all__ = ["GEO", "TESTS", "experiments"]

# Arms after `control`: true relative lift of the share who buy. `kept` is the share of the arm's people that were
# counted: below 1 the arms no longer have the planned sizes.
TESTS = (
    {"id": "X1", "subject": "delivery date on the product page", "start": "2025-03-03", "days": 42, "lift": (0.20,)},
    {"id": "X2", "subject": "colour of the buy button", "start": "2025-06-02", "days": 35, "lift": (0.0,)},
    {
        "id": "X3",
        "subject": "one-page checkout",
        "start": "2025-09-01",
        "days": 35,
        "lift": (0.06,),
        "kept": 0.93,
    },
    {"id": "X4", "subject": "long product video", "start": "2026-01-12", "days": 42, "lift": (0.0,), "peek": True},
    {
        "id": "X5",
        "subject": "welcome discount",
        "start": "2026-03-02",
        "days": 42,
        "lift": (0.05, 0.14, 0.16),
        "arms": ("5 percent", "10 percent", "15 percent"),
    },
)
GEO = {
    "id": "X6",
    "subject": "video",
    "market": "US",
    "start": "2026-06-01",
    "before": 84,
    "days": 42,
    "regions": 24,
    "held_out": 8,
}
PEOPLE_A_DAY = 470  # an arm
BASE = 0.036  # share of people without earlier orders who buy
EARLIER = 0.10  # share of people with earlier orders
LOYAL = 2.4  # times the base for them
PEEK_FROM, PEEK_Z = 4, 1.96


def experiments(company: Core, sums: Sums) -> tuple[pd.DataFrame, dict]:
    """The experiments table, and the true effect of each."""
    parts, truth = [], {}
    for test in TESTS:
        rows, facts = _peeked(company, test) if test.get("peek") else _arms(company, test, 0)
        parts.append(rows)
        truth[test["id"]] = facts
    rows, truth[GEO["id"]] = _geo(company, sums)
    frame = pd.concat([*parts, rows], ignore_index=True)
    return typed(frame, "experiments"), truth


def _arms(company: Core, test: dict, attempt: int) -> tuple[pd.DataFrame, dict]:
    """One row an arm and day, from people drawn one by one with what they spent before."""
    rng = company.world.rng("experiment " + test["id"], attempt)
    names = ("control", *test.get("arms", ("treatment",)))
    days = pd.date_range(test["start"], periods=test["days"], unit="us")
    people = rng.poisson(PEOPLE_A_DAY * company.world.scale, (len(names), len(days)))
    people[1:] = rng.binomial(people[1:], test.get("kept", 1.0))
    cell = np.repeat(np.arange(people.size), people.ravel())
    lift = np.array([0.0, *test["lift"]])[cell // len(days)]
    prior, bought, revenue = _people(rng, lift)

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(cell, values, people.size).round(2)

    frame = pd.DataFrame(
        {
            "experiment_id": test["id"],
            "design": "multi_arm" if len(names) > 2 else "ab",
            "subject": test["subject"],
            "market": "US",
            "arm": np.repeat(names, len(days)),
            "geo": None,
            "date": np.tile(days, len(names)),
            "treated": np.repeat(np.arange(len(names)) > 0, len(days)),
            "exposed": people.ravel(),
            "converted": np.bincount(cell[bought], minlength=people.size),
            "revenue_usd": total(revenue),
            "revenue_squared_usd": total(revenue**2),
            "prior_revenue_usd": total(prior),
            "prior_revenue_squared_usd": total(prior**2),
            "revenue_prior_product_usd": total(revenue * prior),
            "spend_usd": 0.0,
            "planned_share": 1 / len(names),
        }
    )
    return frame, _facts(test, names)


def _people(rng: np.random.Generator, lift: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Earlier spend, whether they bought, and what they spent; those who bought before buy more often and more."""
    n = len(lift)
    earlier = rng.random(n) < EARLIER
    prior = np.where(earlier, np.exp(rng.normal(3.6, 0.6, n)), 0.0)
    bought = rng.random(n) < BASE * np.where(earlier, LOYAL, 1.0) * (1 + lift)
    habit = np.where(earlier, 0.35 * (np.log(np.maximum(prior, 1)) - 3.6), 0.0)
    return prior, bought, np.where(bought, np.exp(rng.normal(3.6, 0.5, n) + habit), 0.0)


def _facts(test: dict, names: tuple[str, ...]) -> dict:
    return {
        "lift": dict(zip(names[1:], test["lift"], strict=True)),
        "control_rate": BASE * (1 + EARLIER * (LOYAL - 1)),
        "counted_share_of_treatment": test.get("kept", 1.0),
        "stopped_by_peeking": False,
    }


def _peeked(company: Core, test: dict) -> tuple[pd.DataFrame, dict]:
    """A test without effect, looked at every day and stopped at the first p < 0.05; drawn until that happened."""
    for attempt in range(400):
        frame, facts = _arms(company, test, attempt)
        sums = frame.pivot_table(index="date", columns="arm", values=["exposed", "converted"], aggfunc="sum").cumsum()
        n, x = sums["exposed"], sums["converted"]
        rate = x / n
        pooled = x.sum(axis=1) / n.sum(axis=1)
        error = np.sqrt(pooled * (1 - pooled) * (1 / n).sum(axis=1))
        z = (rate["treatment"] - rate["control"]) / error
        hit = np.flatnonzero((z > PEEK_Z) & (np.arange(len(z)) >= PEEK_FROM) & (np.arange(len(z)) < len(z) - 14))
        if len(hit):
            stop = z.index[hit[0]]
            return frame[frame["date"] <= stop], facts | {"stopped_by_peeking": True, "planned_days": test["days"]}
    return frame, facts


def _geo(company: Core, sums: Sums) -> tuple[pd.DataFrame, dict]:
    """Regions of the United States; in some of them one channel goes dark, and its carry-over fades."""
    world, m, c = company.world, MARKETS.index(GEO["market"]), CHANNELS.index(GEO["subject"])
    rng = world.rng("experiment " + GEO["id"])
    start = (pd.Timestamp(GEO["start"]) - world.start).days
    span = np.arange(start - GEO["before"], start + GEO["days"])
    dark = span >= start
    effect = _fading(company, span, start, m, c)
    size = rng.dirichlet(np.full(GEO["regions"], 6.0))
    held = np.zeros(GEO["regions"], bool)
    held[rng.choice(GEO["regions"], GEO["held_out"], replace=False)] = True
    orders = sums.orders[span, m].sum(axis=1)
    gross = sums.gross[span, m].sum(axis=1) * usd_rates(world)[span, m]
    level = pd.Series(orders).rolling(15, center=True, min_periods=5).mean().to_numpy() * 0.5 + 0.5 * orders
    own = np.cumsum(rng.normal(0, 0.01, (len(span), GEO["regions"])), axis=0)
    base = level[:, None] * size * np.exp(own)
    converted = rng.poisson(base * np.exp(effect[:, None] * held))
    revenue = np.round(rng.gamma(np.maximum(converted, 1e-9) * 3.0, (gross.sum() / orders.sum()) / 3.0), 2)
    spend = company.media.spend_usd[span, m, c][:, None] * size
    lost = (base * (1 - np.exp(effect[:, None])))[dark][:, held].sum()
    saved = spend[dark][:, held].sum()
    frame = _cells(world, span, dark, held, size, converted, revenue, np.where(dark[:, None] & held, 0.0, spend))
    facts = {
        "channel": GEO["subject"],
        "held_out": frame.loc[frame["treated"], "geo"].unique().tolist(),
        "lift_of_dark_days": effect[dark].tolist(),
        "mean_relative_effect": float(np.expm1(effect[dark]).mean()),
        "orders_lost": float(lost),
        "spend_saved_usd": float(saved),
        "orders_a_usd": float(lost / saved),
    }
    return frame, facts


def _fading(company: Core, span: np.ndarray, start: int, m: int, c: int) -> np.ndarray:
    """Log effect on demand of the channel's silence from `start` on: what was kept fades, nothing new comes."""
    keep, reach = CHANNEL["keep"].iloc[c], company.media.reach[c]
    dark = span >= start
    since = np.where(dark, span - start + 1, 0)
    stock = company.media.adstock[span, m, c]
    at_start = company.media.adstock[start - 1, m, c]
    return reach * CHANNEL["lift"].iloc[c] * np.where(dark, at_start * keep**since - stock, 0.0)


def _cells(world, span, dark, held, size, converted, revenue, spend) -> pd.DataFrame:
    """One row a region and day."""
    day, region = np.divmod(np.arange(converted.size), GEO["regions"])
    return pd.DataFrame(
        {
            "experiment_id": GEO["id"],
            "design": "geo",
            "subject": GEO["subject"],
            "market": GEO["market"],
            "arm": np.where(held[region], "holdout", "control"),
            "geo": np.char.add("region ", np.char.zfill((region + 1).astype(str), 2)),
            "date": world.days[span[day]],
            "treated": held[region] & dark[day],
            "exposed": np.round(size * 1_000_000 * world.scale).astype(int)[region],
            "converted": converted.ravel(),
            "revenue_usd": revenue.ravel(),
            "spend_usd": np.round(spend, 2).ravel(),
        }
    )
