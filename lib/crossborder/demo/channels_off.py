"""What would not have been bought with a channel off: the same people again, under common random numbers."""

import numpy as np

from crossborder.demo import people
from crossborder.demo.media import Media
from crossborder.demo.people import Needs, Stage
from crossborder.demo.world import CHANNELS, MARKETS

__all__ = ["channels_off"]


def channels_off(
    first: Stage, repeat: Stage, factor: np.ndarray, media: Media, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Expected and realised orders of these needs, and how many fewer with each channel, or all of them, off.

    Needs, contacts of other channels and the purchases drawn stay; with a channel off each purchase is lost with
    probability 1 - rate without / rate with. First needs count every purchase (each is another person's), repeat needs
    one purchase at most. Market x channel; the last column is all channels.
    """
    size, columns = len(MARKETS), len(CHANNELS) + 1
    truth = {name: np.zeros(size) for name in ("orders_expected", "orders", "repeat_needs", "repeat_expected")}
    truth |= {name: np.zeros((size, columns)) for name in ("lost", "lost_realised")}
    for stage, once in ((first, False), (repeat, True)):
        market = stage.needs.market
        full, bought = stage.rate.sum(axis=1), _orders(stage, np.ones(len(stage.bought_need), bool), once)
        truth["orders_expected"] += np.bincount(market, _expected(full, once), size)
        truth["orders"] += np.bincount(market, bought, size)
        if once:
            truth["repeat_needs"] += np.bincount(market, minlength=size)
            truth["repeat_expected"] += np.bincount(market, _expected(full, once), size)
        mark = rng.random(len(stage.bought_need))
        for c in range(columns):
            hit = np.unique(stage.need if c == len(CHANNELS) else stage.need[stage.channel == c])
            if not len(hit):
                continue
            off = _without(stage, hit, factor, c)
            fewer = _expected(full[hit], once) - _expected(off.sum(axis=1), once)
            truth["lost"][:, c] += np.bincount(market[hit], fewer, size)
            row = np.full(len(market), -1)
            row[hit] = np.arange(len(hit))
            at, o, n = row[stage.bought_need], stage.bought_offset, stage.bought_need
            stays = (at < 0) | (mark <= off[np.maximum(at, 0), o] / stage.rate[n, o])
            truth["lost_realised"][:, c] += np.bincount(market, bought - _orders(stage, stays, once), size)
    return truth


def _expected(rate: np.ndarray, once: bool) -> np.ndarray:
    """Expected orders of needs with this whole rate."""
    return -np.expm1(-rate) if once else rate


def _orders(stage: Stage, stays: np.ndarray, once: bool) -> np.ndarray:
    """Orders by need when only some purchases stay."""
    count = np.bincount(stage.bought_need[stays], minlength=len(stage.needs.day))
    return np.minimum(count, 1) if once else count


def _without(stage: Stage, hit: np.ndarray, factor: np.ndarray, channel: int) -> np.ndarray:
    """Daily rates of the needs `hit` without a channel (one past the last: without any contact)."""
    n = stage.needs
    some = Needs(n.person[hit], n.market[hit], n.day[hit], n.intent[hit], n.repeat)
    place = np.full(len(n.day), -1)
    place[hit] = np.arange(len(hit))
    inside = place[stage.need] >= 0
    if channel == len(CHANNELS):
        inside &= False
    part = (place[stage.need[inside]], stage.channel[inside], stage.offset[inside])
    return people.hazard(some, part, factor, without=channel)
