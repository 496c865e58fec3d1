"""The company's plan as inputs of the finance area's model, with its uncertain factors."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from crossborder.company import shared
from crossborder.finance import opening_statement, order_economics, plan_inputs
from crossborder.finance.capital_cost import cost_of_equity, levered_beta, weighted_cost
from crossborder.finance.plan_inputs import PlanCase
from crossborder.finance.simulation import Driver
from crossborder.plan.growth import ad_budget_growth, planned_growth, season_by_market
from crossborder.plan.levers import foreign_markets, scenario_factors
from crossborder.plan.spans import measured_spans

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["base_case", "capital_rate", "plan_case", "plan_drivers"]

# Factors, and the inputs of the model that each moves.
ACTS_ON: dict[str, tuple[str, ...]] = {
    "demand": ("demand_factor",),
    "sales currencies": ("fx_index",),
    "purchase prices": ("product_cost_per_order", "customs_value_per_order"),
    "freight": ("freight_factor",),
    "duty": ("duty_rate",),
    "order value": ("order_value",),
    "returns": ("return_rate",),
    "media prices": ("ad_cost_factor",),
    "advertising effect": ("orders_per_ad_usd",),
    "fees": ("platform_fee_rate", "fulfilment_per_order"),
    "payroll": ("payroll",),
}
# Spans where nothing is measured: 5 % and 95 % against the plan.
JUDGED = {
    "sales currencies": (0.90, 1.11),
    "purchase prices": (0.95, 1.08),
    "freight": (0.75, 1.9),
    "duty": (0.9, 1.6),
    "order value": (0.96, 1.03),
    "returns": (0.9, 1.12),
    "media prices": (0.92, 1.25),
    "fees": (0.98, 1.1),
}
OPENING = ("cash", "receivables", "inventory", "fixed_assets", "payables", "tax_payable", "loan", "share_capital")


def capital_rate(company: "Company") -> dict[str, float]:
    """Cost of capital by the book from the assumptions: equity, debt after tax, weighted (fractions a year)."""
    value, share = company.value, company.value("finance.debt.share_target")
    tax = value("finance.tax.rate")
    beta = levered_beta(value("finance.equity.beta"), share / (1 - share), tax)
    equity = cost_of_equity(
        value("finance.risk_free.rate_us"), beta, value("finance.equity.premium"), value("finance.size.premium")
    )
    debt = value("finance.debt.rate")
    return {
        "equity": equity,
        "debt_after_tax": debt * (1 - tax),
        "weighted": weighted_cost(1 - share, share, equity, debt, tax),
        "beta": beta,
        "debt_share": share,
    }


def plan_case(
    company: "Company",
    *,
    months: int = 60,
    incremental_ad_share: float = 0.2,
    ad_share_range: tuple[float, float] | None = None,
) -> PlanCase:
    """The company's plan as inputs of `plan_model`, under its scenario.

    Orders and costs of the last twelve months, the market's growth, its season, the ledger's fixed cost, today's
    balance sheet. `incremental_ad_share` is the share of orders that advertising adds and `ad_share_range` its
    interval, as `advertising_share` measures them.
    """
    case, economics = base_case(company, months=months, incremental_ad_share=incremental_ad_share)
    ends = ad_share_range or (0.5 * incremental_ad_share, 1.5 * incremental_ad_share)
    effect = _effect(incremental_ad_share, *ends)
    drivers = plan_drivers(company, advertising_effect=effect)
    return replace(
        scenario_factors(company, case, economics),
        drivers=tuple(driver for driver, _ in drivers),
        acts_on={driver.name: names for driver, names in drivers},
        weights={"sales currencies": foreign_markets(company, case).astype(float)[:, None]},
    )


def _effect(share: float, low: float, high: float) -> tuple[float, float]:
    """Low and high factor on what advertising adds.

    Today's orders are known: were the share higher, the rest would be lower. So the upper end may not lift orders by
    more than the lower end takes from them (in ratio).
    """
    return (low / share, min(high / share, share / low)) if share > 0 and low > 0 else (1.0, 1.0)


def base_case(
    company: "Company", *, months: int = 60, incremental_ad_share: float = 0.2
) -> tuple[PlanCase, pd.DataFrame]:
    """The plan before any lever of a scenario, and the orders with costs on which it rests."""
    name = f"plan.base_case {months} {incremental_ad_share!r}"
    return company.kept(name, lambda: _base_case(company, months, incremental_ad_share))


def _base_case(company: "Company", months: int, incremental_ad_share: float) -> tuple[PlanCase, pd.DataFrame]:
    now = order_economics.order_economics(company, 12)
    growth = planned_growth(company)
    case = plan_inputs.segment_inputs(
        now.table,
        shared.once(season_by_market, company),
        growth["low"],
        growth["base"] - growth["low"],
        months,
        start=pd.Timestamp(now.until) + pd.Timedelta(days=1),
        incremental_ad_share=incremental_ad_share,
        terminal_growth=company.value("finance.growth.terminal"),
        resale_share=_resale_share(company, now),
        past=growth["high"],
        ad_growth=ad_budget_growth(company, now),
    )
    return _with_group(company, case, now), now.table


def _resale_share(company: "Company", now: order_economics.OrderEconomics) -> float:
    """Share of returned pieces that went back on the shelf in the period."""
    inventory = company.table("inventory")
    restocked = float(inventory.loc[inventory["week"] >= now.since, "restocked"].sum())
    return min(restocked / max(float(now.table["returned"].sum()), 1.0), 1.0)


def _with_group(company: "Company", case: PlanCase, now: order_economics.OrderEconomics) -> PlanCase:
    """The case with fixed cost, working capital, debt, tax and today's balance sheet."""
    opening = shared.once(opening_statement.opening_balance, company).set_index("item")["amount_usd"].to_dict()
    year = now.table[["price", "discount", "sales_tax", "refund"]].sum()
    goods = float(now.table[["product", "inland", "freight", "insurance", "duty", "brokerage"]].sum().sum())
    ledger = company.table("ledger")
    recent = ledger[ledger["date"].between(now.since, now.until)].groupby("account")["amount_usd"].sum()
    equipment = -float(ledger.loc[ledger["account"] == "equipment", "amount_usd"].sum())
    history_months = max((company.as_of - ledger["date"].min()).days / 30.4, 1.0)
    return plan_inputs.group_inputs(
        case,
        {name: opening.get(name, 0.0) for name in OPENING} | {"losses": 0.0},
        order_economics.fixed_costs(company, now),
        payroll_growth=company.value("finance.payroll.growth_year"),
        inflation=company.value("finance.growth.terminal"),
        tax_rate=company.value("finance.tax.rate"),
        loan_rate=company.value("finance.debt.rate"),
        loan_repaid_month=max(-float(recent.get("loan", 0.0)), 0.0) / 12,
        capital_spending_month=max(equipment, 0.0) / history_months,
        first_month={"revenue": float(year["price"] - year.iloc[1:].sum()) / 12, "cost_of_goods": goods / 12},
    )


def plan_drivers(
    company: "Company", *, advertising_effect: tuple[float, float] = (0.5, 1.5)
) -> list[tuple[Driver, tuple[str, ...]]]:
    """Uncertain factors on the plan, each with what it acts on and where its span is from; 5 % to 95 %.

    Demand runs from the markets' growth alone to the momentum carried on, payroll over its assumption's range,
    `advertising_effect` is the measured interval over the measured share. Order value, returns, media and purchase
    prices are the company's own yearly changes, currencies those of ten years; where the record is too short, and for
    freight, duty and fees, planning judgement stays (freight as wide as the years after 2020, duty as since 2025).
    """
    growth = planned_growth(company)
    low, high = (float(((1 + growth[end]) / (1 + growth["base"])).mean()) for end in ("low", "high"))
    payroll = company.table("assumptions").set_index("name").loc["finance.payroll.growth_year"]
    ends = {
        "demand": (min(low, high, 0.95), max(low, high, 1.05), "market alone to momentum carried on"),
        "payroll": (1 + payroll["low"] - payroll["base"], 1 + payroll["high"] - payroll["base"], "assumption"),
        "advertising effect": (
            min(advertising_effect[0], 0.99),
            max(advertising_effect[1], 1.01),
            "mix model of all markets",
        ),
    }
    measured = {name: (*found, "own and market record") for name, found in shared.once(measured_spans, company).items()}
    judged = {name: (*found, "planning judgement") for name, found in JUDGED.items()}
    every = judged | ends | measured
    return [(Driver(name, every[name][0], 1.0, every[name][1], every[name][2]), acts) for name, acts in ACTS_ON.items()]
