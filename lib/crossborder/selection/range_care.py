"""The range after launch: what a new rule hits and what could replace it, and what nobody uses."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["exposed", "low_use", "substitutes"]


def exposed(products: pd.DataFrame, item: str, revenue: pd.Series | None = None) -> pd.DataFrame:
    """Products that contain a material or other item which a rule forbids: sku, name, category, supplier, revenue.

    `revenue` by sku (USD a year) sizes the exposure; missing ones count 0.
    """
    if missing := {"sku", "materials", "category"} - set(products.columns):
        raise InputError.missing_columns("products", missing, products.columns)
    parts = products["materials"].fillna("").str.lower().str.split("|")
    hit = parts.map(lambda words: item.lower() in [w.strip() for w in words])
    rows = products[hit.astype(bool)]
    sales = rows["sku"].map(revenue) if revenue is not None else pd.Series(0.0, index=rows.index)
    keep = [c for c in ("sku", "name", "category", "supplier_id", "materials") if c in rows]
    return (
        rows[keep].assign(revenue_usd=sales.fillna(0.0)).sort_values("revenue_usd", ascending=False, ignore_index=True)
    )


def substitutes(products: pd.DataFrame, item: str, count: int = 2) -> pd.DataFrame:
    """For every exposed product the most similar ones without the item: sku, substitute, likeness 0 to 1, materials.

    Likeness: same category (0.4), near in price (0.3), weight (0.2), other supplier (0.1, since one rule often hits one
    supplier's whole range).
    """
    hit = products["sku"].isin(exposed(products, item)["sku"]).to_numpy()
    if not hit.any() or hit.all():
        return pd.DataFrame(columns=["sku", "substitute", "likeness", "materials"])
    bad, good = products[hit], products[~hit]
    price = "list_price_usd" if "list_price_usd" in products else "unit_cost"
    same = bad["category"].to_numpy(object)[:, None] == good["category"].to_numpy(object)
    like = 0.4 * same
    for name, share in ((price, 0.3), ("weight_kg", 0.2)):
        a, b = (
            np.log(x[name].astype(float).fillna(products[name].median()).clip(lower=1e-6).to_numpy())
            for x in (bad, good)
        )
        like = like + share * np.exp(-np.abs(a[:, None] - b))
    like = like + 0.1 * (bad["supplier_id"].to_numpy(object)[:, None] != good["supplier_id"].to_numpy(object))
    best = np.argsort(-like, axis=1, kind="stable")[:, :count]
    row = np.repeat(np.arange(len(bad)), best.shape[1])
    return pd.DataFrame(
        {
            "sku": bad["sku"].to_numpy()[row],
            "substitute": good["sku"].to_numpy()[best.ravel()],
            "likeness": like[row, best.ravel()],
            "materials": good["materials"].to_numpy()[best.ravel()],
        }
    )


def low_use(use: pd.Series, cost: pd.Series | None = None, share: float = 0.02, level: float = 0.9) -> pd.DataFrame:
    """Modules, features or products by use, with those whose share is surely below `share` (upper Wilson end).

    `use`: counts by name; `cost` (USD a year) is what dropping one would save. Columns: use, use_share, low, high,
    drop, cost_usd, and cumulative (share of all use that the names from the top down make up).
    """
    from crossborder.selection.launch_review import wilson

    counts = use.fillna(0).astype(float)
    if (counts < 0).any() or counts.sum() <= 0:
        raise InputError.out_of_range("use", float(counts.min()), "counts from 0, some above 0")
    ordered = counts.sort_values(ascending=False, kind="stable")
    low, high = wilson(ordered, np.full(len(ordered), ordered.sum()), level)
    table = pd.DataFrame({"use": ordered, "use_share": ordered / ordered.sum(), "low": low, "high": high})
    table["drop"] = table["high"] < share
    table["cost_usd"] = 0.0 if cost is None else cost.reindex(table.index).fillna(0.0)
    table["cumulative"] = table["use_share"].cumsum()
    return table.rename_axis("name").reset_index()
