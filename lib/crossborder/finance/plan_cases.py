"""The plan's questions of one company: its drivers, capital, projects and budget."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.finance import budgeting, order_economics, plan_study
from crossborder.finance.dcf import multiples
from crossborder.finance.plan_inputs import PlanCase
from crossborder.reference import files

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = [
    "LEVERS",
    "WORKBOOK_SCENARIOS",
    "budget_variances",
    "capital_employed",
    "correlated",
    "driver_groups",
    "driver_table",
    "goods_days",
    "market_multiples",
    "market_projects",
    "odds_results",
    "structure_inputs",
]

# Levers of reverse planning, and the inputs that each moves.
LEVERS = {
    "orders": ("demand_factor",),
    "order value": ("order_value",),
    "purchase prices": ("product_cost_per_order", "customs_value_per_order"),
    "freight": ("freight_per_order",),
    "returns": ("return_rate",),
    "platform fees": ("platform_fee_rate",),
    "advertising budget": ("ad_budget",),
    "payroll": ("payroll",),
}
# The switch of the workbook: factors on inputs, the same sizes as the scenarios of those names.
WORKBOOK_SCENARIOS = {
    "freight_shock": {"freight_factor": 3.0},
    "ad_cost_up_40": {"ad_cost_factor": 1.4},
    "demand_boom": {"demand_factor": 1.3},
    "demand_slump": {"demand_factor": 0.75},
}
# Multiples of small online sellers; wide, because deals of this size are seldom published.
MULTIPLES = pd.DataFrame(
    [
        ("P/S", 0.4, 0.8, 1.5, "planning judgement for thin-margin sellers; a report's 8.5 is a listed platform's"),
        ("EV/EBITDA", 3.0, 4.5, 7.0, "planning judgement for owner-run sellers"),
        ("P/E", 5.0, 8.0, 13.0, "planning judgement for owner-run sellers"),
    ],
    columns=["multiple", "low", "base", "high", "source"],
)


def driver_table(case: PlanCase) -> pd.DataFrame:
    """The uncertain factors: low and high against the plan (fractions), where the span is from, and what each moves."""
    rows = [
        (d.name, d.low / d.base - 1, d.high / d.base - 1, d.basis, ", ".join(case.acts_on[d.name]))
        for d in case.drivers
    ]
    return pd.DataFrame(rows, columns=["factor", "low", "high", "basis", "acts_on"])


def correlated(case: PlanCase, names: list[str], correlation: float) -> pd.DataFrame:
    """Correlation matrix of the drivers: `correlation` among those named, none elsewhere."""
    every = [driver.name for driver in case.drivers]
    for name in set(names) - set(every):
        raise InputError.unknown("driver", name, every)
    matrix = pd.DataFrame(np.eye(len(every)), index=every, columns=every)
    matrix.loc[names, names] = correlation
    values = matrix.to_numpy().copy()
    np.fill_diagonal(values, 1.0)
    return pd.DataFrame(values, index=every, columns=every)


def driver_groups(case: PlanCase, together: list[str], label: str) -> dict[str, list[str]]:
    """Groups for the variance shares: the correlated drivers as one, every other alone."""
    alone = {driver.name: [driver.name] for driver in case.drivers if driver.name not in together}
    return {label: list(together), **alone}


def capital_employed(values: dict[str, np.ndarray]) -> float:
    """Capital in the business today, USD: receivables, stock and fixed assets less payables and tax owed."""
    held = sum(float(np.ravel(values[f"{name}_opening"])[0]) for name in ("receivables", "inventory", "fixed_assets"))
    return held - sum(float(np.ravel(values[f"{name}_opening"])[0]) for name in ("payables", "tax_payable"))


def structure_inputs(company: "Company", values: dict[str, np.ndarray], rate: float) -> dict[str, float | pd.Series]:
    """Arguments of `capital_structure` for the company: first-year operating income and its value as a perpetuity."""
    income = float(values["ebit"][0, :12].sum())
    if income <= 0:
        raise Refusal.because(
            "no best capital structure", f"the first plan year earns {income:,.0f} USD", "mend the plan first"
        )
    tax = company.value("finance.tax.rate")
    return {
        "operating_income_usd": income,
        "firm_value_usd": income * (1 - tax) / rate,
        "unlevered_beta": company.value("finance.equity.beta"),
        "risk_free_rate": company.value("finance.risk_free.rate_us"),
        "equity_premium": company.value("finance.equity.premium") + company.value("finance.size.premium"),
        "tax_rate": tax,
        "distress": files.read("distress_costs.csv").set_index("rating")["income_lost"],
    }


def market_projects(
    company: "Company", values: dict[str, np.ndarray], case: PlanCase, *, hurdle: float
) -> plan_study.MarketInvestment:
    """The markets as projects: capital by their share of stock and sales, fixed cost by their share of revenue."""
    shape = (1, len(case.months), len(case.markets), len(case.platforms))
    revenue = pd.Series(np.broadcast_to(values["net_sales"], shape)[0, :12].sum(axis=(0, 2)), index=list(case.markets))
    inventory = company.table("inventory")
    pieces = inventory[inventory["week"] == inventory["week"].max()].groupby("market")["on_hand"].sum().astype(float)
    stock = (pieces / pieces.sum()).reindex(case.markets).fillna(0.0)
    sales = revenue / revenue.sum()
    held = {
        n: float(np.ravel(values[f"{n}_opening"])[0]) for n in ("receivables", "inventory", "fixed_assets", "payables")
    }
    capital = stock * (held["inventory"] - held["payables"]) + sales * (held["receivables"] + held["fixed_assets"])
    return plan_study.market_investments(values, case, capital.clip(lower=1.0), hurdle=hurdle, fixed_share=sales)


def market_multiples(
    values: dict[str, np.ndarray], enterprise: np.ndarray | None = None, *, rate: float | None = None
) -> pd.DataFrame:
    """Equity value at market multiples of the first plan year, and by the plan's own discounted value.

    `enterprise` are values on the simulated paths: their 5 %, 50 % and 95 % less net debt make the last row, whose
    multiple of sales (`sales_multiple`) can be held against the market's.
    """
    year = {name: float(values[name][0, :12].sum()) for name in ("revenue", "ebitda", "net_income")}
    debt = float(np.ravel(values["loan_opening"])[0]) - float(np.ravel(values["cash_opening"])[0])
    table = multiples(year["revenue"], year["ebitda"], debt, MULTIPLES, net_income_year=year["net_income"])
    table = table[["multiple", "low_usd", "base_usd", "high_usd", "source"]]
    if enterprise is not None:
        ends = np.quantile(enterprise, [0.05, 0.5, 0.95]) - debt
        source = "the plan's discounted cash flow" if rate is None else f"the plan's cash flow at {rate:.1%}"
        table = pd.concat([table, pd.DataFrame([("DCF", *ends, source)], columns=table.columns)], ignore_index=True)
    return table.assign(sales_multiple=table["base_usd"] / year["revenue"])


def budget_variances(company: "Company") -> pd.DataFrame:
    """Budget against actual over the last twelve months; an empty table where the company has no budget."""
    columns = ["account", "budget_usd", "actual_usd", "variance_usd", "variance", "status"]
    budget = company.optional("budget")
    if budget is None:
        return pd.DataFrame(columns=columns)
    since, until = order_economics.period(company, 12)
    return budgeting.variance_table(budget, company.table("ledger"), since, until)[columns]


def odds_results(odds: pd.DataFrame, result: Callable[..., object]) -> list[object]:
    """The probabilities as named results, made by the `result` given (reports.Result)."""
    names = ["cash_short", "covenant_broken", "target_missed", "value_below_capital"]
    return [
        result(
            f"finance.odds.{name}",
            float(row.probability),
            float(row.low),
            float(row.high),
            level=0.95,
            unit="share",
            note=row.limit,
        )
        for name, row in zip(names, odds.itertuples(), strict=True)
    ]


def goods_days(case: PlanCase) -> float:
    """Days between paying for goods and selling them: stock less what suppliers lend, as the plan has them."""
    months = [float(np.ravel(case.inputs[f"{name}_months"])[0]) for name in ("inventory", "payable")]
    return (months[0] - months[1]) * 365 / 12
