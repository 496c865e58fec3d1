"""What journeys look like: transitions, verification by search, lag and length, common paths, concentration."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.marketing.journeys import Journeys

__all__ = [
    "common_paths",
    "concentration",
    "lag_and_length",
    "path_flow",
    "transitions",
    "verification_share",
    "wilson_interval",
]


def transitions(journeys: Journeys) -> pd.DataFrame:
    """Probabilities from each channel (row, with `start`) to each channel, to `order` and to `no order`."""
    journeys = journeys.distinct
    players = len(journeys.channels)
    weight = journeys.conversions + journeys.nulls
    code = journeys.codes.astype(np.int64) + 1
    before = np.zeros_like(code)
    before[1:] = code[:-1]
    before[journeys.starts[:-1]] = 0
    size = players + 1
    counts = np.zeros((size, players + 2))
    moves = np.bincount(before * size + code, np.repeat(weight, journeys.lengths), size * size).reshape(size, size)
    counts[:, :players] = moves[:, 1:]
    final = code[journeys.starts[1:] - 1]
    counts[:, players] = np.bincount(final, journeys.conversions, size)
    counts[:, players + 1] = np.bincount(final, journeys.nulls, size)
    total = counts.sum(axis=1, keepdims=True)
    names = list(journeys.channels)
    return pd.DataFrame(counts / np.maximum(total, 1e-300), ["start", *names], [*names, "order", "no order"])


def verification_share(
    journeys: Journeys, discovery: Sequence[str], verification: Sequence[str], *, level: float = 0.9
) -> pd.DataFrame:
    """Share of journeys that verify (touch a `verification` channel after a `discovery` channel), by outcome.

    One row an outcome (`order`, `no order`): journeys that began with discovery, verified, share with Wilson interval.
    """
    unknown = [name for name in [*discovery, *verification] if name not in journeys.channels]
    if unknown:
        raise InputError.unknown("channel", unknown[0], journeys.channels)
    journeys = journeys.distinct
    found = np.isin(journeys.codes, [journeys.channels.index(name) for name in discovery])
    checked = np.isin(journeys.codes, [journeys.channels.index(name) for name in verification])
    place = np.arange(len(found))
    first_found = np.minimum.reduceat(np.where(found, place, len(place)), journeys.starts[:-1])
    last_checked = np.maximum.reduceat(np.where(checked, place, -1), journeys.starts[:-1])
    began = first_found < len(place)
    verified = began & (last_checked > first_found)
    rows = []
    for outcome, weight in (("order", journeys.conversions), ("no order", journeys.nulls)):
        total, hits = float(weight[began].sum()), float(weight[verified].sum())
        low, high = wilson_interval(hits, total, level)
        rows.append((outcome, total, hits, hits / total if total else 0.0, low, high))
    columns = ["outcome", "discovered", "verified", "share", "share_low", "share_high"]
    return pd.DataFrame(rows, columns=columns)


def lag_and_length(journeys: Journeys, bins_days: Sequence[float] = (0, 1, 3, 7, 14, 30)) -> pd.DataFrame:
    """Converting journeys by number of touches (1 to 6 and more) and by days from first touch to order.

    Columns: kind (`touches` or `days`), bin, orders, share.
    """
    won = journeys.converting()
    length = np.minimum(won.lengths, 6)
    rows = [("touches", f"{n}" if n < 6 else "6+", float(won.conversions[length == n].sum())) for n in range(1, 7)]
    if won.age_days is not None:
        lag = won.age_days[won.starts[:-1]]
        edges = [*bins_days, np.inf]
        for low, high in pairwise(edges):
            inside = (lag >= low) & (lag < high)
            name = f"{low:g} to {high:g}" if np.isfinite(high) else f"{low:g}+"
            rows.append(("days", name, float(won.conversions[inside].sum())))
    frame = pd.DataFrame(rows, columns=["kind", "bin", "orders"])
    return frame.assign(share=frame["orders"] / won.conversions.sum())


def common_paths(journeys: Journeys, top: int = 10, *, level: float = 0.9) -> pd.DataFrame:
    """The commonest paths (repeats of a channel merged): journeys, orders, conversion rate with Wilson interval."""
    journeys = journeys.distinct
    merged = np.ones(len(journeys.codes), dtype=bool)
    merged[1:] = journeys.codes[1:] != journeys.codes[:-1]
    merged[journeys.starts[:-1]] = True
    codes = journeys.codes[merged]
    starts = np.concatenate([[0], np.cumsum(np.add.reduceat(merged, journeys.starts[:-1]))])
    lengths = np.diff(starts)
    # A path is a number in base (channels + 1); paths beyond the size of an integer end with "...".
    longest = int(62 / np.log2(len(journeys.channels) + 1))
    place = np.arange(len(codes)) - np.repeat(starts[:-1], lengths)
    digit = np.where(
        place < longest,
        (codes.astype(np.int64) + 1) * (len(journeys.channels) + 1) ** np.minimum(place, longest - 1),
        0,
    )
    key = np.add.reduceat(digit, starts[:-1])
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    total = np.bincount(group, journeys.conversions + journeys.nulls)
    orders = np.bincount(group, journeys.conversions)
    best = np.argsort(-orders, kind="stable")[:top]
    names = [
        " > ".join(journeys.channels[code] for code in codes[starts[row] : min(starts[row] + longest, starts[row + 1])])
        for row in first[best]
    ]
    low, high = wilson_interval(orders[best], total[best], level)
    return pd.DataFrame(
        {
            "path": names,
            "journeys": total[best],
            "orders": orders[best],
            "rate": orders[best] / total[best],
            "rate_low": low,
            "rate_high": high,
        }
    )


def path_flow(journeys: Journeys, steps: int = 4) -> pd.DataFrame:
    """Flows of converting journeys between places (counted from the end): step, origin, target, orders.

    Step 1 ends at the order; `earlier` stands for nothing before.
    """
    won = journeys.converting()
    back = np.repeat(won.lengths, won.lengths) - won.position
    names = np.array([*won.channels, "order"], dtype=object)
    rows = []
    weight = np.repeat(won.conversions, won.lengths)
    for step in range(1, steps + 1):
        here = np.flatnonzero(back == step)
        target = np.full(len(here), len(won.channels)) if step == 1 else won.codes[here + 1]
        size = len(names)
        flow = np.bincount(won.codes[here].astype(int) * size + target, weight[here], size * size)
        used = np.flatnonzero(flow)
        rows.append(
            pd.DataFrame(
                {"step": step, "origin": names[used // size], "target": names[used % size], "orders": flow[used]}
            )
        )
    return pd.concat(rows, ignore_index=True)


def concentration(amounts: pd.Series, paid: Sequence[str] = ()) -> pd.Series:
    """How far traffic hangs on few sources: HHI (0 to 1), effective number of sources, largest share, paid share.

    >>> concentration(pd.Series({"ads": 3.0, "search": 1.0}), paid=["ads"])["hhi"]
    0.625
    """
    if (amounts < 0).any() or amounts.sum() <= 0:
        raise InputError.out_of_range("amounts", amounts.to_dict(), "0 or more with a sum above 0")
    share = amounts / amounts.sum()
    hhi = float((share**2).sum())
    return pd.Series(
        {
            "hhi": hhi,
            "effective_sources": 1 / hhi,
            "largest_share": float(share.max()),
            "largest": share.idxmax(),
            "paid_share": float(share[share.index.isin(paid)].sum()),
        }
    )


def wilson_interval(hits: np.ndarray | float, trials: np.ndarray | float, level: float = 0.9) -> tuple:
    """Wilson score interval of a share. Source: Wilson (1927), JASA 22(158).

    >>> low, high = wilson_interval(8, 10, 0.95)
    >>> round(float(low), 4), round(float(high), 4)
    (0.4902, 0.9433)
    """
    from scipy.special import ndtri

    z = ndtri(0.5 + level / 2)
    trials = np.maximum(np.asarray(trials, dtype=float), 1e-9)
    share = np.asarray(hits, dtype=float) / trials
    middle = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z / (1 + z**2 / trials) * np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
