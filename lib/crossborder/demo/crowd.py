"""A chunk of people put together: their orders as intended, their contacts, their traits, and the truth of channels."""

from dataclasses import dataclass

import numpy as np

from crossborder.demo import people
from crossborder.demo.media import CHANNEL, Media
from crossborder.demo.people import HAZARD, WINDOW, Needs, Stage
from crossborder.demo.world import CHANNELS, MARKETS, PLATFORMS, World

__all__ = ["ENTRY", "PLATFORM_SHARE", "Crowd", "crowd"]

# Where people buy, by market; the order of `PLATFORMS`.
PLATFORM_SHARE = {
    "US": (0.42, 0.10, 0.30, 0.18),
    "DE": (0.45, 0.12, 0.34, 0.09),
    "GB": (0.40, 0.12, 0.32, 0.16),
    "JP": (0.42, 0.20, 0.30, 0.08),
    "MX": (0.28, 0.34, 0.24, 0.14),
    "BR": (0.22, 0.38, 0.26, 0.14),
    "ID": (0.14, 0.34, 0.14, 0.38),
    "SA": (0.34, 0.16, 0.38, 0.12),
}
# The click by which a buyer who has decided enters the own store or the social shop; it causes nothing.
ENTRY = {
    "search_brand": 0.34,
    "retargeting": 0.17,
    "affiliate": 0.08,
    "email": 0.05,
    "shopping": 0.03,
    "search_generic": 0.03,
    "social_organic": 0.02,
}
GUEST_SHARE = 0.02
CONSENT = {"US": 0.86, "DE": 0.66, "GB": 0.70, "JP": 0.84, "MX": 0.88, "BR": 0.80, "ID": 0.90, "SA": 0.87}


@dataclass(frozen=True)
class Crowd:
    """Orders (as intended), contacts and people of a chunk: dictionaries of arrays; and sums for the truth."""

    orders: dict[str, np.ndarray]
    touches: dict[str, np.ndarray]
    persons: dict[str, np.ndarray]
    truth: dict[str, np.ndarray]
    stages: tuple[Stage, ...] = ()


def crowd(world: World, chunk: int, chunks: int, factor: np.ndarray, media: Media, keep_stages: bool = False) -> Crowd:
    """All people of a chunk: prospects, first purchases, customers' needs and repeat purchases until drop-out."""
    rng = world.rng("people", chunk)
    needs = people.prospects(world, chunks, rng)
    first = people.purchases(needs, factor, media, rng)
    buyer = np.flatnonzero(first.bought_on >= 0)
    first_day = needs.day[buyer] + first.bought_on[buyer]
    again, traits = people.customers_needs(world, needs.market[buyer], first_day, rng)
    repeat, dies_on = _until_drop_out(people.purchases(again, factor, media, rng), traits["lives"])
    orders = _orders(rng, first, repeat, buyer)
    touches = _touches(rng, first, repeat, buyer, orders)
    n = len(needs.day)
    persons = {"market": needs.market, "consent": rng.random(n) < np.array([CONSENT[m] for m in MARKETS])[needs.market]}
    for name in ("rate", "drop", "joined", "basket"):
        persons[name] = np.full(n, np.nan if name != "joined" else 10**6, dtype=float)
        persons[name][buyer] = traits[name]
    persons["dies_on"] = np.full(n, 10**6)
    persons["dies_on"][buyer] = dies_on
    truth = _truth((first, repeat), factor, media)
    return Crowd(orders, touches, persons, truth, (first, repeat) if keep_stages else ())


def _until_drop_out(stage: Stage, lives: np.ndarray) -> tuple[Stage, np.ndarray]:
    """Needs and purchases up to each customer's last living purchase; the day of drop-out by customer."""
    needs = stage.needs
    bought = np.flatnonzero(stage.bought_on >= 0)
    day = needs.day[bought] + stage.bought_on[bought]
    bought = bought[np.lexsort((day, needs.person[bought]))]
    person = needs.person[bought]
    start = np.flatnonzero(np.r_[True, person[1:] != person[:-1]]) if len(person) else np.empty(0, int)
    rank = np.arange(len(person)) - np.repeat(start, np.diff(np.r_[start, len(person)])) + 1
    dies_on = np.full(len(lives), 10**6)
    last = rank == lives[person]
    dies_on[person[last]] = (needs.day[bought] + stage.bought_on[bought])[last]
    alive = needs.day <= dies_on[needs.person]
    bought_on = stage.bought_on.copy()
    bought_on[bought[rank > lives[person]]] = -1
    place = np.cumsum(alive) - 1
    touch = alive[stage.need]
    kept = Needs(needs.person[alive], needs.market[alive], needs.day[alive], needs.intent[alive], True)
    return Stage(
        kept,
        place[stage.need[touch]],
        stage.channel[touch],
        stage.offset[touch],
        stage.cumulative[alive],
        stage.threshold[alive],
        bought_on[alive],
    ), dies_on


def _orders(rng: np.random.Generator, first: Stage, repeat: Stage, buyer: np.ndarray) -> dict[str, np.ndarray]:
    """Orders of both stages: person, day, share of the day, market, platform, entry click; contact comes first."""
    parts = []
    for stage, who in ((first, None), (repeat, buyer)):
        need = np.flatnonzero(stage.bought_on >= 0)
        person = stage.needs.person[need] if who is None else who[stage.needs.person[need]]
        parts.append((person, need, stage.needs.day[need] + stage.bought_on[need], stage.needs.market[need]))
    person, need, day, market = (np.concatenate(p) for p in zip(*parts, strict=True))
    again = np.repeat([False, True], [len(p[0]) for p in parts])
    share = np.cumsum([PLATFORM_SHARE[m] for m in MARKETS], axis=1)[market]
    platform = (rng.random(len(day))[:, None] > share[:, :-1]).sum(axis=1)
    open_door = np.isin(platform, [PLATFORMS.index("own_store"), PLATFORMS.index("social_shop")])
    names = np.array([CHANNELS.index(c) for c in ENTRY] + [-1])
    click = np.searchsorted(np.cumsum(list(ENTRY.values())), rng.random(len(day)), side="right")
    entry = np.where(open_door, names[click], -1)
    entry = np.where((entry == CHANNELS.index("email")) & ~again, -1, entry)
    guest = (rng.random(len(day)) < 2.5 * GUEST_SHARE) & (platform < 2) & ~again
    clock = _clock(rng, len(day))
    return {
        "person": person,
        "need": need,
        "repeat": again,
        "day": day,
        "clock": clock,
        "market": market,
        "platform": platform,
        "entry": entry,
        "guest": guest,
    }


def _clock(rng: np.random.Generator, n: int) -> np.ndarray:
    """Share of the day at which people shop: mostly in the evening."""
    return np.clip(rng.beta(4.5, 2.6, n), 0.0005, 0.9995)


def _touches(
    rng: np.random.Generator, first: Stage, repeat: Stage, buyer: np.ndarray, orders: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Contacts of both stages plus entry clicks; `order` is the order placed in the same visit, -1 without.

    A contact on the day of the purchase lies before it: the order's clock is moved behind the last such contact.
    """
    parts = []
    base = 0
    for stage, who in ((first, None), (repeat, buyer)):
        person = stage.needs.person[stage.need]
        day = stage.needs.day[stage.need] + stage.offset
        order = np.full(len(stage.needs.day), -1)
        need = np.flatnonzero(stage.bought_on >= 0)
        order[need] = base + np.arange(len(need))
        base += len(need)
        same = stage.bought_on[stage.need] == stage.offset
        parts.append(
            (person if who is None else who[person], day, stage.channel, np.where(same, order[stage.need], -1))
        )
    person, day, channel, order = (np.concatenate(p) for p in zip(*parts, strict=True))
    clock = 0.9 * _clock(rng, len(day))
    hit = order >= 0
    latest = np.zeros(len(orders["day"]))
    np.maximum.at(latest, order[hit], clock[hit])
    moved = np.maximum(orders["clock"], 0) * (1 - latest) + latest + 0.002
    orders["clock"] = np.where(latest > 0, np.minimum(moved, 0.9999), orders["clock"])
    entry = np.flatnonzero(orders["entry"] >= 0)
    minutes = rng.uniform(1.0, 9.0, len(entry)) / 1440
    return {
        "person": np.concatenate([person, orders["person"][entry]]),
        "day": np.concatenate([day, orders["day"][entry]]),
        "clock": np.concatenate([clock, np.maximum(orders["clock"][entry] - minutes, 0.0)]),
        "channel": np.concatenate([channel, orders["entry"][entry]]),
        "order": np.concatenate([np.full(len(day), -1), entry]),
        "market": np.concatenate([_market_of(first, repeat), orders["market"][entry]]),
    }


def _market_of(first: Stage, repeat: Stage) -> np.ndarray:
    return np.concatenate([s.needs.market[s.need] for s in (first, repeat)])


def _truth(stages: tuple[Stage, ...], factor: np.ndarray, media: Media) -> dict[str, np.ndarray]:
    """Expected and realised orders of these needs, and the same with each channel, and all of them, off.

    Common random numbers: needs, contacts and thresholds stay as they are. Market x channel; the last column is all.
    """
    size = len(MARKETS)
    expected_on, realised_on = np.zeros(size), np.zeros(size)
    lost, lost_realised = np.zeros((size, len(CHANNELS) + 1)), np.zeros((size, len(CHANNELS) + 1))
    for stage in stages:
        market, touch = stage.needs.market, (stage.need, stage.channel, stage.offset)
        full = -np.expm1(-stage.cumulative[:, -1])
        bought = stage.bought_on >= 0
        expected_on += np.bincount(market, full, size)
        realised_on += np.bincount(market, bought, size)
        for c in range(len(CHANNELS) + 1):
            hit = np.unique(stage.need if c == len(CHANNELS) else stage.need[stage.channel == c])
            total = _without(stage, hit, touch, factor, c)
            off = -np.expm1(-total)
            lost[:, c] += np.bincount(market[hit], full[hit] - off, size)
            gone = bought[hit] & (total < stage.threshold[hit])
            lost_realised[:, c] += np.bincount(market[hit], gone, size)
    return {"orders_expected": expected_on, "orders": realised_on, "lost": lost, "lost_realised": lost_realised}


def _without(stage: Stage, hit: np.ndarray, touch: tuple, factor: np.ndarray, channel: int) -> np.ndarray:
    """Whole-window hazard of the needs `hit` without a channel (the last number: without any contact)."""
    n = stage.needs
    some = Needs(n.person[hit], n.market[hit], n.day[hit], n.intent[hit], n.repeat)
    place = np.full(len(n.day), -1)
    place[hit] = np.arange(len(hit))
    inside = place[touch[0]] >= 0
    if channel == len(CHANNELS):
        inside &= False
    part = (place[touch[0][inside]], touch[1][inside], touch[2][inside])
    return people.hazard(some, part, factor, without=channel).sum(axis=1)


assert len(CHANNEL) == len(CHANNELS) and HAZARD * WINDOW < 1
