"""What returns cost, why goods come back, and whether taking used goods back pays."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.supply.checks import at_least, between
from crossborder.supply.quality import defect_rate_interval

__all__ = ["return_cost", "return_reasons", "return_summary", "take_back"]


def return_summary(orders: object, by: str | list[str]) -> pd.DataFrame:
    """Pieces sold and returned by group, reduced in the engine: rate with its exact interval. `orders` is lazy."""
    keys = [by] if isinstance(by, str) else list(by)
    sums = orders.group_by(keys).agg(sold=orders.quantity.sum(), returned=orders.returned.sum())
    table = sums.order_by(keys).to_pandas()
    sold, back = table["sold"].to_numpy(float), table["returned"].fillna(0).to_numpy(float)
    low, high = defect_rate_interval(back, sold)
    return table.assign(rate=back / sold, low=low, high=high)


def return_reasons(orders: object) -> pd.DataFrame:
    """Returned pieces and refunds by reason and market, from the lazy orders table; the most frequent first."""
    back = orders.filter(orders.returned > 0)
    sums = back.group_by(["return_reason", "market"]).agg(pieces=back.returned.sum())
    table = sums.order_by(["return_reason", "market"]).to_pandas()
    table["pieces"] = table["pieces"].astype(float)
    total = table.groupby("market")["pieces"].transform("sum")
    return table.assign(share=table["pieces"] / total).sort_values("pieces", ascending=False, ignore_index=True)


def return_cost(
    rate: ArrayLike, value: ArrayLike, shipping_back: ArrayLike, handling: ArrayLike, resale_share: ArrayLike
) -> np.ndarray:
    """Cost of returns a piece sold, money: rate x (way back + handling + value lost in resale)."""
    rate, kept = between("rate", rate, 0, 1), between("resale_share", resale_share, 0, 1)
    lost = np.asarray(value, float) * (1 - kept)
    return rate * (np.asarray(shipping_back, float) + np.asarray(handling, float) + lost)


def take_back(
    volumes_year: ArrayLike,
    recovery_value: ArrayLike,
    collection: ArrayLike,
    sorting: ArrayLike,
    usable_share: ArrayLike,
    disposal: ArrayLike = 0.0,
) -> pd.DataFrame:
    """Net yearly value of taking used goods back, money, and the share of usable goods at which it breaks even."""
    volume, usable = at_least("volumes_year", volumes_year, 0), between("usable_share", usable_share, 0, 1)
    recovery, waste = np.asarray(recovery_value, float), np.asarray(disposal, float)
    cost = np.asarray(collection, float) + np.asarray(sorting, float)
    net = volume * (usable * recovery - (1 - usable) * waste - cost)
    return pd.DataFrame(
        {
            "net_year": np.atleast_1d(net),
            "net_piece": np.atleast_1d(net / np.maximum(volume, 1e-12)),
            "break_even_share": (cost + waste)
            / np.maximum(recovery + waste, 1e-12)
            * np.ones(np.shape(np.atleast_1d(net))),
        }
    )
