"""Which lines earn too little and do not grow: a post-mortem of what is sold, and the list to leave."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.finance import order_economics, unit_economics

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["low_yield_lines"]


def low_yield_lines(
    company: "Company", *, floor_margin: float = 0.0, least_orders: int = 30, months: int = 12
) -> pd.DataFrame:
    """Categories by market with their contribution now and a year ago, growth and what to do; worst first.

    A line leaves (exit) if its margin after advertising is below `floor_margin` in both years and its net sales do not
    grow; it is mended if the margin is below now but was not, or grows; else it stays. Lines below `least_orders` order
    lines in either year are left to a longer look (too few). Columns: category, market, net_sales_usd,
    contribution_usd, margin, margin_before, growth, decision.
    """
    now = order_economics.order_economics(company, months).table
    before = order_economics.order_economics(company, months, ago=months).table
    one, other = _by_line(now), _by_line(before)
    both = one.join(other.add_suffix("_before"), how="left")
    both["growth"] = both["net_sales"] / both["net_sales_before"] - 1
    low, was_low = both["margin"] < floor_margin, both["margin_before"] < floor_margin
    few = (both["orders"] < least_orders) | ~(both["orders_before"] >= least_orders)
    both["decision"] = np.select([few, low & was_low & (both["growth"] <= 0), low], ["too few", "exit", "mend"], "keep")
    both = both.rename(columns={"net_sales": "net_sales_usd", "contribution": "contribution_usd"}).reset_index()
    columns = [
        "category",
        "market",
        "net_sales_usd",
        "contribution_usd",
        "margin",
        "margin_before",
        "growth",
        "decision",
    ]
    return both[columns].sort_values("margin", kind="stable", ignore_index=True)


def _by_line(table: pd.DataFrame) -> pd.DataFrame:
    """Lines with totals in USD: the waterfall counts an order line."""
    shown = unit_economics.waterfall(table, by=["category", "market"]).set_index(["category", "market"])
    totals = shown[["contribution", "net_sales"]].mul(shown["orders"], axis=0)
    return shown[["orders", "margin"]].join(totals)
