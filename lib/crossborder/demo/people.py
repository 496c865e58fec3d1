"""People in need, their contacts, and their purchases in continuous time; vectorised over a chunk of people.

A person enters as a prospect with one need of `WINDOW` days; a purchase makes a customer, who comes back with needs of
its own rate until dropping out after one of the repeat purchases (BG/NBD). On each day of a need the purchase hazard is
`HAZARD * intent * market factor * product over past contacts (1 + lift * keep**days)`.
"""

from dataclasses import dataclass

import numpy as np

from crossborder.demo.media import CHANNEL, HARVEST, MARKET_SHARE, Media
from crossborder.demo.seasons import GROWTH
from crossborder.demo.world import CHANNELS, MARKETS, World

__all__ = ["CUSTOMER", "HAZARD", "WINDOW", "Needs", "Stage", "customers_needs", "hazard", "prospects", "purchases"]

WINDOW = 10  # days of a need
HAZARD = 0.0175  # purchases a day of need at base
INTENT_SD = 0.50  # spread of log intent
FOLLOWS_INTENT = 0.80  # how much contacts of the harvest channels follow intent
HARVEST_RATE = {"search_brand": 0.038, "retargeting": 0.045, "affiliate": 0.018, "email": 0.045}  # contacts a need
PROSPECTS_A_DAY = 226.0  # at scale 1, all markets, middle of the period
CUSTOMER = {
    "rate_shape": 0.30,  # gamma of the repeat rate
    "rate_scale_days": 160.0,
    "drop_a": 0.90,  # beta of the drop-out after a repeat purchase
    "drop_b": 2.10,
    "basket_shape": 2.0,  # gamma with mean 1 of the basket size
    "member_effect": 0.22,  # log effect of membership on the repeat rate
    "member_base": -1.10,  # log odds of joining ...
    "member_on_rate": 0.80,  # ... and how they follow the customer's own rate: self-selection
    "member_wait_days": 45.0,
}


@dataclass(frozen=True)
class Needs:
    """One row a need: person (position), market (position), first day (position), intent (log), repeat or first."""

    person: np.ndarray
    market: np.ndarray
    day: np.ndarray
    intent: np.ndarray
    repeat: bool


@dataclass(frozen=True)
class Stage:
    """Needs with their contacts and what came of them: contacts and purchases are flat and point into the needs."""

    needs: Needs
    need: np.ndarray
    channel: np.ndarray
    offset: np.ndarray
    rate: np.ndarray  # purchases a day, need x day of the window
    bought_need: np.ndarray
    bought_offset: np.ndarray


def prospects(world: World, chunks: int, rng: np.random.Generator) -> Needs:
    """New prospects of a chunk: arrivals by market and day, growing at the market's rate."""
    days = np.arange(-WINDOW + 1, len(world.days))
    growth = np.array([GROWTH[m] for m in MARKETS])
    share = np.array([MARKET_SHARE[m] for m in MARKETS])
    rate = share * np.exp(growth * (days[:, None] / 365.25 - 1.5)) * PROSPECTS_A_DAY * world.scale / chunks
    count = rng.poisson(rate)
    cell = np.repeat(np.arange(count.size), count.ravel())
    day, market = days[cell // len(MARKETS)], cell % len(MARKETS)
    return Needs(np.arange(len(cell)), market, day, rng.normal(0, INTENT_SD, len(cell)), False)


def contacts(needs: Needs, media: Media, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Contacts of all needs: position of the need, channel, day within the window.

    The first day gathers what earlier days left behind (the adstock), so that every day's mean effect is the same
    whatever the age of the need.
    """
    need, channel, offset = _bought(needs, media, rng)
    parts = [(need, channel, offset)]
    last = len(media.response)
    for name in HARVEST:
        if name == "email" and not needs.repeat:
            continue
        c = CHANNELS.index(name)
        day = np.clip(needs.day, 0, last - 1)
        tilt = np.exp(FOLLOWS_INTENT * needs.intent - (FOLLOWS_INTENT * INTENT_SD) ** 2 / 2)
        rate = HARVEST_RATE[name] * 2 * media.response[day, needs.market, c] * tilt
        hit = np.repeat(np.arange(len(day)), rng.poisson(rate))
        parts.append((hit, np.full(len(hit), c), rng.integers(0, WINDOW, len(hit))))
    need, channel, offset = (np.concatenate(p) for p in zip(*parts, strict=True))
    inside = needs.day[need] + offset < last
    order = np.lexsort((channel, offset, need))
    order = order[inside[order]]
    return need[order], channel[order], offset[order]


def _bought(needs: Needs, media: Media, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Contacts of the reaching channels, by one draw in the cumulative intensity of the need's first day."""
    reaching = np.array([CHANNELS.index(c) for c in CHANNEL.index if c not in HARVEST])
    days, markets, _ = media.response.shape
    padded = np.concatenate([np.repeat(media.response[:1], WINDOW, 0), media.response, np.zeros((WINDOW, markets, 12))])
    first = np.concatenate([np.repeat(media.adstock[:1], WINDOW, 0), media.adstock])
    start = np.arange(days + WINDOW)
    cube = np.stack([padded[start + k] for k in range(WINDOW)], axis=-1)[:, :, reaching]
    cube[..., 0] = first[:, :, reaching]
    cube *= media.reach[reaching][:, None]
    flat = cube.reshape(cube.shape[0] * markets, -1)
    total = flat.sum(axis=1)
    ends = np.cumsum(flat.ravel())
    cell = (needs.day + WINDOW) * markets + needs.market
    need = np.repeat(np.arange(len(cell)), rng.poisson(total[cell]))
    before = np.concatenate([[0.0], ends[flat.shape[1] - 1 :: flat.shape[1]]])[cell[need]]
    at = np.searchsorted(ends, before + rng.random(len(need)) * total[cell[need]], side="right")
    at = np.minimum(at - cell[need] * flat.shape[1], flat.shape[1] - 1)
    return need, reaching[at // WINDOW], at % WINDOW


def hazard(stage_needs: Needs, touch: tuple, factor: np.ndarray, without: int | None = None) -> np.ndarray:
    """Hazard of each need (row) on each day of its window (column); `without` takes one channel's effect away."""
    need, channel, offset = touch
    days = len(factor)
    at = stage_needs.day[:, None] + np.arange(WINDOW)
    inside = (at >= 0) & (at < days)
    base = HAZARD * np.exp(stage_needs.intent - INTENT_SD**2 / 2)
    rate = np.where(inside, factor[np.clip(at, 0, days - 1), stage_needs.market[:, None]], 0.0) * base[:, None]
    lift, keep = CHANNEL["lift"].to_numpy(), CHANNEL["keep"].to_numpy()
    log = np.zeros(rate.shape)
    use = np.ones(len(need), bool) if without is None else channel != without
    n, c, o = need[use], channel[use], offset[use]
    for age in range(WINDOW):
        live = o + age < WINDOW
        gain = np.log1p(lift[c[live]] * keep[c[live]] ** age)
        flat = n[live] * WINDOW + o[live] + age
        log += np.bincount(flat, gain, log.size).reshape(log.shape)
    return rate * np.exp(log)


def purchases(needs: Needs, factor: np.ndarray, media: Media, rng: np.random.Generator) -> Stage:
    """Contacts and purchases of each need; a purchase does not end the need (see `stages` for whose it is)."""
    touch = contacts(needs, media, rng)
    rate = hazard(needs, touch, factor)
    count = rng.poisson(rate)
    need, offset = np.nonzero(count)
    times = count[need, offset]
    return Stage(needs, *touch, rate, np.repeat(need, times), np.repeat(offset, times))


def customers_needs(
    world: World, market: np.ndarray, first_day: np.ndarray, rng: np.random.Generator
) -> tuple[Needs, dict[str, np.ndarray]]:
    """Needs of customers after their first purchase, and each customer's hidden traits."""
    n, days = len(market), len(world.days)
    rate = rng.gamma(CUSTOMER["rate_shape"], 1 / CUSTOMER["rate_scale_days"], n)
    drop = np.clip(rng.beta(CUSTOMER["drop_a"], CUSTOMER["drop_b"], n), 1e-6, 1)
    mean_rate = CUSTOMER["rate_shape"] / CUSTOMER["rate_scale_days"]
    odds = CUSTOMER["member_base"] + CUSTOMER["member_on_rate"] * np.log((rate + 1e-5) / mean_rate)
    joins = rng.random(n) < 1 / (1 + np.exp(-odds))
    wait = np.ceil(rng.exponential(CUSTOMER["member_wait_days"], n)).astype(int)
    joined = np.where(joins & (first_day + wait < days), first_day + wait, 10 * days)
    chance = HAZARD * WINDOW
    gain = np.exp(CUSTOMER["member_effect"])
    count = rng.poisson(rate * gain / chance * (days - first_day))
    person = np.repeat(np.arange(n), count)
    day = first_day[person] + 1 + np.floor(rng.random(len(person)) * (days - first_day[person])).astype(int)
    keep = (rng.random(len(person)) < np.where(day >= joined[person], 1.0, 1 / gain)) & (day < days)
    person, day = person[keep], day[keep]
    order = np.lexsort((day, person))
    person, day = person[order], day[order]
    traits = {
        "rate": rate,
        "drop": drop,
        "joined": joined,
        "lives": rng.geometric(drop),
        "basket": rng.gamma(CUSTOMER["basket_shape"], 1 / CUSTOMER["basket_shape"], n),
    }
    return Needs(person, market[person], day, rng.normal(0, INTENT_SD, len(person)), True), traits
