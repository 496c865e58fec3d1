"""Early signs in what people write: bursts of posts, falling tone, safety words."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.risk.event_rates import beta_share

__all__ = ["SAFETY_WORDS", "bursts", "escalations", "safety_share", "tone_alerts", "weekly_voice"]

# fmt: off
SAFETY_WORDS = (
    "fire", "burn", "smoke", "overheat", "shock", "explod", "injur", "bleed", "choke", "toxic", "poison", "allerg",
    "feuer", "verbrannt", "verletz", "incendie", "fuego", "quemad", "herid", "queima", "fogo", "ferid",
    "火", "烧", "伤", "漏电", "爆炸",
)
# fmt: on
"""Word beginnings that name a danger, in the languages of the demo markets."""


def weekly_voice(reviews: pd.DataFrame, *, by: str = "sku", bad_rating: int = 2) -> pd.DataFrame:
    """Posts by week and group: week, group, posts, negative, rating; weeks start on Monday."""
    missing = [name for name in ("date", "rating", by) if name not in reviews]
    if missing:
        raise InputError.missing_columns("reviews", missing, reviews.columns)
    used = reviews.dropna(subset=[by])
    week = used["date"] - pd.to_timedelta(used["date"].dt.day_of_week, unit="D")
    grouped = used.assign(week=week.dt.normalize(), bad=used["rating"] <= bad_rating).groupby(["week", by])
    table = pd.DataFrame(
        {"posts": grouped.size(), "negative": grouped["bad"].sum(), "rating": grouped["rating"].mean()}
    )
    return table.reset_index().astype({"negative": int})


def bursts(voice: pd.DataFrame, *, by: str = "sku", window: int = 13, probability: float = 1e-3, least: int = 3):
    """Weeks whose negative posts are too many for the weeks before: week, group, negative, expected, p_value, burst.

    Gamma-Poisson prediction from the last `window` weeks (negative binomial), so that short histories alarm less.
    """
    from scipy.special import betainc

    counts = voice.pivot_table(index="week", columns=by, values="negative", aggfunc="sum")
    counts = counts.fillna(0.0).asfreq("7D", fill_value=0.0)
    past = counts.rolling(window, min_periods=4).sum().shift(1)
    weeks = counts.notna().astype(float).rolling(window, min_periods=4).sum().shift(1)
    shape, rate = past + 0.5, weeks + 0.5
    # P(count >= k) of a negative binomial with shape a and success share b / (b + 1).
    p = np.where(counts > 0, betainc(counts.clip(lower=1e-9), shape, 1 / (rate + 1)), 1.0)
    parts = {"negative": counts, "expected": shape / rate, "p_value": pd.DataFrame(p, counts.index, counts.columns)}
    long = [frame.melt(ignore_index=False, value_name=name).set_index(by, append=True) for name, frame in parts.items()]
    table = pd.concat(long, axis=1).reset_index()
    table["burst"] = (table["p_value"] < probability) & (table["negative"] >= least)
    return table.dropna(subset=["expected"]).sort_values(["week", by], ignore_index=True)


def tone_alerts(voice: pd.DataFrame, *, by: str = "sku", share: float = 0.05, window: int = 8, level: float = 0.95):
    """Groups whose share of negative posts over the last `window` weeks surely exceeds `share`.

    Columns group, posts, negative, share, low, high, alert: the lower end of the interval lies above the limit.
    """
    last = voice["week"].max()
    recent = voice[voice["week"] > last - pd.Timedelta(weeks=window)].groupby(by)[["posts", "negative"]].sum()
    posterior = [beta_share(row.negative, row.posts, level=level) for row in recent.itertuples()]
    return recent.assign(
        share=[p.mean for p in posterior],
        low=[p.low for p in posterior],
        high=[p.high for p in posterior],
        alert=[p.low > share for p in posterior],
    ).reset_index()


def safety_share(texts: pd.Series, words: Sequence[str] = SAFETY_WORDS) -> pd.Series:
    """Whether each text holds a word that begins like one of `words` (case does not matter)."""
    latin = [w for w in words if w.isascii()]
    other = [w for w in words if not w.isascii()]
    pattern = "|".join(([rf"\b(?:{'|'.join(map(re.escape, latin))})"] if latin else []) + list(map(re.escape, other)))
    return texts.fillna("").str.contains(pattern, case=False, regex=True)


def escalations(
    tickets: pd.DataFrame,
    *,
    stop_rate: float = 0.002,
    units_sold: pd.Series,
    by: str = "sku",
    target_hours: float = 2.0,
) -> pd.DataFrame:
    """Complaint rule by product: group, safety_tickets, rate, low, action, replied_in_time.

    Any safety complaint is tested; sale stops where the complaint rate surely exceeds `stop_rate` (90 % interval).
    `tickets` needs safety, opened_at, first_reply_at and the group; `units_sold` is indexed by group.
    """
    unsafe = tickets[tickets["safety"].astype(bool)]
    waited = (unsafe["first_reply_at"] - unsafe["opened_at"]).dt.total_seconds() / 3600
    grouped = unsafe.assign(in_time=waited <= target_hours).groupby(by)
    table = pd.DataFrame({"safety_tickets": grouped.size(), "replied_in_time": grouped["in_time"].mean()})
    units = units_sold.reindex(table.index).astype(float).clip(lower=table["safety_tickets"].astype(float))
    posterior = [beta_share(k, n, level=0.9) for k, n in zip(table["safety_tickets"], units, strict=True)]
    table["rate"], table["low"] = [p.mean for p in posterior], [p.low for p in posterior]
    table["action"] = np.where(table["low"] > stop_rate, "stop sale and test", "test a sample")
    return table.reset_index().sort_values("low", ascending=False, ignore_index=True)
