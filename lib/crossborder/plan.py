"""Compositions that several notebooks need; the only module that may import several areas."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.finance import opening_statement, order_economics, plan_inputs
from crossborder.finance.capital_cost import cost_of_equity, levered_beta, weighted_cost
from crossborder.finance.dcf import discounted_value
from crossborder.finance.evaluate import evaluate
from crossborder.finance.plan_inputs import PlanCase
from crossborder.finance.simulation import Driver
from crossborder.finance.statements import plan_model
from crossborder.market import decomposition
from crossborder.risk import company_totals
from crossborder.risk.stress import Chain, first_order_table

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = [
    "capital_rate",
    "chain",
    "growth_by_market",
    "plan_case",
    "plan_drivers",
    "scenario_factors",
    "stress",
    "stress_chain",
]

MODE_FACTOR = {"sea": "sea", "air": "air", "courier": "air", "sea_air": "air", "rail": "rail", "road": "rail"}
TIED_TO_DOLLAR = ("USD", "SAR")
STRESS_NEEDS = (
    "orders", "purchases", "suppliers", "shipments", "lanes", "products", "platforms", "ledger", "opening_balances",
    "assumptions", "market_sales", "inventory", "ad_spend",
)  # fmt: skip


def growth_by_market(company: "Company", *, years: int = 5, level: float = 0.9) -> pd.DataFrame:
    """Yearly growth of the published market by market: base with low and high (trend of the last `years` years)."""
    sales = company.table("market_sales")
    yearly = sales[sales["year"] < company.as_of.year].pivot_table(
        index="year", columns="market", values="sales_usd", aggfunc="sum"
    )
    rates = {m: decomposition.growth_table(yearly[m].tail(years), level=level).attrs["rate"] for m in yearly}
    return pd.DataFrame(rates, index=["base", "low", "high"]).T.rename_axis("market")[["low", "base", "high"]]


def season_by_market(company: "Company") -> pd.DataFrame:
    """Month of year (rows) by market: orders of the month over a year's mean, mean one, after the yearly growth."""
    orders = company.events("orders")
    monthly = orders.group_by(month=orders.ordered_at.truncate("M").date(), market=orders.market).aggregate(
        n=orders.count()
    )
    wide = monthly.to_pandas().assign(month=lambda f: pd.to_datetime(f["month"]))
    wide = wide.pivot_table(index="month", columns="market", values="n", fill_value=0.0).sort_index()
    whole = wide.iloc[-(len(wide) // 12) * 12 :] + 1.0
    trend = whole.rolling(12, center=True, min_periods=7).mean()
    factors = (whole / trend).groupby(whole.index.month).mean()
    return factors / factors.mean()


def scenario_factors(company: "Company", case: PlanCase, economics: pd.DataFrame) -> PlanCase:
    """The case under the levers of the company's scenario, each an assumption whose base value changes nothing.

    Freight by the modes by which each market was served; duty points on the customs value; advertising and purchase
    prices; the home currency on purchases and payroll; the sales currencies; a shut platform, part of whose sales moves
    to the market's other platforms.
    """
    value = company.value
    foreign = np.array([company.profile["currencies"].get(m, "USD") not in TIED_TO_DOLLAR for m in case.markets])
    home = 1 + value("finance.fx.home_shock") * home_cost_share(company)
    factors = {
        "demand_factor": value("market.demand.factor")
        * _platforms_open(company, case, economics)
        * _supply_open(company, case),
        "fx_index": (1 + value("finance.fx.sales_shock") * foreign)[:, None],
        "freight_factor": _freight_factor(company, case)[:, None],
        "ad_cost_factor": value("marketing.ad_cost.factor"),
        "product_cost_per_order": value("supply.purchase.price_factor") * home,
        "customs_value_per_order": value("supply.purchase.price_factor") * home,
        "payroll": 1 + value("finance.fx.home_shock"),
    }
    changed = plan_inputs.scaled(case, factors)
    extra = [company.value(f"supply.tariff.extra_{market.lower()}") for market in case.markets]
    duty = changed.inputs["duty_rate"] + np.array(extra)[:, None]
    days = company.value("supply.transit.extra_days")
    stock = changed.inputs["inventory_months"] + days / 30 * _canal_share(case, economics)
    return replace(changed, inputs=changed.inputs | {"duty_rate": duty, "inventory_months": stock})


def home_cost_share(company: "Company") -> float:
    """Share of purchases of the last year paid in the home currency or to suppliers at home."""
    purchases = company.table("purchases").merge(
        company.table("suppliers")[["supplier_id", "country"]], on="supplier_id"
    )
    recent = purchases[purchases["ordered_on"] > company.as_of - pd.DateOffset(years=1)]
    amount = recent["quantity"].astype(float) * recent["unit_cost"]
    return float(amount[recent["country"] == company.home].sum() / amount.sum())


def _platforms_open(company: "Company", case: PlanCase, economics: pd.DataFrame) -> np.ndarray:
    """Factor on orders by market and platform when platforms are shut."""
    names = [f"marketing.{platform}.open" for platform in case.platforms]
    known = set(company.table("assumptions")["name"])
    flags = np.array([company.value(name) if name in known else 1.0 for name in names])
    moved = company.value("marketing.ban.sales_recovered_share")
    orders = economics.pivot_table(index="market", columns="platform", values="orders", aggfunc="sum")
    orders = orders.reindex(index=case.markets, columns=case.platforms).fillna(0).to_numpy(dtype=float)
    lost = (orders * (1 - flags)).sum(axis=1, keepdims=True) * moved
    staying = (orders * flags).sum(axis=1, keepdims=True)
    return flags * (1 + np.divide(lost, staying, out=np.zeros_like(lost), where=staying > 0))


def _supply_open(company: "Company", case: PlanCase) -> np.ndarray:
    """Factor on orders by month when the largest supplier fails: its share is missing until a second source runs."""
    if company.value("supply.largest_supplier.open") >= 1:
        return np.ones((len(case.months), 1, 1))
    purchases = company.table("purchases")
    recent = purchases[purchases["ordered_on"] > company.as_of - pd.DateOffset(years=1)]
    amount = (recent["quantity"].astype(float) * recent["unit_cost"]).groupby(recent["supplier_id"]).sum()
    share = float(amount.max() / amount.sum())
    months_out = company.value("risk.outage.recovery_days") / 30
    missing = np.clip(months_out - np.arange(len(case.months)), 0, 1)
    return (1 - share * missing)[:, None, None]


def _freight_factor(company: "Company", case: PlanCase) -> np.ndarray:
    """Factor on freight by market: the factors of the modes, weighted by what each cost in the last year."""
    shipments = company.table("shipments").merge(company.table("lanes")[["lane_id", "mode"]], on="lane_id")
    recent = shipments[shipments["shipped_on"] > company.as_of - pd.DateOffset(years=1)]
    paid = recent.pivot_table(index="market", columns="mode", values="freight", aggfunc="sum").fillna(0.0)
    factor = pd.Series({mode: company.value(f"supply.freight.{MODE_FACTOR[mode]}_factor") for mode in paid})
    other = recent.groupby("market")[["inland", "insurance", "brokerage"]].sum().sum(axis=1)
    return (
        ((paid * factor).sum(axis=1) + other).div(paid.sum(axis=1) + other).reindex(case.markets).fillna(1.0).to_numpy()
    )


def _canal_share(case: PlanCase, economics: pd.DataFrame) -> float:
    """Share of the cost of goods that goes to markets behind Suez (Europe and the Red Sea)."""
    goods = economics.groupby("market")["product"].sum()
    return float(goods.reindex(["DE", "GB", "FR", "IT", "ES", "NL", "SA"]).fillna(0).sum() / goods.sum())


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


def plan_case(company: "Company", *, months: int = 60, incremental_ad_share: float = 0.2) -> PlanCase:
    """The company's plan as inputs of `plan_model`, under its scenario.

    Orders and costs of the last twelve months, the market's growth, its season, the ledger's fixed cost, today's
    balance sheet. `incremental_ad_share` is the share of orders that advertising adds (see 42).
    """
    now = order_economics.order_economics(company, 12)
    opening = opening_statement.opening_balance(company).set_index("item")["amount_usd"].to_dict()
    inventory = company.table("inventory").tail(50_000)
    returned = float(now.table["returned"].sum())
    resale = min(float(inventory.loc[inventory["week"] >= now.since, "restocked"].sum()) / max(returned, 1.0), 1.0)
    case = plan_inputs.segment_inputs(
        now.table,
        season_by_market(company),
        growth_by_market(company)["base"],
        months,
        start=pd.Timestamp(now.until) + pd.Timedelta(days=1),
        incremental_ad_share=incremental_ad_share,
        terminal_growth=company.value("finance.growth.terminal"),
        resale_share=resale,
    )
    year = now.table[["price", "discount", "sales_tax", "refund"]].sum()
    goods = float(now.table[["product", "inland", "freight", "insurance", "duty", "brokerage"]].sum().sum())
    first = {"revenue": float(year["price"] - year.iloc[1:].sum()) / 12, "cost_of_goods": goods / 12}
    ledger = company.table("ledger")
    recent = ledger[ledger["date"].between(now.since, now.until)].groupby("account")["amount_usd"].sum()
    fixed = order_economics.fixed_costs(company, now)
    case = plan_inputs.group_inputs(
        case,
        {name: opening.get(name, 0.0) for name in OPENING} | {"losses": 0.0},
        fixed,
        payroll_growth=company.value("finance.payroll.growth_year"),
        inflation=company.value("finance.growth.terminal"),
        tax_rate=company.value("finance.tax.rate"),
        loan_rate=company.value("finance.debt.rate"),
        loan_repaid_month=max(-float(recent.get("loan", 0.0)), 0.0) / 12,
        capital_spending_month=max(-float(ledger.loc[ledger["account"] == "equipment", "amount_usd"].sum()), 0.0) / 36,
        first_month=first,
    )
    case = scenario_factors(company, case, now.table)
    drivers = plan_drivers(company)
    return replace(
        case, drivers=tuple(driver for driver, _ in drivers), acts_on={d.name: names for d, names in drivers}
    )


OPENING = ("cash", "receivables", "inventory", "fixed_assets", "payables", "tax_payable", "loan", "share_capital")


def plan_drivers(company: "Company") -> list[tuple[Driver, tuple[str, ...]]]:
    """Uncertain factors on the plan, each with what it acts on; 5 % to 95 %, from data where there are any.

    Demand from the width of the markets' growth, currencies from a year's history of the ECB's rates, purchase prices,
    freight, media and returns from the assumptions' ranges or stated spans.
    """
    growth = growth_by_market(company)
    spread = float(((growth["high"] - growth["low"]) / 2).mean())
    rates = company.table("assumptions").set_index("name")
    payroll = rates.loc["finance.payroll.growth_year"]
    return [
        (Driver("demand", 1 - 2 * spread - 0.08, 1.0, 1 + 2 * spread + 0.08), ("demand_factor",)),
        (Driver("sales currencies", 0.90, 1.0, 1.11), ("fx_index",)),
        (Driver("purchase prices", 0.95, 1.0, 1.08), ("product_cost_per_order", "customs_value_per_order")),
        (Driver("freight", 0.75, 1.0, 1.9), ("freight_factor",)),
        (Driver("duty", 0.9, 1.0, 1.6), ("duty_rate",)),
        (Driver("order value", 0.96, 1.0, 1.03), ("order_value",)),
        (Driver("returns", 0.9, 1.0, 1.12), ("return_rate",)),
        (Driver("media prices", 0.92, 1.0, 1.25), ("ad_cost_factor",)),
        (Driver("advertising effect", 0.5, 1.0, 1.5), ("orders_per_ad_usd",)),
        (Driver("fees", 0.98, 1.0, 1.1), ("platform_fee_rate", "fulfilment_per_order")),
        (
            Driver("payroll", 1 + payroll["low"] - payroll["base"], 1.0, 1 + payroll["high"] - payroll["base"]),
            ("payroll",),
        ),
    ]


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


def free_cash_flow(values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Cash to all who finance the business, [path, month]: operations before interest, less capital spending."""
    flow = (
        values["cash_from_operations"]
        + values["interest_paid"]
        - values["interest_received"]
        - values["capital_spending"]
    )
    return flow[:, :, 0, 0]


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

    foreign = np.array([company.profile["currencies"].get(m, "USD") not in TIED_TO_DOLLAR for m in case.markets])
    home = 1 + shock("home_currency") * home_cost_share(company)
    volume = 1 + shock("demand")
    first_year = (np.arange(len(case.months)) < 12)[None, :, None, None]
    orders = np.broadcast_to(inputs["baseline_orders"], inputs["baseline_orders"].shape).sum(axis=(0, 1, 2))
    largest = (np.arange(len(case.platforms)) == orders.argmax())[None, None, None, :]
    moved = company.value("marketing.ban.sales_recovered_share")
    closed = shock("platform_days") / 365 * (1 - moved) * first_year * largest
    failed = shock("supplier_days") / 365 * _largest_supplier_share(company) * first_year
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
) -> tuple[Chain, str]:
    """The chain for stress tests: the whole one ("plan") where its tables are there, else first order from the ledger."""
    if company.has(*STRESS_NEEDS):
        case = plan_case(company)
        return (lambda shocks: stress(company, case, shocks)), "plan"
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


def _largest_supplier_share(company: "Company") -> float:
    purchases = company.table("purchases")
    recent = purchases[purchases["ordered_on"] > company.as_of - pd.DateOffset(years=1)]
    amount = (recent["quantity"].astype(float) * recent["unit_cost"]).groupby(recent["supplier_id"]).sum()
    return float(amount.max() / amount.sum())


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
