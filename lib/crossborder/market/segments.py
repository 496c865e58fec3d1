"""What customer segments are worth: age cohort by level of value."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["segment_values"]


def segment_values(
    customers: pd.DataFrame, *, rng: np.random.Generator, draws: int = 300, level: float = 0.9
) -> pd.DataFrame:
    """Value of customer segments: cohort x level of value (quarters of spend an order), with bootstrap interval.

    `customers`: customer_id, cohort, spend_usd, orders. Levels basic, personal, quality, values are quartiles of spend
    an order. Columns: `customers`, `share`, `spend`, `spend_low`, `spend_high` (USD a customer), `order_value`, `value`
    (fraction of all spend).
    """
    missing = {"cohort", "spend_usd", "orders"} - set(customers.columns)
    if missing:
        raise InputError.missing_columns("customers", missing, customers.columns)
    frame = customers[customers["orders"] > 0]
    if len(frame) < 40:
        raise Refusal.because("segments have no value", f"{len(frame)} customers with orders", "give at least 40")
    order_value = (frame["spend_usd"] / frame["orders"]).astype(float)
    names = ["basic", "personal", "quality", "values"]
    tier = pd.qcut(order_value.rank(method="first"), 4, labels=names).astype("str")
    keys = [frame["cohort"].fillna("not told").to_numpy(), tier.to_numpy()]
    spend = frame["spend_usd"].astype(float)
    grouped = spend.groupby(keys)
    count, mean = grouped.size(), grouped.mean()
    # A weighted bootstrap of a mean: gamma weights make it one matrix product a segment instead of resampling rows.
    sd = grouped.std(ddof=0).fillna(0.0)
    z = rng.standard_normal((draws, len(count))) * (sd / np.sqrt(count)).to_numpy()
    low, high = np.quantile(mean.to_numpy() + z, [(1 - level) / 2, (1 + level) / 2], axis=0)
    result = pd.DataFrame({"customers": count, "share": count / count.sum(), "spend": mean}, index=count.index)
    result = result.assign(spend_low=low, spend_high=high, order_value=order_value.groupby(keys).mean())
    result["value"] = count * mean / (count * mean).sum()
    result.index = result.index.set_names(["cohort", "level"])
    return result.reset_index()
