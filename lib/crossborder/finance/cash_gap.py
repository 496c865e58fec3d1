"""When cash falls below the safety line, and the cheapest way to stay above it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from crossborder.errors import InputError, Refusal

__all__ = ["FinancingPlan", "cash_gap", "financing_plan", "reserve_months", "safety_line"]

INSTRUMENTS = ["instrument", "limit_usd", "rate_year", "fee_share", "lead_weeks"]


@dataclass(frozen=True)
class FinancingPlan:
    """What to draw and when: `draws` (instrument, week, draw_usd, cost_usd), total cost, and what stays uncovered."""

    draws: pd.DataFrame
    cost_usd: float
    uncovered_usd: float


def safety_line(payments_week_usd: float, weeks: float, covenant_usd: float = 0.0) -> float:
    """The least cash to hold: so many weeks of payments, and never below what the lender asks for, USD."""
    if weeks < 0 or payments_week_usd < 0 or covenant_usd < 0:
        got = (payments_week_usd, weeks, covenant_usd)
        raise InputError.out_of_range("payments, weeks and covenant", got, "numbers of at least 0")
    return max(payments_week_usd * weeks, covenant_usd)


def cash_gap(fan: pd.DataFrame, safety_usd: float) -> pd.DataFrame:
    """The fan with `gap_usd`: what the low end of cash lacks to the safety line by week, and `trigger`: the first such.

    `gap_expected_usd` is the same for the expected path.
    """
    gap = np.maximum(safety_usd - fan["cash_low"], 0.0)
    first = (gap > 0) & (gap > 0).cumsum().eq(1)
    expected = np.maximum(safety_usd - fan["cash_usd"], 0.0)
    return fan.assign(gap_usd=gap, gap_expected_usd=expected, trigger=first)


def financing_plan(gap_usd: np.ndarray, instruments: pd.DataFrame) -> FinancingPlan:
    """Draws and repayments that close the gap of each week at the least cost, over the weeks given.

    `instruments` has instrument, limit_usd (outstanding at once), rate_year, fee_share (of each draw) and lead_weeks
    (weeks before the first draw). Linear programme: interest on what is outstanding and fees on draws, the sum
    outstanding covers each week's gap; where the limits do not reach, the uncovered rest is as small as can be.
    """
    missing = set(INSTRUMENTS) - set(instruments.columns)
    if missing:
        raise InputError.missing_columns("instruments", missing, instruments.columns)
    gap = np.asarray(gap_usd, dtype=float)
    if not np.isfinite(gap).all() or (gap < 0).any():
        raise InputError.out_of_range("gap_usd", gap.tolist(), "numbers of at least 0")
    if not gap.any():
        empty = pd.DataFrame(columns=["instrument", "week", "draw_usd", "cost_usd"])
        return FinancingPlan(empty, 0.0, 0.0)
    held, rest = _least_cost(gap, instruments)
    draws = np.maximum(np.diff(held, axis=1, prepend=0.0), 0.0)
    cost = held * instruments["rate_year"].to_numpy(float)[:, None] / 52
    cost = cost + draws * instruments["fee_share"].to_numpy(float)[:, None]
    rows = [
        (instruments["instrument"].iloc[i], int(week) + 1, draws[i, week], _cost_of(cost[i], draws[i], int(week)))
        for i, week in np.argwhere(draws > 0.5)
    ]
    table = pd.DataFrame(rows, columns=["instrument", "week", "draw_usd", "cost_usd"])
    table = table.sort_values(["week", "instrument"], ignore_index=True)
    return FinancingPlan(table, float(cost.sum()), float(rest.max()))


def reserve_months(cash_usd: float, fixed_cost_month: np.ndarray, *, level: float = 0.9) -> tuple[float, float, float]:
    """Months that cash covers of fixed cost, with a range from how much fixed cost differed between months.

    `fixed_cost_month` are monthly fixed costs, USD, positive. The range divides by the upper and lower ends of their
    mean (normal approximation). Raises Refusal without two months.
    """
    cost = np.asarray(fixed_cost_month, dtype=float)
    if len(cost) < 2 or cost.mean() <= 0:
        raise Refusal.because("no reserve months", "fixed cost of two months is needed", "give a longer ledger")
    half = stdtrit(len(cost) - 1, (1 + level) / 2) * cost.std(ddof=1) / np.sqrt(len(cost))
    low = cash_usd / (cost.mean() + half)
    high = cash_usd / max(cost.mean() - half, 1e-9 * cost.mean())
    return float(cash_usd / cost.mean()), *sorted((float(low), float(high)))


def _least_cost(gap: np.ndarray, instruments: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Outstanding by instrument and week, and the uncovered rest by week."""
    from scipy.optimize import linprog
    from scipy.sparse import bmat, coo_array, eye_array

    count, weeks = len(instruments), len(gap)
    size = count * weeks
    # Variables: outstanding [instrument, week], draw [instrument, week], uncovered [week].
    rate = np.repeat(instruments["rate_year"].to_numpy(float) / 52, weeks)
    fee = np.repeat(instruments["fee_share"].to_numpy(float), weeks)
    costs = np.r_[rate, fee, np.full(weeks, 1e3)]
    shift = coo_array(np.kron(np.eye(count), np.eye(weeks) - np.eye(weeks, k=-1)))
    covers = coo_array(np.kron(np.ones((1, count)), np.eye(weeks)))
    # outstanding - outstanding before <= draw; sum outstanding + uncovered >= gap
    left = bmat([[shift, -eye_array(size), None], [-covers, None, -eye_array(weeks)]])
    right = np.r_[np.zeros(size), -gap]
    open_from = instruments["lead_weeks"].to_numpy(float)[:, None] <= np.arange(weeks)
    limits = np.where(open_from, instruments["limit_usd"].to_numpy(float)[:, None], 0.0).ravel()
    bounds = np.c_[np.zeros(2 * size + weeks), np.r_[limits, np.full(size, np.inf), np.full(weeks, np.inf)]]
    found = linprog(costs, A_ub=left.tocsr(), b_ub=right, bounds=bounds, method="highs")
    if not found.success:
        raise Refusal.because("no financing plan", str(found.message), "check the limits of the instruments")
    return found.x[:size].reshape(count, weeks), found.x[2 * size :]


def _cost_of(cost: np.ndarray, draws: np.ndarray, week: int) -> float:
    """Cost from this draw until the next draw of the same instrument."""
    later = np.flatnonzero(draws[week + 1 :] > 0.5)
    end = week + 1 + later[0] if len(later) else len(cost)
    return float(cost[week:end].sum())
