"""What an indicator does when nothing is wrong: level, season and memory, learned on past weeks only.

Control charts assume independent values of one mean; a weekly indicator has a season and remembers last week.
So each one is reduced to the part of the week that its own past does not explain, in units of its usual spread.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["Baseline", "learn", "panel", "standardise", "today"]

FEWEST_WEEKS = 52
WEEKS = 365.25 / 7


@dataclass(frozen=True)
class Baseline:
    """Learned course of the indicators, one row each in `table`: name, level, memory, spread, autocorrelation_left.

    `surprise`: week x indicator, standardised part that the past does not explain; positive is the bad side.
    `position`: the same for the distance from the usual course, memory not removed; `deviation`: that distance as a
    fraction of the course. `expected`: the value that the past leads to expect, in the indicator's unit.
    """

    table: pd.DataFrame
    surprise: pd.DataFrame
    position: pd.DataFrame
    deviation: pd.DataFrame
    expected: pd.DataFrame
    spread: pd.Series
    train_end: pd.Timestamp


def panel(indicators: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Weeks x indicators and the bad side of each (high, low or both), from the table `indicators`."""
    missing = [name for name in ("week", "name", "bad_side", "value") if name not in indicators]
    if missing:
        raise InputError.missing_columns("indicators", missing, indicators.columns)
    wide = indicators.set_index(["week", "name"])["value"].unstack("name").sort_index().astype(float)  # noqa: PD010
    return wide, indicators.groupby("name")["bad_side"].first().reindex(wide.columns)


def learn(
    wide: pd.DataFrame, bad_side: pd.Series, *, train_end: pd.Timestamp, season: bool = True, robust_rounds: int = 3
) -> Baseline:
    """Course of each indicator from the weeks up to `train_end`, applied to all weeks.

    Level and one yearly wave by robust least squares (large misses weigh less, so that past incidents do not become
    the norm), then memory of one week (AR 1) on what is left. Refuses fewer than 52 training weeks.
    """
    weeks = wide.index
    train = np.asarray(weeks <= pd.Timestamp(train_end))
    if train.sum() < FEWEST_WEEKS:
        raise Refusal.because(
            f"no baseline from {int(train.sum())} weeks",
            f"a season needs at least {FEWEST_WEEKS}",
            "choose a later split or give a longer record",
        )
    phase = 2 * np.pi * ((weeks - weeks[0]).days.to_numpy() / 7) / WEEKS
    design = np.column_stack([np.ones(len(weeks)), np.sin(phase), np.cos(phase)])[:, : 3 if season else 1]
    values = wide.to_numpy(float)
    filled = np.where(np.isfinite(values), values, np.nanmedian(values[train], axis=0))
    course = _robust_course(design, filled, train, robust_rounds)
    miss = filled - course
    memory = _memory(miss[train])
    ahead = np.vstack([np.zeros(miss.shape[1]), memory * miss[:-1]])
    shock = miss - ahead
    spread = _spread(shock[train])
    side = np.where(bad_side.to_numpy() == "low", -1.0, 1.0)
    table = pd.DataFrame(
        {
            "name": wide.columns,
            "bad_side": bad_side.to_numpy(),
            "level": course[train].mean(axis=0),
            "memory": memory,
            "spread": spread,
            "autocorrelation_left": _memory(shock[train]),
        }
    )
    frames = {
        "surprise": np.where(np.isfinite(values), side * shock / spread, np.nan),
        "position": np.where(np.isfinite(values), side * miss / _spread(miss[train]), np.nan),
        "deviation": np.where(np.isfinite(values), side * miss / np.abs(course).clip(min=1e-12), np.nan),
        "expected": course + ahead,
    }
    made = {name: pd.DataFrame(array, weeks, wide.columns) for name, array in frames.items()}
    return Baseline(table, **made, spread=pd.Series(spread, wide.columns), train_end=pd.Timestamp(train_end))


def today(baseline: Baseline, wide: pd.DataFrame) -> pd.DataFrame:
    """Panel of the last week: name, value, expected, surprise, deviation, light; worst first.

    Green below 1.5 spreads on the bad side, yellow below 2.5, red above; a missing value is grey.
    """
    last = wide.index[-1]
    table = pd.DataFrame(
        {
            "name": wide.columns,
            "value": wide.loc[last].to_numpy(),
            "expected": baseline.expected.loc[last].to_numpy(),
            "surprise": baseline.surprise.loc[last].to_numpy(),
            "deviation": baseline.deviation.loc[last].to_numpy(),
        }
    )
    high = table["surprise"].fillna(-np.inf)
    table["light"] = np.select([table["surprise"].isna(), high >= 2.5, high >= 1.5], ["grey", "red", "yellow"], "green")
    return table.sort_values("surprise", ascending=False, ignore_index=True)


def standardise(values: pd.Series, train_end: pd.Timestamp, *, bad_side: str = "high") -> pd.Series:
    """Standardised surprise of a single weekly series."""
    wide = values.to_frame("value")
    return learn(wide, pd.Series([bad_side], ["value"]), train_end=train_end).surprise["value"]


def _robust_course(design, values, train, rounds) -> np.ndarray:
    """Least squares with Huber weights, all indicators at once."""
    x, y = design[train], values[train]
    weights = np.ones_like(y)
    for _ in range(rounds):
        normal = np.einsum("ti,tk,tj->kij", x, weights, x)
        right = np.einsum("ti,tk,tk->ki", x, weights, y)
        beta = np.linalg.solve(normal, right[..., None])[..., 0]
        miss = np.abs(y - x @ beta.T)
        weights = np.minimum(1.0, 1.5 * _spread(y - x @ beta.T) / np.maximum(miss, 1e-12))
    return design @ beta.T


def _memory(miss: np.ndarray) -> np.ndarray:
    """Correlation with the week before, by ranks cut at three spreads so that single shocks do not make it."""
    cut = np.clip(miss, -3 * _spread(miss), 3 * _spread(miss))
    cut = cut - cut.mean(axis=0)
    power = (cut[:-1] ** 2).sum(axis=0)
    slope = (cut[1:] * cut[:-1]).sum(axis=0) / np.where(power > 0, power, 1.0)
    return np.clip(slope, -0.95, 0.95)


def _spread(miss: np.ndarray) -> np.ndarray:
    """Standard deviation from the median absolute deviation; falls back to the plain one where that is zero."""
    robust = 1.4826 * np.median(np.abs(miss - np.median(miss, axis=0)), axis=0)
    plain = miss.std(axis=0)
    return np.where(robust > 1e-12, robust, np.where(plain > 1e-12, plain, 1.0))
