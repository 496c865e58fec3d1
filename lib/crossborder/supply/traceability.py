"""From a bad batch to the pieces that must come back: the graph of purchases, shipments and stock."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.supply.checks import between, needs

__all__ = ["Recall", "recall"]


@dataclass(frozen=True)
class Recall:
    """Pieces of a recall by market: shipped, still in stock, sold; and its cost, traced and untraced (USD)."""

    by_market: pd.DataFrame
    traced_cost: float
    untraced_cost: float
    traced_hours: float


def recall(
    shipments: pd.DataFrame,
    inventory: pd.DataFrame,
    purchase_ids: list[str],
    as_of: str | pd.Timestamp,
    cost_sold_piece: float,
    cost_stock_piece: float,
    response_share: float = 0.4,
    lookup_seconds_a_row: float = 0.05,
) -> Recall:
    """What a defect in some purchase batches reaches, first in first out.

    Stock on hand is taken to hold the latest arrivals, so the batch's pieces in stock are what later arrivals of the
    product leave of it. Untraced, every piece of the product shipped in the batch's year must be called back.
    """
    needs(shipments, "shipments", "purchase_id sku market quantity arrived_on")
    between("response_share", response_share, 0, 1)
    as_of = pd.Timestamp(as_of)
    moved = shipments[shipments["purchase_id"].isin(purchase_ids)]
    if moved.empty:
        raise InputError.unknown("purchase_id", purchase_ids[0], shipments["purchase_id"].dropna().unique()[:20])
    arrived = shipments[shipments["arrived_on"].notna() & (shipments["arrived_on"] <= as_of)]
    hand = inventory[inventory["week"] == inventory.loc[inventory["week"] <= as_of, "week"].max()]
    on_hand = hand.groupby(["sku", "market"])["on_hand"].sum().astype(float)
    batch = moved.groupby(["sku", "market"]).agg(shipped=("quantity", "sum"), last=("arrived_on", "max"))
    later = arrived.merge(batch["last"].reset_index(), on=["sku", "market"])
    later = later[later["arrived_on"] > later["last"]].groupby(["sku", "market"])["quantity"].sum()
    shipped = batch["shipped"].astype(float)
    left = on_hand.reindex(batch.index).fillna(0) - later.reindex(batch.index).fillna(0).astype(float)
    stock = np.clip(left, 0, shipped)
    table = pd.DataFrame({"shipped": shipped, "in_stock": stock, "sold": shipped - stock})
    similar = arrived[arrived["sku"].isin(moved["sku"])]
    window = similar["arrived_on"] >= moved["arrived_on"].min() - pd.Timedelta(days=365)
    all_sold = float(similar.loc[window, "quantity"].sum())
    traced = float(response_share * table["sold"].sum() * cost_sold_piece + table["in_stock"].sum() * cost_stock_piece)
    untraced = response_share * all_sold * cost_sold_piece
    by_market = table.groupby("market").sum().sort_values("shipped", ascending=False).reset_index()
    return Recall(by_market, traced, float(untraced), len(shipments) * lookup_seconds_a_row / 3600)
