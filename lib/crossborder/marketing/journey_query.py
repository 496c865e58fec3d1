"""From touchpoints and orders to coded journeys: the engine sorts and counts, numpy cuts the sorted stream.

Every order goes to exactly one line of the account: with a journey, without a touch in the look-back, or without a
customer. Nothing is shared out silently.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company import sampling
from crossborder.company.laid import laid_down
from crossborder.errors import InputError, Refusal
from crossborder.marketing.journey_cut import MEASURES, ORDER, cut, never_seen
from crossborder.marketing.journeys import Journeys

if TYPE_CHECKING:
    import pyarrow
    from ibis.expr.types import Table, Value

__all__ = ["JourneyBuild", "build", "order_values", "own_windows", "sensitivity"]

WITH, WITHOUT, GUEST = "with a journey", "without a touch", "without a customer"
SLICE = 2_500_000
"""Touches cut at once; more are cut in ranges of customers, so that memory does not grow with their number."""
TOUCH = ("customer_id", "at", "channel", "market", "consent")
LINE = (
    "order_id",
    "customer_id",
    "ordered_at",
    "market",
    "currency",
    "quantity",
    "unit_price",
    "discount",
    "tax",
    "refund",
)


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
    whole, accounts, touches, unseen = _Whole(read.kept), [], [], 0
    for stream, known in read.slices():
        found = cut(stream, known, read.channels, window, float(lookback_days))
        whole.add(found["journeys"])
        accounts.append(_account(known, found["journey_of_order"] >= 0, read.guests))
        touches.append(pd.Series(found["touches"]))
        unseen += never_seen(stream)
        del stream, known, found  # before the next range is read
    account = sum(accounts[1:], accounts[0])
    account.loc[GUEST] = read.guests[list(MEASURES)].astype(float)
    counts = {"all touches": read.seen, "without consent": read.seen - read.kept, **sum(touches[1:], touches[0])}
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
    """Touches that may be joined and orders, still in the engine; guests, names and counts.

    `slices` gives them one range of customers after the other: a sorted stream, and the orders of known customers in
    its order. A stream holds a row a touch or order, sorted by customer and time: seconds, code (ORDER for an order),
    market, and whether the row is the first of its customer.
    """

    touches: "Table"
    sold: "Table"
    guests: pd.Series
    channels: tuple[list[str], list[str]]
    seen: int
    kept: int

    def slices(self) -> Iterator[tuple[dict[str, np.ndarray], pd.DataFrame]]:
        """Stream and orders of each range of customers; one range unless there are many touches."""
        rows = _packed(self.touches, self.sold, self.channels)
        rows = laid_down(rows) if self.kept > SLICE else rows
        for low, high in _ranges(rows, self.kept):
            sold = _between(self.sold, low, high)
            known = sold.filter(sold.customer_id.notnull()).order_by(["customer_id", "ordered_at", "order_id"])
            measures = known.select("market", *MEASURES[1:]).to_pyarrow()
            market = measures["market"].dictionary_encode()
            yield (
                _stream(_between(rows, low, high), self.channels),
                measures.set_column(0, "market", market).to_pandas(),
            )


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
        # It is read three times: for the sums of guests, for the stream and for the orders of known customers.
        sold = laid_down(order_values(orders, usd_rates=usd_rates, unit_cost_usd=unit_cost_usd))
    channels, seen, kept = _touch_counts(touchpoints, use_consent)
    consented = use_consent and "consent" in touchpoints.columns
    touches = touchpoints.filter(touchpoints.consent) if consented else touchpoints
    none = sold.filter(sold.customer_id.isnull())
    sums = none.aggregate(conversions=none.count(), **{name: none[name].sum() for name in MEASURES[1:]}).to_pandas()
    return _Read(touches, sold, sums.iloc[0].astype(float).fillna(0.0), channels, seen, kept)


def _ranges(rows: "Table", touches: int) -> list[tuple[str | None, str | None]]:
    """Ranges of customers' names with about `SLICE` touches each; where they are cut does not change what comes out."""
    count = -(-touches // SLICE)
    if count <= 1:
        return [(None, None)]
    some = rows.select("customer_id").sample(min(2_000 / touches, 1.0)).to_pandas()["customer_id"].dropna()
    cuts = sorted(set(some.sort_values().iloc[len(some) * np.arange(1, count) // count])) if len(some) else []
    return list(zip([None, *cuts], [*cuts, None], strict=True))


def _between(table: "Table", low: str | None, high: str | None) -> "Table":
    """Rows of customers from `low` to before `high`."""
    table = table if low is None else table.filter(table.customer_id >= low)
    return table if high is None else table.filter(table.customer_id.isnull() | (table.customer_id < high))


class _Whole:
    """The journeys of all ranges, written one after the other into arrays that have room for all touches.

    Room that is never written to takes no memory, and no range is held twice.
    """

    def __init__(self, touches: int) -> None:
        self._touches = {"codes": np.empty(touches, dtype=np.int16), "age_days": np.empty(touches)}
        self._rows = {name: np.empty(touches) for name in ("conversions", "nulls", *MEASURES[1:])}
        self._starts = np.zeros(touches + 1, dtype=np.int64)
        self._written, self._count, self._channels = 0, 0, ()

    def add(self, part: Journeys) -> None:
        """Writes the journeys of one range behind those of the ranges before it."""
        touches = slice(self._written, self._written + len(part.codes))
        rows = slice(self._count, self._count + part.count)
        for name, all_of in self._touches.items():
            all_of[touches] = getattr(part, name)
        for name, all_of in self._rows.items():
            all_of[rows] = part.values[name] if name in part.values else getattr(part, name)
        self._starts[rows.start + 1 : rows.stop + 1] = part.starts[1:] + touches.start
        self._written, self._count, self._channels = touches.stop, rows.stop, part.channels

    def journeys(self) -> Journeys:
        """All of them."""
        codes, ages = (self._touches[name][: self._written] for name in ("codes", "age_days"))
        rows = {name: all_of[: self._count] for name, all_of in self._rows.items()}
        conversions, nulls = rows.pop("conversions"), rows.pop("nulls")
        return Journeys(self._channels, codes, self._starts[: self._count + 1], conversions, nulls, rows, ages)


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
    lines = orders.select(
        "order_id", "market", "ordered_at", customer_id=customer, revenue=revenue, refund=refund, cost=cost
    )
    return lines.group_by("order_id").aggregate(
        customer_id=lines.customer_id.max(),
        market=lines.market.max(),
        ordered_at=lines.ordered_at.min(),
        revenue_usd=lines.revenue.sum(),
        refund_usd=lines.refund.sum(),
        margin_usd=(lines.revenue - lines.refund - lines.cost).sum(),
    )


def sensitivity(
    touchpoints: "Table",
    orders: "Table",
    lookbacks: list[float],
    *,
    markets: list[str] | None = None,
    usd_rates: Mapping[str, float] | None = None,
    use_consent: tuple[bool, ...] = (True, False),
) -> pd.DataFrame:
    """Orders with a journey, and mean touches, by look-back and by whether consent is respected.

    Columns: lookback_days, consent_respected, orders, with_journey, share, touches_a_journey. Beyond 200,000 customers
    the shares come from a sample of them (`company.sampling`), and the counts are scaled up.
    """
    rows = []
    touchpoints, orders, of_all, guests = _some(touchpoints, orders, markets)
    sold = laid_down(order_values(orders, usd_rates=usd_rates))
    for respected in use_consent:
        read = _read(touchpoints, orders, None, None, None, respected, sold)
        [(stream, known)] = read.slices()
        total = round(len(known) / of_all) + guests
        for days in lookbacks:
            _check_window(days, None)
            window = dict.fromkeys(read.channels[1], float(days))
            found = cut(stream, known, read.channels, window, float(days))["journeys"]
            won = found.conversions > 0
            mean = float(found.lengths[won].mean()) if won.any() else 0.0
            joined = round(int(won.sum()) / of_all)
            rows.append((days, respected, total, joined, joined / max(total, 1), mean))
    names = ["lookback_days", "consent_respected", "orders", "with_journey", "share", "touches_a_journey"]
    return pd.DataFrame(rows, columns=names)


def _some(
    touchpoints: "Table", orders: "Table", markets: list[str] | None
) -> tuple["Table", "Table", float, int]:  # fmt: skip
    """Touches and order lines of the markets, or of a sample of many customers; its share; and the guests' orders."""
    touchpoints = touchpoints.filter(touchpoints.market.isin(markets)) if markets else touchpoints
    orders = orders.filter(orders.market.isin(markets)) if markets else orders
    if "customer_id" not in orders.columns:
        return touchpoints, orders, 1.0, int(orders.order_id.nunique().to_pandas())
    guests = int(orders.filter(orders.customer_id.isnull()).order_id.nunique().to_pandas())
    lines = orders.select(*(name for name in LINE if name in orders.columns))
    some, share = sampling.of_buyers(lines, orders)
    if share < 1:
        # Touches of people who never ordered tell nothing here.
        touches = touchpoints.select(*(name for name in TOUCH if name in touchpoints.columns))
        touchpoints = laid_down(sampling.of_buyers(touches, orders)[0])
        orders = laid_down(some)
    return touchpoints, orders, share, guests


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


def _packed(touchpoints: "Table", sold: "Table", channels: tuple[list[str], list[str]]) -> "Table":
    """Touches and orders of known customers: customer, and second, channel and market in one integer.

    One integer sorts and travels faster than three columns.
    """
    # An order sorts after the touches of the same second, which may have led to it.
    kinds, places = (_power_of_two(len(names) + 1) for names in channels)

    def packed(moment: "Value", code: "Value | int", place: "Value | int") -> "Value":
        return (moment.cast("timestamp").truncate("s").epoch_seconds().cast("int64") * kinds + code) * places + place

    codes, markets = ([(name, number) for number, name in enumerate(names)] for names in channels)
    touches = touchpoints.select(
        "customer_id",
        packed=packed(
            touchpoints["at"], touchpoints.channel.cases(*codes, else_=0), touchpoints.market.cases(*markets, else_=0)
        ),
    )
    bought = sold.filter(sold.customer_id.notnull())
    return touches.union(bought.select("customer_id", packed=packed(bought.ordered_at, kinds - 1, 0)))


def _stream(rows: "Table", channels: tuple[list[str], list[str]]) -> dict[str, np.ndarray]:
    """The rows of `_packed`, sorted by customer, time and kind, and taken apart."""
    kinds, places = (_power_of_two(len(names) + 1) for names in channels)
    value, first = _firsts(rows.order_by(["customer_id", "packed"]).to_pyarrow())
    place_bits, bits = places.bit_length() - 1, (kinds * places).bit_length() - 1
    code = ((value >> place_bits) & (kinds - 1)).astype(np.int16)
    code[code == kinds - 1] = ORDER
    market = (value & (places - 1)).astype(np.int16)
    return {"seconds": value >> bits, "code": code, "market": market, "first": first}


def _firsts(ordered: "pyarrow.Table") -> tuple[np.ndarray, np.ndarray]:
    """The packed integers in order, and whether each is the first of its customer; read in the batches as they came."""
    import pyarrow.compute as pc

    values, firsts, last = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=bool)], None
    for batch in ordered.to_batches():
        customer = batch["customer_id"]
        if len(customer):
            first = np.ones(len(customer), dtype=bool)
            first[0] = customer[0].as_py() != last
            first[1:] = pc.not_equal(customer.slice(1), customer.slice(0, len(customer) - 1)).to_numpy(False)
            values.append(batch["packed"].to_numpy(False))
            firsts.append(first)
            last = customer[-1].as_py()
    return np.concatenate(values), np.concatenate(firsts)


def _power_of_two(least: int) -> int:
    """The smallest power of 2 that holds so many numbers."""
    return 1 << (least - 1).bit_length()


def _account(known: pd.DataFrame, joined: np.ndarray, guests: pd.Series) -> pd.DataFrame:
    frame = known.assign(conversions=1.0)[list(MEASURES)].astype(float)
    rows = {
        WITH: frame[joined].sum(),
        WITHOUT: frame[~joined].sum(),
        GUEST: guests[list(MEASURES)].astype(float),
    }
    return pd.DataFrame(rows).T[list(MEASURES)]
