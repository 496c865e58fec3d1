"""Daily and weekly tables that follow from the sums: sessions, ad spend, prices."""

import numpy as np
import pandas as pd

from crossborder.demo.core import Core
from crossborder.demo.media import CHANNEL
from crossborder.demo.sales import Sums, usd_rates
from crossborder.demo.typed import typed
from crossborder.demo.world import CHANNELS, CURRENCIES, MARKETS, PLATFORMS, World

__all__ = ["AFFILIATE_COMMISSION", "ad_spend", "prices", "sessions"]

CONVERSION = {"marketplace_a": 0.050, "marketplace_b": 0.038, "own_store": 0.022, "social_shop": 0.017}
AFFILIATE_COMMISSION = 0.07
COIN = {"JPY": 0, "IDR": 0}


def sessions(company: Core, sums: Sums) -> pd.DataFrame:
    """Funnel counts: orders are those of the orders table; the steps before are drawn around a fortnight's mean."""
    rng = company.world.rng("sessions")
    orders = sums.orders.round().astype(np.int64)
    days = len(orders)
    total = np.concatenate([np.zeros((1, *orders.shape[1:])), np.cumsum(orders, axis=0)])
    low, high = np.maximum(np.arange(days) - 7, 0), np.minimum(np.arange(days) + 8, days)
    near = (total[high] - total[low]) / (high - low)[:, None, None] + 0.05
    near = 0.4 * orders + 0.6 * near
    visits_an_order = 1 / np.array([CONVERSION[p] for p in PLATFORMS])
    checkouts = orders + rng.poisson(0.55 * near)
    carts = checkouts + rng.poisson(0.10 * visits_an_order * near)
    views = carts + rng.poisson(0.45 * visits_an_order * near)
    visits = views + rng.poisson(0.42 * visits_an_order * near)
    index = pd.MultiIndex.from_product([company.world.days, MARKETS, PLATFORMS], names=["date", "market", "platform"])
    columns = {"visits": visits, "product_views": views, "carts": carts, "checkouts": checkouts, "orders": orders}
    frame = pd.DataFrame({name: values.ravel() for name, values in columns.items()}, index=index)
    return typed(frame.reset_index(), "sessions")


def ad_spend(company: Core, sums: Sums) -> pd.DataFrame:
    """Spend in the market's currency, what it bought, and the orders that the ad platforms claim."""
    world, rng = company.world, company.world.rng("ad_spend")
    usd = company.media.spend_usd.copy()
    rate = usd_rates(world)[:, :, None]
    usd[:, :, CHANNELS.index("affiliate")] = AFFILIATE_COMMISSION * sums.affiliate * rate[:, :, 0]
    digits = np.array([COIN.get(CURRENCIES[m], 2) for m in MARKETS])[:, None]
    local = np.where(digits == 0, np.round(usd / rate), np.round(usd / rate, 2))
    clicks = rng.poisson(usd / CHANNEL["usd_click"].to_numpy())
    shown = clicks + rng.poisson(usd / CHANNEL["usd_thousand"].to_numpy() * 1000)
    index = pd.MultiIndex.from_product([world.days, MARKETS, CHANNELS], names=["date", "market", "channel"])
    frame = pd.DataFrame(
        {
            "impressions": shown.ravel(),
            "clicks": clicks.ravel(),
            "spend": local.ravel(),
            "currency": np.tile(np.repeat([CURRENCIES[m] for m in MARKETS], len(CHANNELS)), len(world.days)),
            "platform_conversions": sums.claims.round().astype(np.int64).ravel(),
        },
        index=index,
    )
    return typed(frame.reset_index(), "ad_spend")


def week_sums(world: World, daily: np.ndarray) -> np.ndarray:
    """Sums a week of a day x ... array."""
    start = np.flatnonzero(np.r_[True, np.diff(world.week_of_day) > 0])
    return np.add.reduceat(daily, start, axis=0)


def prices(company: Core) -> pd.DataFrame:
    """Prices, promotion, rating, share of the week in stock and pieces sold, where the product is listed."""
    world, offers, flows = company.world, company.offers, company.flows
    wanted, available = company.demand, flows.available
    share = np.where(wanted > available, available / np.maximum(wanted, 1), (available > 0).astype(float))
    days = week_sums(world, np.ones((len(world.days), 1, 1)))
    in_stock = week_sums(world, share) / days
    units = week_sums(world, flows.sold)
    week, market, sku = np.nonzero(offers.listed)
    at = (week, market, sku)
    # Some weeks the rivals' prices could not be read.
    unread = world.rng("rival_prices").random(len(week)) < 0.015
    frame = pd.DataFrame(
        {
            "week": world.weeks[week],
            "sku": company.goods.frame["sku"].to_numpy()[sku],
            "market": np.array(MARKETS)[market],
            "price": offers.price[at],
            "currency": np.array([CURRENCIES[m] for m in MARKETS])[market],
            "rival_price": np.where(unread, np.nan, offers.rival_price[at]),
            "promotion": offers.promotion[at],
            "rating": offers.rating[at],
            "in_stock": np.clip(in_stock[at], 0, 1),
            "units": units[at],
        }
    )
    return typed(frame, "prices")
