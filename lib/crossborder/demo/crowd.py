"""A chunk of people put together: their orders as intended, their contacts, their traits, and the truth of channels."""

from dataclasses import dataclass

import numpy as np

from crossborder.demo import people, stages
from crossborder.demo.channels_off import channels_off
from crossborder.demo.media import Media
from crossborder.demo.people import WINDOW, Stage
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
    drawn = people.purchases(people.prospects(world, chunks, rng), factor, media, rng)
    first = stages.one_purchase_a_person(drawn)
    buyer = first.bought_need  # a prospect has one need, so the need is the person
    first_day = first.needs.day[buyer] + first.bought_offset
    again, traits = people.customers_needs(world, first.needs.market[buyer], first_day, rng)
    wanted = people.purchases(again, factor, media, rng)
    alive, dies_on = _until_drop_out(stages.first_purchase_a_need(wanted), traits["lives"])
    wanted = stages.only(wanted, alive)
    repeat = stages.first_purchase_a_need(wanted)
    orders = _orders(rng, first, repeat, buyer)
    touches = _touches(rng, first, repeat, buyer, orders)
    market = first.needs.market
    consent = rng.random(len(market)) < np.array([CONSENT[m] for m in MARKETS])[market]
    persons = {"market": market, "consent": consent}
    for name, value in (traits | {"dies_on": dies_on}).items():
        persons[name] = np.full(len(market), 10.0**6 if name in ("joined", "dies_on") else np.nan)
        persons[name][buyer] = value
    truth = channels_off(drawn, wanted, factor, media, world.rng("channels_off", chunk))
    return Crowd(orders, touches, persons, truth, (drawn, wanted) if keep_stages else ())


def _until_drop_out(repeat: Stage, lives: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which needs begin before their customer's last living repeat purchase, and the day of drop-out by customer.

    A need that has begun is lived to its end. `lives` is the number of repeat purchases until drop-out.
    """
    person = repeat.needs.person[repeat.bought_need]
    day = repeat.needs.day[repeat.bought_need] + repeat.bought_offset
    order = np.lexsort((day, person))
    person, day = person[order], day[order]
    start = np.flatnonzero(np.r_[True, person[1:] != person[:-1]]) if len(person) else np.empty(0, int)
    rank = np.arange(len(person)) - np.repeat(start, np.diff(np.r_[start, len(person)])) + 1
    dies_on = np.full(len(lives), 10**6)
    last = rank == lives[person]
    dies_on[person[last]] = day[last]
    return repeat.needs.day <= dies_on[repeat.needs.person], dies_on


def _orders(rng: np.random.Generator, first: Stage, repeat: Stage, buyer: np.ndarray) -> dict[str, np.ndarray]:
    """Orders of both stages: person, day, share of the day, market, platform, entry click; contact comes first."""
    parts = []
    for stage, who in ((first, None), (repeat, buyer)):
        need = stage.bought_need
        person = stage.needs.person[need] if who is None else who[stage.needs.person[need]]
        parts.append((person, need, stage.needs.day[need] + stage.bought_offset, stage.needs.market[need]))
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
        order = np.full(len(stage.needs.day) * WINDOW, -1)
        order[stage.bought_need * WINDOW + stage.bought_offset] = base + np.arange(len(stage.bought_need))
        base += len(stage.bought_need)
        same_day = order[stage.need * WINDOW + stage.offset]
        parts.append((person if who is None else who[person], day, stage.channel, same_day))
    person, day, channel, order = (np.concatenate(p) for p in zip(*parts, strict=True))
    market = np.concatenate([s.needs.market[s.need] for s in (first, repeat)])
    real = day >= 0
    person, day, channel, order, market = (a[real] for a in (person, day, channel, order, market))
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
        "market": np.concatenate([market, orders["market"][entry]]),
    }
