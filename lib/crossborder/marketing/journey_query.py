"""From touchpoints and orders to coded journeys: the engine sorts and counts, numpy cuts the sorted stream.

Every order goes to exactly one line of the account: with a journey, without a touch in the look-back, or without a
customer. Nothing is shared out silently.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company import sampling
from crossborder.company.laid import laid_down
from crossborder.errors import InputError, Refusal
from crossborder.marketing.journeys import Journeys

if TYPE_CHECKING:
    import pyarrow
    from ibis.expr.types import Table, Value

__all__ = ["JourneyBuild", "build", "order_values", "own_windows", "sensitivity"]

WITH, WITHOUT, GUEST = "with a journey", "without a touch", "without a customer"
ORDER = 32767
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
MEASURES = ("conversions", "revenue_usd", "refund_usd", "margin_usd")


@dataclass(frozen=True)
class JourneyBuild:
    """Journeys, where every order went (`account`), and what happened to every touch (`touches`).

    `orders` is one row an order with a journey, in the order of the converting journeys. `never_seen` counts the
    orders without a touch whose customer never had one that may be joined: no consent, another device, no ad at all.
    """

    journeys: Journeys
    account: pd.DataFrame
    touches: pd.Series
    orders: pd.DataFrame
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
) -> JourneyBuild:
    """Journeys of the touches within the look-back before each order, and of the touches that led to none.

    A touch belongs to the customer's next order if it lies within `lookback_days` (or the market's own window)
    before it; a journey ends at an order. Other touches form journeys without an order, cut where the gap between
    two touches exceeds the window. Touches without consent are not joined to people; touches of one customer and
    channel at the same second count once.
    `usd_rates` gives USD per unit of each currency of the orders, `unit_cost_usd` the cost of a piece by SKU.
    """
    _check_window(lookback_days, lookback_by_market)
    read = _read(touchpoints, orders, markets, usd_rates, unit_cost_usd, use_consent)
    window = {**dict.fromkeys(read.channels[1], float(lookback_days)), **(lookback_by_market or {})}
    cut = _cut(read.stream, read.known, read.channels, window, float(lookback_days))
    joined = cut["journey_of_order"] >= 0
    account = _account(read.known, joined, read.guests)
    counts = {"all touches": read.seen, "without consent": read.seen - read.kept, **cut["touches"]}
    return JourneyBuild(
        cut["journeys"],
        account,
        pd.Series(counts, name="touches"),
        read.known[joined].reset_index(drop=True),
        _never_seen(read.stream),
    )


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
    """What the engine gave: the sorted stream, known orders, guests, names and counts.

    `stream` holds a row a touch or order, sorted by customer and time: seconds, code (ORDER for an order), market,
    and whether the row is the first of its customer.
    """

    stream: dict[str, np.ndarray]
    known: pd.DataFrame
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
) -> _Read:
    touchpoints = touchpoints.filter(touchpoints.market.isin(markets)) if markets else touchpoints
    orders = orders.filter(orders.market.isin(markets)) if markets else orders
    sold = order_values(orders, usd_rates=usd_rates, unit_cost_usd=unit_cost_usd)
    channels, seen, kept = _touch_counts(touchpoints, use_consent)
    consented = use_consent and "consent" in touchpoints.columns
    stream = _stream(touchpoints.filter(touchpoints.consent) if consented else touchpoints, sold, channels)
    placed = sold.order_by(["customer_id", "ordered_at", "order_id"]).to_pandas()
    named = placed["customer_id"].notna()
    guests = placed.loc[~named, list(MEASURES[1:])].sum().astype(float)
    guests["conversions"] = float((~named).sum())
    return _Read(stream, placed[named].reset_index(drop=True), guests, channels, seen, kept)


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
    for respected in use_consent:
        read = _read(touchpoints, orders, None, usd_rates, None, respected)
        total = (round(len(read.known) / of_all) + guests) if of_all < 1 else len(read.known) + guests
        for days in lookbacks:
            _check_window(days, None)
            window = dict.fromkeys(read.channels[1], float(days))
            cut = _cut(read.stream, read.known, read.channels, window, float(days))
            won = cut["journeys"].conversions > 0
            mean = float(cut["journeys"].lengths[won].mean()) if won.any() else 0.0
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
    people = int(orders.customer_id.nunique().to_pandas())
    share = min(sampling.LIMIT / people, 1.0) if people else 1.0
    if share < 1:
        touchpoints, orders = (
            laid_down(sampling.of_share(table.select(*(name for name in names if name in table.columns)), share))
            for table, names in ((touchpoints, TOUCH), (orders, LINE))
        )
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


def _stream(touchpoints: "Table", sold: "Table", channels: tuple[list[str], list[str]]) -> dict[str, np.ndarray]:
    """Touches and orders of known customers, sorted by customer, time and kind.

    Second, channel and market are packed into one integer, which sorts and travels faster than three columns.
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
    orders = bought.select("customer_id", packed=packed(bought.ordered_at, kinds - 1, 0))
    value, first = _firsts(touches.union(orders).order_by(["customer_id", "packed"]).to_pyarrow())
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


def _cut(stream: dict, known: pd.DataFrame, channels: tuple, window: dict[str, float], default: float) -> dict:
    """Journeys from the sorted stream, by runs of rows of one customer that end with an order or with the customer."""
    seconds, code = stream["seconds"], stream["code"]
    order = code == ORDER
    runs, ends = _runs(order, stream["first"])
    bought = order[ends]
    days = known["market"].map(window).fillna(default).to_numpy(dtype=float)
    deadline = np.full(len(runs), np.iinfo(np.int64).max)
    deadline[bought] = np.ceil(seconds[ends[bought]] - days * 86400.0).astype(np.int64)
    lengths = ends - runs + 1
    inside = seconds >= np.repeat(deadline, lengths)
    repeated = _repeated(seconds, code, order, runs)
    keep = np.flatnonzero(~order & ~repeated)
    begins = _begins(
        keep, seconds, inside, np.repeat(np.arange(len(runs), dtype=np.int32), lengths), stream, channels, window
    )
    starts = np.append(np.flatnonzero(begins), len(keep))
    last = keep[starts[1:] - 1]
    won = inside[last]
    run_of_last = np.searchsorted(runs, last, side="right") - 1
    end = np.where(won, seconds[ends[run_of_last]], seconds[last])
    ages = (np.repeat(end, np.diff(starts)) - seconds[keep]) / 86400.0
    number = (np.cumsum(bought) - 1)[run_of_last[won]]
    journey_of_order = np.full(len(known), -1)
    journey_of_order[number] = np.flatnonzero(won)
    values = {name: np.zeros(len(won)) for name in MEASURES[1:]}
    for name in values:
        values[name][won] = known[name].to_numpy(dtype=float)[number]
    journeys = Journeys(tuple(channels[0]), code[keep], starts, won.astype(float), (~won).astype(float), values, ages)
    joined = int(inside[keep].sum())
    in_bought_runs = int((lengths[bought] - 1).sum() - repeated[np.repeat(bought, lengths)].sum())
    counts = {
        "repeated": int(repeated.sum()),
        "in journeys with an order": joined,
        "before the window of the next order": in_bought_runs - joined,
        "not followed by an order": len(keep) - in_bought_runs,
    }
    return {"journeys": journeys, "journey_of_order": journey_of_order, "touches": counts}


def _never_seen(stream: dict[str, np.ndarray]) -> int:
    """Orders of customers without any touch in the stream."""
    starts = np.flatnonzero(stream["first"])
    if not len(starts):
        return 0
    orders = np.add.reduceat((stream["code"] == ORDER).astype(np.int64), starts)
    rows = np.diff(np.append(starts, len(stream["first"])))
    return int(orders[orders == rows].sum())


def _runs(order: np.ndarray, of_customer: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and last row of each run: a customer's rows up to and with an order, or up to the customer's last row."""
    first = np.append(of_customer, True)
    first[1:] |= order
    edges = np.flatnonzero(first)
    return edges[:-1], edges[1:] - 1


def _repeated(seconds: np.ndarray, code: np.ndarray, order: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """Touches of the same customer, channel and second as the row before."""
    repeated = np.zeros(len(code), dtype=bool)
    repeated[1:] = (code[1:] == code[:-1]) & (seconds[1:] == seconds[:-1])
    repeated[runs] = False
    return repeated & ~order


def _begins(
    keep: np.ndarray,
    seconds: np.ndarray,
    inside: np.ndarray,
    run: np.ndarray,
    stream: dict,
    channels: tuple,
    window: dict[str, float],
) -> np.ndarray:
    """Whether a kept touch begins a journey: another run, the window opens, or a long gap without an order."""
    begins = np.ones(len(keep), dtype=bool)
    run, inside, moment = run[keep], inside[keep], seconds[keep]
    limit = np.array([window[name] for name in channels[1]]) * 86400.0
    gap = limit[0] if (limit == limit[0]).all() else limit[stream["market"][keep]][1:]
    begins[1:] = (run[1:] != run[:-1]) | (inside[1:] != inside[:-1])
    begins[1:] |= ~inside[1:] & (np.diff(moment) > gap)
    return begins


def _account(known: pd.DataFrame, joined: np.ndarray, guests: pd.Series) -> pd.DataFrame:
    frame = known.assign(conversions=1.0)[list(MEASURES)].astype(float)
    rows = {
        WITH: frame[joined].sum(),
        WITHOUT: frame[~joined].sum(),
        GUEST: guests[list(MEASURES)].astype(float),
    }
    return pd.DataFrame(rows).T[list(MEASURES)]
