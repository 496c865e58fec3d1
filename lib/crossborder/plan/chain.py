"""The whole chain in one run: landed cost, margin, cash, covenants and value, as planned or under shocks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company import scenarios
from crossborder.finance import plan_inputs
from crossborder.finance.dcf import discounted_value, free_cash_flow
from crossborder.finance.evaluate import evaluate
from crossborder.finance.plan_inputs import PlanCase
from crossborder.finance.statements import plan_model
from crossborder.plan.case import base_case, capital_rate, plan_case
from crossborder.plan.levers import foreign_markets, home_cost_share, largest_supplier_share, scenario_factors
from crossborder.risk import company_totals
from crossborder.risk.stress import Chain, first_order_table

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["ChainResult", "chain", "free_cash_flow", "scenario_table", "stress", "stress_chain"]

STRESS_NEEDS = (
    "orders", "purchases", "suppliers", "shipments", "lanes", "products", "platforms", "ledger", "opening_balances",
    "assumptions", "market_sales", "inventory", "ad_spend",
)  # fmt: skip


@dataclass(frozen=True)
class ChainResult:
    """Key figures of the chain from landed cost to value; USD unless a share or months."""

    landed_cost_per_order: float
    contribution_share: float
    revenue_year: float
    ebitda_year: float
    cash_low: float
    cash_low_month: str
    cash_headroom: float
    leverage: float
    leverage_headroom: float
    enterprise_value: float

    def as_series(self) -> pd.Series:
        """The figures by name."""
        return pd.Series(self.__dict__)


def chain(company: "Company", case: PlanCase | None = None, changes: Mapping[str, float] | None = None) -> ChainResult:
    """One run of the whole chain: landed cost, margin, cash, covenants and value, under the company's scenario.

    `changes` are further factors on the plan's inputs, for stress tests (freight_factor=3 triples freight).
    """
    case = plan_case(company) if case is None else case
    case = plan_inputs.scaled(case, dict(changes)) if changes else case
    values = evaluate(plan_model(), case.inputs, len(case.months))
    year = {
        name: float(values[name][0, :12].sum()) for name in ("revenue", "ebitda", "cost_of_goods", "contribution_total")
    }
    orders = float(np.broadcast_to(values["orders"], values["contribution"].shape)[0, :12].sum())
    cash = values["cash"][0, :24, 0, 0]
    low = int(cash.argmin())
    debt = float(values["loan"][0, 11, 0, 0])
    leverage = debt / year["ebitda"] if year["ebitda"] > 0 else float("inf")
    rate = capital_rate(company)["weighted"]
    worth = discounted_value(free_cash_flow(values), rate, company.value("finance.growth.terminal"))
    return ChainResult(
        landed_cost_per_order=year["cost_of_goods"] / orders,
        contribution_share=year["contribution_total"] / year["revenue"],
        revenue_year=year["revenue"],
        ebitda_year=year["ebitda"],
        cash_low=float(cash[low]),
        cash_low_month=case.months[low].strftime("%Y-%m"),
        cash_headroom=float(cash[low]) - company.value("finance.covenant.cash_min_usd"),
        leverage=leverage,
        leverage_headroom=company.value("finance.covenant.debt_to_ebitda_max") - leverage,
        enterprise_value=float(worth.enterprise[0]),
    )


def scenario_table(company: "Company", names: list[str] | None = None, **options: float) -> pd.DataFrame:
    """The chain under every scenario (or those named): scenario, title, the figures of `ChainResult`, and `touches`.

    Orders, costs and balances are worked out once; only the levers differ. `touches` is False where a scenario changes
    nothing that this company does, such as a duty on parcels where no parcel is sent.
    """
    case, economics = base_case(company, **options)
    rows, plain = [], None
    for name in names or scenarios.available():
        other = company if name == company.scenario.name else company.under(name)
        found = chain(other, scenario_factors(other, case, economics)).as_series()
        rows.append({"scenario": name, "title": other.scenario.title or name, **found})
        if name == company.scenario.name == "base":
            plain = found
    table = pd.DataFrame(rows)
    if plain is None:
        plain = chain(company, scenario_factors(company.under("base"), case, economics)).as_series()
    figures = [name for name in plain.index if name != "cash_low_month"]
    moved = (table[figures].astype(float) - plain[figures].astype(float)).abs() > 1e-9 * plain[figures].abs().clip(1.0)
    return table.assign(touches=moved.any(axis=1) | (table["scenario"] == "base"))


def stress(company: "Company", case: PlanCase, shocks: pd.DataFrame) -> pd.DataFrame:
    """The chain under many combinations of shocks at once: one row a combination, the figures of `ChainResult`.

    Columns of `shocks` as in `risk.stress.SHOCKS`: relative changes of freight, home_currency, sales_currency, ad_cost
    and demand; tariff in points of the customs value; platform_days, supplier_days and transit_days in days. A shut
    platform or a failed supplier costs its share of the orders of the first year, less what moves elsewhere.
    """
    inputs = dict(case.inputs)
    given = {name: shocks[name].to_numpy(float).reshape(-1, 1, 1, 1) for name in shocks}
    nothing = np.zeros((len(shocks), 1, 1, 1))

    def shock(name: str) -> np.ndarray:
        return given.get(name, nothing)

    foreign = foreign_markets(company, case)
    home = 1 + shock("home_currency") * home_cost_share(company)
    volume = 1 + shock("demand")
    first_year = (np.arange(len(case.months)) < 12)[None, :, None, None]
    orders = np.broadcast_to(inputs["baseline_orders"], inputs["baseline_orders"].shape).sum(axis=(0, 1, 2))
    largest = (np.arange(len(case.platforms)) == orders.argmax())[None, None, None, :]
    moved = company.value("marketing.ban.sales_recovered_share")
    closed = shock("platform_days") / 365 * (1 - moved) * first_year * largest
    failed = shock("supplier_days") / 365 * largest_supplier_share(company) * first_year
    inputs["demand_factor"] = inputs["demand_factor"] * volume * (1 - closed) * (1 - failed)
    inputs["fx_index"] = inputs["fx_index"] * (1 + shock("sales_currency") * foreign[None, None, :, None])
    inputs["freight_factor"] = inputs["freight_factor"] * (1 + shock("freight"))
    inputs["ad_cost_factor"] = inputs["ad_cost_factor"] * (1 + shock("ad_cost"))
    for name in ("product_cost_per_order", "customs_value_per_order"):
        inputs[name] = inputs[name] * home
    inputs["payroll"] = inputs["payroll"] * (1 + shock("home_currency"))
    inputs["duty_rate"] = inputs["duty_rate"] + shock("tariff")
    inputs["inventory_months"] = inputs["inventory_months"] + shock("transit_days") / 30
    return _chain_figures(company, case, inputs, len(shocks)).set_axis(shocks.index)


def stress_chain(
    company: "Company", *, cash_needed_usd: float, leverage_cap: float, passed_on: float = 0.0
) -> tuple[Chain | None, str]:
    """The chain for stress tests: the whole one ("plan") where its tables are, else first order from the ledger.

    Without a ledger or opening balances there is none: (None, "").
    """
    if company.has(*STRESS_NEEDS):
        case = plan_case(company)
        return (lambda shocks: stress(company, case, shocks)), "plan"
    if not company.has("ledger", "opening_balances"):
        return None, ""
    ledger, opening = company.table("ledger"), company.table("opening_balances")
    totals = company_totals.yearly(ledger, company.as_of)
    opening_items = opening.set_index("item")["amount_usd"]
    start = company_totals.position(
        totals,
        company_totals.cash_path(ledger, opening),
        stock_usd=totals["goods"] / 4,
        debt_usd=-float(opening_items.get("loan", 0.0)),
        cash_needed_usd=cash_needed_usd,
        leverage_cap=leverage_cap,
    )
    return (lambda shocks: first_order_table(start, shocks, passed_on=passed_on)), "first order"


def _chain_figures(company: "Company", case: PlanCase, inputs: Mapping[str, np.ndarray], paths: int) -> pd.DataFrame:
    """Figures of the chain for all paths of the inputs."""
    values = evaluate(plan_model(), inputs, len(case.months))

    def year(name: str) -> np.ndarray:
        whole = np.broadcast_to(values[name], (paths, *np.shape(values[name])[1:]))
        return whole[:, :12].sum(axis=(1, 2, 3))

    shape = (paths, *np.shape(values["contribution"])[1:])
    orders = np.broadcast_to(values["orders"], shape)[:, :12].sum(axis=(1, 2, 3))
    cash = np.broadcast_to(values["cash"], (paths, *np.shape(values["cash"])[1:]))[:, :24, 0, 0]
    loan = np.broadcast_to(values["loan"], (paths, *np.shape(values["loan"])[1:]))[:, 11, 0, 0]
    ebitda, revenue = year("ebitda"), year("revenue")
    leverage = np.where(ebitda > 0, loan / np.where(ebitda > 0, ebitda, 1.0), np.inf)
    return pd.DataFrame(
        {
            "landed_cost_per_order": year("cost_of_goods") / orders,
            "contribution_share": year("contribution_total") / revenue,
            "revenue_year": revenue,
            "ebitda_year": ebitda,
            "cash_low": cash.min(axis=1),
            "cash_headroom": cash.min(axis=1) - company.value("finance.covenant.cash_min_usd"),
            "leverage": leverage,
            "leverage_headroom": company.value("finance.covenant.debt_to_ebitda_max") - leverage,
        }
    )
