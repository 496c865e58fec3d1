"""What goes together: rules of the market basket with support, confidence and lift, each with its interval."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company import moments, sampling
from crossborder.company.laid import laid_down
from crossborder.errors import InputError, Refusal

if TYPE_CHECKING:
    import ibis

__all__ = ["hot_terms", "order_baskets", "rules"]


def order_baskets(orders: "ibis.Table", products: pd.DataFrame, by: str = "name") -> pd.DataFrame:
    """One row an order and product attribute `by`, orders with two or more lines only: basket (a number), item.

    Of more orders than `company.sampling.LIMIT` a sample is taken (`company.moments`).
    """
    names = products.set_index("sku")[by]
    rows = _some(orders)
    ends = rows.group_by("order_id").aggregate(low=rows.sku.min(), high=rows.sku.max())
    several = rows.semi_join(ends.filter(ends.low < ends.high), "order_id").distinct()
    frame = several.order_by(["order_id", "sku"]).to_pandas()
    basket, item = pd.factorize(frame["order_id"])[0], frame["sku"].map(names)
    return pd.DataFrame({"basket": basket, "item": item}).dropna().drop_duplicates()


def _some(orders: "ibis.Table") -> "ibis.Table":
    """Order and product of the lines, or of those of a sample of many orders; orders are told by their first lines."""
    if not {"line", "ordered_at"} <= set(orders.columns):
        return sampling.some(orders.select("order_id", "sku"), "order_id")[0]
    lines = moments.counted(orders)
    some, share = moments.of_orders(orders, min(sampling.LIMIT / max(lines.first, 1), 1.0), lines)
    some = some.select("order_id", "sku")
    return laid_down(some) if share < 1 else some


def hot_terms(interest: pd.DataFrame, above: float = 1.0) -> pd.DataFrame:
    """Search terms that ran hot together: one row a market and week (basket) and term (item).

    Hot means more than `above` standard deviations over the term's own trend and season (two yearly harmonics).
    """
    wide = interest.pivot_table(index="week", columns=["market", "term"], values="interest")
    t = np.arange(len(wide))
    angle = 2 * np.pi * t[:, None] / 52.18 * np.array([1, 2])
    base = np.column_stack([np.ones(len(t)), t, np.cos(angle), np.sin(angle)])
    y = np.log(wide.clip(lower=1e-6).to_numpy())
    rest = y - base @ np.linalg.lstsq(base, y, rcond=None)[0]
    week, column = np.nonzero(rest > above * rest.std(axis=0))
    names = wide.columns.to_frame(index=False).iloc[column]
    when = wide.index[week].strftime("%Y-%m-%d")
    return pd.DataFrame(
        {"basket": names["market"].to_numpy(object) + " " + when.to_numpy(object), "item": names["term"].to_numpy()}
    )


def rules(baskets: pd.DataFrame, least: int = 20, level: float = 0.9, total: int | None = None) -> pd.DataFrame:
    """Pairs of items with support, confidence (of `then` given `when`) and lift with its interval, strongest first.

    leverage: support beyond independence (Piatetsky-Shapiro 1991); conviction: how often the rule would fail by chance
    over how often it fails (Brin et al. 1997), infinite where it never does.

    `baskets`: basket, item. `total` baskets if some hold none of the items. `sure` marks lifts whose interval, widened
    for the number of pairs tested (Bonferroni), lies above 1. Source: Agrawal, Imielinski and Swami (1993), SIGMOD.
    """
    from scipy.sparse import csr_matrix
    from scipy.special import ndtri

    if missing := {"basket", "item"} - set(baskets.columns):
        raise InputError.missing_columns("baskets", missing, baskets.columns)
    rows = baskets.drop_duplicates()
    place, basket_names = pd.factorize(rows["basket"])
    code, items = pd.factorize(rows["item"], sort=True)
    count = len(basket_names) if total is None else total
    if count < 2 or len(items) < 2:
        raise Refusal.because("no rules", f"{count} baskets, {len(items)} items", "give at least two of each")
    table = csr_matrix((np.ones(len(rows)), (place, code)), shape=(len(basket_names), len(items)))
    together = (table.T @ table).toarray()
    single = together.diagonal()
    first, second = np.nonzero((together >= least) & ~np.eye(len(items), dtype=bool))
    both = together[first, second]
    lift = both * count / (single[first] * single[second])
    sd = np.sqrt(np.maximum(1 / both - 1 / single[first] + 1 / single[second] - 1 / count, 1e-12))
    z, wide = ndtri(0.5 + level / 2), ndtri(1 - 0.05 / max(len(first), 1))
    frame = pd.DataFrame({"when": items[first], "then": items[second], "together": both.astype(int)})
    frame["support"], frame["confidence"], frame["lift"] = both / count, both / single[first], lift
    then = single[second] / count
    frame["leverage"] = frame["support"] - single[first] / count * then
    fails = 1 - frame["confidence"]
    frame["conviction"] = np.divide(1 - then, fails, out=np.full(len(frame), np.inf), where=(fails > 1e-12).to_numpy())
    frame["low"], frame["high"] = lift * np.exp(-z * sd), lift * np.exp(z * sd)
    frame["sure"] = lift * np.exp(-wide * sd) > 1
    return frame.sort_values("lift", ascending=False, ignore_index=True)
