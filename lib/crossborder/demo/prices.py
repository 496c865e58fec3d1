"""Shelf prices, rival prices, promotions and ratings by week, and the log demand that they make.

Log demand of a product is linear in log price, log rival price, rating, promotion and delivery promise.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.demo.media import carried
from crossborder.demo.products import Catalogue
from crossborder.demo.seasons import category_season, festivals
from crossborder.demo.world import CATEGORIES, CURRENCIES, MARKETS, VAT, World

__all__ = ["DEMAND", "ELASTICITY", "PASS_THROUGH", "Offers", "offers"]

ELASTICITY = {
    "home_storage": -1.7,
    "kitchen_health": -1.5,
    "pet": -1.2,
    "outdoor": -1.9,
    "electronics_accessories": -2.3,
    "beauty": -1.4,
}
DEMAND = {
    "rival_price": 0.60,  # elasticity to the rivals' median price
    "rating": 0.35,  # log units a star
    "promotion": 0.38,  # log units while it runs, its discount included
    "after_promotion_1": -0.14,  # the week after: bought ahead
    "after_promotion_2": -0.07,
    "promised_days": -0.022,  # log units a day of delivery promise
    "ramp_weeks": 10.0,  # a new listing reaches 63 % of its demand in this many weeks
}
PROMOTION_DISCOUNT = 0.12
# Share of an exchange-rate move that reaches the shelf price, and the weeks until it does.
PASS_THROUGH = {"share": 0.55, "lag_weeks": 6, "smooth_weeks": 8}
MARKET_LEVEL = {"US": 1.0, "DE": 1.04, "GB": 1.05, "JP": 0.98, "MX": 0.92, "BR": 0.95, "ID": 0.80, "SA": 1.06}
PROMISED_DAYS = {"US": 4.0, "DE": 3.5, "GB": 3.5, "JP": 3.0, "MX": 6.0, "BR": 8.0, "ID": 5.0, "SA": 5.0}


@dataclass(frozen=True)
class Offers:
    """By week x market x SKU: what the shopper sees, and `log_demand`, -inf while not on sale."""

    price: np.ndarray
    rival_price: np.ndarray
    promotion: np.ndarray
    rating: np.ndarray
    listed: np.ndarray
    promised_days: np.ndarray
    log_demand: np.ndarray


def offers(world: World, goods: Catalogue) -> Offers:
    """Prices, promotions, ratings and delivery promises of all weeks, and the demand that follows from them."""
    rng = world.rng("prices")
    weeks, n = len(world.weeks), len(goods.category)
    shape = (weeks, len(MARKETS), n)
    anchor = goods.list_usd * _by_market(MARKET_LEVEL)[:, None] * (1 + _by_market(VAT)[:, None])
    own = _steps(rng, shape, 0.14, 0.045) + rng.normal(0, 0.05, shape[1:])
    price = anchor * np.exp(own) * _exchange(world)[:, :, None]
    price = _charm(price)
    rival = anchor * _exchange_full(world)[:, :, None] * np.exp(_walk(rng, shape, 0.10, 0.035))
    rival = np.round(rival, 2)
    promotion = _promotions(world, rng, shape)
    rating = np.round(np.clip(goods.rating + _walk(rng, shape, 0.05, 0.012), 3.2, 5.0), 2)
    promised = _promised(world, rng)
    listed, ramp = _listed(world, goods)
    elasticity = np.array([ELASTICITY[CATEGORIES[c]] for c in goods.category])
    base = anchor * _exchange_full(world)[:1, :, None]
    log_demand = (
        goods.appeal.T
        + category_season(world)[:, :, goods.category]
        + elasticity * np.log(price / base)
        + DEMAND["rival_price"] * np.log(rival / base)
        + DEMAND["rating"] * (rating - 4.35)
        + DEMAND["promotion"] * promotion
        + DEMAND["after_promotion_1"] * _before(promotion, 1)
        + DEMAND["after_promotion_2"] * _before(promotion, 2)
        + DEMAND["promised_days"] * (promised - _by_market(PROMISED_DAYS))[:, :, None]
        + np.log(ramp)
    )
    return Offers(price, rival, promotion, rating, listed, promised, np.where(listed, log_demand, -np.inf))


def _by_market(values: dict[str, float]) -> np.ndarray:
    return np.array([values[m] for m in MARKETS])


def _local_per_usd(world: World, lag_weeks: int = 0, smooth: int = 1) -> np.ndarray:
    """Units of local currency a USD by week and market, smoothed over past weeks and lagged."""
    rates = 1 / world.usd_per_unit[[CURRENCIES[m] for m in MARKETS]]
    weekly = rates.rolling(7 * smooth, min_periods=1).mean()
    return weekly.reindex(world.weeks - pd.Timedelta(weeks=lag_weeks)).to_numpy()


def _exchange_full(world: World) -> np.ndarray:
    """Rivals price in local money: one fixed rate, that of the first week."""
    first = _local_per_usd(world)[0]
    return np.broadcast_to(first, (len(world.weeks), len(MARKETS)))


def _exchange(world: World) -> np.ndarray:
    """Local price of a USD as our shelf shows it: a share of each move, after the lag."""
    moved = _local_per_usd(world, PASS_THROUGH["lag_weeks"], PASS_THROUGH["smooth_weeks"])
    first = _local_per_usd(world)[0]
    return first * (moved / first) ** PASS_THROUGH["share"]


def _charm(price: np.ndarray) -> np.ndarray:
    """Prices as shops write them: .99 for small numbers, tens, thousands for yen and rupiah."""
    step = np.where(price < 1000, 1.0, np.where(price < 20000, 10.0, 1000.0))
    return np.where(price < 1000, np.maximum(np.round(price), 2) - 0.01, np.round(price / step) * step)


def _walk(rng: np.random.Generator, shape: tuple, start: float, step: float) -> np.ndarray:
    """A mean-reverting path by week, from a random start."""
    noise = rng.normal(0, step, shape)
    noise[0] = rng.normal(0, start, shape[1:])
    return carried(noise, 0.95)


def _steps(rng: np.random.Generator, shape: tuple, size: float, chance: float) -> np.ndarray:
    """A price that stays for weeks and then jumps to a new level."""
    change = rng.random(shape) < chance
    change[0] = True
    level = rng.normal(0, size / 2, shape)
    last = np.maximum.accumulate(np.where(change, np.arange(shape[0])[:, None, None], 0), axis=0)
    return np.take_along_axis(level, last, axis=0)


def _promotions(world: World, rng: np.random.Generator, shape: tuple) -> np.ndarray:
    """About one week in fourteen, more often in festival weeks, never two weeks running."""
    festive = np.zeros(shape[0])
    for row in festivals(world).itertuples():
        festive[(world.weeks <= row.end) & (world.weeks + pd.Timedelta(days=6) >= row.start)] = 1
    chance = np.where(festive > 0, 0.12, 0.05)[:, None, None]
    drawn = rng.random(shape) < chance
    drawn[1:] &= ~drawn[:-1]
    return drawn


def _promised(world: World, rng: np.random.Generator) -> np.ndarray:
    """Days promised by week and market: slower in December and around the two disruptions."""
    base = _by_market(PROMISED_DAYS) + np.round(2 * rng.normal(0, 0.6, (len(world.weeks), len(MARKETS)))) / 2
    return np.maximum(base + (world.weeks.month == 12).astype(float)[:, None], 1.0)


def _listed(world: World, goods: Catalogue) -> tuple[np.ndarray, np.ndarray]:
    """Whether on sale (week x market x SKU), and the share of demand that a new listing has reached."""
    start = (world.weeks[0] - world.days[0]).days
    age = start + 7 * np.arange(len(world.weeks))[:, None, None] - goods.listed_from.T
    listed = age >= 0
    ramp = 1 - 0.9 * np.exp(-np.maximum(age, 0) / 7 / DEMAND["ramp_weeks"])
    return listed, ramp


def _before(promotion: np.ndarray, weeks: int) -> np.ndarray:
    lagged = np.zeros(promotion.shape)
    lagged[weeks:] = promotion[:-weeks]
    return lagged
