"""How far past cash forecasts were off, and the bands that follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.finance.cash_forecast import DAYS, YEAR, CashHistory, outlook

__all__ = ["Backtest", "accuracy_table", "backtest", "cash_fan", "coverage", "forecast_accuracy"]


WINDOW = 52  # weeks of past errors behind a band: all seasons once


@dataclass(frozen=True)
class Backtest:
    """Forecasts and actuals [origin, week ahead], USD; not yet known weeks are missing.

    `origins` are days of the history, oldest first; `scale` is the weekly sales level at each; `naive` maps a simple
    rule to its forecasts.
    """

    origins: np.ndarray
    forecast: np.ndarray
    actual: np.ndarray
    scale: np.ndarray
    naive: dict[str, np.ndarray]
    last: int

    def past_year(self) -> np.ndarray:
        """Which cells lie in the last 52 weeks and are known."""
        ends = self.origins[:, None] + DAYS * (np.arange(self.forecast.shape[1]) + 1)
        return (ends > self.last - YEAR) & (ends <= self.last)


def backtest(history: CashHistory, *, weeks: int = 13, origins: int = 104) -> Backtest:
    """Forecasts from every week of the past, each with what was known then, against what came.

    Naive rules: the mean of the last `weeks` weeks, and the same weeks a year before.
    """
    days = history.last - DAYS * np.arange(origins, 0, -1)
    days = days[days >= 182]
    if len(days) < 2 * weeks:
        raise Refusal.because(
            "no back-test", f"{len(days)} past weeks can be forecast, {2 * weeks} are needed", "give a longer ledger"
        )
    ends = days[:, None] + DAYS * (np.arange(weeks) + 1)
    actual = np.array([history.weekly(day, weeks) for day in days])
    before = np.array([history.weekly(day - weeks * DAYS, weeks).mean() for day in days])
    year = np.array([history.weekly(day - YEAR, weeks) for day in days])
    return Backtest(
        origins=days,
        forecast=np.array([outlook(history, int(day), weeks).net for day in days]),
        actual=np.where(ends <= history.last, actual, np.nan),
        scale=np.array([history.sales_level(int(day)) for day in days]),
        naive={
            f"mean of the last {weeks} weeks": np.repeat(before[:, None], weeks, axis=1),
            "same weeks last year": np.where((days - YEAR >= 0)[:, None], year, np.nan),
        },
        last=history.last,
    )


def coverage(test: Backtest, *, level: float = 0.8, cumulative: bool = False, least: int = 20) -> pd.DataFrame:
    """Share of the past year's weeks inside the band that was promised for them: weeks_ahead, covered, weeks.

    Each band uses only errors that were known when its forecast was made (at least `least` of them). The last row,
    weeks_ahead 0, is all together.
    """
    low, high, actual = _past_bands(test, level, cumulative, least)
    judged = test.past_year() & np.isfinite(low) & np.isfinite(actual)
    inside = judged & (actual >= low) & (actual <= high)
    counts, hits = judged.sum(axis=0), inside.sum(axis=0)
    if not counts.sum():
        raise Refusal.because("no coverage", "no band could be made from errors known at the time", "a longer ledger")
    table = pd.DataFrame({"weeks_ahead": np.arange(1, len(counts) + 1), "covered": hits / np.maximum(counts, 1)})
    table["weeks"] = counts
    total = pd.DataFrame({"weeks_ahead": [0], "covered": [hits.sum() / counts.sum()], "weeks": [counts.sum()]})
    return pd.concat([table[table["weeks"] > 0], total], ignore_index=True)


def cash_fan(
    history: CashHistory,
    test: Backtest,
    opening_usd: float,
    *,
    level: float = 0.8,
    planned: np.ndarray | None = None,
    factors: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Cash at the end of each week ahead: week (its last day), net_usd and cash_usd, each with _low and _high.

    Bands come from the past errors at the same distance, in proportion to sales (split conformal; Vovk, Gammerman and
    Shafer, 2005). `planned` adds decided movements by week (loan, capital, equipment), without error;
    `factors` are a scenario's, see `cash_levers`.
    """
    if not 0.5 <= level < 1:
        raise InputError.out_of_range("level", level, "from 0.5 to below 1")
    weeks = test.forecast.shape[1]
    net = outlook(history, weeks=weeks, factors=factors).net + (
        0 if planned is None else np.asarray(planned, dtype=float)
    )
    scale = history.sales_level(history.last)
    errors = ((test.actual - test.forecast) / test.scale[:, None])[-WINDOW:]
    low, high = _quantiles(errors, level)
    cash_low, cash_high = _quantiles(np.cumsum(errors, axis=1), level)
    cash = opening_usd + np.cumsum(net)
    days = history.start + pd.to_timedelta(history.last + DAYS * (np.arange(weeks) + 1), unit="D")
    return pd.DataFrame(
        {
            "week": days,
            "net_usd": net,
            "net_low": net + low * scale,
            "net_high": net + high * scale,
            "cash_usd": cash,
            "cash_low": cash + cash_low * scale,
            "cash_high": cash + cash_high * scale,
        }
    )


def accuracy_table(test: Backtest, *, rng: np.random.Generator, level: float = 0.9, draws: int = 400) -> pd.DataFrame:
    """Mean absolute error against each naive rule over the past year, by distance, USD a week.

    Columns rule, weeks_ahead (1, 4, 8, 13, or "1 to 13", and "sum" for all weeks together), error_usd, naive_usd,
    better (share of the naive error that is saved), low, high (bootstrap over blocks of a quarter).
    """
    known = test.past_year() & np.isfinite(test.actual)
    weeks = test.forecast.shape[1]
    rows = []
    for rule, naive in test.naive.items():
        for name, columns in _distances(weeks):
            rows.append((rule, name, *_skill(test, naive, known, columns, rng, level, draws)))
    columns = ["rule", "weeks_ahead", "error_usd", "naive_usd", "better", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def forecast_accuracy(history: CashHistory, *, weeks: int = 13, origins: int = 39) -> pd.DataFrame:
    """How much of the money was foreseen, by side: one less absolute error over actual, for 1, 4 and all weeks.

    Columns side (receipts, payments), weeks, accuracy. Sums over the first weeks of each forecast, mean over origins.
    """
    days = history.last - weeks * DAYS - DAYS * np.arange(origins)
    days = days[days >= 182]
    rows = []
    looks = [outlook(history, int(day), weeks) for day in days]
    cash = np.array([look.known + look.new for look in looks])
    positive = cash.sum(axis=(0, 2)) > 0
    for side, chosen, sign in (("receipts", positive, 1), ("payments", ~positive, -1)):
        ours = cash[:, chosen].sum(axis=1)
        groups = np.flatnonzero(chosen)
        mine = np.isin(history.group, groups)
        part = replace(history, usd=np.where(mine, history.usd, 0.0))
        came = np.array([part.weekly(int(day), weeks) for day in days])
        for length in sorted({1, min(4, weeks), weeks}):
            off = np.abs(ours[:, :length].sum(1) - came[:, :length].sum(1)).sum()
            rows.append((side, length, 1 - off / (sign * came[:, :length].sum())))
    return pd.DataFrame(rows, columns=["side", "weeks", "accuracy"])


def _distances(weeks: int) -> list[tuple[str, slice]]:
    single = [(str(week), slice(week - 1, week)) for week in (1, 4, 8, 13) if week <= weeks]
    return [*single, (f"1 to {weeks}", slice(0, weeks))]


def _skill(test: Backtest, naive: np.ndarray, known: np.ndarray, columns: slice, rng, level: float, draws: int):
    usable = known[:, columns] & np.isfinite(naive[:, columns])
    mine = np.where(usable, np.abs(test.actual - test.forecast)[:, columns], 0.0).sum(axis=1)
    theirs = np.where(usable, np.abs(test.actual - naive)[:, columns], 0.0).sum(axis=1)
    rows = np.flatnonzero(usable.any(axis=1))
    count = usable.sum()
    if not count:
        return (np.nan,) * 5
    block = min(13, len(rows))
    # Circular blocks (Politis and Romano, 1992): every origin is drawn equally often.
    starts = rng.integers(0, len(rows), (draws, -(-len(rows) // block)))
    chosen = rows[(starts[:, :, None] + np.arange(block)).reshape(draws, -1)[:, : len(rows)] % len(rows)]
    drawn = theirs[chosen].sum(axis=1)
    better = 1 - mine[chosen].sum(axis=1)[drawn > 0] / drawn[drawn > 0]
    if not len(better) or not theirs.sum():
        return mine.sum() / count, theirs.sum() / count, np.nan, np.nan, np.nan
    low, high = np.quantile(better, [(1 - level) / 2, (1 + level) / 2])
    return mine.sum() / count, theirs.sum() / count, 1 - mine.sum() / theirs.sum(), low, high


def _past_bands(
    test: Backtest, level: float, cumulative: bool, least: int, window: int = WINDOW
) -> tuple[np.ndarray, ...]:
    """Bands as they would have been drawn at each origin: errors at distance h are known h weeks later."""
    forecast, actual = test.forecast, test.actual
    if cumulative:
        forecast, actual = np.cumsum(forecast, axis=1), np.cumsum(actual, axis=1)
    relative = (actual - forecast) / test.scale[:, None]
    low, high = np.full(forecast.shape, np.nan), np.full(forecast.shape, np.nan)
    weeks = forecast.shape[1]
    for place in range(least + 1, len(forecast)):
        seen = relative[:place].copy()
        seen[: max(place - window, 0)] = np.nan
        age = place - np.arange(place)
        seen[age[:, None] < np.arange(weeks) + 1] = np.nan
        enough = np.isfinite(seen).sum(axis=0) >= least
        if enough.any():
            ends = _quantiles(seen[:, enough], level)
            low[place, enough] = forecast[place, enough] + ends[0] * test.scale[place]
            high[place, enough] = forecast[place, enough] + ends[1] * test.scale[place]
    return low, high, actual


def _quantiles(errors: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Conformal ends by column: the order statistics that n + 1 exchangeable errors would leave outside equally."""
    count = np.isfinite(errors).sum(axis=0)
    share = np.clip((1 - level) / 2 * (count + 1) / count, 0, 0.5)
    ordered = np.sort(errors, axis=0)  # missing values last
    spot = share * (count - 1)
    rows = np.arange(errors.shape[1])

    def at(position: np.ndarray) -> np.ndarray:
        below = np.floor(position).astype(int)
        above = np.minimum(below + 1, count - 1)
        part = position - below
        return ordered[below, rows] * (1 - part) + ordered[above, rows] * part

    return at(np.maximum(spot - share, 0)), at(np.minimum(count - 1 - spot + share, count - 1))
