"""Where the next unit of money goes: the best split of a budget under bounds, with a proof that it is the best.

At the optimum every channel that is free to move has the same slope (the multiplier); a channel at its upper bound has
a higher one, at its lower bound a lower one (Karush, Kuhn and Tucker). The certificate prints exactly this.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.marketing.response import Curves

__all__ = ["Allocation", "bounds_from_steps", "gain_interval", "next_dollar_interval", "optimise", "split_gain"]


@dataclass(frozen=True)
class Allocation:
    """The best spend a channel, its response, the multiplier, and a certificate a channel.

    `certificate` columns: current, low, high, spend, response, slope, state (free, at low, at high), gap, because.
    `gap` is how far the slope breaks the condition of its state, relative to the multiplier (0 is optimal).
    `moved` is whether any channel moves by more than 0.1 % of the budget.
    """

    spend: pd.Series
    response: float
    current_response: float
    multiplier: float
    certificate: pd.DataFrame
    moved: bool

    @property
    def gain(self) -> float:
        """Response above that of the current split."""
        return self.response - self.current_response

    @property
    def gap(self) -> float:
        """The largest breach of the optimality conditions, relative to the multiplier."""
        return float(self.certificate["gap"].max())


def bounds_from_steps(
    current: pd.Series,
    *,
    step: float | dict[str, float] = 0.3,
    floor: pd.Series | None = None,
    cap: pd.Series | None = None,
) -> pd.DataFrame:
    """Lower and upper spend a channel when none may move by more than the share `step` of its current spend."""
    share = current.index.map(step).to_numpy(dtype=float) if isinstance(step, dict) else np.full(len(current), step)
    if np.isnan(share).any() or (share < 0).any():
        raise InputError.out_of_range("step", step, "0 or more for every channel")
    low, high = current * np.maximum(1 - share, 0.0), current * (1 + share)
    if floor is not None:
        low = np.maximum(low, floor.reindex(current.index).fillna(0.0))
    if cap is not None:
        high = np.minimum(high, cap.reindex(current.index).fillna(np.inf))
    return pd.DataFrame({"low": low, "high": high})


def optimise(curves: Curves, current: pd.Series, bounds: pd.DataFrame, *, budget: float | None = None) -> Allocation:
    """The split of `budget` (default: the current total) within `bounds` with the highest total response.

    Concave curves are solved exactly by bisection on the multiplier; S-shaped ones by dynamic programming on a grid,
    then exactly around the best grid point. Raises Refusal when the bounds cannot hold the budget.
    """
    low, high = (bounds[name].reindex(list(curves.channels)).to_numpy(dtype=float) for name in ("low", "high"))
    now = current.reindex(list(curves.channels)).to_numpy(dtype=float)
    total = float(now.sum()) if budget is None else float(budget)
    if np.isnan(low).any() or np.isnan(now).any():
        raise InputError.out_of_range("bounds", "missing channels", f"a row for each of {list(curves.channels)}")
    if (low > high).any() or (low < 0).any():
        raise InputError.out_of_range("bounds", "low above high or below 0", "0 <= low <= high")
    if not low.sum() - 1e-9 * max(total, 1) <= total <= high.sum() + 1e-9 * max(total, 1):
        raise Refusal.because(
            f"a budget of {total:,.0f} does not fit the limits",
            f"the lower limits add to {low.sum():,.0f}, the upper ones to {high.sum():,.0f}",
            "change the budget, or widen the steps",
        )
    if curves.concave:
        spend, multiplier = _water_fill(curves, low, high, total)
    else:
        spend, multiplier = _s_shaped(curves, low, high, total)
    certificate = _certificate(curves, now, low, high, spend, multiplier, total)
    moved = bool(np.abs(spend - now).max() > 1e-3 * max(total, 1e-12))
    return Allocation(
        pd.Series(spend, index=curves.channels),
        float(curves.value(spend).sum()),
        float(curves.value(now).sum()),
        multiplier,
        certificate,
        moved,
    )


def gain_interval(uncertain: Curves, spend: pd.Series, current: pd.Series, *, level: float = 0.9) -> pd.Series:
    """Gain of a new split over the current one with its interval, over the draws of the curves."""
    names = list(uncertain.channels)
    new, now = (series.reindex(names).to_numpy(dtype=float) for series in (spend, current))
    gain = (uncertain.value(new) - uncertain.value(now)).sum(axis=-1)
    low, high = np.quantile(gain, [(1 - level) / 2, (1 + level) / 2])
    return pd.Series(
        {
            "gain": float(np.median(gain)),
            "low": float(low),
            "high": float(high),
            "probability": float((gain > 0).mean()),
        }
    )


def next_dollar_interval(uncertain: Curves, best: Allocation, *, level: float = 0.9) -> tuple[float, float]:
    """Ends of what one more dollar brings at a split, over the draws of the curves: mean of the channels free to move.

    Where bounds hold every channel, all of them count.
    """
    free = (best.certificate["state"] == "free").to_numpy()
    slope = uncertain.slope(best.spend.reindex(list(uncertain.channels)).to_numpy(dtype=float))
    drawn = slope[..., free if free.any() else slice(None)].mean(axis=-1)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def split_gain(curves: Curves, total: np.ndarray, first: int = 0) -> pd.DataFrame:
    """Best share of the first of two channels (marketplace against own store) by size of the budget."""
    if len(curves.channels) != 2:
        raise InputError.out_of_range("channels", curves.channels, "two")
    rows = []
    for amount in np.atleast_1d(total):
        wide = pd.DataFrame({"low": 0.0, "high": float(amount)}, index=list(curves.channels))
        found = optimise(curves, pd.Series(amount / 2, index=list(curves.channels)), wide)
        rows.append((float(amount), found.spend.iloc[first] / amount, found.response, found.multiplier))
    return pd.DataFrame(rows, columns=["budget", "share_of_first", "response", "next_unit"])


def _at_slope(curves: Curves, low: np.ndarray, high: np.ndarray, multiplier: float) -> np.ndarray:
    """Spend within the bounds at which a falling slope meets the multiplier, by bisection on all channels at once."""
    left, right, slope = low.copy(), high.copy(), curves.slopes()
    for _ in range(45):
        middle = (left + right) / 2
        above = slope(middle) > multiplier
        left, right = np.where(above, middle, left), np.where(above, right, middle)
    return (left + right) / 2


def _water_fill(curves: Curves, low: np.ndarray, high: np.ndarray, total: float) -> tuple[np.ndarray, float]:
    from scipy.optimize import brentq

    steepest = float(curves.slope(np.maximum(low, 1e-9 * np.maximum(high, 1e-12))).max())
    flattest = float(curves.slope(high).min())
    bottom, top = max(flattest * 0.5, 1e-12 * steepest), steepest * 2 + 1e-300

    def excess(log_multiplier: float) -> float:
        return float(_at_slope(curves, low, high, np.exp(log_multiplier)).sum()) - total

    # At the ends of the range the bounds bind for all channels and any multiplier beyond them proves the optimum.
    if excess(np.log(bottom)) <= 0:
        multiplier = bottom
    elif excess(np.log(top)) >= 0:
        multiplier = top
    else:
        multiplier = float(np.exp(brentq(excess, np.log(bottom), np.log(top), xtol=1e-13)))
    spend = _at_slope(curves, low, high, multiplier)
    # What bisection leaves over goes to the channels that are free, in proportion to their room.
    rest = total - spend.sum()
    room = (high - spend) if rest > 0 else (spend - low)
    spend = spend + rest * room / room.sum() if room.sum() > 0 else spend
    return np.clip(spend, low, high), float(multiplier)


def _s_shaped(curves: Curves, low: np.ndarray, high: np.ndarray, total: float, cells: int = 500) -> tuple:
    """Best grid point by dynamic programming over channels, then water-filling within a grid step of it."""
    step = (total - low.sum()) / cells
    if step <= 0:
        return low, float(curves.slope(low).max())
    units = np.arange(cells + 1)
    best = np.full(cells + 1, -np.inf)
    best[0] = 0.0
    chosen = []
    for channel in range(len(low)):
        spend = low[channel] + units * step
        single = Curves(curves.channels[:1], curves.size[channel], curves.half[channel], curves.family).value(spend)
        single = np.where(spend <= high[channel] + 1e-9 * total, single, -np.inf)
        options = np.where(units[:, None] >= units, best[np.maximum(units[:, None] - units, 0)] + single, -np.inf)
        chosen.append(options.argmax(axis=1))
        best = options.max(axis=1)
    used, at = np.empty(len(low)), cells if np.isfinite(best[cells]) else int(np.isfinite(best).nonzero()[0].max())
    for channel in reversed(range(len(low))):
        used[channel] = chosen[channel][at]
        at -= int(used[channel])
    start = low + used * step
    near_low, near_high = np.maximum(start - 2 * step, low), np.minimum(start + 2 * step, high)
    return _polish(curves, start, near_low, near_high, total)


def _polish(curves: Curves, start: np.ndarray, low: np.ndarray, high: np.ndarray, total: float) -> tuple:
    from scipy.optimize import minimize

    scale = max(curves.value(start).sum(), 1e-12)
    found = minimize(
        lambda x: -curves.value(x * total).sum() / scale,
        start / total,
        jac=lambda x: -curves.slope(x * total) * total / scale,
        bounds=list(zip(low / total, high / total, strict=True)),
        constraints=[{"type": "eq", "fun": lambda x: x.sum() - 1, "jac": np.ones_like}],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 300},
    )
    spend = np.clip(found.x * total, low, high)
    free = (spend > low * (1 + 1e-6) + 1e-12) & (spend < high * (1 - 1e-6))
    slope = curves.slope(spend)
    return spend, float(slope[free].mean() if free.any() else slope.max())


def _certificate(
    curves: Curves,
    now: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    spend: np.ndarray,
    multiplier: float,
    total: float,
) -> pd.DataFrame:
    slope = curves.slope(spend)
    near = 1e-6 * max(total, 1e-12)
    fixed, at_low, at_high = high - low <= near, spend <= low + near, spend >= high - near
    relative = slope / multiplier - 1 if multiplier > 0 else np.zeros_like(slope)
    gap = np.select(
        [fixed, at_low, at_high], [0.0 * relative, np.maximum(relative, 0), np.maximum(-relative, 0)], np.abs(relative)
    )
    state = np.select([fixed, at_low, at_high], ["fixed", "at low", "at high"], "free")
    tied = total <= low.sum() + near or total >= high.sum() - near
    because = [
        _because(str(state[i]), slope[i], multiplier, tied, abs(spend[i] - now[i]) <= 1e-3 * max(total, 1e-12))
        for i in range(len(slope))
    ]
    return pd.DataFrame(
        {
            "current": now,
            "low": low,
            "high": high,
            "spend": spend,
            "response": curves.value(spend),
            "slope": slope,
            "state": state,
            "gap": gap,
            "because": because,
        },
        index=pd.Index(curves.channels, name="channel"),
    )


def _because(state: str, slope: float, multiplier: float, tied: bool, still: bool) -> str:
    if state == "fixed":
        return "cannot move: its lower and upper limit are the same"
    if tied:
        return "cannot move: the limits add up to the whole budget"
    if state == "at low":
        return f"stops at its lower limit: its last unit brings {slope:.2f}, elsewhere {multiplier:.2f}"
    if state == "at high":
        return f"stops at its upper limit: the next unit would bring {slope:.2f}, elsewhere {multiplier:.2f}"
    return (
        "stays: its next unit already brings what all others bring"
        if still
        else "free: next unit brings the same as all"
    )
