"""One company's cash: its books, its thirteen weeks, its line of safety, and what a held payout would do."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.company import Company
from crossborder.errors import InputError, Refusal
from crossborder.finance.booked_items import company_items
from crossborder.finance.cash_backtest import Backtest, accuracy_table, backtest, cash_fan, coverage, forecast_accuracy
from crossborder.finance.cash_forecast import DAYS, DECIDED, CashHistory, cash_history, daily_sales, outlook
from crossborder.finance.cash_gap import FinancingPlan, cash_gap, financing_plan, reserve_months, safety_line
from crossborder.finance.cash_levers import scenario_factors
from crossborder.finance.opening_statement import income_statement, opening_balance, reconciliation
from crossborder.reference import exchange, files

__all__ = [
    "Books", "CashStudy", "CashTrust", "assumed", "books", "cash_so_far", "cash_study", "cover", "financing_choices",
    "fixed_costs", "held_payouts", "monthly_earnings", "months_covered", "planned_movements", "trust", "truth_gaps",
    "weeks_bearable",
]  # fmt: skip

FIXED_ACCOUNTS = ("payroll", "rent", "software", "service", "compliance", "interest")


@dataclass(frozen=True)
class Books:
    """The company's booked items, balance sheet, income of the last twelve months and the checks on them."""

    items: pd.DataFrame
    balance: pd.Series
    income: pd.Series
    checks: pd.DataFrame

    @property
    def gap_usd(self) -> float:
        """The largest gap of all checks, USD."""
        return float(self.checks["gap_usd"].abs().max())


@dataclass(frozen=True)
class CashStudy:
    """The forecast with its back-test: `fan` has gap and trigger by week; amounts in USD."""

    history: CashHistory
    test: Backtest
    fan: pd.DataFrame
    safety_usd: float
    payments_week_usd: float
    opening_usd: float
    factors: dict[str, float]

    @property
    def lowest(self) -> pd.Series:
        """The week in which the low end of cash is lowest."""
        return self.fan.loc[self.fan["cash_low"].idxmin()]


@dataclass(frozen=True)
class CashTrust:
    """Past errors: share of weeks inside the band, error against naive rules, share of the money foreseen."""

    covered: pd.DataFrame
    accuracy: pd.DataFrame
    foreseen: pd.DataFrame


def assumed(company: Company, name: str) -> tuple[float, float, float]:
    """(base, low, high) of an assumption: the company's own, or the placeholder of `finance_choices.csv`.

    Raises InputError for a name that neither has.
    """
    known = company.kept("finance.assumed", lambda: _assumptions(company))
    if name not in known:
        raise InputError.unknown("assumption", name, files.read("finance_choices.csv")["name"])
    return known[name]


def _assumptions(company: Company) -> dict[str, tuple[float, float, float]]:
    """(base, low, high) of every placeholder, and of the company's own assumptions in their place."""
    own = company.optional("assumptions")
    tables = [files.read("finance_choices.csv"), *([] if own is None else [own])]
    return {
        name: tuple(map(float, numbers))
        for table in tables
        for name, *numbers in table[["name", "base", "low", "high"]].itertuples(index=False)
    }


def books(company: Company) -> Books:
    """Booked items, balance sheet, income of twelve months (or since the opening day) and their reconciliation."""
    items = company_items(company)
    year = company.as_of - pd.DateOffset(years=1) + pd.Timedelta(days=1)
    first = items["issued_on"].min()
    since = first if first > year else year
    balance = opening_balance(company, items=items)
    return Books(
        items=items,
        balance=balance.set_index("item")["amount_usd"],
        income=income_statement(company, since, items=items).set_index("line")["amount_usd"],
        checks=reconciliation(company, items=items, balance=balance),
    )


def cash_study(
    company: Company, found: Books, *, weeks: int = 13, level: float = 0.8, safety_weeks: float = 0.0
) -> CashStudy:
    """The forecast of the weeks ahead. `safety_weeks` of payments (0: the company's own rule) set the safety line.

    Orders, receivables and payables are used where the company has them; a scenario changes what is not yet booked.
    """
    sales = None
    if company.has("orders"):
        currencies = sorted(_currencies(company))
        start = found.items["issued_on"].min() - pd.Timedelta(days=10)
        rates = exchange.rates(currencies, start=start, fill="forward") if currencies else pd.DataFrame()
        sales = daily_sales(company.events("orders"), rates)
    receivables = company.optional("receivables")
    history = cash_history(found.items, company.as_of, sales=sales, receivables=receivables)
    test = backtest(history, weeks=weeks)
    planned = planned_movements(company.table("ledger"), company.as_of, weeks)
    opening = float(found.balance["cash"])
    factors = scenario_factors(company, found.items)
    fan = cash_fan(history, test, opening, level=level, planned=planned, factors=factors)
    paid = float(-history.weekly(history.last - 13 * DAYS, 13, side=-1).mean() + _inside_payouts(history))
    rule = safety_weeks or assumed(company, "finance.cash.safety_weeks")[0]
    safety = safety_line(paid, rule, assumed(company, "finance.covenant.cash_min_usd")[0])
    return CashStudy(history, test, cash_gap(fan, safety), safety, paid, opening, factors)


def planned_movements(ledger: pd.DataFrame, as_of: object, weeks: int) -> np.ndarray:
    """Regular repayments of loans by week ahead, USD: the last three months' median, on their day of the month.

    Capital, equipment and new loans are decisions, and none is assumed.
    """
    day = pd.Timestamp(as_of)
    recent = ledger[(ledger["account"] == "loan") & (ledger["date"] > day - pd.DateOffset(months=3))]
    repaid = recent[recent["amount_usd"] < 0]
    result = np.zeros(weeks)
    if len(repaid) < 2:
        return result
    calendar = pd.date_range(day + pd.Timedelta(days=1), periods=weeks * DAYS)
    at_end = repaid["date"].dt.is_month_end.all()
    due = calendar.is_month_end if at_end else calendar.day == int(repaid["date"].dt.day.median())
    np.add.at(result, np.flatnonzero(due) // DAYS, float(repaid["amount_usd"].median()))
    return result


def financing_choices(company: Company, found: Books) -> pd.DataFrame:
    """What could be drawn at short notice: payouts sold early, and a bank line inside the debt covenant.

    Payouts: 80 % of what is open, within a week. Bank line: as much debt as the covenant leaves on twelve months of
    earnings, within three weeks. Both at the company's own rates.
    """
    waiting = found.items[found.items["open_usd"] > 0]["open_usd"].sum()
    room = assumed(company, "finance.covenant.debt_to_ebitda_max")[0] * max(float(found.income["ebitda"]), 0.0)
    line = max(room - float(found.balance["loan"]), 0.0)
    rows = [
        ("payouts sold early", 0.8 * waiting, assumed(company, "finance.factoring.rate_year")[0], 0.005, 1),
        ("bank line", line, assumed(company, "finance.debt.rate")[0], 0.0, 3),
    ]
    return pd.DataFrame(rows, columns=["instrument", "limit_usd", "rate_year", "fee_share", "lead_weeks"])


def held_payouts(study: CashStudy, weeks: int, share: float = 1.0) -> pd.DataFrame:
    """The fan if a share of all payouts is held back for the next `weeks` weeks and paid in the week after.

    Columns as the fan's, with gap_usd and trigger; past the last week nothing comes back.
    """
    if weeks < 0 or not 0 <= share <= 1:
        raise InputError.out_of_range("weeks and share", (weeks, share), "at least 0, share from 0 to 1")
    change = _held(_payouts_ahead(study) * share, weeks)
    shifted = study.fan.copy()
    for name in ("net_usd", "net_low", "net_high"):
        shifted[name] = shifted[name] + change
    for name in ("cash_usd", "cash_low", "cash_high"):
        shifted[name] = shifted[name] + np.cumsum(change)
    return cash_gap(shifted, study.safety_usd)


def weeks_bearable(study: CashStudy, share: float = 1.0) -> int:
    """The longest hold of payouts, in weeks, that keeps the low end of cash above the safety line."""
    coming, low = _payouts_ahead(study) * share, study.fan["cash_low"].to_numpy()
    held = [np.cumsum(_held(coming, weeks)) for weeks in range(len(coming) + 1)]
    fine = [bool((low + change >= study.safety_usd).all()) for change in held]
    return max(fine.index(False) - 1, 0) if False in fine else len(coming)


def _payouts_ahead(study: CashStudy) -> np.ndarray:
    look = outlook(study.history, weeks=len(study.fan), factors=study.factors)
    if "payouts" not in look.names:
        raise Refusal.because("no payouts to hold", "the ledger has none", "leave this question out")
    place = look.names.index("payouts")
    return look.known[place] + look.new[place]


def _held(coming: np.ndarray, weeks: int) -> np.ndarray:
    held = np.where(np.arange(len(coming)) < weeks, coming, 0.0)
    back = np.zeros(len(coming))
    if weeks < len(coming):
        back[weeks] = held.sum()
    return back - held


def cover(company: Company, found: Books, held: pd.DataFrame) -> FinancingPlan:
    """The cheapest cover of a fan's gaps by what the company can draw at short notice."""
    return financing_plan(held["gap_usd"].to_numpy(), financing_choices(company, found))


def months_covered(company: Company, found: Books, *, level: float = 0.9) -> tuple[float, float, float]:
    """Months of fixed cost that cash covers, with range; see `reserve_months`."""
    return reserve_months(float(found.balance["cash"]), fixed_costs(found.items, company.as_of), level=level)


def trust(study: CashStudy, *, level: float, rng: np.random.Generator) -> CashTrust:
    """How the forecast of the study did over the past year."""
    weeks = len(study.fan)
    return CashTrust(
        coverage(study.test, level=level),
        accuracy_table(study.test, rng=rng),
        forecast_accuracy(study.history, weeks=weeks),
    )


def fixed_costs(items: pd.DataFrame, as_of: object, *, months: int = 12) -> np.ndarray:
    """Fixed cost of each of the last months, USD, positive: the accounts of `FIXED_ACCOUNTS`."""
    last = pd.Timestamp(as_of)
    chosen = items[items["account"].isin(FIXED_ACCOUNTS) & (items["issued_on"] > last - pd.DateOffset(months=months))]
    if chosen.empty:
        raise Refusal.because("no fixed cost", f"none of {list(FIXED_ACCOUNTS)} is in the ledger", "name its accounts")
    monthly = chosen.groupby(chosen["issued_on"].dt.to_period("M"))["accrued_usd"].sum()
    return -monthly.to_numpy(float)


def monthly_earnings(items: pd.DataFrame, as_of: object, *, months: int = 24) -> np.ndarray:
    """Earnings of each of the last months before interest, tax and investment, USD; goods count when invoiced."""
    last = pd.Timestamp(as_of)
    chosen = items[~items["account"].isin([*DECIDED, "interest", "tax"])]
    chosen = chosen[chosen["issued_on"] > last - pd.DateOffset(months=months)]
    monthly = chosen.groupby(chosen["issued_on"].dt.to_period("M"))["accrued_usd"].sum()
    return monthly.to_numpy(float)


def _currencies(company: Company) -> set[str]:
    orders = company.events("orders")
    return set(orders.select("currency").distinct().to_pandas()["currency"]) - {"USD"}


def _inside_payouts(history: CashHistory) -> float:
    """Fees and refunds settled inside payouts, a week: not payments, though negative (USD, below zero)."""
    if "payouts" not in history.names:
        return 0.0
    mine = (history.group == history.names.index("payouts")) & (history.usd < 0)
    recent = mine & (history.paid <= history.last) & (history.paid > history.last - 13 * DAYS)
    return float(history.usd[recent].sum()) / 13


def cash_so_far(company: Company, opening_usd: float, *, weeks: int = 26) -> pd.Series:
    """Cash at the end of each of the last weeks, USD, from the ledger back from today's cash; the last is today."""
    ledger = company.table("ledger")
    ends = company.as_of - DAYS * pd.to_timedelta(np.arange(weeks, -1, -1), unit="D")
    moved = ledger.set_index("date")["amount_usd"].astype(float).sort_index().cumsum()
    return pd.Series(opening_usd - moved.iloc[-1] + _asof(moved, ends), index=ends)


def _asof(moved: pd.Series, days: pd.DatetimeIndex) -> np.ndarray:
    place = np.searchsorted(moved.index.to_numpy(), days.to_numpy(), side="right") - 1
    return np.where(place >= 0, moved.to_numpy()[np.maximum(place, 0)], 0.0)


def truth_gaps(found: Books, known: dict[str, float]) -> pd.DataFrame:
    """Balance sheet items against the known closing amounts of a simulation: item, known_usd, found_usd, gap_usd.

    `known` has cash, loan, payables (taxes included) and receivables; debts are negative there.
    """
    mine = found.balance
    pairs = {
        "cash": mine["cash"],
        "receivables": mine["receivables"],
        "payables": -(mine["payables"] + mine["tax_payable"]),
        "loan": -mine["loan"],
    }
    table = pd.DataFrame({"item": list(pairs), "found_usd": [float(v) for v in pairs.values()]})
    table.insert(1, "known_usd", table["item"].map(known).astype(float))
    return table.assign(gap_usd=(table["found_usd"] - table["known_usd"]).round(2) + 0.0)
