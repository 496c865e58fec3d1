"""What the plan says: yearly statements, value by market, odds of missing targets, and what a target would need."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.finance.dcf import FREE_CASH_LINES, discounted_value, free_cash_flow
from crossborder.finance.evaluate import evaluate
from crossborder.finance.plan_inputs import PlanCase, scaled, with_drivers
from crossborder.finance.sensitivity import sobol, tornado
from crossborder.finance.simulation import draw_drivers, quantile_with_error, simulate
from crossborder.finance.statements import STATEMENTS, plan_model
from crossborder.finance.valuation import InternalRates, irr, payback_years

__all__ = [
    "MarketInvestment",
    "Paths",
    "fan",
    "market_investments",
    "odds",
    "plan_paths",
    "reverse_plan",
    "sensitivities",
    "value_by_market",
    "yearly_statements",
]

KEEP = (
    "revenue", "contribution_total", "ebitda", "net_income", "cash", "loan", *FREE_CASH_LINES, "balance_gap",
    "cash_gap",
)  # fmt: skip


def yearly_statements(values: Mapping[str, np.ndarray], case: PlanCase, statement: str) -> pd.DataFrame:
    """A statement by plan year, USD: flows summed, balances at the year's end. Rows are lines, columns `year 1` ...

    Raises InputError for an unknown statement.
    """
    if statement not in STATEMENTS:
        raise InputError.unknown("statement", statement, STATEMENTS)
    years = len(case.months) // 12
    rows = {}
    for name in STATEMENTS[statement]:
        monthly = np.broadcast_to(values[name][0, :, 0, 0], len(case.months))[: years * 12].reshape(years, 12)
        rows[name] = monthly[:, -1] if statement == "balance" else monthly.sum(axis=1)
    return pd.DataFrame(rows, index=[f"year {n + 1}" for n in range(years)]).T.rename_axis("line").reset_index()


@dataclass(frozen=True)
class Paths:
    """Simulated paths: lines of the group [path, month], the drivers drawn, and the enterprise value of each path."""

    lines: dict[str, np.ndarray]
    draws: pd.DataFrame
    value: np.ndarray
    terminal_share: float
    largest_gap: float


def plan_paths(
    case: PlanCase,
    *,
    paths: int,
    rate: float,
    terminal_growth: float,
    rng: np.random.Generator,
    correlation: pd.DataFrame | None = None,
) -> Paths:
    """The plan on many paths, its drivers drawn together; the balance and cash checks are looked at on every path."""
    draws = draw_drivers(case.drivers, paths, rng, correlation=correlation)
    lines = simulate(plan_model(), lambda part: with_drivers(case, part), draws, len(case.months), KEEP, chunk=125)
    worth = discounted_value(free_cash_flow(lines), rate, terminal_growth)
    gap = max(float(np.abs(lines[name]).max()) for name in ("balance_gap", "cash_gap"))
    return Paths(lines, draws, worth.enterprise, float(np.nanmedian(worth.terminal_share)), gap)


def fan(paths: Paths, line: str, levels: tuple[float, ...] = (0.5, 0.8, 0.9)) -> pd.DataFrame:
    """Median and central bands of a line by month: columns median, low_50, high_50 ..."""
    array = paths.lines[line]
    table = pd.DataFrame({"median": np.median(array, axis=0)})
    for level in levels:
        ends = np.quantile(array, [(1 - level) / 2, (1 + level) / 2], axis=0)
        table[f"low_{level * 100:.0f}"], table[f"high_{level * 100:.0f}"] = ends
    return table


def odds(
    paths: Paths, *, cash_floor: float, leverage_cap: float, hurdle_value: float, margin_target: float
) -> pd.DataFrame:
    """Probability of missing each limit within the first two years (value: over the plan), with its simulation error.

    Columns: limit, probability, low, high (95 % interval of the simulation, Wilson).
    """
    year_1 = slice(0, 12)
    ebitda = paths.lines["ebitda"][:, year_1].sum(axis=1)
    debt = paths.lines["loan"][:, 11]
    margin = paths.lines["net_income"][:, year_1].sum(axis=1) / paths.lines["revenue"][:, year_1].sum(axis=1)
    missed = {
        f"cash below {cash_floor:,.0f} USD": paths.lines["cash"][:, :24].min(axis=1) < cash_floor,
        f"debt above {leverage_cap:g} x EBITDA": (ebitda <= 0) | (debt > leverage_cap * ebitda),
        f"net margin below {margin_target:.0%}": margin < margin_target,
        "value below the capital in the business": paths.value < hurdle_value,
    }
    rows = [(name, *_wilson(hits)) for name, hits in missed.items()]
    return pd.DataFrame(rows, columns=["limit", "probability", "low", "high"])


def _wilson(hits: np.ndarray, z: float = 1.96) -> tuple[float, float, float]:
    n, share = len(hits), float(hits.mean())
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return share, max(middle - half, 0.0), min(middle + half, 1.0)


def sensitivities(
    case: PlanCase,
    *,
    rate: float,
    terminal_growth: float,
    rng: np.random.Generator,
    groups: Mapping[str, list[str]],
    size: int = 256,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tornado of the value at each driver's ends, and shares of its variance by group of drivers (Sobol)."""

    def value(design: pd.DataFrame) -> np.ndarray:
        inputs, months = lambda part: with_drivers(case, part), len(case.months)
        lines = simulate(plan_model(), inputs, design, months, FREE_CASH_LINES, chunk=128)
        return discounted_value(free_cash_flow(lines), rate, terminal_growth).enterprise

    return tornado(case.drivers, value), sobol(case.drivers, value, groups=groups, size=size, rng=rng)


def value_by_market(
    values: Mapping[str, np.ndarray], case: PlanCase, *, rate: float, terminal_growth: float
) -> pd.DataFrame:
    """Enterprise value by market, and what fixed cost, tax and working capital take from it; sums to the group.

    A market's value is its contribution, discounted as the group's cash is; the last row but one, `group cost`, is the
    rest: fixed cost, tax, working capital and spending, so that the table adds up exactly.
    """
    months = len(case.months)
    shape = (1, months, len(case.markets), len(case.platforms))
    by_market = np.broadcast_to(values["contribution"], shape).sum(axis=3)[0].T
    group = discounted_value(free_cash_flow(values), rate, terminal_growth).enterprise[0]
    each = discounted_value(by_market, rate, terminal_growth).enterprise
    rows = [*zip(case.markets, each, strict=True), ("group cost", group - each.sum()), ("enterprise value", group)]
    return pd.DataFrame(rows, columns=["step", "usd"])


@dataclass(frozen=True)
class MarketInvestment:
    """The question whether a market earns its capital: yearly flows, every internal rate, value and payback."""

    table: pd.DataFrame
    rates: dict[str, InternalRates]


def market_investments(
    values: Mapping[str, np.ndarray], case: PlanCase, capital: pd.Series, *, hurdle: float, fixed_share: pd.Series
) -> MarketInvestment:
    """Each market as a project over the plan's years: capital in at once, contribution less its share of fixed cost.

    `capital` (USD by market) is the working capital that it ties up, and comes back at the end; `fixed_share` by market
    sums to one. Columns: market, capital_usd, npv_usd, irr, irr_count, payback_years, accepts.
    """
    years = len(case.months) // 12
    shape = (1, len(case.months), len(case.markets), len(case.platforms))
    contribution = np.broadcast_to(values["contribution"], shape).sum(axis=3)[0]
    fixed = (values["payroll"] + values["overheads"])[0, :, 0, 0]
    tax = 1 - float(np.ravel(values["tax_rate"])[0])
    rows, rates = [], {}
    for place, market in enumerate(case.markets):
        monthly = contribution[:, place] - fixed * fixed_share[market]
        yearly = monthly[: years * 12].reshape(years, 12).sum(axis=1)
        flows = np.r_[-capital[market], np.where(yearly > 0, yearly * tax, yearly)]
        flows[-1] += capital[market]
        npv = float((flows * (1 + hurdle) ** -np.arange(years + 1)).sum())
        rates[market] = irr(flows) if (flows > 0).any() and (flows < 0).any() else InternalRates((), 0)
        only = rates[market].rates[0] if len(rates[market].rates) == 1 else np.nan
        rows.append(
            (market, capital[market], npv, only, len(rates[market].rates), payback_years(flows, hurdle), npv > 0)
        )
    columns = ["market", "capital_usd", "npv_usd", "irr", "irr_count", "payback_years", "accepts"]
    return MarketInvestment(
        pd.DataFrame(rows, columns=columns).sort_values("npv_usd", ascending=False, ignore_index=True), rates
    )


def reverse_plan(case: PlanCase, target_margin: float, levers: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """For each lever alone, the factor that brings the first year's net margin to the target.

    `levers` maps a name to the inputs on which it acts. A lever that cannot, between a factor of 0.3 and 3, says so.
    """
    from scipy.optimize import brentq

    model, months = plan_model(), 12
    short = PlanCase(
        {
            k: v if np.ndim(v) < 3 or np.shape(v)[-3] == 1 else np.asarray(v)[..., :months, :, :]
            for k, v in case.inputs.items()
        },
        case.months[:months],
        case.markets,
        case.platforms,
    )

    def gap(factor: float, names: tuple[str, ...]) -> float:
        changed = scaled(short, dict.fromkeys(names, factor))
        values = evaluate(model, changed.inputs, months, keep=["net_income", "revenue"])
        return float(values["net_income"].sum() / values["revenue"].sum()) - target_margin

    rows = []
    for lever, names in levers.items():
        low, high = gap(0.3, names), gap(3.0, names)
        factor = brentq(gap, 0.3, 3.0, args=(names,), xtol=1e-6) if low * high < 0 else np.nan
        rows.append((lever, factor - 1, "reaches it alone" if np.isfinite(factor) else "cannot reach it alone"))
    table = pd.DataFrame(rows, columns=["lever", "change_needed", "verdict"])
    return table.assign(margin_today=gap(1.0, ()) + target_margin)


def value_interval(paths: Paths, share: float) -> tuple[float, float, float]:
    """A quantile of the value with the error of the simulation.

    Raises Refusal with fewer than 100 paths.
    """
    if len(paths.value) < 100:
        raise Refusal.because("no quantile", f"{len(paths.value)} paths", "simulate at least 100")
    return quantile_with_error(paths.value, share)
