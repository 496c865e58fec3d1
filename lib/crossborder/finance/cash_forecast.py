"""Thirteen weeks of cash, week by week: what is already on its way by due date, what is still to come by run rate.

The direct method: open payouts and bills fall on their due days; those not yet issued follow the sales run rate and its
season, the pattern of issue (weekly, at month's end, any day) and the delays of payment seen so far. Lending, capital
and equipment are decisions, not forecasts: they are left out, and can be added as planned movements.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

if TYPE_CHECKING:
    import ibis

__all__ = ["DECIDED", "CashHistory", "Outlook", "cash_history", "daily_sales", "outlook"]

DECIDED = ("loan", "capital", "equipment")
FIXED = ("payroll", "rent", "software", "service", "compliance", "interest", "tax", "insurance premium")
WITH_SALES = ("advertising", "last mile", "returns handling", "sales tax", "platform fees", "warehousing", "refunds")
YEAR, DAYS = 364, 7
LEVEL_DAYS = 42  # sales level: long enough to be calm, short enough to follow
LONGEST = 52  # weeks ahead
FORGOTTEN = 90  # days overdue after which money is no longer expected


@dataclass(frozen=True)
class _Calendar:
    """Weekday (Monday 0), month number from 0, and whether it is the month's last day, by day of the history."""

    weekday: np.ndarray
    month: np.ndarray
    month_end: np.ndarray

    @classmethod
    def over(cls, start: pd.Timestamp, days: int) -> "_Calendar":
        dates = pd.date_range(start, periods=days)
        month = np.asarray(dates.year * 12 + dates.month)
        return cls(np.asarray(dates.day_of_week), month - month[0], np.asarray(dates.is_month_end))

    def upto(self, days: int) -> "_Calendar":
        return _Calendar(self.weekday[:days], self.month[:days], self.month_end[:days])


@dataclass(frozen=True)
class CashHistory:
    """All that is known of cash, in days from `start`; one entry an item (document and account).

    `group` numbers `names`; `paid` is far in the future while open. `sales` is the daily order value in USD, or, with
    `from_payouts`, what payouts were made of, which is known only up to the last payout.
    """

    start: pd.Timestamp
    last: int
    names: tuple[str, ...]
    group: np.ndarray
    issued: np.ndarray
    due: np.ndarray
    paid: np.ndarray
    usd: np.ndarray
    sales: np.ndarray
    calendar: "_Calendar" = field(repr=False)
    from_payouts: bool = False

    @cached_property
    def by_group(self) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Days of issue, days of payment and amounts of each group, in the order of the items."""
        ends = np.cumsum(np.bincount(self.group, minlength=len(self.names)))
        parts = np.split(np.argsort(self.group, kind="stable"), ends[:-1])
        return [(self.issued[part], self.paid[part], self.usd[part]) for part in parts]

    def sales_until(self, origin: int) -> int:
        """The last day whose sales were known on day `origin`."""
        if not self.from_payouts:
            return origin
        issued = self.issued[(self.usd > 0) & (self.issued <= origin)]
        return int(issued.max()) if len(issued) else origin

    def sales_level(self, origin: int) -> float:
        """Sales a week over the last quarter known on day `origin`, USD."""
        last = self.sales_until(origin)
        return float(self.sales[max(last - 90, 0) : last + 1].mean() * DAYS)

    def weekly(self, origin: int, weeks: int, *, side: int = 0) -> np.ndarray:
        """Actual operating cash of the weeks after day `origin`, USD; `side` 1 receipts, -1 payments, 0 both."""
        week = np.where(self.paid <= self.last, (self.paid - origin - 1) // DAYS, -1)
        chosen = (week >= 0) & (week < weeks) & (self.usd * side >= 0)
        return np.bincount(week[chosen], self.usd[chosen], weeks)


@dataclass(frozen=True)
class Outlook:
    """Expected cash of the weeks after a day, USD: [week] receipts and payments, and by group [group, week]."""

    origin: int
    names: tuple[str, ...]
    known: np.ndarray = field(repr=False)
    new: np.ndarray = field(repr=False)

    @property
    def net(self) -> np.ndarray:
        """Receipts less payments by week."""
        return (self.known + self.new).sum(axis=0)

    def table(self) -> pd.DataFrame:
        """One row a group: known_usd (already booked), new_usd (expected) and total_usd over all weeks."""
        table = pd.DataFrame({"group": self.names, "known_usd": self.known.sum(1), "new_usd": self.new.sum(1)})
        table["total_usd"] = table["known_usd"] + table["new_usd"]
        order = table["total_usd"].abs().sort_values(ascending=False, kind="stable").index
        return table.loc[order].reset_index(drop=True)


def daily_sales(orders: "ibis.Table", rates: pd.DataFrame) -> pd.Series:
    """Order value by day in USD (price after discount), reduced in the engine; `rates` daily, USD a unit."""
    lines = orders.mutate(day=orders.ordered_at.date())
    value = lines.unit_price * lines.quantity - lines.discount.fill_null(0.0)
    table = lines.group_by(["day", "currency"]).aggregate(value=value.sum()).order_by(["day", "currency"]).to_pandas()
    if table.empty:
        return pd.Series(dtype=float)
    table["day"] = pd.to_datetime(table["day"])
    wide = table.pivot_table(index="day", columns="currency", values="value", aggfunc="sum").fillna(0.0)
    full = wide.reindex(pd.date_range(wide.index.min(), wide.index.max()), fill_value=0.0)
    used = rates.assign(USD=1.0).reindex(full.index, method="ffill")
    missing = [name for name in full if name not in used]
    if missing:
        raise Refusal.because(f"no exchange rate for {missing}", "orders cannot be told in USD", "give their rates")
    return (full * used[list(full)]).sum(axis=1)


def cash_history(
    items: pd.DataFrame,
    as_of: object,
    *,
    sales: pd.Series | None = None,
    receivables: pd.DataFrame | None = None,
) -> CashHistory:
    """The history behind a forecast, from `booked_items`; `receivables` tells business customers from payouts.

    Fees and refunds that are settled within a payout belong to the payout. Without `sales`, the sales are what payouts
    were made of, spread over the week before. Raises Refusal for less than half a year of movements.
    """
    kept = items[~items["account"].isin(DECIDED) & items["matched"]]
    start, last = kept["issued_on"].min(), pd.Timestamp(as_of)
    days = (last - start).days if len(kept) else 0
    if days < 182:
        raise Refusal.because(
            "no cash forecast", f"the ledger covers {days} days, and half a year is needed", "give a longer ledger"
        )
    labels = _labels(kept, receivables)
    names, group = np.unique(labels.to_numpy(dtype=str), return_inverse=True)
    place = {name: (kept[name] - start).dt.days for name in ("issued_on", "due_on", "paid_on")}
    usd = np.where(kept["paid_on"].isna(), kept["open_usd"], kept["paid_usd"]).astype(float)
    history = CashHistory(
        start=start,
        last=days,
        names=tuple(str(name) for name in names),
        group=group,
        issued=place["issued_on"].to_numpy(int),
        due=place["due_on"].to_numpy(int),
        paid=place["paid_on"].fillna(10**6).to_numpy(int),
        usd=usd,
        sales=np.zeros(days + 1),
        calendar=_Calendar.over(start, days + LONGEST * DAYS + 40),
    )
    return replace(history, sales=_sales_of(history, sales), from_payouts=sales is None or not len(sales))


def outlook(
    history: CashHistory,
    origin: int | None = None,
    weeks: int = 13,
    *,
    factors: Mapping[str, float] | None = None,
) -> Outlook:
    """Expected cash of the weeks after day `origin` (default: the last), using only what was known on that day.

    `factors` multiply what is not yet booked, by group (a scenario); groups that are not named keep 1.

    Raises InputError for an origin outside the history or fewer than one week.
    """
    origin = history.last if origin is None else origin
    if not 182 <= origin <= history.last:
        raise InputError.out_of_range("origin", origin, f"a day from 182 to {history.last} of the history")
    if not 1 <= weeks <= LONGEST:
        raise InputError.out_of_range("weeks", weeks, f"from 1 to {LONGEST}")
    seen = history.sales_until(origin)
    ahead = _sales_ahead(history.sales, seen, origin - seen + weeks * DAYS + 31)
    sales = np.r_[history.sales[: seen + 1], ahead]
    new = np.array([_new_cash(history, place, origin, weeks, sales) for place in range(len(history.names))])
    change = np.array([(factors or {}).get(name, 1.0) for name in history.names])
    return Outlook(origin, history.names, _known_cash(history, origin, weeks), new * change[:, None])


def _labels(items: pd.DataFrame, receivables: pd.DataFrame | None) -> pd.Series:
    labels = items["account"].copy()
    payout = items["document"].isin(items.loc[items["account"] == "sales payout", "document"].dropna())
    labels = labels.mask(payout & items["account"].isin(["sales payout", "platform fees", "refunds"]), "payouts")
    if receivables is not None:
        trade = receivables.loc[receivables["kind"] == "wholesale", "invoice_id"]
        labels = labels.mask(items["document"].isin(trade), "business customers")
    return labels


def _sales_of(history: CashHistory, sales: pd.Series | None) -> np.ndarray:
    days = history.last + 1
    if sales is not None and len(sales):
        calendar = pd.date_range(history.start, periods=days)
        return sales.reindex(calendar, fill_value=0.0).to_numpy(float)
    receipts = history.usd > 0
    spread = np.bincount(history.issued[receipts], history.usd[receipts], days)[:days]
    return np.convolve(spread[::-1], np.ones(DAYS) / DAYS)[:days][::-1]


def _sales_ahead(sales: np.ndarray, origin: int, days: int) -> np.ndarray:
    """Level of the last weeks, times what the same days did in past years beside the level before them."""
    level = sales[origin + 1 - LEVEL_DAYS : origin + 1].mean()
    ratios = []
    for year in (1, 2):
        then = origin - year * YEAR
        if then + 1 - LEVEL_DAYS < 0:
            break
        window = sales[then + 1 - 7 : min(then + days, origin) + 1]
        smooth = np.convolve(np.pad(window, 3, mode="edge"), np.ones(7) / 7, mode="valid")[7:]
        base = sales[then + 1 - LEVEL_DAYS : then + 1].mean()
        if base > 0:
            ratios.append(np.pad(smooth, (0, max(days - len(smooth), 0)), mode="edge")[:days] / base)
    if not ratios:
        return np.full(days, level)
    return level * np.exp(np.mean(np.log(np.maximum(ratios, 0.05)), axis=0))


def _known_cash(history: CashHistory, origin: int, weeks: int) -> np.ndarray:
    """Booked and unpaid on the day, by due week; what is overdue comes evenly over four weeks, or is given up."""
    waiting = (history.issued <= origin) & (history.paid > origin)
    due, usd, group = history.due[waiting], history.usd[waiting], history.group[waiting]
    result = np.zeros((len(history.names), weeks))
    late = due <= origin
    week = (due - origin - 1) // DAYS
    on_time = ~late & (week < weeks)
    np.add.at(result, (group[on_time], week[on_time]), usd[on_time])
    hoped = late & (origin - due < FORGOTTEN)
    spread = min(4, weeks)
    for step in range(spread):
        np.add.at(result[:, step], group[hoped], usd[hoped] / spread)
    return result


def _new_cash(history: CashHistory, place: int, origin: int, weeks: int, sales: np.ndarray) -> np.ndarray:
    """What is not yet booked: expected issues day by day, then delayed as payments were."""
    days = weeks * DAYS
    mine = history.by_group[place][0] <= origin
    issued, paid, usd = (part[mine] for part in history.by_group[place])
    if not len(usd) or issued.max() < origin - 200:
        return np.zeros(weeks)
    booked = np.bincount(issued, usd, origin + 1)
    calendar = history.calendar.upto(origin + days + 32)
    future = _issues(history.names[place], booked, calendar, origin, sales)[:days]
    settled = (paid <= origin) & (issued > origin - 200)
    delay = np.clip(paid - issued, 0, days)[settled]
    pattern = np.bincount(delay, np.abs(usd[settled]), days + 1)
    if pattern.sum() <= 0:
        pattern[0] = 1.0
    cash = np.convolve(future, pattern / pattern.sum())[:days]
    return cash.reshape(weeks, DAYS).sum(axis=1)


def _issues(name: str, booked: np.ndarray, calendar: _Calendar, origin: int, sales: np.ndarray) -> np.ndarray:
    """Expected amounts by day of issue after `origin`: weekly, at month's end, or spread over days."""
    year = slice(max(origin - YEAR, 0), origin + 1)
    recent = np.abs(booked[year])
    by_weekday = np.bincount(calendar.weekday[year], recent, 7)
    if recent[calendar.month_end[year]].sum() > 0.9 * recent.sum():
        return _monthly(name, booked, calendar, origin, sales)
    if by_weekday.max() > 0.8 * recent.sum():
        return _weekly(booked, calendar, origin, sales, int(by_weekday.argmax()))
    return _spread(booked, origin, len(calendar.month) - origin - 1)


def _weekly(booked: np.ndarray, calendar: _Calendar, origin: int, sales: np.ndarray, weekday: int) -> np.ndarray:
    """Each week's settlement: its share of the week's sales as in the last quarter."""
    future = np.zeros(len(calendar.month) - origin - 1)
    days = np.flatnonzero(calendar.weekday == weekday)
    done = np.flatnonzero(booked)[-1]
    before = days[(days <= done) & (days > done - 91)]
    if len(before) < 2:
        return future
    total = np.cumsum(np.r_[0.0, sales])
    # All that was booked since the first of these days, so that a settlement moved by a day is not lost.
    of_week = booked[before[0] + 1 : done + 1].sum() / max(total[done + 1] - total[before[0] + 1], 1e-9)
    coming = days[(days > origin) & (days < len(sales))]
    first = coming - 6
    # The next settlement takes what is not settled yet, if it is not more than two weeks' sales.
    first[0] = done + 1 if done > origin - 14 else first[0]
    future[coming - origin - 1] = of_week * (total[coming + 1] - total[np.minimum(first, coming + 1)])
    return future


def _monthly(name: str, booked: np.ndarray, calendar: _Calendar, origin: int, sales: np.ndarray) -> np.ndarray:
    """One bill a month: by last year and drift where it is fixed, by sales of the month where it follows them."""
    month = calendar.month
    bills = np.bincount(month[: origin + 1], booked, month[-1] + 1)
    turnover = np.bincount(month[: len(sales)], sales[: len(month)], month[-1] + 1)
    ends = np.flatnonzero(calendar.month_end)
    last = month[ends[ends <= origin][-1]]
    ahead = ends[ends > origin]
    if name in WITH_SALES:
        rate = bills[max(last - 2, 0) : last + 1].sum() / max(turnover[max(last - 2, 0) : last + 1].sum(), 1e-9)
        expected = rate * turnover[month[ahead]]
    else:
        expected = _with_drift(bills, last, month[ahead])
    future = np.zeros(len(calendar.month) - origin - 1)
    future[ahead - origin - 1] = expected
    return future


def _with_drift(bills: np.ndarray, last: int, months: np.ndarray) -> np.ndarray:
    """The same month a year ago, moved by the change of the last three months against theirs; else their mean."""
    recent = bills[max(last - 2, 0) : last + 1]
    if last < 14:
        return np.full(len(months), recent.mean())
    then = bills[last - 14 : last - 11].sum()
    drift = np.clip(recent.sum() / then, 0.5, 2.0) if then else 1.0
    return bills[months - 12] * drift


def _spread(booked: np.ndarray, origin: int, days: int) -> np.ndarray:
    """Bills of no fixed day: the last quarter's mean, moved half way to what the season did a year ago."""
    level = booked[origin - 90 : origin + 1].mean()
    then = origin - YEAR
    if then - 90 < 0 or not booked[then - 90 : then + 1].sum():
        return np.full(days, level)
    window = booked[then + 1 - 14 : min(then + days, origin) + 1]
    smooth = np.convolve(np.pad(window, 14, mode="edge"), np.ones(29) / 29, mode="valid")[14:]
    ratio = np.pad(smooth, (0, max(days - len(smooth), 0)), mode="edge")[:days] / booked[then - 90 : then + 1].mean()
    return level * np.clip(ratio, 0.2, 3.0) ** 0.5
