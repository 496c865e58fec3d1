"""Pegs and managed currencies, found in the rates alone: no volatility model should be fitted across their ends."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["pegs"]

WINDOW = 60  # fixings, about a quarter of a year
BAND = 0.01  # a tied rate keeps within one percent over a window
TIED_VOLATILITY = 0.0125  # a year; a fixed rate still shows the rounding and timing noise of crossing through the euro
MANAGED_VOLATILITY = 0.02  # a year; floating pairs show 0.04 and more
PEG_RANGE = 0.025  # the Hong Kong dollar's whole corridor, 7.75 to 7.85, with room for that noise
JOIN_DAYS = 40  # two tied stretches this close are one, if no jump lies between them
OUTLIERS = 10  # fixings in a row, two weeks, that may leave the band without ending a stretch


def pegs(rates: pd.DataFrame, anchors: Iterable[str] = ("USD", "EUR")) -> pd.DataFrame:
    """Periods in which a currency was tied to an anchor, one row each.

    Columns: currency, against, start, end, kind, days, range_share (highest over lowest rate less 1),
    volatility_year, break_next (relative change of the anchor in the currency on the fixing after the end).

    `peg`: over every 60 fixings the rate keeps within one percent with a yearly volatility of at most 1.25 percent, and
    its whole range is at most 2.5 percent. `managed`: tied but drifting (a crawl), or 120 fixings and more with a
    volatility of at most 2 percent. The yardstick of the International Monetary Fund for a stabilized arrangement
    (AREAER: two percent for six months) is similar; this one reads the data only, so a quiet float can pass as managed.

    `rates` is a frame of `exchange.rates`; anchors that are neither its base nor a column are left out.
    """
    if not isinstance(rates.index, pd.DatetimeIndex):
        raise InputError.out_of_range("rates.index", type(rates.index).__name__, "dates", "pass a frame of rates()")
    levels = rates.assign(**{rates.attrs.get("base", "USD"): 1.0})
    known = [anchor for anchor in anchors if anchor in levels]
    rows = [
        row
        for anchor in known
        for name in levels.columns.difference(known)
        for row in _pair(np.log(levels[anchor] / levels[name]).dropna(), name, anchor)
    ]
    columns = ["currency", "against", "start", "end", "kind", "days", "range_share", "volatility_year", "break_next"]
    return pd.DataFrame(rows, columns=columns).sort_values(["currency", "against", "start"], ignore_index=True)


def _pair(level: pd.Series, name: str, anchor: str) -> list[tuple]:
    """The tied and managed stretches of one pair; `level` is the logarithm of its rate."""
    if len(level) <= WINDOW:
        return []
    step = level.diff()
    tied = (_spread(level, WINDOW) <= BAND) & (_volatility(step, WINDOW) <= TIED_VOLATILITY)
    # A step is still when some window that contains it is: the jump that ends a peg lies in no still window.
    stretches = _edges(level.to_numpy(), _join(level.to_numpy(), _runs(_any_ahead(tied, WINDOW - 1), WINDOW // 2)))
    free = np.ones(len(level), dtype=bool)
    rows = []
    for first, last in stretches:
        free[first : last + 1] = False
        whole = level.iloc[first : last + 1]
        rows.append(_row(level, first, last, name, anchor, "peg" if _range(whole) <= PEG_RANGE else "managed"))
    quiet = _any_ahead(_volatility(step, 2 * WINDOW) <= MANAGED_VOLATILITY, 2 * WINDOW - 1) & free
    return rows + [_row(level, first, last, name, anchor, "managed") for first, last in _runs(quiet, 2 * WINDOW)]


def _row(level: pd.Series, first: int, last: int, name: str, anchor: str, kind: str) -> tuple:
    piece = level.iloc[first : last + 1]
    jump = np.expm1(level.iloc[last + 1] - level.iloc[last]) if last + 1 < len(level) else np.nan
    volatility = piece.diff().std() * np.sqrt(252)
    return (name, anchor, piece.index[0], piece.index[-1], kind, len(piece), _range(piece), volatility, jump)


def _range(level: pd.Series) -> float:
    return float(np.expm1(level.max() - level.min()).round(12))


def _spread(level: pd.Series, window: int) -> pd.Series:
    return np.expm1(level.rolling(window).max() - level.rolling(window).min())


def _volatility(step: pd.Series, window: int) -> pd.Series:
    return step.rolling(window).std() * np.sqrt(252)


def _any_ahead(flag: pd.Series, window: int) -> np.ndarray:
    """True where the flag is raised on the day or on one of the next `window` - 1 days."""
    return flag[::-1].rolling(window, min_periods=1).max()[::-1].to_numpy().astype(bool)


def _runs(flag: np.ndarray, least: int) -> list[tuple[int, int]]:
    """First and last position of each run of True of at least `least` days."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flag.astype(int), [0]])))
    return [(first, last - 1) for first, last in edges.reshape(-1, 2) if last - first >= least]


def _join(level: np.ndarray, runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs close together, without a jump between them and within a peg's range together, as one."""
    joined: list[tuple[int, int]] = []
    for first, last in runs:
        if joined and first - joined[-1][1] <= JOIN_DAYS:
            start, stop = joined[-1]
            calm = np.abs(np.diff(level[stop : first + 1])).max(initial=0) < BAND
            if calm and np.ptp(level[start : last + 1]) <= np.log1p(PEG_RANGE):
                joined[-1] = (start, last)
                continue
        joined.append((first, last))
    return joined


def _edges(level: np.ndarray, runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The runs, each end moved to where the rate leaves half a band around its nearest quarter's median."""
    moved = []
    for number, (first, last) in enumerate(runs):
        floor = moved[-1][1] + 1 if moved else 0
        roof = runs[number + 1][0] - 1 if number + 1 < len(runs) else len(level) - 1
        begin = np.median(level[first : first + WINDOW])
        close = np.median(level[max(last - WINDOW + 1, first) : last + 1])
        middle = (first + last) // 2
        moved.append(
            (
                middle - _stays(level[floor : middle + 1][::-1], begin, first - middle),
                middle + _stays(level[middle : roof + 1], close, middle - last),
            )
        )
    return moved


def _stays(level: np.ndarray, centre: float, least: int) -> int:
    """Steps for which the rate stays near the centre, short outliers allowed; the inner half counts as near."""
    near = np.abs(level - centre) <= BAND / 2
    near[: max(-least - WINDOW, 0) + 1] = True
    steps = np.flatnonzero(near)
    outside = np.flatnonzero(np.diff(steps) > OUTLIERS + 1)
    return int(steps[outside[0]] if len(outside) else steps[-1])
