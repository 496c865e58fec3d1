"""The truth of the core: parameters of every mechanism and the true effects, as plain values and small frames."""

import numpy as np
import pandas as pd

from crossborder.demo import baskets, crowd, invoices, money, people, prices, seasons, stock, supply_tables, wholesale
from crossborder.demo.channel_effects import channel_truth
from crossborder.demo.core import Core
from crossborder.demo.media import MARKET_SHARE
from crossborder.demo.sales import Sums
from crossborder.demo.world import CATEGORIES, MARKETS, PLATFORMS

__all__ = ["core_truth"]


def core_truth(company: Core, sums: Sums) -> dict:
    """Parameters and effects of demand, channels, customers, supply and money."""
    return {
        "demand": _demand(company),
        "channels": channel_truth(company, sums),
        "customers": _customers(company),
        "supply": _supply(company),
        "money": {
            "wholesale": wholesale.PAYMENT,
            "terms": invoices.TERMS,
            "opening_usd": money.OPENING,
            "late_payout_share": money.LATE_PAYOUT,
        },
    }


def _demand(company: Core) -> dict:
    goods = company.goods
    return {
        "elasticity": prices.ELASTICITY,
        "coefficients": prices.DEMAND,
        "pass_through": prices.PASS_THROUGH,
        "growth_a_year": seasons.GROWTH,
        "market_share": MARKET_SHARE,
        "festival_log_lift": seasons.FESTIVALS,
        "festival_markets": {k: list(v) for k, v in seasons.WHO.items()},
        "festivals": seasons.festivals(company.world),
        "weekday_log_effect": seasons.WEEKDAY.tolist(),
        "category_season": {k: {"peak_day": v[0], "amplitude": v[1]} for k, v in seasons.CATEGORY_SEASON.items()},
        "market_effects": seasons.market_effects(company.world).rename_axis("date").reset_index(),
        "appeal": pd.DataFrame(goods.appeal, columns=list(MARKETS)).assign(sku=goods.frame["sku"]),
        "return_rate_base": baskets.RETURN_RATE,
        "return_category_factor": dict(zip(CATEGORIES, baskets.RETURN_CATEGORY.tolist(), strict=True)),
        "return_late_factor": baskets.LATE_FACTOR,
        "return_rating_effect": baskets.RATING_EFFECT,
        "lost_sales_units": int(company.demand.sum() - company.flows.sold.sum()),
    }


def _customers(company: Core) -> dict:
    known, drawn = people.CUSTOMER, company.truth
    # Season, growth, contacts and attraction speed up all customers alike: by this much on average.
    pace = drawn["repeat_expected"].sum() / drawn["repeat_needs"].sum() / (people.HAZARD * people.WINDOW)
    return {
        "parameters": people.CUSTOMER,
        "bg_nbd": {
            "r": known["rate_shape"],
            "alpha_days": known["rate_scale_days"] / pace,
            "a": known["drop_a"],
            "b": known["drop_b"],
        },
        "order_value": _order_value(),
        "member_effect_on_rate": float(np.expm1(known["member_effect"])),
        "need_days": people.WINDOW,
        "hazard_a_day": people.HAZARD,
        "intent_sd": people.INTENT_SD,
        "purchases_of_a_need_at_base": people.HAZARD * people.WINDOW,
        "platform_share": {m: dict(zip(PLATFORMS, s, strict=True)) for m, s in crowd.PLATFORM_SHARE.items()},
        "guest_share": crowd.GUEST_SHARE,
        "consent_share": crowd.CONSENT,
        "more_lines": baskets.MORE_LINES,
        "more_pieces": baskets.MORE_PIECES,
    }


def _order_value() -> dict:
    """How customers differ in pieces an order; `gamma_gamma_q` is the gamma-gamma model's with the same spread."""
    from scipy.special import roots_genlaguerre

    # Means over a gamma variable by Gauss-Laguerre quadrature.
    shape = people.CUSTOMER["basket_shape"]
    nodes, weights = roots_genlaguerre(20, shape - 1)
    pieces = (1 + baskets.MORE_LINES * nodes / shape) * (1 + baskets.MORE_PIECES * nodes / shape)
    mean = np.average(pieces, weights=weights)
    spread = np.sqrt(np.average((pieces - mean) ** 2, weights=weights)) / mean
    return {"mean_pieces": mean, "between_customers_cv": spread, "gamma_gamma_q": 2 + 1 / spread**2}


def _supply(company: Core) -> dict:
    return {
        "policy": stock.POLICY,
        "disruptions": [dict(d, markets=list(d["markets"])) for d in stock.DISRUPTIONS],
        "shutdown_days": stock.SHUTDOWN_DAYS,
        "new_years": list(stock.NEW_YEARS),
        "duty_by_market": supply_tables.DUTY,
        "duty_category_factor": supply_tables.DUTY_CATEGORY,
        "insurance_share": supply_tables.INSURANCE_SHARE,
        "served_share": float(company.flows.sold.sum() / company.demand.sum()),
    }
