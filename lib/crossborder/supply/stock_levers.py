"""Smaller levers on stock side by side: yearly effect with its range, and what it rests on."""

import numpy as np
import pandas as pd

from crossborder.supply import stock_health
from crossborder.supply.checks import between
from crossborder.supply.inventory import kanban_cards

__all__ = ["build_ahead_week", "stock_levers"]

COLUMNS = ["lever", "low", "base", "high", "unit", "rests_on"]


def build_ahead_week(factor: np.ndarray, lead_weeks: np.ndarray, rise: float = 0.10) -> pd.DataFrame:
    """When to start building for the season: peak, turning point and start by row of seasonal factors (rows x 52).

    The turning point is the first week, going back from the peak, at which demand is still less than `rise` above its
    yearly mean; goods must be ordered `lead_weeks` before it.
    """
    rows = np.arange(len(factor))
    peak = factor.argmax(1)
    back = np.stack([factor[rows, (peak - k) % 52] for k in range(26)], axis=1)
    turn = (back < 1 + rise).argmax(1)
    return pd.DataFrame(
        {
            "peak_week": peak + 1,
            "turn_week": (peak - turn) % 52 + 1,
            "start_week": (peak - turn - np.ceil(lead_weeks).astype(int)) % 52 + 1,
            "weeks_ahead": turn + np.ceil(lead_weeks),
            "peak_factor": factor[rows, peak],
        }
    )


def stock_levers(
    full: np.ndarray,
    keys: pd.DataFrame,
    stock: pd.DataFrame,
    classes: pd.DataFrame,
    products_usd: pd.DataFrame,
    margin_usd: float,
    holding_rate_year: float,
    lost_share: tuple[float, float, float],
    record_accuracy: float,
) -> pd.DataFrame:
    """Yearly effect of levers on stock (low, base, high in `unit`).

    `full` is demand by series x week with `keys` (sku, market); `stock` as `age_tiers`, `classes` as `abc_xyz` gives
    them with stock_usd and goods_year_usd; `lost_share` is the share of demand lost to waiting (low, base, high).
    """
    between("record_accuracy", record_accuracy, 0, 1)
    rows = [_pooling(full, keys, products_usd, holding_rate_year), _oversell(full, keys, stock)]
    rows += [_virtual(classes, products_usd, margin_usd, holding_rate_year, lost_share)]
    rows += [_consignment(classes, holding_rate_year), _records(full, stock, record_accuracy), _kanban(full)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _pooling(full, keys, products_usd, rate):
    """Safety stock of one pool instead of one a market, SKU by SKU, valued at cost."""
    sku, code = np.unique(keys["sku"].to_numpy(str), return_inverse=True)
    recent = full[:, -52:]
    sd = recent.std(1, ddof=1)
    apart = np.bincount(code, sd)
    joined = np.zeros((len(sku), recent.shape[1]))
    np.add.at(joined, code, recent)
    pooled = joined.std(1, ddof=1)
    cost = products_usd.set_index("sku")["unit_cost_usd"].reindex(sku).fillna(0).to_numpy()
    saved = [float((z * np.sqrt(9) * np.maximum(apart - pooled, 0) * cost).sum() * rate) for z in (1.28, 1.645, 2.05)]
    return ["One pool instead of stock by market: safety stock", *saved, "USD a year", "service of 90, 95, 98 %"]


def _oversell(full, keys, stock):
    """Share of series whose last piece may be sold twice in a day, slow sync against fast."""
    pace = pd.Series(full[:, -8:].mean(1) / 7, index=pd.MultiIndex.from_frame(keys[["sku", "market"]]))
    joined = stock.set_index(["sku", "market"]).join(pace.rename("day"))
    slow, fast = (
        stock_health.oversell_probability(joined["on_hand"], joined["day"].fillna(0), delay, channels=4)
        for delay in (1.0, 1 / 96)
    )
    drop = float(slow.mean() - fast.mean())
    return [
        "Stock synced every quarter of an hour, not daily",
        drop * 0.5,
        drop,
        drop * 1.5,
        "share of series oversold",
        "four channels; Poisson days",
    ]


def _virtual(classes, products_usd, margin, rate, lost):
    tail = classes[(classes["abc"] == "C") & (classes["xyz"] != "X")]
    cost = products_usd.set_index("sku")["unit_cost_usd"].reindex(tail["sku"]).fillna(0).to_numpy()
    demand = tail["goods_year_usd"].to_numpy() / np.maximum(cost, 0.01)
    units = tail["stock_usd"].to_numpy() / np.maximum(cost, 0.01)
    gains = [
        float(stock_health.virtual_stock(demand, cost, margin, units, rate, share)["gain"].sum())
        for share in lost[::-1]
    ]
    return ["Tail sold first and made after", *gains, "USD a year", "demand lost to waiting, low to high"]


def _consignment(classes, rate):
    stock, bought = float(classes["stock_usd"].sum()), float(classes["goods_year_usd"].sum())
    gains = [
        float(stock_health.consignment_effect(stock, rate, 0.03, increase, bought)["gain"].iloc[0])
        for increase in (0.04, 0.02, 0.01)
    ]
    return ["Suppliers own the stock until it sells", *gains, "USD a year", "price rise of 4, 2, 1 % in return"]


def _records(full, stock, accuracy):
    safety = 1.645 * full[:, -52:].std(1, ddof=1) * 3
    mean = np.full(len(safety), float(stock["on_hand"].mean()))
    now = stock_health.record_buffer(accuracy, safety, mean, 1.0).sum()
    better = [float(now - stock_health.record_buffer(a, safety, mean, 1.0).sum()) for a in (0.98, 0.99, 0.999)]
    return ["Stock records right in 98, 99, 99.9 % of counts", *better, "pieces of buffer freed", "cycle counts"]


def _kanban(full):
    weekly = np.sort(full[:, -26:].mean(1))[-50:]
    cards = [float(kanban_cards(weekly, lead, 0.3, 10).sum() * 10) for lead in (1.0, 2.0, 4.0)]
    return ["Pull by kanban for the 50 fastest series: stock", *cards, "pieces in the loop", "refill in 1, 2, 4 weeks"]
