"""Each customer's buying in a row: repeats, last purchase, age, value; with a hold-out period where wanted."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company import sampling
from crossborder.errors import InputError, Refusal

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from crossborder.company import Company

__all__ = ["cut", "histories", "order_gaps", "seasons", "split"]


def histories(orders: "Table", *, until: object, unit_days: float = 1.0, since: object | None = None) -> pd.DataFrame:
    """One row a customer with an order before `until`.

    `orders` is one row an order (`journey_query.order_values`). Orders of one day count once. Columns: customer_id,
    market, frequency (repeat days), recency (first to last), age (first to `until`), both in units of `unit_days`,
    orders, mean_value_usd (of repeat days; of the first where there is none), margin_usd, first_on, last_on.
    """
    end = pd.Timestamp(until)
    chosen = orders.filter(orders.customer_id.notnull())
    chosen = chosen.filter(chosen.ordered_at < _moment(end))
    if since is not None:
        chosen = chosen.filter(chosen.ordered_at >= _moment(pd.Timestamp(since)))
    daily = chosen.group_by(["customer_id", chosen.ordered_at.date().name("day")]).aggregate(
        value=chosen.revenue_usd.sum(),
        margin=chosen.margin_usd.sum(),
        market=chosen.market.max(),
        orders=chosen.count(),
    )
    first = daily.group_by("customer_id").aggregate(first_on=daily.day.min())
    joined = daily.inner_join(first, "customer_id")
    made = joined.group_by("customer_id").aggregate(
        market=joined.market.max(),
        days=joined.count(),
        orders=joined.orders.sum(),
        first_on=joined.first_on.max(),
        last_on=joined.day.max(),
        value=joined.value.sum(),
        first_value=(joined.value * (joined.day == joined.first_on).cast("float64")).sum(),
        margin_usd=joined.margin.sum(),
    )
    frame = made.order_by("customer_id").to_pandas()
    if frame.empty:
        raise Refusal.because("no customer bought before the day", f"until: {end.date()}", "choose a later day")
    return _columns(frame, end, unit_days)


def cut(company: "Company", end: pd.Timestamp, holdout_days: int) -> pd.Timestamp:
    """The first day that is held out: `holdout_days` before `end`, or the middle of a history too short for that."""
    return end - pd.Timedelta(days=min(holdout_days, max((end - company.first_day).days // 2, 1)))


def split(orders: "Table", *, calibration_until: object, until: object, unit_days: float = 1.0) -> pd.DataFrame:
    """Histories up to `calibration_until`, and what the same customers did up to `until`.

    Adds holdout_frequency (days with an order), holdout_value_usd and holdout (its length in units).
    """
    cut, end = pd.Timestamp(calibration_until), pd.Timestamp(until)
    if not cut < end:
        raise InputError.out_of_range("calibration_until", str(cut.date()), f"a day before {end.date()}")
    frame = histories(orders, until=cut, unit_days=unit_days)
    later = orders.filter((orders.ordered_at >= _moment(cut)) & (orders.ordered_at < _moment(end)))
    seen = later.group_by("customer_id").aggregate(
        holdout_frequency=later.ordered_at.date().nunique(), holdout_value_usd=later.revenue_usd.sum()
    )
    merged = frame.merge(seen.to_pandas(), on="customer_id", how="left")
    filled = merged.fillna({"holdout_frequency": 0, "holdout_value_usd": 0.0})
    return filled.assign(holdout=(end - cut).days / unit_days)


def seasons(orders: "Table", *, until: object, days: int = 90, ahead: int = 1) -> pd.DataFrame:
    """Buying counted in seasons of `days`, back from `until`, and in the `ahead` seasons after it; one row a customer.

    The season of the first order is no chance to come back; each later one is. Columns: customer_id, frequency (seasons
    with an order), recency (the last of these, counted from the first order's), periods (seasons since), and
    holdout_frequency (of the `ahead` seasons, those with an order). This is the history that `fit_bgbb` reads.
    """
    if days < 1 or ahead < 0:
        raise InputError.out_of_range("days and ahead", (days, ahead), "1 or more days, 0 or more seasons")
    end = pd.Timestamp(until)
    known = orders.filter(orders.customer_id.notnull())
    known = known.filter(known.ordered_at < _moment(end + pd.Timedelta(days=days * ahead)))
    before = (_moment(end).epoch_seconds() - known.ordered_at.epoch_seconds()) / (86400.0 * days)
    # 1 is the last season before `until`, 0 the first one after it.
    placed = known.select("customer_id", season=before.ceil().cast("int64")).distinct()
    past = placed.season >= 1
    made = placed.group_by("customer_id").aggregate(
        first=placed.season.max(),
        last=placed.season.min(where=past),
        bought=past.cast("int64").sum(),
        holdout_frequency=(~past).cast("int64").sum(),
    )
    frame = made.filter(made["first"] >= 1).order_by("customer_id").to_pandas()
    if frame.empty:
        raise Refusal.because("no customer bought before the day", f"until: {end.date()}", "choose a later day")
    return pd.DataFrame(
        {
            "customer_id": frame["customer_id"],
            "frequency": frame["bought"] - 1,
            "recency": frame["first"] - frame["last"].astype("int64"),
            "periods": frame["first"] - 1,
            "holdout_frequency": frame["holdout_frequency"],
        }
    )


def order_gaps(orders: "Table", by: str = "market", *, share: float = 1.0) -> pd.DataFrame:
    """Days between a customer's orders: median, quartiles and share within 30, 60 and 90 days, by `by`.

    `share` is the share of all customers whose orders these are (above 0 to 1): `repeats`, the number of gaps, is
    scaled up to all, so that beyond 200,000 customers the orders of a sample are enough (`sold_orders.some_orders`).
    """
    import ibis

    known = orders.filter(orders.customer_id.notnull())
    window = ibis.window(group_by="customer_id", order_by="ordered_at")
    gap = known.ordered_at.epoch_seconds() - known.ordered_at.lag().over(window).epoch_seconds()
    gaps = known.mutate(gap=gap / 86400.0)
    gaps = gaps.filter(gaps.gap >= 0.5)
    found = (
        gaps.group_by(by)
        .aggregate(
            repeats=gaps.count(),
            quarter_days=gaps.gap.quantile(0.25),
            median_days=gaps.gap.quantile(0.5),
            three_quarters_days=gaps.gap.quantile(0.75),
            within_30=(gaps.gap <= 30).mean(),
            within_60=(gaps.gap <= 60).mean(),
            within_90=(gaps.gap <= 90).mean(),
        )
        .order_by(by)
        .to_pandas()
    )
    return sampling.scaled_up(found, ["repeats"], share)


def _columns(frame: pd.DataFrame, end: pd.Timestamp, unit_days: float) -> pd.DataFrame:
    first, last = pd.to_datetime(frame["first_on"]), pd.to_datetime(frame["last_on"])
    cut = pd.Timestamp(end.date())
    repeats = frame["days"] - 1
    repeat_value = frame["value"] - frame["first_value"]
    mean_value = np.where(repeats > 0, repeat_value / np.maximum(repeats, 1), frame["first_value"])
    return pd.DataFrame(
        {
            "customer_id": frame["customer_id"],
            "market": frame["market"],
            "frequency": repeats.astype(float),
            "recency": (last - first).dt.days / unit_days,
            "age": (cut - first).dt.days / unit_days,
            "orders": frame["orders"],
            "mean_value_usd": mean_value,
            "value_usd": frame["value"],
            "margin_usd": frame["margin_usd"],
            "first_on": first,
            "last_on": last,
        }
    )


def _moment(day: pd.Timestamp) -> object:
    import ibis

    stamp = day.tz_localize("UTC") if day.tzinfo is None else day
    return ibis.literal(stamp.to_pydatetime(), type="timestamp('UTC')")
