"""E-mails and live sessions: responses with a known best frequency and known diminishing returns."""

import numpy as np
import pandas as pd

from crossborder.demo.scorecard import in_usd
from crossborder.demo.typed import typed
from crossborder.demo.world import World

__all__ = ["EMAIL", "LIVE", "part"]

SUBSCRIBERS = {"US": 3200, "DE": 2000, "GB": 1800, "JP": 1500, "MX": 1200, "BR": 1400, "ID": 900, "SA": 700}
# Orders a person and week: base + gain * (1 - exp(-rate * sends)); leaving: floor + slope * sends ** power.
EMAIL = {
    "base": 0.0030,
    "gain": 0.0045,
    "rate": 0.80,
    "leave_floor": 0.0006,
    "leave_slope": 0.00014,
    "leave_power": 1.75,
    "open": 0.22,
    "open_fatigue": 0.93,
    "order_usd": 38.0,
}
GROUPS = {0: 0.08, 1: 0.32, 2: 0.28, 3: 0.16, 4: 0.10, 5: 0.06}

# Sales of a session: tier's level * (sessions of the market in the week) ** (power - 1) * completion effect * noise.
LIVE = {"power": 0.79, "completion_effect": 1.1, "noise_log": 0.35}
TIERS = pd.DataFrame(
    [
        ("head", 0.02, 15000, 1500.0, 1100.0, 0.30),
        ("mid", 0.06, 4000, 520.0, 260.0, 0.34),
        ("micro", 0.26, 900, 190.0, 60.0, 0.38),
        ("own", 0.66, 500, 120.0, 22.0, 0.36),
    ],
    columns=["host_tier", "share", "viewers", "sales", "cost", "completion"],
)
LIVE_MARKETS = {"US": 0.26, "ID": 0.28, "BR": 0.16, "MX": 0.12, "GB": 0.10, "SA": 0.08}
SESSIONS = 640


def part(world: World, rng: np.random.Generator) -> tuple[dict[str, pd.DataFrame], dict]:
    """E-mails and live sessions, with the parameters of both responses."""
    tables = {
        "emails": typed(emails(world, rng), "emails"),
        "live_streams": typed(live_streams(world, rng), "live_streams"),
    }
    best = _best_frequency(value_of_subscriber=0.9 * 24, margin=0.22)
    truth = {
        "email_response": {**EMAIL, "best_sends_a_week": best},
        "live_response": dict(LIVE),
        "live_tiers": TIERS.copy(),
    }
    return tables, truth


def _rates(sends: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True chance a week to open, to order and to leave, by e-mails a person."""
    opened = 1 - (1 - EMAIL["open"] * EMAIL["open_fatigue"] ** np.maximum(sends - 1, 0)) ** sends
    ordered = EMAIL["base"] + EMAIL["gain"] * (1 - np.exp(-EMAIL["rate"] * sends))
    left = EMAIL["leave_floor"] + EMAIL["leave_slope"] * sends ** EMAIL["leave_power"]
    return opened, ordered, left


def _best_frequency(value_of_subscriber: float, margin: float) -> int:
    """The number of e-mails a week with the largest margin less the value of those who leave."""
    sends = np.arange(6.0)
    _, ordered, left = _rates(sends)
    return int(np.argmax(ordered * EMAIL["order_usd"] * margin - left * value_of_subscriber))


def emails(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """A group a number of e-mails, market and whole week; people are assigned at random, so rates are causal."""
    weeks = world.weeks[(world.weeks >= world.start) & (world.weeks + pd.Timedelta(days=6) <= world.end)]
    market = pd.DataFrame({"market": list(SUBSCRIBERS), "list": list(SUBSCRIBERS.values())})
    group = pd.DataFrame({"sends_per_person": list(GROUPS), "part": list(GROUPS.values())})
    frame = pd.DataFrame({"week": weeks}).merge(market, how="cross").merge(group, how="cross")
    n = len(frame)
    growth = 1 + 0.6 * (frame["week"] - weeks[0]).dt.days / (365.25 * 3)
    people = rng.poisson(frame["list"] * frame["part"] * growth)
    # Weeks differ for everybody alike: gifts before the turn of the year, quiet summers.
    season = 1 + 0.30 * np.cos(2 * np.pi * (frame["week"].dt.day_of_year - 330) / 365.25)
    wobble = np.repeat(np.exp(0.08 * rng.standard_normal(n // len(GROUPS))), len(GROUPS))
    opened, ordered, left = _rates(frame["sends_per_person"].to_numpy(float))
    orders = rng.binomial(people, ordered * season * wobble)
    return frame[["week", "market", "sends_per_person"]].assign(
        people=people,
        opened=rng.binomial(people, opened),
        ordered=orders,
        unsubscribed=rng.binomial(people, left),
        revenue_usd=(rng.gamma(4.0 * np.maximum(orders, 1e-9), EMAIL["order_usd"] / 4.0)).round(2),
    )


def live_streams(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Sessions that grow more frequent over the years; each further one in a week adds less."""
    hours = (world.end - world.start).days * 24
    when = world.start + pd.to_timedelta(np.sort(rng.beta(1.7, 1.0, SESSIONS) * hours).astype(int), unit="h")
    frame = pd.DataFrame(
        {
            "stream_id": [f"LV{i + 1:04d}" for i in range(SESSIONS)],
            "started_at": when.tz_localize("UTC"),
            "market": rng.choice(list(LIVE_MARKETS), SESSIONS, p=list(LIVE_MARKETS.values())),
            "platform": "social_shop",
            "host_tier": rng.choice(TIERS["host_tier"], SESSIONS, p=TIERS["share"]),
            "minutes": rng.normal(105, 30, SESSIONS).clip(30, 240).round(),
        }
    )
    tier = TIERS.set_index("host_tier").loc[frame["host_tier"]].reset_index(drop=True)
    in_week = frame.groupby(["market", frame["started_at"].dt.tz_localize(None).dt.to_period("W")])[
        "stream_id"
    ].transform("size")
    completion = (tier["completion"] + 0.06 * rng.standard_normal(SESSIONS)).clip(0.05, 0.9)
    crowd = in_week ** (LIVE["power"] - 1)
    pull = crowd * np.exp(LIVE["completion_effect"] * (completion - tier["completion"]) * 4)
    sales = tier["sales"] * pull * np.exp(LIVE["noise_log"] * rng.standard_normal(SESSIONS))
    orders = rng.poisson(sales / 24.0)
    cost = tier["cost"] * frame["minutes"] / 105 * np.exp(0.1 * rng.standard_normal(SESSIONS))
    return frame.assign(
        viewers=(tier["viewers"] * crowd * np.exp(0.3 * rng.standard_normal(SESSIONS))).round().astype(int),
        completion=completion.round(3),
        orders=orders,
        sales_usd=(orders * 24.0 * np.exp(0.08 * rng.standard_normal(SESSIONS))).round(2),
        cost_usd=(cost * _budget_factor(world, frame["market"], cost)).round(2),
    )


def _budget_factor(world: World, market: pd.Series, cost: pd.Series) -> pd.Series:
    """What brings the cost of a market's sessions to nine tenths of its spend on the channel, where that is known."""
    if "ad_spend" not in world.tables:
        return pd.Series(1.0, index=market.index)
    spend = world.tables["ad_spend"].query("channel == 'live_stream'")
    paid = (spend["spend"] * in_usd(world, spend["date"], spend["currency"])).groupby(spend["market"]).sum()
    return market.map(0.9 * paid / cost.groupby(market).sum())
