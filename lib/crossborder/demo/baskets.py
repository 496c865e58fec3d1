"""What is in an order: products, pieces, prices, delivery, returns. All as intended, before stock is looked at."""

from dataclasses import dataclass

import numpy as np

from crossborder.demo.prices import PROMOTION_DISCOUNT, Offers
from crossborder.demo.products import Catalogue
from crossborder.demo.world import CURRENCIES, MARKETS, PLATFORMS, VAT, World

__all__ = ["DECIMALS", "REASONS", "RETURN_RATE", "Shelf", "lines", "shelf"]

MORE_LINES, MORE_PIECES = 0.45, 0.24
DECIMALS = {"JPY": 0, "IDR": 0}
RETURN_RATE = {"US": 0.135, "DE": 0.190, "GB": 0.140, "JP": 0.050, "MX": 0.085, "BR": 0.090, "ID": 0.060, "SA": 0.105}
RETURN_CATEGORY = np.array([0.85, 0.90, 0.75, 1.05, 1.30, 1.10])
LATE_FACTOR, RATING_EFFECT, FRAGILE_FACTOR = 1.8, -0.60, 1.25
REASONS = ("changed_mind", "not_as_described", "defective", "damaged", "does_not_fit", "late")
REASON_SHARE = np.array(
    [
        [0.34, 0.22, 0.10, 0.16, 0.18, 0.0],
        [0.30, 0.22, 0.18, 0.20, 0.10, 0.0],
        [0.34, 0.22, 0.10, 0.08, 0.26, 0.0],
        [0.32, 0.22, 0.16, 0.12, 0.18, 0.0],
        [0.24, 0.22, 0.32, 0.08, 0.14, 0.0],
        [0.38, 0.32, 0.08, 0.20, 0.02, 0.0],
    ]
)
RESTOCK_CHANCE = np.array([0.85, 0.60, 0.0, 0.0, 0.85, 0.80])
EARLY = 0.80  # mean delivery time as a share of the promise
DELIVERY_SHAPE = 11.0
SHIPPING_USD = {"US": 4.9, "DE": 3.9, "GB": 3.9, "JP": 3.5, "MX": 2.9, "BR": 2.9, "ID": 1.0, "SA": 3.5}
FREE_ABOVE_USD = 35.0


@dataclass(frozen=True)
class Shelf:
    """Cumulative attraction by week x market over SKUs, and the daily market factor of demand (mean 1 a market)."""

    ends: np.ndarray
    total: np.ndarray
    factor: np.ndarray
    norm: np.ndarray


def shelf(world: World, offers: Offers, market_effect: np.ndarray) -> Shelf:
    """From log demand of every product to the market's purchase factor and the choice among products."""
    attraction = np.exp(offers.log_demand)
    total = attraction.sum(axis=2)
    norm = total.mean(axis=0)
    factor = np.exp(market_effect) * (total / norm)[world.week_of_day]
    return Shelf(np.cumsum(attraction.ravel()), total, factor, norm)


def lines(
    world: World, goods: Catalogue, offers: Offers, shelf: Shelf, orders: dict, basket: np.ndarray, chunk: int
) -> dict[str, np.ndarray]:
    """Order lines as intended; `order` points into the orders, amounts are in the market's currency."""
    rng = world.rng("baskets", chunk)
    n = len(orders["day"])
    count = 1 + rng.poisson(MORE_LINES * basket)
    order = np.repeat(np.arange(n), count)
    number = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count) + 1
    market, day = orders["market"][order], orders["day"][order]
    week = world.week_of_day[day]
    sku = _choice(shelf, week, market, len(goods.category), rng.random(len(order)))
    quantity = 1 + rng.poisson(MORE_PIECES * basket[order])
    found = {"order": order, "line": number, "day": day, "market": market, "sku": sku, "quantity": quantity}
    found |= _amounts(offers, orders, found, week, goods)
    found |= _delivery(rng, world, offers, orders, order, week)
    found |= _returns(rng, world, goods, offers, found, week)
    return found


def _choice(shelf: Shelf, week: np.ndarray, market: np.ndarray, skus: int, u: np.ndarray) -> np.ndarray:
    cell = week * len(MARKETS) + market
    ends = shelf.ends
    before = np.where(cell > 0, ends[np.maximum(cell * skus - 1, 0)], 0.0)
    at = np.searchsorted(ends, before + u * shelf.total[week, market], side="right")
    return np.clip(at - cell * skus, 0, skus - 1)


def _digits() -> np.ndarray:
    return np.array([DECIMALS.get(CURRENCIES[m], 2) for m in MARKETS])


def cents(amount: np.ndarray, market: np.ndarray) -> np.ndarray:
    """Amount rounded to the smallest coin of the market's currency."""
    return np.where(_digits()[market] == 0, np.round(amount), np.round(amount, 2))


def _amounts(offers: Offers, orders: dict, found: dict, week: np.ndarray, goods: Catalogue) -> dict:
    market, sku, quantity = found["market"], found["sku"], found["quantity"]
    price = offers.price[week, market, sku]
    promoted = offers.promotion[week, market, sku]
    discount = cents(price * quantity * PROMOTION_DISCOUNT * promoted, market)
    own = orders["platform"][found["order"]] == PLATFORMS.index("own_store")
    small = goods.list_usd[sku] * quantity < FREE_ABOVE_USD
    usd = np.array([SHIPPING_USD[m] for m in MARKETS])[market]
    local = usd * price / np.maximum(goods.list_usd[sku], 0.01)  # roughly the shelf's own exchange rate
    charged = np.where(own & small & (found["line"] == 1), cents(local, market), 0.0)
    vat = np.array([VAT[m] for m in MARKETS])[market]
    gross = price * quantity - discount + charged
    return {"price": price, "discount": discount, "shipping": charged, "tax": cents(gross * vat / (1 + vat), market)}


def _delivery(rng, world: World, offers: Offers, orders: dict, order: np.ndarray, week: np.ndarray) -> dict:
    """Promised days and the moment of delivery, one parcel an order."""
    n = len(orders["day"])
    ordered = orders["day"] + orders["clock"]
    promised = offers.promised_days[world.week_of_day[orders["day"]], orders["market"]]
    took = promised * EARLY * rng.gamma(DELIVERY_SHAPE, 1 / DELIVERY_SHAPE, n) + 0.2
    lost = rng.random(n) < 0.003
    return {
        "promised": promised[order],
        "delivered": np.where(lost, np.nan, ordered + took)[order],
        "late": (took > promised)[order],
    }


def _returns(rng, world: World, goods: Catalogue, offers: Offers, found: dict, week: np.ndarray) -> dict:
    """Pieces sent back, why, when, and whether they go back on the shelf."""
    n = len(found["sku"])
    market, sku, quantity = found["market"], found["sku"], found["quantity"]
    category = goods.category[sku]
    rating = offers.rating[week, market, sku]
    fragile = goods.frame["fragile"].to_numpy(bool)[sku]
    base = np.array([RETURN_RATE[m] for m in MARKETS])[market] * RETURN_CATEGORY[category]
    chance = base * np.exp(RATING_EFFECT * (rating - 4.35)) * np.where(fragile, FRAGILE_FACTOR, 1.0)
    late = found["late"]
    full = np.minimum(chance * np.where(late, LATE_FACTOR, 1.0), 0.9)
    back = (rng.random(n) < full) & np.isfinite(found["delivered"])
    pieces = np.where(rng.random(n) < 0.85, quantity, 1)
    share = np.cumsum(REASON_SHARE, axis=1)[category]
    reason = (rng.random(n)[:, None] > share[:, :-1]).sum(axis=1)
    because_late = late & (rng.random(n) < (LATE_FACTOR - 1) / LATE_FACTOR)
    reason = np.where(because_late, REASONS.index("late"), np.minimum(reason, 4))
    when = np.floor(np.nan_to_num(found["delivered"], nan=1e6) + 3 + rng.gamma(2.0, 5.0, n)).astype(int)
    back &= when < len(world.days)
    returned = np.where(back, pieces, 0)
    paid = found["price"] * quantity - found["discount"]
    refund = np.where(back, cents(paid * returned / quantity, market), 0.0)
    again = back & (rng.random(n) < RESTOCK_CHANCE[reason])
    return {
        "returned": returned,
        "reason": np.where(back, reason, -1),
        "returned_on": np.where(back, when, -1),
        "refund": refund,
        "restocked": np.where(again, returned, 0),
    }
