"""Needs taken apart: which purchase is whose, and which needs are kept."""

from dataclasses import replace

import numpy as np

from crossborder.demo.people import Needs, Stage

__all__ = ["first_purchase_a_need", "one_purchase_a_person", "only"]


def _rank(need: np.ndarray) -> np.ndarray:
    """0, 1, ... within each need; purchases lie in order of need and day."""
    start = np.flatnonzero(np.r_[True, need[1:] != need[:-1]]) if len(need) else np.empty(0, int)
    return np.arange(len(need)) - np.repeat(start, np.diff(np.r_[start, len(need)]))


def one_purchase_a_person(stage: Stage) -> Stage:
    """Each further purchase of a prospect's need becomes that of another person with the same contacts.

    So a market's first purchases stay log-linear in its contacts (nobody is used up by buying), and a customer's
    repeat purchases come from the customer's own needs alone.
    """
    more = _rank(stage.bought_need) > 0
    source = stage.bought_need[more]
    n, size = stage.needs, len(stage.needs.day)
    low, high = np.searchsorted(stage.need, source), np.searchsorted(stage.need, source, side="right")
    count = high - low
    copied = np.repeat(low - np.cumsum(count) + count, count) + np.arange(count.sum())
    new = size + np.arange(len(source))
    everyone = np.concatenate([np.arange(size), source])
    needs = Needs(np.arange(len(everyone)), n.market[everyone], n.day[everyone], n.intent[everyone], n.repeat)
    bought = stage.bought_need.copy()
    bought[more] = new
    return Stage(
        needs,
        np.concatenate([stage.need, np.repeat(new, count)]),
        np.concatenate([stage.channel, stage.channel[copied]]),
        np.concatenate([stage.offset, stage.offset[copied]]),
        stage.rate[everyone],
        bought,
        stage.bought_offset,
    )


def first_purchase_a_need(stage: Stage) -> Stage:
    """Only the first purchase of each need."""
    first = _rank(stage.bought_need) == 0
    return replace(stage, bought_need=stage.bought_need[first], bought_offset=stage.bought_offset[first])


def only(stage: Stage, keep: np.ndarray) -> Stage:
    """The needs that `keep` marks, with their contacts and purchases."""
    n, place = stage.needs, np.cumsum(keep) - 1
    touch, bought = keep[stage.need], keep[stage.bought_need]
    return Stage(
        Needs(n.person[keep], n.market[keep], n.day[keep], n.intent[keep], n.repeat),
        place[stage.need[touch]],
        stage.channel[touch],
        stage.offset[touch],
        stage.rate[keep],
        place[stage.bought_need[bought]],
        stage.bought_offset[bought],
    )
