"""From touchpoints and orders to coded journeys: the engine filters and counts, numpy sorts and cuts.

Every order goes to exactly one line of the account: with a journey, without a touch in the look-back, or without a
customer. Nothing is shared out silently.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company import sampling
from crossborder.company.laid import laid_down
from crossborder.errors import InputError, Refusal
from crossborder.marketing.journey_cut import MEASURES, Cut, cut
from crossborder.marketing.journey_stream import slices
from crossborder.marketing.journeys import Journeys, OfConversions

if TYPE_CHECKING:
    from ibis.expr.types import Table, Value

__all__ = ["JourneyBuild", "build", "by_order", "order_lines", "order_values", "own_windows", "sensitivity"]

WITH, WITHOUT, GUEST = "with a journey", "without a touch", "without a customer"
UNSEEN = "orders of people without a touch"
SLICE = 500_000
"""Touches cut at once; more are cut in ranges of customers, so that arrays stay small and near."""
TOUCH = ("customer_id", "at", "channel", "market", "consent")


@dataclass(frozen=True)
class JourneyBuild:
    """Journeys, where every order went (`account`), and what happened to every touch (`touches`).

    `never_seen` counts the orders without a touch whose customer never had one that may be joined: no consent, another
    device, no ad at all.
    """

    journeys: Journeys
    account: pd.DataFrame
    touches: pd.Series
    never_seen: int = 0

    @property
    def unattributed_share(self) -> float:
        """Share of the orders without a journey."""
        orders = self.account["conversions"]
        return float(1 - orders[WITH] / orders.sum()) if orders.sum() else 0.0


def build(
    touchpoints: "Table",
    orders: "Table",
    *,
    lookback_days: float = 30.0,
    lookback_by_market: Mapping[str, float] | None = None,
    markets: list[str] | None = None,
    usd_rates: Mapping[str, float] | None = None,
    unit_cost_usd: Mapping[str, float] | None = None,
    use_consent: bool = True,
    sold: "Table | None" = None,
) -> JourneyBuild:
    """Journeys of the touches within the look-back before each order, and of the touches that led to none.

    A touch belongs to the customer's next order if it lies within `lookback_days` (or the market's own window)
    before it; a journey ends at an order. Other touches form journeys without an order, cut where the gap between
    two touches exceeds the window. Touches without consent are not joined to people; touches of one customer and
    channel at the same second count once.
    `usd_rates` gives USD per unit of each currency of the orders, `unit_cost_usd` the cost of a piece by SKU; or `sold`
    is what `order_values` gave. Beyond `SLICE` touches one range of customers is cut after the other.
    """
    _check_window(lookback_days, lookback_by_market)
    read = _read(touchpoints, orders, markets, usd_rates, unit_cost_usd, use_consent, sold)
    window = {**dict.fromkeys(read.channels[1], float(lookback_days)), **(lookback_by_market or {})}
    days = np.array([*window.values(), lookback_days], dtype=float)  # the last for orders of a market not in the list
    whole, sums, touches = _Whole(read.channels[0], read.kept), np.zeros((2, len(MEASURES))), Counter()
    for part in slices(read.touches, read.sold, read.channels[0], list(window), MEASURES[1:], SLICE):
        found = cut(part.touches, part.orders, days[part.places], days[: len(read.channels[1])], part.packing)
        whole.add(found, part.measures)
        sums += _sums(found, part.measures, len(part.orders))
        touches.update(found.touches)
        touches[UNSEEN] += found.unseen
        del part, found  # before the next range is taken
    account = pd.DataFrame(
        [*sums, read.guests[list(MEASURES)].to_numpy()], [WITH, WITHOUT, GUEST], list(MEASURES), dtype=float
    )
    unseen, joined = touches.pop(UNSEEN), sum(touches.values())
    counts = {"all touches": read.seen, "without consent": read.seen - joined, **touches}
    return JourneyBuild(whole.journeys(), account, pd.Series(counts, name="touches"), unseen)


def own_windows(texts: Sequence[str]) -> dict[str, float]:
    """Windows of single markets, in days, from texts such as "DE=14".

    >>> own_windows(["DE=14", "US=7.5"])
    {'DE': 14.0, 'US': 7.5}
    """
    found = {}
    for text in texts:
        market, _, days = text.partition("=")
        try:
            found[market.strip()] = float(days)
        except ValueError:
            raise InputError.out_of_range("window", text, "a market and its days, such as DE=14") from None
    _check_window(1.0, found)
    return found


@dataclass(frozen=True)
class _Read:
    """Touches that may be joined and orders, still in the engine; guests, names and counts."""

    touches: "Table"
    sold: "Table"
    guests: pd.Series
    channels: tuple[list[str], list[str]]
    seen: int
    kept: int


def _read(
    touchpoints: "Table",
    orders: "Table",
    markets: list[str] | None,
    usd_rates: Mapping[str, float] | None,
    unit_cost_usd: Mapping[str, float] | None,
    use_consent: bool,
    sold: "Table | None" = None,
) -> _Read:
    touchpoints = touchpoints.filter(touchpoints.market.isin(markets)) if markets else touchpoints
    if sold is None:
        orders = orders.filter(orders.market.isin(markets)) if markets else orders
        # It is read more than once: for the sums of guests, and for the orders of each range of customers.
        sold = laid_down(order_values(orders, usd_rates=usd_rates, unit_cost_usd=unit_cost_usd))
    channels, seen, kept = _touch_counts(touchpoints, use_consent)
    touches = _consented(touchpoints, use_consent)
    none = sold.filter(sold.customer_id.isnull())
    sums = none.aggregate(conversions=none.count(), **{name: none[name].sum() for name in MEASURES[1:]}).to_pandas()
    return _Read(touches, sold, sums.iloc[0].astype(float).fillna(0.0), channels, seen, kept)


class _Whole:
    """The journeys of all ranges, written one after the other into arrays that have room for all touches.

    Room that is never written to takes no memory, and no range is held twice.
    """

    def __init__(self, channels: list[str], touches: int) -> None:
        self._channels = tuple(channels)
        self._codes, self._ages = np.empty(touches, dtype=np.int16), np.empty(touches)
        self._won, self._starts = np.empty(touches, dtype=bool), np.zeros(touches + 1, dtype=np.int64)
        self._amounts = {name: np.empty(touches) for name in MEASURES[1:]}
        self._written, self._count, self._orders = 0, 0, 0

    def add(self, found: Cut, measures: Mapping[str, np.ndarray]) -> None:
        """Writes the journeys of one range behind those of the ranges before it."""
        touches = slice(self._written, self._written + len(found.codes))
        rows = slice(self._count, self._count + len(found.won))
        won = slice(self._orders, self._orders + len(found.orders))
        self._codes[touches] = found.codes
        np.divide(found.ages, 86400.0, out=self._ages[touches])
        np.add(found.starts[1:], touches.start, out=self._starts[rows.start + 1 : rows.stop + 1])
        self._won[rows] = found.won
        for name, amounts in self._amounts.items():
            amounts[won] = measures[name][found.orders]
        self._written, self._count, self._orders = touches.stop, rows.stop, won.stop

    def journeys(self) -> Journeys:
        """All of them."""
        won = self._won[: self._count]
        amounts = {name: all_of[: self._orders] for name, all_of in self._amounts.items()}
        return Journeys(
            self._channels,
            self._codes[: self._written],
            self._starts[: self._count + 1],
            won.view(np.uint8),
            (~won).view(np.uint8),
            OfConversions(won, amounts),
            self._ages[: self._written],
        )


def _sums(found: Cut, measures: Mapping[str, np.ndarray], orders: int) -> np.ndarray:
    """Number and amounts of the orders with a journey, and of those without."""
    joined = np.zeros(orders, dtype=bool)
    joined[found.orders] = True
    return np.array(
        [[some.sum(), *(np.nansum(amounts[some]) for amounts in measures.values())] for some in (joined, ~joined)]
    )


def order_values(
    orders: "Table",
    *,
    usd_rates: Mapping[str, float] | None = None,
    unit_cost_usd: Mapping[str, float] | None = None,
) -> "Table":
    """One row an order: customer, market, time, and revenue, refund and margin in USD.

    Revenue is after discount and without sales tax. Margin is revenue less refunds less the cost of pieces kept;
    without `unit_cost_usd` it is revenue less refunds.
    """
    return by_order(order_lines(orders, usd_rates=usd_rates, unit_cost_usd=unit_cost_usd))


def order_lines(
    orders: "Table",
    *,
    usd_rates: Mapping[str, float] | None = None,
    unit_cost_usd: Mapping[str, float] | None = None,
) -> "Table":
    """Order lines with the columns of `order_values`. Raises InputError for a currency without a rate."""
    import ibis

    zero = ibis.literal(0.0)
    rates = {"USD": 1.0, **(usd_rates or {})}
    found = orders.currency.as_table().distinct().to_pandas()["currency"]
    unknown = sorted(set(found) - set(rates))
    if unknown:
        raise InputError.unknown("currency", unknown[0], rates)

    def column(name: str) -> "Value":
        return orders[name].fill_null(0) if name in orders.columns else zero

    rate = orders.currency.cases(*[(name, float(value)) for name, value in rates.items()], else_=1.0)
    revenue = (orders.quantity * orders.unit_price - column("discount") - column("tax")) * rate
    refund = column("refund") * rate
    cost = zero
    if unit_cost_usd:
        table = ibis.memtable(pd.DataFrame({"sku": list(unit_cost_usd), "piece_usd": list(unit_cost_usd.values())}))
        orders = orders.mutate(revenue_usd=revenue, refund_usd=refund, kept=orders.quantity - column("returned"))
        orders = orders.left_join(table, "sku")
        revenue, refund = orders.revenue_usd, orders.refund_usd
        cost = orders.kept * orders.piece_usd.fill_null(0.0)
    customer = orders.customer_id if "customer_id" in orders.columns else ibis.null("string")
    return orders.select(
        "order_id",
        "market",
        "ordered_at",
        customer_id=customer,
        revenue_usd=revenue,
        refund_usd=refund,
        margin_usd=revenue - refund - cost,
    )


def by_order(lines: "Table", *, alike: bool = False) -> "Table":
    """`order_lines` brought together by order; where lines of an order differ in customer, market or time, it has one.

    With `alike` they are taken not to differ, which is cheaper; an order whose lines do differ is then in parts.
    """
    sums = {name: lines[name].sum() for name in MEASURES[1:]}
    if alike:
        return lines.group_by(["order_id", "customer_id", "market", "ordered_at"]).aggregate(**sums)
    own = {"customer_id": lines.customer_id.max(), "market": lines.market.max(), "ordered_at": lines.ordered_at.min()}
    return lines.group_by("order_id").aggregate(**own, **sums)


def sensitivity(
    touchpoints: "Table",
    orders: "Table",
    lookbacks: list[float],
    *,
    markets: list[str] | None = None,
    use_consent: tuple[bool, ...] = (True, False),
    sold: "Table | None" = None,
) -> pd.DataFrame:
    """Orders with a journey, and mean touches, by look-back and by whether consent is respected.

    Columns: lookback_days, consent_respected, orders, with_journey, share, touches_a_journey. Beyond 200,000 customers
    the shares come from a sample of them (`company.sampling`), and the counts are scaled up. `sold` is one row an order
    of these markets (as for `build`) where there is one; without it the lines are brought together.
    """
    for days in lookbacks:
        _check_window(days, None)
    touchpoints, placed, of_all, guests = _some(touchpoints, orders, markets, sold)
    rows = []
    for respected in use_consent:
        (channels, places), _, _ = _touch_counts(touchpoints, respected)
        total, joined, touches = 0, np.zeros(len(lookbacks), dtype=int), np.zeros(len(lookbacks))
        for part in slices(_consented(touchpoints, respected), placed, channels, places, (), SLICE):
            total += len(part.orders)
            for place, days in enumerate(lookbacks):
                window = np.full(len(places), float(days))
                found = cut(part.touches, part.orders, np.full(len(part.orders), float(days)), window, part.packing)
                joined[place] += len(found.orders)
                touches[place] += np.diff(found.starts)[found.won].sum()
        total = round(total / of_all) + guests
        for days, won, inside in zip(lookbacks, joined, touches, strict=True):
            scaled = round(int(won) / of_all)
            rows.append((days, respected, total, scaled, scaled / max(total, 1), float(inside / won) if won else 0.0))
    names = ["lookback_days", "consent_respected", "orders", "with_journey", "share", "touches_a_journey"]
    return pd.DataFrame(rows, columns=names)


def _some(
    touchpoints: "Table", orders: "Table", markets: list[str] | None, sold: "Table | None"
) -> tuple["Table", "Table", float, int]:  # fmt: skip
    """Touches and one row an order of the markets, or of a sample of many customers; its share; orders of guests."""
    import ibis

    touchpoints = touchpoints.filter(touchpoints.market.isin(markets)) if markets else touchpoints
    orders = orders.filter(orders.market.isin(markets)) if markets else orders
    if "customer_id" not in orders.columns:
        orders = orders.mutate(customer_id=ibis.null("string"))
    rows = (orders if sold is None else sold).select("order_id", "customer_id", "market", "ordered_at")
    guests = int(rows.filter(rows.customer_id.isnull()).order_id.nunique().to_pandas())
    some, share = sampling.of_buyers(rows, orders)
    placed = _placed(some) if sold is None else some
    if share < 1:
        # Touches of people who never ordered tell nothing here.
        touches = touchpoints.select(*(name for name in TOUCH if name in touchpoints.columns))
        touchpoints = laid_down(sampling.of_buyers(touches, orders)[0])
    return touchpoints, laid_down(placed) if share < 1 or sold is None else placed, share, guests


def _placed(lines: "Table") -> "Table":
    """One row an order: customer, market and time."""
    return lines.group_by("order_id").aggregate(
        customer_id=lines.customer_id.max(), market=lines.market.max(), ordered_at=lines.ordered_at.min()
    )


def _consented(touchpoints: "Table", use_consent: bool) -> "Table":
    """Touches that may be joined to a person."""
    return touchpoints.filter(touchpoints.consent) if use_consent and "consent" in touchpoints.columns else touchpoints


def _check_window(lookback_days: float, by_market: Mapping[str, float] | None) -> None:
    for name, days in {"lookback_days": lookback_days, **(by_market or {})}.items():
        if not days > 0:
            raise InputError.out_of_range(str(name), days, "days above 0")


def _touch_counts(touchpoints: "Table", use_consent: bool) -> tuple[tuple[list[str], list[str]], int, int]:
    """Channels and markets that occur, all touches, and touches that may be joined."""
    allowed = touchpoints.count()
    if use_consent and "consent" in touchpoints.columns:
        allowed = touchpoints.consent.cast("int64").sum()
    found = touchpoints.group_by(["channel", "market"]).aggregate(seen=touchpoints.count(), kept=allowed).to_pandas()
    if found.empty or not found["kept"].sum():
        raise Refusal.because(
            "there is no touch that may be joined to a person",
            f"touches: {int(found['seen'].sum()) if len(found) else 0}",
            "check the period, the markets and the consent column",
        )
    return (
        (sorted(found["channel"].unique()), sorted(found["market"].unique())),
        int(found["seen"].sum()),
        int(found["kept"].sum()),
    )
