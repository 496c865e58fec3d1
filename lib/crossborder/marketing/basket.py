"""What is bought together: association rules with support, confidence, lift and a corrected test."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

if TYPE_CHECKING:
    from ibis.expr.types import Table

__all__ = ["add_on_value", "baskets", "pair_rules"]


def baskets(orders: "Table", item: str = "sku") -> pd.DataFrame:
    """Distinct order_id and item of orders with two items or more, from the order lines."""
    lines = orders.select("order_id", item=orders[item]).distinct()
    wide = lines.group_by("order_id").aggregate(items=lines.count())
    return lines.inner_join(wide.filter(wide["items"] > 1), "order_id").select("order_id", "item").to_pandas()


def pair_rules(
    lines: pd.DataFrame, *, orders: int | None = None, least_support: int = 5, alpha: float = 0.05, top: int = 50
) -> pd.DataFrame:
    """Rules "who buys A also buys B" from rows of order_id and item, best lift first.

    `orders` is the number of all baskets (default: those in `lines`). support = P(A and B), confidence = P(B | A),
    lift = P(A and B) / (P(A) P(B)), leverage = P(A and B) - P(A) P(B). p values are one-sided hypergeometric (Fisher),
    corrected by Benjamini and Hochberg over all tested pairs.
    Source: Agrawal, Imielinski and Swami (1993), SIGMOD.
    """
    from scipy.sparse import csr_array
    from scipy.stats import hypergeom

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
    single = np.diag(both).copy()
    first, second = np.nonzero(np.triu(both >= least_support, 1))
    if not len(first):
        raise Refusal.because("no pair is bought together often enough", f"least support: {least_support}", "lower it")
    seen, a, b = both[first, second], single[first], single[second]
    p = hypergeom.sf(seen - 1, total, a.astype(int), b.astype(int))
    rank = np.argsort(p)
    corrected = np.empty(len(p))
    corrected[rank] = np.minimum.accumulate((p[rank] * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1]
    made = pd.DataFrame(
        {
            "item_a": np.asarray(names)[first],
            "item_b": np.asarray(names)[second],
            "together": seen.astype(int),
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
