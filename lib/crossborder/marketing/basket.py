"""What is bought together: association rules with support, confidence, lift and a corrected test."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company import moments
from crossborder.company.laid import laid_down
from crossborder.errors import InputError, Refusal

if TYPE_CHECKING:
    from ibis.expr.types import Table

__all__ = ["PairCounts", "add_on_value", "pair_counts", "pair_rules", "rules"]

TERMS = 8
"""Terms of a tail that are added before it is asked which tails are done."""
LEAST = 1e-290
"""Chances below which the terms of a tail, over the first, would grow beyond what a number holds."""
LINES = 500_000
"""Lines beyond the first of their order above which pairs come from a sample of the orders.

A pair in one of a thousand baskets is then counted to about five per cent (one standard error).
"""


@dataclass(frozen=True)
class PairCounts:
    """How often two items lie in one order: `pairs` (item_a, item_b, together), orders by item, all orders counted.

    `share` is the share of all orders that were counted; the counts are those seen.
    """

    pairs: pd.DataFrame
    single: pd.Series
    orders: int
    share: float = 1.0


def pair_counts(orders: "Table", *, item: str = "sku", least_support: int = 5) -> PairCounts:
    """Pairs of items in orders with two items or more, counted in the engine from the order lines.

    Only pairs that occur `least_support` times or more come back, in the order of their names. Of orders with more than
    `LINES` lines beyond their first a sample is counted (`company.moments`).
    """
    lines, share = _lines_of_several(orders, item)
    ends = lines.group_by("order_id").aggregate(low=lines.item.min(), high=lines.item.max(), rows=lines.count())
    several = laid_down(ends.filter(ends.low < ends.high))
    # An order of two lines with two items is a pair as it stands; only longer ones are held against themselves.
    two, more = several.filter(several.rows == 2), several.filter(several.rows > 2)
    kept = laid_down(lines.semi_join(more, "order_id").distinct())
    other = kept.select(other_order="order_id", item_b="item")
    both = kept.inner_join(other, [kept.order_id == other.other_order, kept.item < other.item_b])
    found = both.select(item_a="item", item_b="item_b").union(two.select(item_a="low", item_b="high"))
    counted = found.group_by(["item_a", "item_b"]).aggregate(together=found.count())
    pairs = counted.filter(counted.together >= least_support).order_by(["item_a", "item_b"]).to_pandas()
    alone = kept.select("item").union(two.select(item="low")).union(two.select(item="high"))
    single = alone.group_by("item").aggregate(orders=alone.count()).order_by("item").to_pandas()
    return PairCounts(pairs, single.set_index("item")["orders"], int(several.count().to_pandas()), share)


def _lines_of_several(orders: "Table", item: str) -> tuple["Table", float]:
    """Order and item of the lines of orders with several lines, or of a sample of many orders; the share that it is."""
    share = 1.0
    if {"line", "ordered_at"} <= set(orders.columns):
        lines = moments.counted(orders)
        orders, share = moments.of_orders(orders, min(LINES / max(lines.further, 1), 1.0), lines)
    lines = orders.filter(orders[item].notnull()).select("order_id", item=orders[item])
    if "line" not in orders.columns:
        return lines, share
    if share < 1:
        return laid_down(lines), share
    # Lines count from 1, so that an order of several has one beyond it; most orders go before anything is grouped.
    return laid_down(lines.semi_join(orders.filter(orders.line > 1).select("order_id"), "order_id")), share


def pair_rules(
    lines: pd.DataFrame, *, orders: int | None = None, least_support: int = 5, alpha: float = 0.05, top: int = 50
) -> pd.DataFrame:
    """Rules "who buys A also buys B" from rows of order_id and item, best lift first; see `rules`.

    `orders` is the number of all baskets (default: those in `lines`).
    """
    from scipy.sparse import csr_array

    if {"order_id", "item"} - set(lines.columns):
        raise InputError.missing_columns("lines", {"order_id", "item"} - set(lines.columns), lines.columns)
    unique = lines[["order_id", "item"]].drop_duplicates()
    basket, _ = pd.factorize(unique["order_id"])
    item, names = pd.factorize(unique["item"], sort=True)
    total = int(orders or (basket.max() + 1 if len(basket) else 0))
    if total == 0:
        raise Refusal.because("there is no basket", "rows: 0", "give order lines")
    bought = csr_array((np.ones(len(item)), (basket, item)))
    both = (bought.T @ bought).toarray()
    first, second = np.nonzero(np.triu(both >= least_support, 1))
    names = np.asarray(names)
    pairs = pd.DataFrame({"item_a": names[first], "item_b": names[second], "together": both[first, second].astype(int)})
    return rules(PairCounts(pairs, pd.Series(np.diag(both), index=names), total), alpha=alpha, top=top)


def rules(counts: PairCounts, *, alpha: float = 0.05, top: int = 50) -> pd.DataFrame:
    """Rules "who buys A also buys B" from counted pairs, best lift first.

    support = P(A and B), confidence = P(B | A), lift = P(A and B) / (P(A) P(B)), leverage = P(A and B) - P(A) P(B).
    p values are one-sided hypergeometric (Fisher), corrected by Benjamini and Hochberg over all tested pairs. Of a
    sample of orders `together` is scaled up to all of them; everything else rests on what was seen.
    Source: Agrawal, Imielinski and Swami (1993), SIGMOD.
    """
    pairs, total = counts.pairs, counts.orders
    if pairs.empty:
        raise Refusal.because("no pair is bought together often enough", f"baskets: {total}", "lower the least support")
    seen = pairs["together"].to_numpy()
    a, b = (pairs[name].map(counts.single).to_numpy(float) for name in ("item_a", "item_b"))
    # Many pairs share their three counts; the tail is worked out once for each.
    cases, place = np.unique(np.column_stack([seen, a, b]).astype(int), axis=0, return_inverse=True)
    p = _together_or_more(cases[:, 0], cases[:, 1], cases[:, 2], total)[place]
    rank = np.argsort(p)
    corrected = np.empty(len(p))
    corrected[rank] = np.minimum.accumulate((p[rank] * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1]
    made = pd.DataFrame(
        {
            "item_a": pairs["item_a"],
            "item_b": pairs["item_b"],
            "together": seen.astype(int) if counts.share >= 1 else np.round(seen / counts.share).astype(int),
            "support": seen / total,
            "confidence_ab": seen / a,
            "confidence_ba": seen / b,
            "lift": seen * total / (a * b),
            "leverage": seen / total - a * b / total**2,
            "p_corrected": np.minimum(corrected, 1.0),
        }
    )
    made["significant"] = made["p_corrected"] < alpha
    return made.sort_values(["significant", "lift"], ascending=[False, False], ignore_index=True).head(top)


def _together_or_more(seen: np.ndarray, a: np.ndarray, b: np.ndarray, total: int) -> np.ndarray:
    """P(at least `seen` baskets hold both) if `a` and `b` of `total` baskets were drawn apart: hypergeometric tail.

    Each term follows from the one before, by (a - j) (b - j) / ((j + 1) (total - a - b + j + 1)), for all pairs at once
    until the rest is below the rounding.
    """
    from scipy.special import gammaln

    def log_choose(n: np.ndarray, k: np.ndarray) -> np.ndarray:
        return gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)

    j, a, b = (np.asarray(part, dtype=float) for part in (np.maximum(seen, a + b - total), a, b))
    first = np.exp(log_choose(a, j) + log_choose(total - a, b - j) - log_choose(np.full_like(b, total), b))
    # So far below what is expected that not even the chance of one number of baskets can be told: as good as certain.
    certain = (first < LEAST) & (j < a * b / total)
    sums, place = np.ones_like(first), np.flatnonzero(~certain)
    a, b, j = a[place], b[place], j[place]
    term, tail = np.ones_like(a), np.ones_like(a)
    while len(place):
        for _ in range(TERMS):  # beyond the last term the ratio is 0, and so is what is added
            ratio = (a - j) * (b - j) / ((j + 1) * (total - a - b + j + 1))
            term *= ratio
            tail += term
            j += 1
        # Past the middle the terms fall ever faster, so that what is left is below term x ratio / (1 - ratio).
        done = (j >= np.minimum(a, b)) | ((ratio < 1) & (term * ratio < 1e-16 * tail * (1 - ratio)))
        sums[place[done]] = tail[done]
        place, a, b, j, term, tail = (part[~done] for part in (place, a, b, j, term, tail))
    return np.where(certain, 1.0, np.minimum(first * sums, 1.0))


def add_on_value(
    rules: pd.DataFrame, price: pd.Series, *, orders: int, accept_rate: float, margin_share: float
) -> pd.DataFrame:
    """Contribution a period if each rule is shown at the basket: orders with A but not B, times acceptance, price,
    margin."""
    if not 0 <= accept_rate <= 1:
        raise InputError.out_of_range("accept_rate", accept_rate, "a fraction from 0 to 1")
    with_a = rules["support"] / rules["confidence_ab"] * orders
    shown = with_a * (1 - rules["confidence_ab"])
    gain = shown * accept_rate * rules["item_b"].map(price).astype(float) * margin_share
    return rules.assign(shown=shown, contribution=gain)
