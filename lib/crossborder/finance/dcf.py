"""What the plan is worth: free cash flow discounted month by month, a terminal value, and what the market would pay."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = [
    "FREE_CASH_LINES",
    "Valuation",
    "adjusted_present_value",
    "discounted_value",
    "exit_value",
    "fading_value",
    "free_cash_flow",
    "implied_growth",
    "justified_sales_multiple",
    "multiples",
    "terminal_value",
    "value_driver_terminal",
    "yearly_value",
]

FREE_CASH_LINES = (
    "cash_from_operations", "interest_paid", "interest_received", "profit_before_tax", "tax_expense",
    "capital_spending",
)  # fmt: skip
"""Lines of the plan from which `free_cash_flow` is made."""


@dataclass(frozen=True)
class Valuation:
    """Enterprise value (USD), on each path: the plan's years, the terminal value behind them, and their sum."""

    plan: np.ndarray
    terminal: np.ndarray

    @property
    def enterprise(self) -> np.ndarray:
        """Value of the business to all who finance it."""
        return self.plan + self.terminal

    @property
    def terminal_share(self) -> np.ndarray:
        """Share of the value that lies behind the plan's horizon."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.enterprise != 0, self.terminal / self.enterprise, np.nan)


def terminal_value(last_year_flow: np.ndarray, rate: float, growth: float) -> np.ndarray:
    """Value at the horizon of a flow that grows for ever: flow (1 + growth) / (rate - growth) (Gordon, 1959).

    A negative last year has no value for ever: it counts as zero, because it would be stopped.
    """
    if growth >= rate:
        raise Refusal.because(
            f"no terminal value at growth {growth:.1%} and a rate of {rate:.1%}",
            "growth for ever must lie below the rate",
            "take a growth of at most the economy's",
        )
    return np.maximum(np.asarray(last_year_flow, dtype=float), 0) * (1 + growth) / (rate - growth)


def value_driver_terminal(next_profit: float, rate: float, growth: float, return_on_new: float) -> float:
    """Value at the horizon where growth must be paid for: profit x (1 - growth / return) / (rate - growth).

    `next_profit` is the operating profit after tax of the first year behind the horizon, `return_on_new` what new
    capital earns: at the rate itself growth adds nothing (Koller et al., Valuation, "value driver formula").
    """
    if return_on_new <= 0 or growth >= rate:
        raise InputError.out_of_range("return_on_new, growth", (return_on_new, growth), "above 0; below the rate")
    return float(next_profit * (1 - growth / return_on_new) / (rate - growth))


def fading_value(flow: float, rate: float, growth: float, later_growth: float, fade_years: float) -> float:
    """Value of a yearly flow (the last one paid) whose growth fades evenly to `later_growth` over `fade_years`.

    The H-model: flow x ((1 + later) + years / 2 x (growth - later)) / (rate - later), an approximation that is exact
    without a fade (Fuller and Hsia, 1984).
    """
    if later_growth >= rate or fade_years < 0:
        raise InputError.out_of_range(
            "later_growth, fade_years", (later_growth, fade_years), "below the rate; 0 or more"
        )
    return flow * ((1 + later_growth) + fade_years / 2 * (growth - later_growth)) / (rate - later_growth)


def free_cash_flow(lines: Mapping[str, np.ndarray]) -> np.ndarray:
    """Cash to all who finance the business, [path, month], as if it had no debt, from `FREE_CASH_LINES`, USD.

    Operations before interest, less capital spending and less the tax that interest saved (paid a month later, as the
    plan pays tax): the cost of capital counts debt after tax, so the saving would count twice (Koller et al.,
    Valuation, chapter 10).
    """
    found = {name: np.asarray(lines[name], dtype=float) for name in FREE_CASH_LINES}
    found = {name: array[:, :, 0, 0] if array.ndim == 4 else np.atleast_2d(array) for name, array in found.items()}
    profit = found["profit_before_tax"]
    rate = np.divide(found["tax_expense"], profit, out=np.zeros_like(profit), where=profit > 0)
    interest = found["interest_paid"] - found["interest_received"]
    saved = np.zeros_like(profit)
    saved[:, 1:] = (interest * rate)[:, :-1]
    return found["cash_from_operations"] + interest - saved - found["capital_spending"]


def discounted_value(
    monthly_flows: np.ndarray, rate: float, terminal_growth: float, *, mid_period: bool = True
) -> Valuation:
    """Enterprise value of monthly free cash flows, [path, month] or [month].

    The yearly `rate` is compounded by month. With `mid_period` a month's money comes at its middle, and the terminal
    value, a year's money on average at mid-year, is discounted half a year less (Koller et al., Valuation, chapter 10).
    """
    flows = np.atleast_2d(np.asarray(monthly_flows, dtype=float))
    if flows.shape[1] < 12:
        raise InputError.out_of_range("months", flows.shape[1], "at least 12, so that there is a last year")
    if rate <= 0:
        raise InputError.out_of_range("rate", rate, "above 0")
    months = np.arange(flows.shape[1]) + (0.5 if mid_period else 1.0)
    plan = (flows * (1 + rate) ** (-months / 12)).sum(axis=1)
    years = flows.shape[1] / 12 - (0.5 if mid_period else 0.0)
    terminal = terminal_value(flows[:, -12:].sum(axis=1), rate, terminal_growth) * (1 + rate) ** -years
    return Valuation(plan, terminal)


def exit_value(last_year_earnings: np.ndarray, multiple: float) -> np.ndarray:
    """Value at the horizon as a multiple of the last year's earnings (EV/EBITDA); losses have none."""
    if multiple < 0:
        raise InputError.out_of_range("multiple", multiple, "0 or more")
    return np.maximum(np.asarray(last_year_earnings, dtype=float), 0) * multiple


def implied_growth(terminal: float, last_year_flow: float, rate: float, *, mid_year: bool = False) -> float:
    """Growth for ever that an exit value implies: (value x rate - flow) / (value + flow).

    With `mid_year` the flows behind the horizon come half a year earlier, so flow x (1 + rate)^0.5 stands for flow.
    """
    flow = last_year_flow * ((1 + rate) ** 0.5 if mid_year else 1.0)
    if terminal + flow <= 0:
        raise InputError.out_of_range("terminal", terminal, "above 0 together with the flow")
    return (terminal * rate - flow) / (terminal + flow)


def yearly_value(
    flows: np.ndarray,
    rate: float,
    *,
    growth: float | None = None,
    exit_usd: float | None = None,
    mid_year: bool = False,
) -> Valuation:
    """Enterprise value of yearly flows at year ends, or at mid-years, with a Gordon or an exit terminal value.

    With `mid_year` the years' flows and a Gordon value count half a year less; an exit value is the price of a sale
    at the end of the last year and is discounted in full (Rosenbaum and Pearl, Investment Banking, chapter 3).
    Exactly one of `growth` and `exit_usd`.
    """
    if (growth is None) == (exit_usd is None):
        raise InputError.out_of_range("growth, exit_usd", (growth, exit_usd), "exactly one of the two")
    paths = np.atleast_2d(np.asarray(flows, dtype=float))
    if rate <= 0 or not paths.shape[1]:
        raise InputError.out_of_range("rate", rate, "above 0, and one year or more")
    years = np.arange(1, paths.shape[1] + 1) - (0.5 if mid_year else 0.0)
    plan = (paths * (1 + rate) ** -years).sum(axis=1)
    if exit_usd is None:
        terminal = terminal_value(paths[:, -1], rate, growth) * (1 + rate) ** -years[-1]
    else:
        terminal = np.full(len(paths), exit_usd) * (1 + rate) ** -float(paths.shape[1])
    return Valuation(plan, terminal)


def adjusted_present_value(
    yearly_flows: np.ndarray, unlevered_rate: float, debt: float, debt_rate: float, tax_rate: float
) -> float:
    """Value without debt plus the tax saved on a constant debt (Myers, 1974); flows at year ends, no terminal value."""
    years = np.arange(1, len(yearly_flows) + 1)
    unlevered = float((np.asarray(yearly_flows) * (1 + unlevered_rate) ** -years).sum())
    return unlevered + float((debt * debt_rate * tax_rate * (1 + debt_rate) ** -years).sum())


def justified_sales_multiple(net_margin: float, growth: float, rate: float, *, reinvested: float = 0.0) -> float:
    """Price over sales that a margin and a growth for ever justify: margin x (1 - reinvested) x (1 + g) / (rate - g).

    Source: Damodaran, Investment Valuation, chapter 20. Refuses a growth at or above the rate.
    """
    return float(terminal_value(np.array(net_margin * (1 - reinvested)), rate, growth))


def multiples(
    revenue_year: float, ebitda_year: float, net_debt: float, ranges: pd.DataFrame, *, net_income_year: float = 0.0
) -> pd.DataFrame:
    """Equity value at market multiples: `ranges` has multiple (P/S, P/E or EV/EBITDA), low, base, high and source.

    P/S and P/E price equity by revenue and net income, EV/EBITDA the business by its earnings, from which net debt is
    taken. A loss has no price over earnings: 0.
    """
    base = {"P/S": revenue_year, "EV/EBITDA": ebitda_year, "P/E": max(net_income_year, 0.0)}
    unknown = set(ranges["multiple"]) - set(base)
    if unknown:
        raise InputError.unknown("multiple", min(unknown), base)
    table = ranges.copy()
    debt = np.where(table["multiple"] == "EV/EBITDA", net_debt, 0.0)
    for end in ("low", "base", "high"):
        table[f"{end}_usd"] = table["multiple"].map(base).to_numpy() * table[end].to_numpy() - debt
    return table
