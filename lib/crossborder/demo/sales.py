"""Tables of orders, contacts and customers, made chunk by chunk, and the daily sums that other tables need."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.demo.baskets import REASONS, cents
from crossborder.demo.core import Core
from crossborder.demo.crowd import Crowd
from crossborder.demo.typed import typed
from crossborder.demo.world import CHANNELS, CURRENCIES, MARKETS, PLATFORMS, VAT, World

__all__ = ["AGE_GROUPS", "CLICK_SHARE", "Sums", "chunk_tables", "usd_rates"]

AGE_GROUPS = ("18-24", "25-34", "35-44", "45-54", "55+")
CLICK_SHARE = {"video": 0.30, "display": 0.20, "social_paid": 0.45, "social_organic": 0.5, "influencer": 0.6}
CLAIM_DAYS = 7.0  # an ad platform claims an order that follows its contact within these days
VISITS = {"base": 0.6, "an_order": 2.5, "a_contact": 1.2}


@dataclass
class Sums:
    """Daily sums by day x market x platform in the market's currency; refunds on the day they were given."""

    orders: np.ndarray
    gross: np.ndarray
    tax: np.ndarray
    refunds: np.ndarray
    refund_tax: np.ndarray
    pieces: np.ndarray
    returned: np.ndarray
    claims: np.ndarray
    affiliate: np.ndarray

    @classmethod
    def empty(cls, world: World) -> "Sums":
        """All zero."""
        shape = (len(world.days), len(MARKETS), len(PLATFORMS))
        return cls(*(np.zeros(shape) for _ in range(7)), np.zeros((*shape[:2], len(CHANNELS))), np.zeros(shape[:2]))


def usd_rates(world: World) -> np.ndarray:
    """USD per unit of each market's currency: days x markets."""
    return world.usd_per_unit.loc[world.days, [CURRENCIES[m] for m in MARKETS]].to_numpy()


def chunk_tables(company: Core, chunk: int, people: Crowd, lines: dict, sums: Sums) -> dict[str, pd.DataFrame]:
    """Orders, touchpoints and customers of one chunk; adds to `sums`."""
    world = company.world
    rng = world.rng("sales", chunk)
    ids = _identities(people, lines, chunk)
    _finish_amounts(lines)
    _add(world, people, lines, sums)
    touches = _touch_times(people, ids)
    _claims(people, ids, touches, sums)
    return {
        "orders": _orders(company, people, lines, ids),
        "touchpoints": _touchpoints(world, people, ids, touches, rng),
        "customers": _customers(world, people, lines, ids, touches, rng),
    }


def _identities(people: Crowd, lines: dict, chunk: int) -> dict[str, np.ndarray]:
    """Names of orders in time order, of customers in order of their first purchase, of visitors without one."""
    orders = people.orders
    sold = np.unique(lines["order"])
    when = orders["day"][sold] + orders["clock"][sold]
    sold = sold[np.argsort(when, kind="stable")]
    number = np.full(len(orders["day"]), -1)
    number[sold] = np.arange(len(sold))
    buyers = orders["person"][sold[~orders["guest"][sold]]]
    first = np.unique(buyers, return_index=True)[1]
    buyers = buyers[np.sort(first)]
    size = len(people.persons["market"])
    customer = np.full(size, -1)
    customer[buyers] = np.arange(len(buyers))
    code = np.where(customer >= 0, customer, np.arange(size))
    name = np.char.add(np.where(customer >= 0, f"C{chunk:03d}", f"V{chunk:03d}"), np.char.zfill(code.astype(str), 6))
    order = np.char.add(f"O{chunk:03d}", np.char.zfill(np.maximum(number, 0).astype(str), 6))
    return {"order": order, "number": number, "person": name, "customer": customer, "buyers": buyers}


def _finish_amounts(lines: dict) -> None:
    """Cut lines lose part of their discount; tax follows the final amounts; everything in whole coins."""
    market = lines["market"]
    lines["discount"] = cents(lines["discount"], market)
    lines["gross"] = cents(lines["price"] * lines["quantity"] - lines["discount"] + lines["shipping"], market)
    vat = np.array([VAT[m] for m in MARKETS])[market]
    lines["tax"] = cents(lines["gross"] * vat / (1 + vat), market)
    paid = lines["price"] * lines["quantity"] - lines["discount"]
    lines["refund"] = cents(paid * lines["returned"] / np.maximum(lines["quantity"], 1), market)
    lines["refund_tax"] = cents(lines["refund"] * vat / (1 + vat), market)


def _add(world: World, people: Crowd, lines: dict, sums: Sums) -> None:
    """Adds a chunk's lines to the daily sums."""
    platform = people.orders["platform"][lines["order"]]
    shape = sums.orders.shape
    at = np.ravel_multi_index((lines["day"], lines["market"], platform), shape)

    def total(where: np.ndarray, what: np.ndarray) -> np.ndarray:
        return np.bincount(where, what, sums.orders.size).reshape(shape)

    first = np.r_[True, lines["order"][1:] != lines["order"][:-1]]
    sums.orders += total(at, first)
    sums.gross += total(at, lines["gross"])
    sums.tax += total(at, lines["tax"])
    sums.pieces += total(at, lines["quantity"])
    back = lines["returned"] > 0
    later = np.ravel_multi_index((lines["returned_on"][back], lines["market"][back], platform[back]), shape)
    sums.refunds += total(later, lines["refund"][back])
    sums.refund_tax += total(later, lines["refund_tax"][back])
    sums.returned += total(later, lines["returned"][back])
    partner = people.orders["entry"][lines["order"]] == CHANNELS.index("affiliate")
    np.add.at(sums.affiliate, (lines["day"][partner], lines["market"][partner]), lines["gross"][partner])


def _moments(world: World, day: np.ndarray, clock: np.ndarray) -> pd.DatetimeIndex:
    seconds = np.floor(clock * 86400).astype(np.int64) + day.astype(np.int64) * 86400
    start = np.datetime64(world.start, "us").astype(np.int64)
    return pd.DatetimeIndex((start + seconds * 1_000_000).view("M8[us]")).tz_localize("UTC")


def _orders(company: Core, people: Crowd, lines: dict, ids: dict) -> pd.DataFrame:
    world, orders = company.world, people.orders
    order, market = lines["order"], lines["market"]
    last = len(world.days)
    delivered = lines["delivered"]
    there = np.isfinite(delivered) & (delivered < last)
    arrival = _moments(world, np.zeros(len(order), np.int64), np.where(there, delivered, 0.0))
    person = pd.Series(ids["person"][orders["person"][order]]).where(~orders["guest"][order])
    known = np.append(np.array(REASONS, dtype=object), None)
    frame = pd.DataFrame(
        {
            "order_id": ids["order"][order],
            "line": _line_numbers(order),
            "ordered_at": _moments(world, lines["day"], orders["clock"][order]),
            "customer_id": person,
            "market": np.array(MARKETS)[market],
            "platform": np.array(PLATFORMS)[orders["platform"][order]],
            "sku": company.goods.frame["sku"].to_numpy()[lines["sku"]],
            "quantity": lines["quantity"],
            "unit_price": lines["price"],
            "currency": np.array([CURRENCIES[m] for m in MARKETS])[market],
            "discount": lines["discount"],
            "tax": lines["tax"],
            "shipping_charged": lines["shipping"],
            "returned": lines["returned"],
            "return_reason": known[lines["reason"]],
            "refund": lines["refund"],
            "delivered_at": arrival.where(there),
            "promised_days": lines["promised"],
        }
    )
    return typed(frame, "orders").sort_values(["ordered_at", "order_id", "line"], ignore_index=True)


def _line_numbers(order: np.ndarray) -> np.ndarray:
    """1, 2, ... within each order; lines of an order lie together."""
    start = np.flatnonzero(np.r_[True, order[1:] != order[:-1]])
    return np.arange(len(order)) - np.repeat(start, np.diff(np.r_[start, len(order)])) + 1


def _touch_times(people: Crowd, ids: dict) -> dict[str, np.ndarray]:
    """Contacts in order of person and time, without entry clicks of orders that stock did not allow."""
    t = people.touches
    keep = (t["order"] < 0) | (ids["number"][np.maximum(t["order"], 0)] >= 0)
    order = np.lexsort((t["day"] + t["clock"], t["person"]))
    order = order[keep[order]]
    return {name: value[order] for name, value in t.items()}


def _claims(people: Crowd, ids: dict, touches: dict, sums: Sums) -> None:
    """Orders that each ad platform claims: any contact of its own in the days before."""
    orders = people.orders
    sold = np.flatnonzero(ids["number"] >= 0)
    span = 10_000.0
    line = touches["person"] * span + touches["day"] + touches["clock"]
    at = orders["person"][sold] * span + orders["day"][sold] + orders["clock"][sold]
    low, high = np.searchsorted(line, at - CLAIM_DAYS), np.searchsorted(line, at, side="right")
    count = high - low
    which = np.repeat(np.arange(len(sold)), count)
    touch = np.repeat(low - np.cumsum(count) + count, count) + np.arange(count.sum())
    pair = np.unique(which * len(CHANNELS) + touches["channel"][touch])
    order, channel = sold[pair // len(CHANNELS)], pair % len(CHANNELS)
    np.add.at(sums.claims, (orders["day"][order], orders["market"][order], channel), 1)


def _touchpoints(world: World, people: Crowd, ids: dict, touches: dict, rng: np.random.Generator) -> pd.DataFrame:
    channel = touches["channel"]
    click = np.array([CLICK_SHARE.get(c, 1.0) for c in CHANNELS])[channel]
    entered = touches["order"] >= 0
    clicked = entered | (rng.random(len(channel)) < click)
    campaign = np.char.add(np.array(CHANNELS)[channel], np.array(["-a", "-b", "-c"])[rng.integers(0, 3, len(channel))])
    converted = pd.Series(ids["order"][np.maximum(touches["order"], 0)]).where(entered)
    frame = pd.DataFrame(
        {
            "customer_id": ids["person"][touches["person"]],
            "at": _moments(world, touches["day"], touches["clock"]),
            "channel": np.array(CHANNELS)[channel],
            "campaign": campaign,
            "market": np.array(MARKETS)[touches["market"]],
            "contact": np.where(clicked, "click", "view"),
            "consent": people.persons["consent"][touches["person"]],
            "converted_order_id": converted,
        }
    )
    return typed(frame, "touchpoints").sort_values(["at", "customer_id"], ignore_index=True, kind="stable")


def _customers(world: World, people: Crowd, lines: dict, ids: dict, touches: dict, rng) -> pd.DataFrame:
    """Customers with first contact, membership, and spend around the day of joining (or the same day without)."""
    buyers, orders = ids["buyers"], people.orders
    last, n = len(world.days), len(ids["buyers"])
    mine = ids["customer"][orders["person"][lines["order"]]]
    own = (mine >= 0) & ~orders["guest"][lines["order"]]
    day, who = lines["day"][own], mine[own]
    first_order = np.full(n, last)
    np.minimum.at(first_order, who, day)
    touched, channel = _first_contact(ids, touches, last)
    joined = people.persons["joined"][buyers]
    member = (joined < last) & (joined > first_order)
    pivot = np.where(member, joined, first_order + np.ceil(rng.exponential(45.0, n)))
    usd = (lines["gross"] * usd_rates(world)[lines["day"], lines["market"]])[own]

    def spent(low: int, high: int) -> np.ndarray:
        inside = (day - pivot[who] >= low) & (day - pivot[who] < high)
        return np.bincount(who[inside], usd[inside], n)

    visits = _visits(ids, touches, day, who, pivot, rng)
    known, whole = pivot < last, pivot + 180 <= last
    names = np.append(np.array(CHANNELS, dtype=object), None)
    frame = pd.DataFrame(
        {
            "customer_id": ids["person"][buyers],
            "market": np.array(MARKETS)[people.persons["market"][buyers]],
            "first_seen_on": world.days[np.minimum(touched, first_order)],
            "acquisition_channel": names[np.where(touched <= first_order, channel, -1)],
            "cohort": np.array(AGE_GROUPS)[rng.choice(5, n, p=[0.14, 0.31, 0.26, 0.17, 0.12])],
            "member": member,
            "member_since": world.days[np.where(member, joined, 0).astype(int)].where(member),
            "visits_before_joining": np.where(known, visits, np.nan),
            "spend_before_joining_usd": np.where(known, np.round(spent(-180, 0), 2), np.nan),
            "spend_after_joining_usd": np.where(whole, np.round(spent(0, 180), 2), np.nan),
            "consent": people.persons["consent"][buyers],
        }
    )
    return typed(frame, "customers")


def _first_contact(ids: dict, touches: dict, last: int) -> tuple[np.ndarray, np.ndarray]:
    """Day and channel of each customer's first contact; past the last day and -1 without."""
    n = len(ids["buyers"])
    owner = ids["customer"][touches["person"]]
    seen = np.flatnonzero(owner >= 0)
    first = seen[np.unique(owner[seen], return_index=True)[1]]
    touched, channel = np.full(n, last), np.full(n, -1)
    touched[owner[first]] = touches["day"][first]
    channel[owner[first]] = touches["channel"][first]
    return touched, channel


def _visits(ids: dict, touches: dict, day: np.ndarray, who: np.ndarray, pivot: np.ndarray, rng) -> np.ndarray:
    """Visits in the 90 days before each customer's pivot: some of their own, more with orders and contacts."""
    owner = ids["customer"][touches["person"]]
    seen = np.flatnonzero(owner >= 0)
    gap = touches["day"][seen] - pivot[owner[seen]]
    near = np.bincount(owner[seen][(gap >= -90) & (gap < 0)], minlength=len(pivot))
    recent = np.bincount(who[(day - pivot[who] >= -90) & (day < pivot[who])], minlength=len(pivot))
    mean = VISITS["base"] + VISITS["an_order"] * recent + VISITS["a_contact"] * near
    return rng.poisson(mean).astype(float)
