"""Control charts: when does a figure leave its usual course, and how often does the chart cry wolf?

Run lengths count samples until a signal; they are exact for independent normal values with known mean and deviation.
"""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr

from crossborder.errors import InputError

__all__ = [
    "cusum",
    "cusum_run_length",
    "design",
    "detection_curves",
    "ewma",
    "ewma_run_length",
    "false_alarms_per_year",
    "markov_run_length",
    "shewhart",
    "shewhart_run_length",
    "siegmund_run_length",
    "upper_sums",
]

NODES = 56


def shewhart(values: ArrayLike, limit: float = 3.0) -> np.ndarray:
    """Signals of single standardised values beyond +-`limit`."""
    return np.abs(np.asarray(values, float)) > limit


def ewma(values: ArrayLike, weight: float = 0.2, limit: float = 2.86, *, exact_limits: bool = True) -> pd.DataFrame:
    """Weighted average chart of standardised values: statistic, limit, signal (Roberts, 1959).

    `limit` counts deviations of the statistic; exact limits widen from the start, the others are the final ones.
    """
    values = np.asarray(values, float)
    _check_weight(weight)
    steady = pd.Series(np.r_[0.0, values]).ewm(alpha=weight, adjust=False, ignore_na=True).mean().to_numpy()[1:]
    spread = np.sqrt(weight / (2 - weight))
    growth = np.sqrt(1 - (1 - weight) ** (2 * np.arange(1, len(values) + 1))) if exact_limits else 1.0
    bound = limit * spread * growth * np.ones(len(values))
    return pd.DataFrame({"statistic": steady, "limit": bound, "signal": np.abs(steady) > bound})


def cusum(
    values: ArrayLike, reference: float = 0.5, limit: float = 5.0, *, head_start: float = 0.0, reset: bool = True
) -> pd.DataFrame:
    """Two-sided cumulative sums of standardised values: up, down, signal, change_at (Page, 1954).

    up[t] = max(0, up[t-1] + value - reference). With `reset` the sum restarts after a signal. `change_at` is the
    likely first changed sample (the last zero of the sum that signals), -1 without a signal. Missing values count 0.
    """
    values = np.nan_to_num(np.asarray(values, float))
    up, down = (
        _one_sided(values, reference, limit, head_start, reset),
        _one_sided(-values, reference, limit, head_start, reset),
    )
    high, low = up > limit, down > limit
    place = np.arange(len(values))
    change = np.where(high, _last_zero(up, place), np.where(low, _last_zero(down, place), -1))
    return pd.DataFrame({"up": up, "down": down, "signal": high | low, "change_at": change})


def upper_sums(values: pd.DataFrame, reference: float = 0.5, limit: float = 5.0) -> pd.DataFrame:
    """The sums `up` of `cusum` for every column, restarted after a signal."""
    whole = np.nan_to_num(values.to_numpy(float)).T
    return pd.DataFrame(
        {name: _one_sided(one, reference, limit, 0.0, reset=True) for name, one in zip(values, whole, strict=True)},
        index=values.index,
    )


def shewhart_run_length(shift: ArrayLike = 0.0, limit: float = 3.0) -> np.ndarray:
    """Mean samples until a signal for a mean shifted by `shift` deviations.

    >>> round(float(shewhart_run_length(0)), 1)
    370.4
    """
    shift = np.asarray(shift, float)
    return 1 / (ndtr(shift - limit) + ndtr(-limit - shift))


def cusum_run_length(
    shift: float = 0.0, *, reference: float = 0.5, limit: float = 5.0, sides: Literal[1, 2] = 2, head_start: float = 0.0
) -> float:
    """Mean samples until a CUSUM signal, by Page's integral equation with Gauss-Legendre nodes.

    Two sides combine as 1/L = 1/L(up) + 1/L(down) (Van Dobben de Bruyn, 1968; with a head start Lucas and Crosier,
    1982). `head_start` is the value at which both sums begin.

    >>> round(cusum_run_length(0, reference=0.5, limit=4, sides=2))
    168
    """
    if sides not in (1, 2):
        raise InputError.out_of_range("sides", sides, "1 or 2", "")
    if reference < 0 or limit <= 0 or not 0 <= head_start < limit:
        raise InputError.out_of_range(
            "reference, limit", (reference, limit), "0 or more, above 0; head start below", ""
        )
    up, up_head = _page(shift, reference, limit, head_start)
    if sides == 1:
        return up_head
    down, down_head = _page(-shift, reference, limit, head_start)
    return (up_head * down + down_head * up - up * down) / (up + down)


def siegmund_run_length(
    shift: float = 0.0, *, reference: float = 0.5, limit: float = 5.0, sides: Literal[1, 2] = 2
) -> float:
    """Siegmund's approximation (1985) to the CUSUM's run length; the exact one is `cusum_run_length`.

    One side: (exp(-2 d b) + 2 d b - 1) / (2 d^2) with b = limit + 1.166 and d the shift less the reference, b^2 at
    d = 0; the lower side takes the mirrored shift.
    """
    if sides not in (1, 2):
        raise InputError.out_of_range("sides", sides, "1 or 2", "")
    runs = []
    for drift in (shift - reference, -shift - reference)[:sides]:
        reach = limit + 1.166
        power = 2 * drift * reach
        runs.append(reach**2 if abs(drift) < 1e-9 else (np.exp(-power) + power - 1) / (2 * drift**2))
    return float(1 / sum(1 / run for run in runs))


def markov_run_length(shift: float = 0.0, *, reference: float = 0.5, limit: float = 5.0, states: int = 200) -> float:
    """Run length of a one-sided CUSUM by a Markov chain on `states` cells (Brook and Evans, 1972).

    Cells are 2 limit / (2 states - 1) wide, the first is half as wide around 0; the error falls with states squared.
    """
    if states < 2 or limit <= 0:
        raise InputError.out_of_range("states, limit", (states, limit), "2 or more, above 0", "")
    width = 2 * limit / (2 * states - 1)
    place = np.arange(states)
    step = (place[None, :] - place[:, None]) * width + reference - shift
    move = ndtr(step + width / 2) - ndtr(step - width / 2)
    move[:, 0] = ndtr(-place * width + width / 2 + reference - shift)
    return float(np.linalg.solve(np.eye(states) - move, np.ones(states))[0])


def ewma_run_length(shift: float = 0.0, *, weight: float = 0.2, limit: float = 2.86) -> float:
    """Mean samples until an EWMA signal with final limits, by Fredholm's equation (Crowder, 1987)."""
    _check_weight(weight)
    bound = limit * np.sqrt(weight / (2 - weight))
    nodes, masses = np.polynomial.legendre.leggauss(NODES)
    at, mass = bound * nodes, bound * masses
    kernel = _density((at[None, :] - (1 - weight) * at[:, None]) / weight - shift) * mass / weight
    inside = np.linalg.solve(np.eye(NODES) - kernel, np.ones(NODES))
    return float(1 + (_density(at / weight - shift) * mass / weight) @ inside)


def design(target_run_length: float, shift: float = 1.0) -> pd.DataFrame:
    """Charts with the same run length in control, compared on a shift: chart, parameter, limit, in_control, shifted.

    Shewhart, EWMA (weights 0.1 and 0.2) and CUSUM (reference of half the shift), each limit solved for the target.
    """
    from scipy.optimize import brentq

    if target_run_length <= 5:
        raise InputError.out_of_range("target_run_length", target_run_length, "above 5", "370 is Shewhart's usual")
    rows = []
    limit = brentq(lambda x: float(shewhart_run_length(0, x)) - target_run_length, 0.5, 6)
    rows.append(("Shewhart", np.nan, limit, target_run_length, float(shewhart_run_length(shift, limit))))
    for weight in (0.1, 0.2):
        limit = brentq(lambda x, w=weight: ewma_run_length(0, weight=w, limit=x) - target_run_length, 0.8, 5)
        rows.append(("EWMA", weight, limit, target_run_length, ewma_run_length(shift, weight=weight, limit=limit)))
    half = shift / 2
    limit = brentq(lambda x: cusum_run_length(0, reference=half, limit=x) - target_run_length, 0.5, 15)
    rows.append(("CUSUM", half, limit, target_run_length, cusum_run_length(shift, reference=half, limit=limit)))
    return pd.DataFrame(rows, columns=["chart", "parameter", "limit", "in_control", "shifted"])


def detection_curves(charts: pd.DataFrame, shifts: ArrayLike) -> pd.DataFrame:
    """Mean samples to a signal by size of the shift, for the charts of `design`: chart, shift, weeks."""
    rows = []
    for one in charts.itertuples():
        for shift in np.asarray(shifts, float).tolist():
            if one.chart == "Shewhart":
                length = float(shewhart_run_length(shift, one.limit))
            elif one.chart == "EWMA":
                length = ewma_run_length(shift, weight=one.parameter, limit=one.limit)
            else:
                length = cusum_run_length(shift, reference=one.parameter, limit=one.limit)
            name = one.chart if np.isnan(one.parameter) else f"{one.chart} {one.parameter:g}"
            rows.append((name, shift, length))
    return pd.DataFrame(rows, columns=["chart", "shift", "weeks"])


def false_alarms_per_year(run_length: float, samples_per_year: float, charts: int = 1) -> float:
    """Expected false alarms a year of several independent charts: charts * samples / run length."""
    return charts * samples_per_year / run_length


def _page(shift: float, reference: float, limit: float, head_start: float) -> tuple[float, float]:
    """Run lengths of an upper sum that begins at 0 and at the head start."""
    nodes, masses = np.polynomial.legendre.leggauss(NODES)
    at, mass = limit * (nodes + 1) / 2, limit * masses / 2
    starts = np.r_[0.0, at]
    # From a start u: the sum falls to 0 with probability Phi(k - u - shift), or lands on s in (0, h).
    to_zero = ndtr(reference - starts - shift)
    to_inside = _density(at[None, :] + reference - starts[:, None] - shift) * mass
    system = np.eye(NODES + 1) - np.column_stack([to_zero, to_inside])
    run = np.linalg.solve(system, np.ones(NODES + 1))
    head = 1 + ndtr(reference - head_start - shift) * run[0]
    head += (_density(at + reference - head_start - shift) * mass) @ run[1:]
    return float(run[0]), float(head)


def _one_sided(values: np.ndarray, reference: float, limit: float, head_start: float, reset: bool) -> np.ndarray:
    """Upper sums; between restarts they are the running sum less its running minimum."""
    sums, begin, start = np.empty(len(values)), 0, head_start
    while begin < len(values):
        path = start + np.cumsum(values[begin:] - reference)
        piece = path - np.minimum(np.minimum.accumulate(path), 0.0)
        over = np.flatnonzero(piece > limit)
        stop = begin + int(over[0]) + 1 if reset and len(over) else len(values)
        sums[begin:stop] = piece[: stop - begin]
        begin, start = stop, 0.0
    return sums


def _last_zero(sums: np.ndarray, place: np.ndarray) -> np.ndarray:
    """First sample of the current climb: the one after the last zero."""
    return np.minimum(np.maximum.accumulate(np.where(sums <= 0, place + 1, 0)), place)


def _density(z: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)


def _check_weight(weight: float) -> None:
    if not 0 < weight <= 1:
        raise InputError.out_of_range("weight", weight, "above 0 and up to 1", "0.2 is a usual weight")
