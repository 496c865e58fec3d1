"""What a scenario's assumptions do to the plan; every base value changes nothing."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.finance import plan_inputs
from crossborder.finance.plan_inputs import PlanCase
from crossborder.reference import exchange
from crossborder.supply.inputs import EU

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["foreign_markets", "home_cost_share", "largest_supplier_share", "scenario_factors"]

MODE_FACTOR = {"sea": "sea", "air": "air", "courier": "air", "sea_air": "air", "rail": "rail", "road": "rail"}
TIED_TO_DOLLAR = ("USD", "SAR")


def scenario_factors(company: "Company", case: PlanCase, economics: pd.DataFrame) -> PlanCase:
    """The case under the levers of the company's scenario, each an assumption whose base value changes nothing.

    Freight by the modes by which each market was served; duty points on the customs value; a fee on parcels to the
    European Union, for the share that goes there by courier; advertising and purchase prices; the home currency on
    purchases and payroll; the sales currencies; a shut platform, part of whose sales moves to the market's others.
    """
    value = company.value
    foreign = foreign_markets(company, case)
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
    duty = changed.inputs["duty_rate"] + np.array(extra)[:, None] + _parcel_duty(company, changed)
    days = company.value("supply.transit.extra_days")
    longer = days / 30 * _canal_share(case, economics) if days else 0.0
    stock = changed.inputs["inventory_months"] + longer
    return replace(changed, inputs=changed.inputs | {"duty_rate": duty, "inventory_months": stock})


def foreign_markets(company: "Company", case: PlanCase) -> np.ndarray:
    """Whether each market sells in a currency that moves against the dollar."""
    currencies = company.profile.get("currencies", {})
    return np.array([currencies.get(market, "USD") not in TIED_TO_DOLLAR for market in case.markets])


def home_cost_share(company: "Company") -> float:
    """Share of purchases of the last year paid in the home currency or to suppliers at home."""
    return company.kept("plan.home_cost_share", lambda: _home_cost_share(company), of=("purchases", "suppliers"))


def _home_cost_share(company: "Company") -> float:
    purchases = company.table("purchases")[["ordered_on", "supplier_id", "quantity", "unit_cost"]]
    recent = purchases[purchases["ordered_on"] > company.as_of - pd.DateOffset(years=1)]
    recent = recent.merge(company.table("suppliers")[["supplier_id", "country"]], on="supplier_id")
    amount = recent["quantity"].astype(float) * recent["unit_cost"]
    return float(amount[recent["country"] == company.home].sum() / amount.sum())


def _value_or(company: "Company", name: str, otherwise: float) -> float:
    """An assumption's value, or another where the company does not have it."""
    names = company.kept("assumption names", lambda: frozenset(company.table("assumptions")["name"].tolist()))
    return company.value(name) if name in names else otherwise


def _platforms_open(company: "Company", case: PlanCase, economics: pd.DataFrame) -> np.ndarray:
    """Factor on orders by market and platform when platforms are shut."""
    flags = np.array([_value_or(company, f"marketing.{platform}.open", 1.0) for platform in case.platforms])
    if (flags == 1).all():
        return np.ones((len(case.markets), len(case.platforms)))
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
    share = largest_supplier_share(company)
    months_out = company.value("risk.outage.recovery_days") / 30
    missing = np.clip(months_out - np.arange(len(case.months)), 0, 1)
    return (1 - share * missing)[:, None, None]


def largest_supplier_share(company: "Company") -> float:
    """Share of the largest supplier in the purchases of the last year."""
    purchases = company.table("purchases")
    recent = purchases[purchases["ordered_on"] > company.as_of - pd.DateOffset(years=1)]
    amount = (recent["quantity"].astype(float) * recent["unit_cost"]).groupby(recent["supplier_id"]).sum()
    return float(amount.max() / amount.sum())


def _recent_shipments(company: "Company") -> pd.DataFrame:
    """Shipments of the last year with the mode of their lane."""
    shipments = company.table("shipments")
    recent = shipments[shipments["shipped_on"] > company.as_of - pd.DateOffset(years=1)]
    return recent.merge(company.table("lanes")[["lane_id", "mode"]], on="lane_id")


def _parcel_duty(company: "Company", case: PlanCase) -> np.ndarray | float:
    """Duty points that a fee a parcel adds in each market of the European Union, for what goes there by courier."""
    fee = _value_or(company, "supply.parcel_duty.extra_eu_eur", 0.0)
    if fee <= 0:
        return 0.0
    usd = float(exchange.convert(fee, "EUR", company.as_of))
    recent = _recent_shipments(company)
    pieces = recent.assign(parcel=recent["quantity"].where(recent["mode"] == "courier", 0)).groupby("market")
    share = (pieces["parcel"].sum() / pieces["quantity"].sum()).reindex(case.markets).fillna(0.0)
    inside = np.array([market in EU for market in case.markets])
    return (share.to_numpy(float) * inside * usd)[:, None] / case.inputs["customs_value_per_order"]


def _freight_factor(company: "Company", case: PlanCase) -> np.ndarray:
    """Factor on freight by market: the factors of the modes, weighted by what each cost in the last year."""
    paid, other = company.kept(
        "plan.freight_paid", lambda: _freight_paid(company), of=("shipments", "lanes.lane_id", "lanes.mode")
    )
    factor = pd.Series({mode: company.value(f"supply.freight.{MODE_FACTOR[mode]}_factor") for mode in paid})
    return (
        ((paid * factor).sum(axis=1) + other).div(paid.sum(axis=1) + other).reindex(case.markets).fillna(1.0).to_numpy()
    )


def _freight_paid(company: "Company") -> tuple[pd.DataFrame, pd.Series]:
    """What freight of the last year cost by market and mode, and the other costs of bringing by market."""
    recent = _recent_shipments(company)
    paid = recent.pivot_table(index="market", columns="mode", values="freight", aggfunc="sum").fillna(0.0)
    return paid, recent.groupby("market")[["inland", "insurance", "brokerage"]].sum().sum(axis=1)


def _canal_share(case: PlanCase, economics: pd.DataFrame) -> float:
    """Share of the cost of goods that goes to markets behind Suez (Europe and the Red Sea)."""
    goods = economics.groupby("market")["product"].sum()
    return float(goods.reindex(["DE", "GB", "FR", "IT", "ES", "NL", "SA"]).fillna(0).sum() / goods.sum())
