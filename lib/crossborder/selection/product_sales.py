"""Own sales as the selection needs them: pieces by product and market; and tests held against a known truth."""

from typing import TYPE_CHECKING

import pandas as pd

from crossborder.selection.competition import visibility
from crossborder.selection.launch_review import wilson

if TYPE_CHECKING:
    import ibis

__all__ = ["by_market", "platform_fit", "tests_against_truth"]


def by_market(orders: "ibis.Table", last: str | pd.Timestamp, days: int = 365) -> pd.DataFrame:
    """Pieces sold in the last `days`: index sku, one column a market, missing where never sold."""
    since = pd.Timestamp(last) - pd.Timedelta(days=days)
    recent = orders.filter(orders.ordered_at.cast("date") > since.date())
    sums = recent.group_by(["sku", "market"]).aggregate(units=recent.quantity.sum()).to_pandas()
    return sums.pivot_table(index="sku", columns="market", values="units", aggfunc="sum").astype(float).sort_index()


def tests_against_truth(read: pd.DataFrame, known: dict | None) -> pd.DataFrame | None:
    """Estimated against true lifts of tests: experiment, arm, relative with interval, true, inside; None without truth.

    `inside` says so where a test must not be read (broken split, stopped early).
    """
    if known is None:
        return None
    rows = []
    for row in read.itertuples():
        facts = known.get(row.experiment_id, {})
        true = facts.get("lift", {}).get(row.arm)
        if true is None:
            continue
        fair = not row.verdict.endswith("do not read")
        words = ("yes" if row.relative_low <= true <= row.relative_high else "no") if fair else "must not be read"
        rows.append((row.experiment_id, row.arm, row.relative, row.relative_low, row.relative_high, true, words))
    names = ["experiment_id", "arm", "relative", "low", "high", "true", "inside"]
    return pd.DataFrame(rows, columns=names)


def platform_fit(sessions: "ibis.Table | None", orders: "ibis.Table") -> pd.DataFrame | None:
    """How a platform's ranking would like our offers: conversion, return rate and visibility (0 to 1) by market.

    Conversion is orders over visits, the return rate pieces sent back over sold; both with 90 % Wilson intervals.
    None without sessions.
    """
    if sessions is None:
        return None
    keys = ["market", "platform"]
    seen = sessions.group_by(keys).aggregate(visits=sessions.visits.sum(), orders=sessions.orders.sum()).to_pandas()
    sold = orders.group_by(keys).aggregate(pieces=orders.quantity.sum(), back=orders.returned.sum()).to_pandas()
    table = seen.merge(sold, on=keys).sort_values(keys, ignore_index=True)
    table["conversion"], table["return_rate"] = table["orders"] / table["visits"], table["back"] / table["pieces"]
    table["conversion_low"], table["conversion_high"] = wilson(table["orders"], table["visits"])
    table["return_low"], table["return_high"] = wilson(table["back"], table["pieces"])
    table["visibility"] = visibility(table["conversion"], table["return_rate"])
    return table.sort_values("visibility", ascending=False, ignore_index=True)
