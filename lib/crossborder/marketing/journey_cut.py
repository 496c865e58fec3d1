"""Cutting the sorted stream of touches and orders into journeys, in arrays; the rule stands in `journey_query`."""

import numpy as np
import pandas as pd

from crossborder.marketing.journeys import Journeys

__all__ = ["MEASURES", "ORDER", "cut", "never_seen"]

ORDER = 32767
MEASURES = ("conversions", "revenue_usd", "refund_usd", "margin_usd")


def cut(stream: dict, known: pd.DataFrame, channels: tuple, window: dict[str, float], default: float) -> dict:
    """Journeys from the sorted stream, by runs of rows of one customer that end with an order or with the customer."""
    seconds, code = stream["seconds"], stream["code"]
    order = code == ORDER
    runs, ends = _runs(order, stream["first"])
    bought = order[ends]
    days = known["market"].map(window).astype(float).fillna(default).to_numpy()
    deadline = np.full(len(runs), np.iinfo(np.int64).max)
    deadline[bought] = np.ceil(seconds[ends[bought]] - days * 86400.0).astype(np.int64)
    lengths = ends - runs + 1
    inside = seconds >= np.repeat(deadline, lengths)
    repeated = _repeated(seconds, code, order, runs)
    keep = np.flatnonzero(~order & ~repeated)
    begins = _begins(
        keep, seconds, inside, np.repeat(np.arange(len(runs), dtype=np.int32), lengths), stream, channels, window
    )
    starts = np.append(np.flatnonzero(begins), len(keep))
    last = keep[starts[1:] - 1]
    won = inside[last]
    run_of_last = np.searchsorted(runs, last, side="right") - 1
    end = np.where(won, seconds[ends[run_of_last]], seconds[last])
    ages = (np.repeat(end, np.diff(starts)) - seconds[keep]) / 86400.0
    number = (np.cumsum(bought) - 1)[run_of_last[won]]
    journey_of_order = np.full(len(known), -1)
    journey_of_order[number] = np.flatnonzero(won)
    values = {name: np.zeros(len(won)) for name in MEASURES[1:]}
    for name in values:
        values[name][won] = known[name].to_numpy(dtype=float)[number]
    journeys = Journeys(tuple(channels[0]), code[keep], starts, won.astype(float), (~won).astype(float), values, ages)
    joined = int(inside[keep].sum())
    in_bought_runs = int((lengths[bought] - 1).sum() - repeated[np.repeat(bought, lengths)].sum())
    counts = {
        "repeated": int(repeated.sum()),
        "in journeys with an order": joined,
        "before the window of the next order": in_bought_runs - joined,
        "not followed by an order": len(keep) - in_bought_runs,
    }
    return {"journeys": journeys, "journey_of_order": journey_of_order, "touches": counts}


def never_seen(stream: dict[str, np.ndarray]) -> int:
    """Orders of customers without any touch in the stream."""
    starts = np.flatnonzero(stream["first"])
    if not len(starts):
        return 0
    orders = np.add.reduceat((stream["code"] == ORDER).astype(np.int64), starts)
    rows = np.diff(np.append(starts, len(stream["first"])))
    return int(orders[orders == rows].sum())


def _runs(order: np.ndarray, of_customer: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and last row of each run: a customer's rows up to and with an order, or up to the customer's last row."""
    first = np.append(of_customer, True)
    first[1:] |= order
    edges = np.flatnonzero(first)
    return edges[:-1], edges[1:] - 1


def _repeated(seconds: np.ndarray, code: np.ndarray, order: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """Touches of the same customer, channel and second as the row before."""
    repeated = np.zeros(len(code), dtype=bool)
    repeated[1:] = (code[1:] == code[:-1]) & (seconds[1:] == seconds[:-1])
    repeated[runs] = False
    return repeated & ~order


def _begins(
    keep: np.ndarray,
    seconds: np.ndarray,
    inside: np.ndarray,
    run: np.ndarray,
    stream: dict,
    channels: tuple,
    window: dict[str, float],
) -> np.ndarray:
    """Whether a kept touch begins a journey: another run, the window opens, or a long gap without an order."""
    begins = np.ones(len(keep), dtype=bool)
    run, inside, moment = run[keep], inside[keep], seconds[keep]
    limit = np.array([window[name] for name in channels[1]]) * 86400.0
    gap = limit[0] if (limit == limit[0]).all() else limit[stream["market"][keep]][1:]
    begins[1:] = (run[1:] != run[:-1]) | (inside[1:] != inside[:-1])
    begins[1:] |= ~inside[1:] & (np.diff(moment) > gap)
    return begins
