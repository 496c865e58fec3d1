"""Retention of customers by the month of their first order, with half-life."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company.laid import laid_down
from crossborder.errors import Refusal
from crossborder.marketing.paths import wilson_interval

if TYPE_CHECKING:
    from ibis.expr.types import Table

__all__ = ["cohort_matrix", "half_life_months", "monthly_cohorts", "retention_curve"]

BITS = 62
"""Months that one integer of the engine holds, a bit each."""


def monthly_cohorts(orders: "Table") -> pd.DataFrame:
    """Buyers by month of first order and months since: cohort, month, customers.

    `orders` is one row an order with customer_id and ordered_at. Those of a sample of customers are counted as they
    are, not scaled up: shares need no scaling, and intervals (`retention_curve`) must rest on who was really seen.
    """
    known = orders.filter(orders.customer_id.notnull())
    months = known.select(
        "customer_id", number=(known.ordered_at.year() * 12 + known.ordered_at.month() - 1).cast("int64")
    )
    span = months.aggregate(first=months.number.min(), last=months.number.max()).to_pandas().iloc[0]
    first, last = (0 if pd.isna(end) else int(end) for end in span)
    counted = _by_bits(months, first, last) if _has_bits(months, last - first) else _by_pairs(months)
    made = counted.to_pandas()
    start = pd.to_datetime(
        {"year": made["cohort"] // 12, "month": made["cohort"] % 12 + 1, "day": np.ones(len(made), dtype=int)}
    )
    made = pd.DataFrame({"cohort": start, "month": made["number"] - made["cohort"], "customers": made["customers"]})
    return made.sort_values(["cohort", "month"], ignore_index=True)


def _has_bits(months: "Table", span: int) -> bool:
    """Whether an integer of the engine holds so many months, and the engine can bring integers together bit by bit."""
    import ibis.expr.operations as ops

    return span < BITS and months.get_backend().has_operation(ops.BitOr)


def _by_bits(months: "Table", first: int, last: int) -> "Table":
    """Customers by month of first order and later month: a customer's months are the bits of one integer."""
    import ibis

    one = ibis.literal(1).cast("int64")  # a literal alone is written as 1, an integer of 32 bits
    bit = one << (months.number - first)
    people = months.group_by("customer_id").aggregate(cohort=months.number.min(), bits=bit.bit_or())
    alike = people.group_by(["cohort", "bits"]).aggregate(customers=people.count())
    every = ibis.memtable(pd.DataFrame({"number": np.arange(first, last + 1, dtype="int64")}))
    both = alike.cross_join(every)
    both = both.filter(((both.bits >> (both.number - first)) & 1) == 1)
    return both.group_by(["cohort", "number"]).aggregate(customers=both.customers.sum())


def _by_pairs(months: "Table") -> "Table":
    """The same from pairs of customer and month, for histories of more months than an integer has bits."""
    months = laid_down(months.distinct())
    first = months.group_by("customer_id").aggregate(cohort=months.number.min())
    joined = months.inner_join(first, "customer_id")
    return joined.group_by(["cohort", joined.number.name("number")]).aggregate(customers=joined.count())


def cohort_matrix(cohorts: pd.DataFrame, *, until: object | None = None) -> pd.DataFrame:
    """Share of each cohort (row) that bought in each month since its first order (column, 0 is 1).

    Months that the data do not reach are missing, not 0; `until` is the last whole month (default: the latest seen).
    """
    if cohorts.empty:
        raise Refusal.because("no cohorts", "orders with a customer: 0", "bring orders that tell their customers")
    wide = cohorts.pivot_table(index="cohort", columns="month", values="customers", fill_value=0.0).astype(float)
    wide = wide.reindex(columns=range(int(wide.columns.max()) + 1), fill_value=0.0)
    last = pd.Timestamp(until) if until is not None else wide.index.max()
    reach = (last.year - wide.index.year) * 12 + last.month - wide.index.month
    seen = np.arange(wide.shape[1])[None, :] <= np.asarray(reach)[:, None]
    return (wide / wide[[0]].to_numpy()).where(seen)


def retention_curve(cohorts: pd.DataFrame, *, level: float = 0.9, until: object | None = None) -> pd.DataFrame:
    """Pooled retention by month since the first order, over the cohorts that reach it, with Wilson intervals.

    Columns: month, customers, retained, share, low, high.
    """
    matrix = cohort_matrix(cohorts, until=until)
    size = cohorts[cohorts["month"] == 0].set_index("cohort")["customers"].reindex(matrix.index).to_numpy(float)
    base = matrix.notna().to_numpy() * size[:, None]
    kept = np.nan_to_num(matrix.to_numpy()) * size[:, None]
    customers, retained = base.sum(axis=0), kept.sum(axis=0)
    low, high = wilson_interval(retained, customers, level)
    share = retained / np.maximum(customers, 1e-300)
    return pd.DataFrame(
        {
            "month": matrix.columns,
            "customers": customers,
            "retained": retained,
            "share": share,
            "low": low,
            "high": high,
        }
    )


def half_life_months(curve: pd.DataFrame) -> float:
    """Months over which retention after the first month halves, from a log-linear fit weighted by customers.

    >>> half_life_months(pd.DataFrame({"month": [1, 2, 3], "share": [0.4, 0.2, 0.1], "customers": [9, 9, 9]}))
    1.0
    """
    later = curve[(curve["month"] >= 1) & (curve["share"] > 0)]
    if len(later) < 2:
        why = f"months after the first with someone retained: {len(later)}"
        raise Refusal.because("no half-life of buying again", why, "observe longer, or pool markets")
    slope = np.polyfit(later["month"], np.log(later["share"]), 1, w=np.sqrt(later["customers"]))[0]
    return round(float(np.log(0.5) / slope), 10) if slope < 0 else float("inf")
