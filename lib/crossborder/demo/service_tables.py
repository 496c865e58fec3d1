"""Support requests and the recommendation question, tied to orders and customers of the core."""

import numpy as np
import pandas as pd

from crossborder.demo.typed import typed
from crossborder.demo.world import MARKETS, World

__all__ = ["REASONS", "part"]

REQUESTS, ANSWERS = 5200, 3600
# stage, reason, share, days after the order, chance that the bot solves it, minutes of an agent, effect on stars
REASONS = pd.DataFrame(
    [
        ("discover", "question before buying", 0.10, -1.0, 0.85, 4.0, 0.2),
        ("discover", "size or fit", 0.06, -1.0, 0.70, 5.0, 0.1),
        ("buy", "payment failed", 0.06, 0.1, 0.55, 7.0, -0.2),
        ("buy", "discount not applied", 0.05, 0.1, 0.65, 6.0, -0.1),
        ("buy", "change of address", 0.06, 0.5, 0.75, 4.0, 0.2),
        ("receive", "where is my order", 0.24, 7.0, 0.80, 5.0, -0.1),
        ("receive", "arrived late", 0.09, 12.0, 0.35, 8.0, -0.6),
        ("receive", "damaged on arrival", 0.07, 10.0, 0.15, 14.0, -0.7),
        ("use", "how to use", 0.10, 14.0, 0.70, 9.0, 0.0),
        ("use", "defect", 0.09, 25.0, 0.12, 18.0, -0.8),
        ("use", "return or refund", 0.08, 16.0, 0.40, 12.0, -0.4),
    ],
    columns=["stage", "reason", "share", "after_days", "bot", "minutes", "effect"],
)
# Stars: base, a slope for each factor of e in hours to the first reply, an unsolved request, the bot.
STARS = {"base": 3.95, "log_hours": -0.16, "unsolved": -1.2, "bot": -0.15, "spread": 0.85}
# How many times likelier a request is about an order that came late or went back, and each reason for such an order.
CONTACT = {"late": 1.0, "returned": 2.0}
REASON_TILT = {
    "late": {"arrived late": 6.0, "where is my order": 2.0},
    "returned": {"return or refund": 6.0, "defect": 3.0, "damaged on arrival": 3.0, "size or fit": 2.0},
}
BOT_RISE = 0.30  # how much of its later strength the bot lacked at the start
SAFETY_SHARE = {"defect": 0.09, "damaged on arrival": 0.03, "how to use": 0.01}
# Recommendation: mean by market and gains of membership and of each year, on the scale of 0 to 10.
SCORE = {"base": 8.0, "member": 0.55, "a_year": 0.22, "late": -0.7, "spread": 2.0}
SCORE_MARKET = {"US": 0.1, "DE": -0.2, "GB": 0.1, "JP": -0.6, "MX": 0.4, "BR": -0.2, "ID": 0.2, "SA": 0.0}


def part(world: World, rng: np.random.Generator) -> tuple[dict[str, pd.DataFrame], dict]:
    """Tickets and surveys, with the parameters of stars and scores."""
    tables = {"tickets": typed(tickets(world, rng), "tickets")}
    if "customers" in world.tables:
        tables["surveys"] = typed(surveys(world, rng), "surveys")
    truth = {
        "ticket_reasons": REASONS.copy(),
        "ticket_contact": dict(CONTACT),
        "ticket_reason_tilt": {cause: dict(tilt) for cause, tilt in REASON_TILT.items()},
        "ticket_stars": dict(STARS),
        "ticket_safety_share": dict(SAFETY_SHARE),
        "survey_score": {**SCORE, "market": dict(SCORE_MARKET)},
    }
    return tables, truth


def _orders(world: World, rng: np.random.Generator, size: int) -> pd.DataFrame:
    """Orders that led to a request, with `late` and `returned`; without a table of orders, only days and markets."""
    if "orders" in world.tables:
        first = with_trouble(world.tables["orders"])
        weight = 1 + CONTACT["late"] * first["late"] + CONTACT["returned"] * first["returned"]
        # The first of a weighted race: a weighted draw without replacement.
        race = rng.exponential(size=len(first)) / weight.to_numpy()
        return first.iloc[np.sort(np.argpartition(race, size)[:size])].reset_index(drop=True)
    seconds = (world.end - world.start).total_seconds() * np.sort(rng.beta(1.4, 1.0, size))
    when = world.start + pd.to_timedelta(seconds.astype(int), unit="s")
    places = {"order_id": None, "ordered_at": when.tz_localize("UTC"), "market": rng.choice(MARKETS, size)}
    return pd.DataFrame({**places, "late": False, "returned": False})


def with_trouble(orders: pd.DataFrame) -> pd.DataFrame:
    """First lines of the orders, and whether they came late or went back."""
    first = orders[orders["line"] == 1]
    days = (first["delivered_at"] - first["ordered_at"]).dt.total_seconds() / 86400
    late = (days > first["promised_days"].astype(float)).fillna(False).astype(bool)
    columns = [name for name in ("order_id", "ordered_at", "market", "customer_id") if name in first]
    return first[columns].assign(late=late, returned=first["returned"].fillna(0) > 0)


def _reasons(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A reason for each request; trouble with the order makes some reasons likelier."""
    odds = np.tile(REASONS["share"].to_numpy(), (len(frame), 1))
    for cause, tilt in REASON_TILT.items():
        odds *= np.where(frame[cause].to_numpy()[:, None], REASONS["reason"].map(tilt).fillna(1.0).to_numpy(), 1.0)
    odds = np.cumsum(odds / odds.sum(axis=1, keepdims=True), axis=1)
    index = (rng.uniform(size=len(frame))[:, None] > odds[:, :-1]).sum(axis=1)
    return REASONS.iloc[index].reset_index(drop=True)


def tickets(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Requests around orders; the bot grows stronger, people answer slower in the busy season."""
    frame = _orders(world, rng, REQUESTS)
    kind = _reasons(frame, rng)
    days = np.where(kind["after_days"] < 0, 0.0, kind["after_days"] * rng.lognormal(0, 0.45, REQUESTS))
    opened = (frame["ordered_at"] + pd.to_timedelta((days * 86400).astype(int), unit="s")).dt.floor("s")
    end = (world.end + pd.Timedelta(days=1)).tz_localize("UTC")
    strength = 1 - BOT_RISE + BOT_RISE * (opened - opened.min()) / (opened.max() - opened.min())
    by_bot = rng.uniform(size=REQUESTS) < kind["bot"] * strength
    busy = 1 + 0.8 * opened.dt.month.isin([11, 12]).to_numpy()
    hours = np.where(by_bot, rng.uniform(0.003, 0.02, REQUESTS), rng.lognormal(0.75, 0.95, REQUESTS) * busy)
    longer = np.where(by_bot, 0.05, rng.lognormal(2.2, 1.0, REQUESTS)) + hours
    replied = (opened + pd.to_timedelta((hours * 3600).astype(int), unit="s")).where(hours < 24 * 30)
    solved = (opened + pd.to_timedelta((longer * 3600).astype(int), unit="s")).where(rng.uniform(size=REQUESTS) < 0.955)
    safety = rng.uniform(size=REQUESTS) < kind["reason"].map(SAFETY_SHARE).fillna(0.0)
    stars = _stars(kind, hours, by_bot, solved.isna().to_numpy(), rng)
    frame = pd.DataFrame(
        {
            "opened_at": opened,
            "first_reply_at": replied.where(replied < end),
            "solved_at": solved.where(solved < end),
            "market": frame["market"],
            "order_id": frame["order_id"].where(kind["stage"] != "discover"),
            "stage": kind["stage"],
            "reason": kind["reason"],
            "by_bot": by_bot & solved.notna(),
            "safety": safety,
            "satisfaction": stars,
            "handling_minutes": (kind["minutes"] * rng.gamma(4, 0.25, REQUESTS)).round(1).where(~by_bot),
        }
    )
    frame = frame[frame["opened_at"] < end].sort_values("opened_at", ignore_index=True)
    frame.insert(0, "ticket_id", [f"T{i + 1:05d}" for i in range(len(frame))])
    return frame


def _stars(kind: pd.DataFrame, hours: np.ndarray, by_bot: np.ndarray, unsolved: np.ndarray, rng) -> pd.Series:
    """Stars of those who answer, three of ten."""
    mean = STARS["base"] + kind["effect"] + STARS["log_hours"] * np.log(hours.clip(0.05)) + STARS["bot"] * by_bot
    mean = mean + STARS["unsolved"] * unsolved
    stars = (mean + STARS["spread"] * rng.standard_normal(len(kind))).round().clip(1, 5)
    return stars.where(rng.uniform(size=len(kind)) < 0.30).astype("Int64")


def surveys(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Answers of customers some weeks after they were first seen; members and later years score higher."""
    people = world.tables["customers"]
    pick = people.iloc[np.sort(rng.choice(len(people), ANSWERS, replace=False))].reset_index(drop=True)
    room = (world.end - pick["first_seen_on"]).dt.days.clip(lower=1)
    day = pick["first_seen_on"] + pd.to_timedelta((room * rng.uniform(0.05, 1.0, ANSWERS)).astype(int), unit="D")
    day = day.clip(lower=world.start, upper=world.end)
    member = pick["member"].astype(bool) & (pick["member_since"] <= day)
    years = (day - world.start).dt.days / 365.25
    late = _came_late(world, pick)
    mean = SCORE["base"] + pick["market"].map(SCORE_MARKET) + SCORE["member"] * member + SCORE["a_year"] * years
    score = mean + SCORE["late"] * late + SCORE["spread"] * rng.standard_normal(ANSWERS)
    frame = pick[["customer_id", "market"]].assign(date=day, score=score.round().clip(0, 10).astype(int))
    return frame.sort_values(["date", "customer_id"], ignore_index=True)


def _came_late(world: World, people: pd.DataFrame) -> np.ndarray:
    """Whether any order of each customer came late."""
    if "orders" not in world.tables:
        return np.zeros(len(people), dtype=bool)
    orders = with_trouble(world.tables["orders"])
    return people["customer_id"].isin(orders.loc[orders["late"], "customer_id"]).to_numpy()
