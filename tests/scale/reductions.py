"""Every reduction of event tables that the notebooks use, each as a call on a company; tests and benchmarks share it.

A reduction is a function that takes an event table (or a company with one) and brings a small result out of the
engine.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from crossborder.company import Company, coverage, kpis
from crossborder.finance import cash_forecast, cash_study, money_questions, order_costs, revenue_lines
from crossborder.market import demand as market_demand
from crossborder.marketing import (
    budget_tables,
    cohorts,
    content,
    content_tables,
    customer_tables,
    inputs,
    journey_query,
    offer_tables,
    panel_inputs,
    purchase_history,
    sold_orders,
)
from crossborder.plan import candidates, growth, spans
from crossborder.reference import exchange, files
from crossborder.risk import company_controls, company_resilience, currency_exposure, early_signs, operating_control
from crossborder.selection import appraisal, associations, life_cycle, pilots, product_sales
from crossborder.supply import delivery_pages, returns, stock_pages
from crossborder.supply import demand as supply_demand
from crossborder.supply import inputs as supply_inputs

__all__ = ["REDUCTIONS"]


def _rng() -> np.random.Generator:
    return np.random.default_rng(1)


def _rates(company: Company) -> pd.DataFrame:
    first, last = company.first_day.strftime("%Y-%m-%d"), company.as_of.strftime("%Y-%m-%d")
    return exchange.rates(company.sales_currencies, base="USD", start=first, end=last, fill="forward")


def _since(company: Company, days: int = 365) -> pd.Timestamp:
    return (company.as_of - pd.Timedelta(days=days)).tz_localize("UTC")


def _customers(company: Company) -> pd.DataFrame:
    return company.table("customers", ["customer_id", "market", "cohort"], buyers_of=company.events("orders"))


def _sold(company: Company):
    return customer_tables.orders_and_margin(company)[0]


def _end(company: Company) -> pd.Timestamp:
    return company.as_of + pd.Timedelta(days=1)


def _some(company: Company):
    return sold_orders.some_orders(company)[0]


def _histories(company: Company) -> pd.DataFrame:
    # One section of a notebook asks for them, and hands them on to the others.
    made = company.kept("tests.histories", lambda: purchase_history.histories(_some(company), until=_end(company)))
    return made.copy()


def _journeys(company: Company) -> pd.DataFrame:
    touches, orders = company.events("touchpoints"), company.events("orders")
    built = journey_query.build(touches, orders, sold=sold_orders.sold_orders(company))
    made = built.journeys
    parts = {"account": built.account.reset_index(), "touches": built.touches.rename("touches").reset_index()}
    parts["journeys"] = pd.DataFrame({"start": made.starts[:-1], "won": made.conversions}, copy=False)
    parts["channels"] = pd.DataFrame({"code": made.codes, "age": made.age_days}, copy=False)
    return parts


def _market(company: Company) -> str:
    return "DE" if "DE" in company.markets else company.markets[0]


def _reach(company: Company) -> dict[str, pd.DataFrame]:
    history, share = _histories(company), sold_orders.some_orders(company)[1]
    value = pd.DataFrame({"clv_usd": history["margin_usd"]})
    found = offer_tables.reach(company, _sold(company), history, value, 0.3, 0.12, share=share, rng=_rng())
    return {"events": found.events, "summary": found.summary}


# Area, name, call. Each takes a company and gives frames (or plain values) that must not depend on the engine.
REDUCTIONS: dict[str, Callable[[Company], object]] = {
    "company.coverage": lambda c: coverage.coverage(c).drop(columns="last_day"),
    "company.joins": coverage.join_rates,
    "company.kpis": lambda c: kpis.kpi_values(c, _rates(c).iloc[-1])[["name", "value", "n"]],
    "company.currencies": lambda c: pd.Series(c.sales_currencies),
    "company.first_day": lambda c: c.first_day,
    "market.monthly_sales": lambda c: market_demand.monthly_sales(c.events("orders"), c.table("products")),
    "market.monthly_visits": lambda c: market_demand.monthly_visits(c.events("sessions")),
    "market.deliveries": lambda c: market_demand.deliveries(
        c.events("orders"), files.read("delivery_expectations.csv").set_index("market"), _since(c)
    ),
    "market.funnel": lambda c: market_demand.funnel_by_market(c.events("sessions"), _since(c).tz_localize(None)),
    "market.customer_spend": lambda c: market_demand.customer_spend(
        c.events("orders"), _customers(c), inputs.usd_rates(c)
    ),
    "selection.units": lambda c: appraisal.units_by_product(c.events("orders"), c.table("products"), c.as_of),
    "selection.baskets": lambda c: associations.order_baskets(c.events("orders"), c.table("products")),
    "selection.monthly_units": lambda c: life_cycle.monthly_units(c.events("orders"), c.table("products"), c.as_of),
    "selection.first_weeks": lambda c: pilots.first_weeks(
        c.events("orders"), c.table("products"), c.table("purchases"), c.optional("reviews")
    ),
    "selection.versions": lambda c: pd.DataFrame(
        pilots.version_counts(c.events("orders"), c.table("products"), c.as_of - pd.Timedelta(days=200))
    ),
    "selection.by_market": lambda c: product_sales.by_market(c.events("orders"), c.as_of),
    "selection.platform_fit": lambda c: product_sales.platform_fit(c.events("sessions"), c.events("orders")),
    "supply.weekly_demand": lambda c: supply_demand.from_orders(c.events("orders")),
    "supply.sales_usd": lambda c: supply_inputs.sales_usd(c.events("orders"), _since(c).tz_localize(None), c.as_of),
    "supply.returns": lambda c: returns.return_summary(c.events("orders"), ["market", "sku"]),
    "supply.return_reasons": lambda c: returns.return_reasons(c.events("orders")),
    "supply.order_stages": delivery_pages.order_stages,
    "supply.warehouse_days": lambda c: delivery_pages.warehouse_days(c, _market(c), _rng()),
    "supply.products_sold": lambda c: stock_pages._named_only(c.events("orders")),
    "marketing.rates": lambda c: pd.Series(inputs.usd_rates(c)),
    "marketing.orders": lambda c: pd.Series(customer_tables.orders_and_margin(c)[1]),
    "marketing.funnel": lambda c: customer_tables.funnel_steps(c, _sold(c)).frame,
    "marketing.monthly_kpis": lambda c: inputs.monthly_kpis(c, _sold(c), inputs.usd_rates(c), 0.3),
    "marketing.rfm": lambda c: customer_tables.rfm_frame(_some(c), c.as_of),
    "marketing.rfm_of_a_market": lambda c: customer_tables.rfm_frame(
        sold_orders.some_orders(c, [_market(c)])[0], c.as_of
    ),
    "marketing.cohorts": lambda c: cohorts.monthly_cohorts(_some(c)),
    "marketing.histories": _histories,
    "marketing.hold_out": lambda c: purchase_history.split(
        _some(c), calibration_until=_end(c) - pd.Timedelta(days=180), until=_end(c)
    ),
    "marketing.seasons": lambda c: purchase_history.seasons(_some(c), until=_end(c) - pd.Timedelta(days=90)),
    "marketing.order_gaps": lambda c: purchase_history.order_gaps(_some(c), share=sold_orders.some_orders(c)[1]),
    "marketing.recommendations": lambda c: vars(customer_tables.recommendations(c)),  # with the pairs of products
    "marketing.membership": lambda c: customer_tables.membership_effects(c, level=0.9, rng=_rng()).rows,
    "marketing.care": lambda c: customer_tables.care(c, None, 60.0, level=0.9).stages,
    "marketing.offers": lambda c: offer_tables.offer_economics(c, _sold(c), 0.3, rng=_rng()).sale,
    "marketing.reach": _reach,
    "marketing.journeys": _journeys,
    "marketing.community": lambda c: content.community_health(c.events("touchpoints")),
    "marketing.click_limits": lambda c: content_tables.click_limits(c, _market(c), 0.4),
    "marketing.languages": lambda c: content_tables.languages(c, 20.0),
    "marketing.sensitivity": lambda c: journey_query.sensitivity(
        c.events("touchpoints"), c.events("orders"), [7.0, 30.0], sold=sold_orders.sold_orders(c)
    ),
    "marketing.mix_inputs": lambda c: budget_tables.mix_inputs(c, _market(c), ["search_brand"]),
    "marketing.weekly_revenue": lambda c: pd.concat(panel_inputs._weekly_revenue(c)),
    "marketing.ad_costs": lambda c: budget_tables.ad_costs(c, 0.2),
    "marketing.peak_days": lambda c: budget_tables.peak_days(c, _market(c)),
    "marketing.day_parts": lambda c: budget_tables.day_parts(c, _market(c), 0.5),
    "marketing.platform_split": lambda c: budget_tables.platform_split(c, _market(c), 0.3, 1000.0),
    "marketing.break_even": lambda c: budget_tables._break_even(c, _market(c)),
    "finance.daily_sales": lambda c: cash_forecast.daily_sales(c.events("orders"), _rates(c)),
    "finance.currencies": lambda c: pd.Series(sorted(cash_study._currencies(c))),
    "finance.repeat_share": revenue_lines.repeat_share,
    "finance.warranty": money_questions.warranty_table,
    "finance.monthly_sales": lambda c: order_costs.monthly_sales(
        c.events("orders"), _since(c).strftime("%Y-%m-%d"), c.as_of.strftime("%Y-%m-%d")
    ),
    "risk.revenue_by_market": lambda c: company_resilience.revenue_by(c, "market"),
    "risk.sales_flows": lambda c: currency_exposure.sales_flows(c.events("orders"), c.as_of),
    "risk.shares": company_resilience.customer_shares,
    "risk.early_signs": lambda c: early_signs.thresholds(c, 50.0),
    "risk.monthly_counts": operating_control.monthly_counts,
    "risk.readiness": lambda c: company_controls.readiness_page(c, backup_hours=6.0, rpo_hours=4.0, rng=_rng()).lost,
    "plan.yearly_sales": spans._yearly_sales,
    "plan.own_growth": growth.own_growth,
    "plan.monthly_orders": growth._monthly_orders,
    "plan.season": growth.season_by_market,
    "plan.advertising": candidates._advertising_share,
    "plan.returns": lambda c: candidates._return_rate(c, list(c.markets)),
}
