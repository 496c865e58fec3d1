"""A year of the company in a few totals from its ledger: what reserves, fines and stress tests are measured against."""

from collections.abc import Mapping

import pandas as pd

from crossborder.errors import Refusal
from crossborder.risk.stress import Position

__all__ = ["GROUPS", "cash_path", "position", "yearly"]

GROUPS: dict[str, tuple[str, ...]] = {
    "revenue": ("sales payout", "refunds", "sales tax"),
    "goods": ("purchases",),
    "freight": ("freight", "inland", "insurance"),
    "duty": ("duty", "brokerage"),
    "fees": ("platform fees", "last mile", "warehousing", "returns handling"),
    "advertising": ("advertising",),
    "overheads": ("payroll", "service", "software", "rent", "compliance", "interest"),
}
"""Line -> accounts of the ledger; import tax and income tax are left out, because they follow profit and credit."""


def yearly(ledger: pd.DataFrame, as_of: pd.Timestamp, *, months: int = 12) -> dict[str, float]:
    """Totals of the last `months` months, USD, costs as positive numbers; and `profit` before tax."""
    begin = pd.Timestamp(as_of) - pd.DateOffset(months=months) + pd.Timedelta(days=1)
    recent = ledger[(ledger["date"] >= begin) & (ledger["date"] <= as_of)]
    if recent.empty:
        raise Refusal.because(
            "no yearly totals", f"the ledger has no entry from {begin:%Y-%m-%d} on", "set revenue_usd"
        )
    sums = recent.groupby("account")["amount_usd"].sum()
    totals = {line: float(sums.reindex(list(accounts)).fillna(0.0).sum()) for line, accounts in GROUPS.items()}
    totals = {line: value if line == "revenue" else -value for line, value in totals.items()}
    return totals | {"profit": totals["revenue"] - sum(v for k, v in totals.items() if k != "revenue")}


def cash_path(ledger: pd.DataFrame, opening: pd.DataFrame) -> pd.Series:
    """Cash at the end of each day with a movement, USD: opening cash and all ledger entries."""
    start = float(opening.loc[opening["item"] == "cash", "amount_usd"].sum())
    return start + ledger.groupby("date")["amount_usd"].sum().sort_index().cumsum()


def position(
    totals: Mapping[str, float],
    cash: pd.Series,
    *,
    stock_usd: float,
    debt_usd: float,
    cash_needed_usd: float,
    leverage_cap: float,
    **shares: float,
) -> Position:
    """Starting point of a stress test: the year's totals, today's cash less the usual yearly drawdown, limits.

    The lowest cash of the coming year is taken as today's cash plus the deepest drawdown of the last 365 days.
    """  # fmt: skip
    recent = cash[cash.index > cash.index[-1] - pd.Timedelta(days=365)]
    drawdown = float((recent - recent.cummax()).min())
    lines = {name: totals[name] for name in GROUPS}
    return Position(
        **lines,
        stock=stock_usd,
        debt=debt_usd,
        cash_low=float(cash.iloc[-1]) + drawdown,
        cash_needed=cash_needed_usd,
        leverage_cap=leverage_cap,
        **shares,
    )
