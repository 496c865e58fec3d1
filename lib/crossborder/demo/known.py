"""The truth of the core: parameters of every mechanism and the true effects, as plain values and small frames."""

import numpy as np
import pandas as pd

from crossborder.demo import baskets, crowd, invoices, money, people, prices, seasons, stock, supply_tables
from crossborder.demo.core import Core
from crossborder.demo.media import CHANNEL, HARVEST, MARKET_SHARE
from crossborder.demo.world import CATEGORIES, CHANNELS, MARKETS, PLATFORMS

__all__ = ["core_truth"]


def core_truth(company: Core) -> dict:
    """Parameters and effects of demand, channels, customers, supply and money."""
    return {
        "demand": _demand(company),
        "channels": _channels(company),
        "customers": _customers(),
        "supply": _supply(company),
        "money": {"terms": invoices.TERMS, "opening_usd": money.OPENING, "late_payout_share": money.LATE_PAYOUT},
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


def _channels(company: Core) -> dict:
    media, known = company.media, company.truth
    lost, realised = known["lost"], known["lost_realised"]
    effects = CHANNEL[["keep", "lift", "slope"]].assign(
        reach=media.reach,
        log_coefficient=media.reach * CHANNEL["lift"],
        harvest=np.isin(CHANNELS, HARVEST),
        incremental_orders=lost[:, :-1].sum(axis=0),
        incremental_orders_drawn=realised[:, :-1].sum(axis=0),
        spend_usd=media.spend_usd.sum(axis=(0, 1)),
    )
    by_market = pd.DataFrame(lost, columns=[*CHANNELS, "all"]).assign(
        market=MARKETS, orders=known["orders"], orders_expected=known["orders_expected"]
    )
    index = pd.MultiIndex.from_product([company.world.days, MARKETS, CHANNELS], names=["date", "market", "channel"])
    daily = pd.DataFrame({"response": media.response.ravel(), "adstock": media.adstock.ravel()}, index=index)
    half = pd.DataFrame(media.half_usd, index=pd.Index(MARKETS, name="market"), columns=list(CHANNELS)).reset_index()
    return {
        "effects": effects.reset_index(),
        "incremental_orders_by_market": by_market,
        "incremental_share_of_all_off": float(lost[:, -1].sum() / known["orders_expected"].sum()),
        "half_saturation_usd": half,
        "adstock": daily.reset_index(),
        "entry_click_share": crowd.ENTRY,
        "harvest_contacts_a_need": people.HARVEST_RATE,
        "definition": "orders of the same need with the channel's contacts without effect; needs, contacts of other "
        "channels and random numbers unchanged; before stock-outs",
    }


def _customers() -> dict:
    chance = 1 - np.exp(-people.HAZARD * people.WINDOW)
    return {
        "parameters": people.CUSTOMER,
        "need_days": people.WINDOW,
        "hazard_a_day": people.HAZARD,
        "intent_sd": people.INTENT_SD,
        "purchase_chance_of_a_need_at_base": float(chance),
        "platform_share": {m: dict(zip(PLATFORMS, s, strict=True)) for m, s in crowd.PLATFORM_SHARE.items()},
        "guest_share": crowd.GUEST_SHARE,
        "consent_share": crowd.CONSENT,
        "more_lines": baskets.MORE_LINES,
        "more_pieces": baskets.MORE_PIECES,
    }


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
