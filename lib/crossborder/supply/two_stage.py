"""Replay of a central buying policy: order from suppliers for all markets together, share out what is ready, ship.

Stage one buys a SKU with a minimum order and the supplier's lead time; stage two shares ready pieces among markets by
need and ships them. Buying together pools the markets' risk over the first lead time (G. D. Eppen and L. Schrage,
TIMS Studies in the Management Sciences 16, 1981). The only loop runs over weeks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from crossborder.errors import Refusal
from crossborder.supply.checks import at_least, between
from crossborder.supply.replay import Replay

__all__ = ["Pipeline", "calibrated_factor", "replay_two_stage"]


@dataclass(frozen=True)
class Pipeline:
    """What the two stages start from and how long they take.

    `opening` pieces by SKU x market, `in_transit` SKU x market x week of arrival, `open_orders` SKU x week of
    readiness; `supplier_weeks` by SKU x week of order and `transit_weeks` by market x week of departure (whole numbers,
    so that recorded or drawn lead times can be replayed); `minimum` order and `pack` by SKU.
    """

    opening: np.ndarray
    in_transit: np.ndarray
    open_orders: np.ndarray
    supplier_weeks: np.ndarray
    transit_weeks: np.ndarray
    minimum: np.ndarray
    pack: float = 1.0


def replay_two_stage(
    demand: ArrayLike,
    outlook: np.ndarray,
    spread: np.ndarray,
    pipeline: Pipeline,
    factor: float,
    cover_weeks: float = 3.0,
) -> Replay:
    """The policy on realised demand (SKU x market x week).

    `outlook[:, :, t]` is the forecast of a week's demand as known in week t (a mean over the coming lead time),
    `spread` the standard deviation of its error over the whole lead time of the market; `factor` multiplies the spread
    into safety stock. Orders lift the position of a SKU (stock, transit and open orders of all markets) to lead-time
    demand + safety + `cover_weeks`. The result is by SKU x market (flattened) x week.
    """
    demand = at_least("demand", demand, 0)
    skus, markets, weeks = demand.shape
    state = _State(pipeline, skus, markets, weeks)
    lead_one = pipeline.supplier_weeks.mean(1)
    lead_two = pipeline.transit_weeks.mean(1)
    for week in range(weeks):
        rate, sd = outlook[:, :, week], spread[:, :, week]
        # The market's own part of the spread: transit and one week of review out of the whole lead time.
        part = np.sqrt((lead_two + 1) / (lead_two + 1 + lead_one.mean()))
        target = rate * (lead_two[None, :] + 1) + factor * sd * part
        state.receive(week)
        pooled = np.sqrt((sd**2).sum(1))
        reach = (rate * (lead_two[None, :] + 1)).sum(1) + rate.sum(1) * lead_one
        level = reach + factor * (0.5 * pooled + 0.5 * sd.sum(1))
        state.order(week, level, level + rate.sum(1) * cover_weeks, pipeline)
        state.share(week, target, rate, pipeline)
        state.serve(week, demand[:, :, week])
    flat = {name: values.reshape(skus * markets, weeks) for name, values in state.kept.items()}
    return Replay(demand=demand.reshape(skus * markets, weeks), **flat)


def calibrated_factor(run, target: float, low: float = -1.0, high: float = 4.0, steps: int = 9) -> tuple[float, float]:
    """The safety factor at which `run(factor)` (a Replay) reaches a fill rate, and the fill rate it reaches."""
    target = float(between("target fill rate", target, 0.5, 0.999))
    if run(high).fill_rate < target:
        why = f"even {high:g} standard deviations of safety stock reach {run(high).fill_rate:.1%}"
        raise Refusal.because("no safety factor", why, "lower the target or shorten the lead time")
    for _ in range(steps):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if run(middle).fill_rate < target else (low, middle)
    return high, run(high).fill_rate


class _State:
    """Stock, goods under way and open orders while the weeks pass."""

    def __init__(self, pipeline: Pipeline, skus: int, markets: int, weeks: int) -> None:
        horizon = weeks + int(max(pipeline.supplier_weeks.max(), pipeline.transit_weeks.max())) + 2
        self.stock = pipeline.opening.astype(float).copy()
        self.arriving = _padded(pipeline.in_transit, horizon)
        self.ready = _padded(pipeline.open_orders, horizon)
        self.transit, self.open = self.arriving.sum(-1), self.ready.sum(-1)
        shape = (skus, markets, weeks)
        self.kept = {name: np.zeros(shape) for name in ("on_hand", "on_order", "ordered", "sold", "short")}

    def receive(self, week: int) -> None:
        self.stock += self.arriving[:, :, week]
        self.transit -= self.arriving[:, :, week]

    def order(self, week: int, point: np.ndarray, up_to: np.ndarray, pipeline: Pipeline) -> None:
        position = self.stock.sum(1) + self.transit.sum(1) + self.open
        wanted = np.maximum(np.ceil((up_to - position) / pipeline.pack) * pipeline.pack, pipeline.minimum)
        quantity = np.where((position < point) & (up_to > 0.5), wanted, 0.0)
        due = np.minimum(week + pipeline.supplier_weeks[:, week], self.ready.shape[1] - 1)
        np.add.at(self.ready, (np.arange(len(due)), due), quantity)
        self.open += quantity
        self.kept["ordered"][:, 0, week] = quantity

    def share(self, week: int, target: np.ndarray, rate: np.ndarray, pipeline: Pipeline) -> None:
        """Ready pieces go first to what markets lack of their target, the rest by their rates; whole pieces."""
        pieces = self.ready[:, week]
        self.open -= pieces
        lack = np.maximum(target - self.stock - self.transit, 0)
        need = lack.sum(1, keepdims=True)
        first = lack * np.minimum(1, pieces[:, None] / np.maximum(need, 1e-9))
        rest = np.maximum(pieces - need[:, 0], 0)[:, None]
        share = rate / np.maximum(rate.sum(1, keepdims=True), 1e-9)
        exact = first + rest * np.where(rate.sum(1, keepdims=True) > 0, share, 1 / rate.shape[1])
        whole = np.floor(exact + 1e-9)
        left = np.round(pieces - whole.sum(1)).astype(int)
        rank = np.argsort(np.argsort(-(exact - whole), axis=1, kind="stable"), axis=1)
        whole += rank < left[:, None]
        for market in range(whole.shape[1]):  # over markets
            arrives = min(week + int(pipeline.transit_weeks[market, week]), self.arriving.shape[2] - 1)
            if arrives == week:
                self.stock[:, market] += whole[:, market]
            else:
                self.arriving[:, market, arrives] += whole[:, market]
                self.transit[:, market] += whole[:, market]

    def serve(self, week: int, demand: np.ndarray) -> None:
        sold = np.minimum(self.stock, demand)
        self.stock = self.stock - sold
        self.kept["sold"][:, :, week], self.kept["short"][:, :, week] = sold, demand - sold
        self.kept["on_hand"][:, :, week] = self.stock
        self.kept["on_order"][:, :, week] = self.transit + self.open[:, None] / self.stock.shape[1]


def _padded(values: np.ndarray, horizon: int) -> np.ndarray:
    result = np.zeros((*values.shape[:-1], horizon))
    count = min(values.shape[-1], horizon)
    result[..., :count] = values[..., :count]
    return result
