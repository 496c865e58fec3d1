"""Own sales as the selection needs them: pieces by product and market; and tests held against a known truth."""

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import ibis

__all__ = ["by_market", "tests_against_truth"]


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
