"""Weekly demand of every SKU x market as an array: from order lines or price weeks, corrected for empty shelves.

The cube is one frame of series (`sku`, `market`) and one array series x week, so that the methods need no loop.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import Refusal
from crossborder.supply.checks import at_least, between, needs

__all__ = ["DemandCube", "cube", "from_orders", "uncensored"]


@dataclass(frozen=True)
class DemandCube:
    """Pieces sold by series and week, and the share of the week in stock (1 where nobody knows better).

    `series` has sku, market and age_weeks (weeks since the first sale); `weeks` are Mondays.
    """

    series: pd.DataFrame
    weeks: pd.DatetimeIndex
    units: np.ndarray
    in_stock: np.ndarray

    def select(self, rows: ArrayLike) -> "DemandCube":
        """The cube of some series only (a mask or positions)."""
        rows = np.asarray(rows)
        series = self.series.loc[rows] if rows.dtype == bool else self.series.iloc[rows]
        return DemandCube(series.reset_index(drop=True), self.weeks, self.units[rows], self.in_stock[rows])


def from_orders(orders: object, start: str | None = None, end: str | None = None) -> pd.DataFrame:
    """Weekly pieces by sku and market, reduced in the engine; `orders` is the lazy events table.

    Columns: week (Monday), sku, market, units. Only whole weeks: the week of the last order is dropped when open.
    """
    lines = orders if start is None else orders.filter(orders.ordered_at >= pd.Timestamp(start, tz="UTC"))
    lines = lines if end is None else lines.filter(lines.ordered_at < pd.Timestamp(end, tz="UTC"))
    weeks = lines.mutate(week=lines.ordered_at.truncate("W").date())
    totals = weeks.group_by(["week", "sku", "market"]).agg(units=weeks.quantity.sum())
    frame = totals.order_by(["sku", "market", "week"]).to_pandas()
    frame["week"] = pd.to_datetime(frame["week"])
    return frame.astype({"units": "float64"})


def cube(
    sales: pd.DataFrame, in_stock: pd.DataFrame | None = None, weeks: pd.DatetimeIndex | None = None
) -> DemandCube:
    """The demand cube of a long frame (week, sku, market, units); weeks without a row count as 0 sold.

    `in_stock` may be a long frame (week, sku, market, in_stock); a column `in_stock` of `sales` does as well.
    """
    needs(sales, "sales", "week sku market units")
    if sales.empty:
        raise Refusal.because("no demand", "there is no row of sales", "check the market and the period")
    week = pd.to_datetime(sales["week"])
    weeks = pd.date_range(week.min(), week.max(), freq="7D") if weeks is None else weeks
    if not len(weeks):
        raise Refusal.because("no demand", "there is no whole week of sales", "bring orders of a longer time")
    keyed = sales.assign(week=week).set_index(["sku", "market", "week"])
    units = _wide(keyed["units"], weeks, 0.0)
    stock = sales if in_stock is None and "in_stock" in sales else in_stock
    known = np.ones(units.shape)
    if stock is not None:
        share = stock.assign(week=pd.to_datetime(stock["week"])).set_index(["sku", "market", "week"])["in_stock"]
        known = _wide(share, weeks, 1.0).reindex(units.index, fill_value=1.0).to_numpy()
    values = units.to_numpy()
    series = units.index.to_frame(index=False)
    sold = values > 0
    series["age_weeks"] = np.where(sold.any(1), len(weeks) - sold.argmax(1), 0)
    return DemandCube(series, weeks, values, known)


def uncensored(units: ArrayLike, in_stock: ArrayLike, window: int = 16) -> np.ndarray:
    """Demand that full shelves would have met, pieces: sold + rate x share of the week without stock.

    The rate is pieces sold a week in stock over the `window` weeks up to then, shrunk to the series' own mean by four
    weeks: the expectation step for a Poisson demand seen in part. Assumes that buyers do not come back later. Source:
    W. Nelson, Applied Life Data Analysis, 1982 (exposure);
    S. A. Conrad, Operational Research Quarterly 27(1), 1976 (sales data and the estimation of demand).
    """
    units = np.atleast_2d(at_least("units", units, 0))
    share = between("in_stock", np.atleast_2d(in_stock), 0, 1, "give a fraction of the week")
    started = np.maximum.accumulate(units > 0, axis=1)
    exposure = np.where(started, share, 0.0)
    overall = units.sum(1, keepdims=True) / np.maximum(exposure.sum(1, keepdims=True), 1.0)
    sold, seen = (_window_sum(values, window) for values in (units, exposure))
    rate = (sold + 4 * overall) / (seen + 4)
    return units + np.where(started, (1 - share) * rate, 0.0)


def _window_sum(values: np.ndarray, window: int) -> np.ndarray:
    """Sum of the `window` columns up to each one."""
    total = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    last = np.arange(1, values.shape[1] + 1)
    return total[:, last] - total[:, np.maximum(last - window, 0)]


def _wide(values: pd.Series, weeks: pd.DatetimeIndex, fill: float) -> pd.DataFrame:
    table = values.groupby(level=[0, 1, 2]).sum() if not values.index.is_unique else values
    wide = table.astype("float64").unstack("week")  # noqa: PD010 (a series has no pivot_table)
    return wide.reindex(columns=weeks).fillna(fill).sort_index()
