"""Rival prices as a traffic light, and what a slow answer costs."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["price_lights"]


def price_lights(prices: pd.DataFrame, *, cut: float = 0.05, war: float = 0.10, weeks: int = 2) -> pd.DataFrame:
    """Rival price moves by market and week: week, market, products, cut_share, move, light.

    `move` is the median change of the rivals' price against `weeks` before. Amber from a fall of `cut`, red from
    `war`; also red where half of the products saw a cut of `cut` or more.
    """
    needed = ["week", "sku", "market", "rival_price"]
    missing = [name for name in needed if name not in prices]
    if missing:
        raise InputError.missing_columns("prices", missing, prices.columns)
    ordered = prices.sort_values(["sku", "market", "week"])
    before = ordered.groupby(["sku", "market"])["rival_price"].shift(weeks)
    moves = ordered.assign(move=ordered["rival_price"] / before - 1).dropna(subset=["move"])
    grouped = moves.assign(cut=moves["move"] <= -cut).groupby(["week", "market"])
    table = grouped.agg(products=("move", "size"), cut_share=("cut", "mean"), move=("move", "median")).reset_index()
    red = (table["move"] <= -war) | (table["cut_share"] >= 0.5)
    table["light"] = np.select([red, (table["move"] <= -cut) | (table["cut_share"] >= 0.25)], ["red", "amber"], "green")
    return table
