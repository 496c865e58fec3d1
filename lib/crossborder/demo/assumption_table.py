"""The company's assumptions: what it cannot measure, with range, unit, source, date and confidence.

Levers that scenarios move stand among them at their neutral value: factors at 1, shocks at 0, switches at 1 (open) or
0 (not closed). A factor applies to what is known from the past (shipments, ledger, spend); price tables such as `lanes`
are changed by the scenario itself.
"""

import numpy as np
import pandas as pd

from crossborder.demo.typed import typed
from crossborder.demo.world import World

__all__ = ["ASSUMPTIONS", "part"]

RULE = "Company's planning rule for 2026"
DESK = "Analyst's estimate for the planning round of 2026"
HISTORY = "Own records of the last twelve months, rounded"
LEVER = "Scenario lever, neutral in the base case"
QUOTE = "Forwarders' quotes of October 2026"

# name, low, base, high, unit, source, as of, confidence
MARKET = (
    ("market.demand.factor", 1.0, 1.0, 1.0, "factor on demand", LEVER, "2026-10-31", "A"),
    ("market.growth.gate_year", 0.15, 0.15, 0.15, "fraction a year", RULE, "2026-01-15", "A"),
    ("market.seller.growth_year", 0.20, 0.40, 0.50, "fraction a year", DESK, "2026-06-30", "D"),
    ("market.traffic_cost.growth_year", 0.06, 0.12, 0.18, "fraction a year", DESK, "2026-06-30", "C"),
    ("market.reach.serviceable_share", 0.25, 0.40, 0.55, "fraction of the market", DESK, "2026-06-30", "D"),
    ("market.capture.obtainable_share", 0.0005, 0.0015, 0.0040, "fraction of the serviceable", DESK, "2026-06-30", "D"),
    ("market.localisation.share_at_risk", 0.20, 0.50, 0.60, "fraction of share", DESK, "2026-06-30", "D"),
    ("market.buyers.share", 0.55, 0.70, 0.82, "fraction of internet users", DESK, "2026-06-30", "D"),
    ("market.orders.buyer_year", 10, 18, 30, "orders a buyer and year", DESK, "2026-06-30", "D"),
    ("market.order.value_usd", 35, 55, 85, "USD an order at mean income", DESK, "2026-06-30", "D"),
    ("market.categories.share", 0.12, 0.20, 0.30, "fraction of online spending", DESK, "2026-06-30", "D"),
    ("market.scope.b2b_ratio", 1.4, 1.72, 2.1, "all cross-border over B2C cross-border", DESK, "2026-06-30", "C"),
    ("market.scope.domestic_ratio", 1.8, 4.0, 9.0, "all online retail over cross-border", DESK, "2026-06-30", "D"),
    ("market.delivery.loss_day", 0.010, 0.020, 0.035, "fraction of orders a day above demand", DESK, "2026-06-30", "D"),
    ("market.mobile.share", 0.68, 0.76, 0.90, "fraction of purchases", DESK, "2026-06-30", "C"),
)
SELECTION = (
    ("selection.margin.gate", 0.25, 0.25, 0.30, "fraction of price", RULE, "2026-01-15", "A"),
    ("selection.success.units_90_days", 100, 100, 100, "pieces", RULE, "2023-11-01", "A"),
    ("selection.launch.budget_usd", 60000, 90000, 120000, "USD a quarter", RULE, "2026-10-01", "B"),
    ("selection.certification.cost_factor", 0.9, 1.0, 1.3, "factor on certificate costs", DESK, "2026-06-30", "C"),
    ("selection.certification.delay_days", 45, 90, 150, "days", HISTORY, "2026-09-30", "C"),
    ("selection.lifecycle.months", 14, 22, 36, "months", HISTORY, "2026-09-30", "C"),
    ("selection.supplier.share_max", 0.30, 0.30, 0.40, "fraction of picks", RULE, "2026-01-15", "A"),
)
SUPPLY = (
    ("supply.freight.sea_factor", 1.0, 1.0, 1.0, "factor on past sea freight", LEVER, "2026-10-31", "A"),
    ("supply.freight.air_factor", 1.0, 1.0, 1.0, "factor on past air freight", LEVER, "2026-10-31", "A"),
    ("supply.freight.rail_factor", 1.0, 1.0, 1.0, "factor on past rail and road freight", LEVER, "2026-10-31", "A"),
    ("supply.purchase.price_factor", 1.0, 1.0, 1.0, "factor on purchase prices", LEVER, "2026-10-31", "A"),
    ("supply.tariff.extra_us", 0.0, 0.0, 0.0, "fraction of customs value, added", LEVER, "2026-10-31", "A"),
    ("supply.tariff.extra_de", 0.0, 0.0, 0.0, "fraction of customs value, added", LEVER, "2026-10-31", "A"),
    ("supply.tariff.extra_gb", 0.0, 0.0, 0.0, "fraction of customs value, added", LEVER, "2026-10-31", "A"),
    ("supply.tariff.extra_jp", 0.0, 0.0, 0.0, "fraction of customs value, added", LEVER, "2026-10-31", "A"),
    ("supply.tariff.extra_mx", 0.0, 0.0, 0.0, "fraction of customs value, added", LEVER, "2026-10-31", "A"),
    ("supply.tariff.extra_br", 0.0, 0.0, 0.0, "fraction of customs value, added", LEVER, "2026-10-31", "A"),
    ("supply.tariff.extra_id", 0.0, 0.0, 0.0, "fraction of customs value, added", LEVER, "2026-10-31", "A"),
    ("supply.tariff.extra_sa", 0.0, 0.0, 0.0, "fraction of customs value, added", LEVER, "2026-10-31", "A"),
    ("supply.parcel_duty.extra_eu_eur", 0.0, 0.0, 0.0, "EUR a parcel, added", LEVER, "2026-10-31", "A"),
    ("supply.suez.closed", 0, 0, 0, "1 if closed", LEVER, "2026-10-31", "A"),
    ("supply.panama.closed", 0, 0, 0, "1 if closed", LEVER, "2026-10-31", "A"),
    ("supply.transit.extra_days", 0, 0, 0, "days on lanes by a closed canal", LEVER, "2026-10-31", "A"),
    ("supply.largest_supplier.open", 1, 1, 1, "0 if it fails", LEVER, "2026-10-31", "A"),
    ("supply.holding.rate_year", 0.16, 0.22, 0.30, "fraction of stock value a year", DESK, "2026-06-30", "C"),
    ("supply.stock_out.margin_lost_share", 0.45, 0.65, 0.85, "fraction of margin", DESK, "2026-06-30", "D"),
    ("supply.service.fill_rate_target", 0.93, 0.95, 0.97, "fraction of pieces", RULE, "2026-01-15", "A"),
    ("supply.insurance.rate", 0.002, 0.003, 0.005, "fraction of cargo value", QUOTE, "2026-10-15", "B"),
    ("supply.inland.cost_cbm_usd", 12, 18, 28, "USD a cubic metre", QUOTE, "2026-10-15", "B"),
    ("supply.brokerage.shipment_usd", 60, 95, 160, "USD a shipment", QUOTE, "2026-10-15", "B"),
    ("supply.country.share_max", 0.30, 0.30, 0.30, "fraction of purchases", RULE, "2026-01-15", "A"),
    ("supply.order.fixed_cost_usd", 45, 80, 150, "USD an order", HISTORY, "2026-09-30", "C"),
    ("supply.carbon.price_usd_tonne", 40, 80, 130, "USD a tonne of CO2e", DESK, "2026-06-30", "D"),
)
MARKETING = (
    ("marketing.ad_cost.factor", 1.0, 1.0, 1.0, "factor on the cost of a contact", LEVER, "2026-10-31", "A"),
    ("marketing.marketplace_a.open", 1, 1, 1, "0 if banned", LEVER, "2026-10-31", "A"),
    ("marketing.marketplace_b.open", 1, 1, 1, "0 if banned", LEVER, "2026-10-31", "A"),
    ("marketing.own_store.open", 1, 1, 1, "0 if shut", LEVER, "2026-10-31", "A"),
    ("marketing.social_shop.open", 1, 1, 1, "0 if banned", LEVER, "2026-10-31", "A"),
    ("marketing.ban.sales_recovered_share", 0.15, 0.35, 0.55, "fraction of sales that move", DESK, "2026-06-30", "D"),
    ("marketing.ad_share.limit", 0.15, 0.15, 0.18, "fraction of sales", RULE, "2026-01-15", "A"),
    ("marketing.clv_cac.target", 3.0, 3.0, 3.0, "ratio", RULE, "2026-01-15", "A"),
    ("marketing.discount.rate_year", 0.10, 0.12, 0.16, "fraction a year", DESK, "2026-06-30", "C"),
    ("marketing.email.value_of_subscriber_usd", 0.5, 0.9, 1.6, "USD a month", HISTORY, "2026-09-30", "C"),
    ("marketing.email.subscriber_months", 12, 24, 36, "months", HISTORY, "2026-09-30", "C"),
    ("marketing.service.agent_cost_hour_usd", 6, 9, 14, "USD an hour", HISTORY, "2026-09-30", "B"),
)
FINANCE = (
    (
        "finance.tax.rate",
        0.25,
        0.25,
        0.25,
        "fraction of profit",
        "Enterprise income tax law of China",
        "2026-01-01",
        "A",
    ),
    ("finance.risk_free.rate_us", 0.036, 0.042, 0.048, "fraction a year", DESK, "2026-10-15", "C"),
    ("finance.risk_free.rate_cn", 0.016, 0.019, 0.024, "fraction a year", DESK, "2026-10-15", "C"),
    ("finance.equity.premium", 0.045, 0.055, 0.070, "fraction a year", DESK, "2026-10-15", "C"),
    ("finance.equity.beta", 1.0, 1.3, 1.6, "ratio", DESK, "2026-10-15", "C"),
    ("finance.size.premium", 0.02, 0.04, 0.06, "fraction a year", DESK, "2026-10-15", "D"),
    ("finance.debt.rate", 0.045, 0.058, 0.075, "fraction a year", HISTORY, "2026-09-30", "B"),
    ("finance.debt.share_target", 0.10, 0.20, 0.30, "fraction of capital", RULE, "2026-01-15", "B"),
    ("finance.growth.terminal", 0.015, 0.025, 0.030, "fraction a year", DESK, "2026-10-15", "C"),
    ("finance.profit.margin_target", 0.03, 0.03, 0.03, "fraction of sales", RULE, "2026-01-15", "A"),
    ("finance.cash.safety_weeks", 4, 6, 8, "weeks of payments", RULE, "2026-01-15", "A"),
    ("finance.covenant.debt_to_ebitda_max", 3.5, 3.5, 3.5, "ratio", "Loan agreement", "2025-03-01", "A"),
    ("finance.covenant.cash_min_usd", 150000, 150000, 150000, "USD", "Loan agreement", "2025-03-01", "A"),
    ("finance.fx.home_shock", 0.0, 0.0, 0.0, "change of the home currency in USD", LEVER, "2026-10-31", "A"),
    ("finance.fx.sales_shock", 0.0, 0.0, 0.0, "change of the other sales currencies in USD", LEVER, "2026-10-31", "A"),
    ("finance.forward.cost_year", 0.002, 0.006, 0.015, "fraction of the amount a year", DESK, "2026-10-15", "D"),
    ("finance.factoring.rate_year", 0.08, 0.11, 0.15, "fraction a year", QUOTE, "2026-10-15", "B"),
    ("finance.payroll.growth_year", 0.03, 0.05, 0.08, "fraction a year", DESK, "2026-06-30", "C"),
    ("finance.price_war.margin_drag", 0.05, 0.10, 0.15, "fraction of margin", DESK, "2026-06-30", "D"),
)
RISK = (
    ("risk.reserve.share", 0.03, 0.03, 0.03, "fraction of sales", RULE, "2026-01-15", "A"),
    ("risk.alert.false_alarm_cost_usd", 250, 400, 800, "USD", DESK, "2026-06-30", "D"),
    (
        "risk.alert.loss_avoided_share",
        0.20,
        0.40,
        0.60,
        "fraction of loss when warned in time",
        DESK,
        "2026-06-30",
        "D",
    ),
    ("risk.alert.precision_floor", 0.60, 0.60, 0.60, "fraction of alerts", RULE, "2026-01-15", "A"),
    ("risk.concentration.platform_max", 0.45, 0.45, 0.50, "fraction of sales", RULE, "2026-01-15", "A"),
    ("risk.continuity.capacity_share", 0.80, 0.80, 0.80, "fraction of critical capacity", RULE, "2026-01-15", "A"),
    ("risk.insurance.loading", 0.25, 0.40, 0.70, "fraction above the expected loss", QUOTE, "2026-10-15", "C"),
    ("risk.privacy.fine_share_max", 0.04, 0.04, 0.04, "fraction of turnover", "GDPR, Art. 83", "2018-05-25", "A"),
    ("risk.outage.recovery_days", 20, 45, 90, "days", DESK, "2026-06-30", "D"),
)
ASSUMPTIONS = pd.DataFrame(
    [*MARKET, *SELECTION, *SUPPLY, *MARKETING, *FINANCE, *RISK],
    columns=["name", "low", "base", "high", "unit", "source", "as_of", "confidence"],
)


def part(world: World, rng: np.random.Generator) -> tuple[dict[str, pd.DataFrame], dict]:
    """The table of assumptions; nothing in it is random, and it has no truth beside it."""
    frame = ASSUMPTIONS.sort_values("name", ignore_index=True)
    return {"assumptions": typed(frame.assign(as_of=pd.to_datetime(frame["as_of"])), "assumptions")}, {}
