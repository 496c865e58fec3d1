"""Amounts of a ledger in USD, at the rate of their day; and what the rates at hand do not cover."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from crossborder.company import folder_checks
from crossborder.company.importers.interface import Source
from crossborder.company.problems import Problem
from crossborder.errors import CrossborderError
from crossborder.reference import exchange

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["tell", "with_usd"]


def with_usd(desk: "Desk", table: str, source: Source) -> str:
    """The table with `usd_rate` and `amount_usd` beside `date`, `currency` and `amount`; its name on the desk.

    The rate is the ECB's of the day, or the last one before it (told where it is older than a week). A currency without
    any rate before the day is a problem.
    """
    found = desk.frame(
        f"SELECT currency, CAST(min(date) AS VARCHAR) AS first, CAST(max(date) AS VARCHAR) AS last FROM {table}"
        " WHERE date IS NOT NULL AND currency IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    frames = [_daily(desk, row.currency, row.first, row.last, source) for row in found.itertuples()]
    rates = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"currency": [], "day": [], "rate": []})
    desk.connection.register("usd_rates", rates.astype({"currency": "str", "rate": "float64"}))
    made = desk.keep(
        f"SELECT t.*, coalesce(r.rate, 0) AS usd_rate, CAST(amount AS DOUBLE) * coalesce(r.rate, 0) AS amount_usd"
        f" FROM {table} t LEFT JOIN usd_rates r ON t.currency = r.currency AND t.date = CAST(r.day AS DATE)",
        "ledger",
    )
    desk.connection.unregister("usd_rates")
    return made


def _daily(desk: "Desk", currency: str, first: str, last: str, source: Source) -> pd.DataFrame:
    days = pd.date_range(first, last)
    if currency == "USD":
        return pd.DataFrame({"currency": currency, "day": days, "rate": 1.0})
    try:
        end = min(days[-1], pd.Timestamp(exchange.last_date()))
        start = min(days[0], end) - pd.Timedelta(days=30)
        known = exchange.rates(currency, start=start, end=end, partial=True)[currency]
    except CrossborderError as wrong:
        reason = str(wrong).splitlines()[0]
        remedy = "leave these rows out, or convert the file's amounts to a currency with a rate"
        desk.problems.append(Problem.of(source.name, "ledger", "usd_rate", reason, remedy, (), [currency], 1))
        return pd.DataFrame({"currency": [], "day": [], "rate": []})
    known = known.dropna()
    carried = known.reindex(known.index.union(days)).ffill().reindex(days)
    age = pd.Series(known.index, index=known.index).reindex(known.index.union(days)).ffill().reindex(days)
    if ((days - pd.DatetimeIndex(age)) > pd.Timedelta(days=7)).any():
        desk.note(f"rates of {currency} end on {known.index[-1]:%Y-%m-%d}; later days take the last one")
    return pd.DataFrame({"currency": currency, "day": days, "rate": carried.to_numpy()}).dropna()


def tell(desk: "Desk", orders: str, folder: Path) -> None:
    """Notes on orders whose currency has no rate, and on days later than the rates; `folder` holds company.yaml."""
    own = folder_checks.read_yaml(folder).get("usd_rates") or {}
    codes = [row[0] for row in desk.rows(f"SELECT DISTINCT currency FROM ({orders}) WHERE currency IS NOT NULL")]
    for code in sorted(set(codes) - exchange.published() - set(own)):
        desk.note(
            f"no exchange rate is published for {code}: the notebooks ask for the company's own, USD a unit,"
            f" with --usd-rate {code}=... here or usd_rates in company.yaml"
        )
    last = desk.one(f"SELECT max(CAST(ordered_at AS DATE)) FROM ({orders})")[0]
    if last is not None and exchange.carried(pd.Timestamp(last)):
        desk.note(f"exchange rates end on {exchange.last_date():%Y-%m-%d}; amounts of later days take the last one")
