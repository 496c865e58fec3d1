"""What a replay of the two-stage policy needs, from a company's tables: the grid, forecasts as known, lead times."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.supply.checks import needs
from crossborder.supply.demand import DemandCube
from crossborder.supply.forecasting import causal_levels
from crossborder.supply.two_stage import Pipeline

__all__ = ["Period", "Setup"]

AHEAD = 12  # weeks over which the season is averaged for an order
YOUNG = 26  # weeks on sale before a series is in the scope
DEPARTURES = 0.5  # weeks that ready goods wait for a ship, on average


@dataclass(frozen=True)
class Period:
    """One stretch of weeks: demand, outlook and spread (SKU x market x week), the pipeline at its start, the scope."""

    demand: np.ndarray
    outlook: np.ndarray
    spread: np.ndarray
    pipeline: Pipeline
    scope: np.ndarray


@dataclass(frozen=True)
class Setup:
    """Demand on the full grid SKU x market, seasons and lead times (days: mean and sd of supplier and transit)."""

    full: np.ndarray
    group: np.ndarray
    position: np.ndarray
    weeks: pd.DatetimeIndex
    grid: pd.MultiIndex
    supplier: np.ndarray
    transit: np.ndarray
    minimum: np.ndarray
    rng: np.random.Generator

    @classmethod
    def of(
        cls,
        full: np.ndarray,
        group: np.ndarray,
        position: np.ndarray,
        cube: DemandCube,
        products: pd.DataFrame,
        suppliers: pd.DataFrame,
        lanes: pd.DataFrame,
        rng: np.random.Generator,
    ) -> "Setup":
        """The setup of a company; markets are supplied by sea where there is a sea lane, else by the cheapest mode."""
        needs(suppliers, "suppliers", "supplier_id lead_time_days_mean lead_time_days_sd min_order_quantity")
        keys = pd.MultiIndex.from_frame(cube.series[["sku", "market"]])
        grid = pd.MultiIndex.from_product([keys.levels[0], keys.levels[1]], names=["sku", "market"])
        place = grid.get_indexer(keys)
        demand = np.zeros((len(grid), full.shape[1]))
        demand[place] = full
        names = np.array([f"{market}|other" for _, market in grid], dtype=object)
        names[place] = group
        who = products.set_index("sku")["supplier_id"].reindex(keys.levels[0])
        facts = suppliers.set_index("supplier_id").reindex(who)
        facts = facts[["lead_time_days_mean", "lead_time_days_sd", "min_order_quantity"]].astype(float)
        facts = facts.fillna(facts.mean())
        sea = lanes.sort_values("mode", key=lambda m: m != "sea").groupby("market")
        days = sea[["transit_days_mean", "transit_days_sd"]].first().reindex(keys.levels[1]).to_numpy(float)
        lead = facts[["lead_time_days_mean", "lead_time_days_sd"]].to_numpy()
        least = facts["min_order_quantity"].to_numpy()
        return cls(demand, names, position, cube.weeks, grid, lead, days, least, rng)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of SKUs and of markets."""
        return len(self.supplier), len(self.transit)

    def period(self, book: pd.DataFrame, start: int, end: int) -> Period:
        """Weeks `start` to `end`, with what was known before `start` and the company's own stock as opening."""
        level, factor = causal_levels(self.full, self.group, self.position, start)
        season = np.stack(
            [factor[:, (self.position[t] + np.arange(AHEAD)) % 52].mean(1) for t in range(start, end)], axis=1
        )
        scope = ((self.full > 0).argmax(1) <= start - YOUNG) & (self.full[:, :start] > 0).any(1)
        cells = scope.reshape(self.shape)[..., None]
        outlook = (level[:, start:end] * season).reshape(*self.shape, -1) * cells
        demand = np.round(self.full[:, start:end]).reshape(*self.shape, -1) * cells
        spread = self._spread(level, factor, start, outlook) * cells
        return Period(demand, outlook, spread, self._pipeline(book, start, end - start, cells[..., 0]), scope)

    def own(self, book: pd.DataFrame, period: Period, start: int, end: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The company's inventory rows and the demand of the same series and weeks, for `replay.actual_policy`."""
        keys = self.grid[period.scope].to_frame(index=False)
        weeks = self.weeks[start:end]
        rows = book[book["week"].isin(weeks)].merge(keys, on=["sku", "market"])
        units = np.round(self.full[period.scope, start:end])
        wanted = keys.loc[keys.index.repeat(end - start)].assign(week=np.tile(weeks, len(keys)), units=units.ravel())
        return rows, wanted

    def _spread(self, level: np.ndarray, factor: np.ndarray, start: int, outlook: np.ndarray) -> np.ndarray:
        """Standard deviation of demand over the whole lead time: weekly errors, scaled to the level, and late goods."""
        window = slice(max(start - 40, 0), start)
        error = self.full[:, window] - level[:, window] * factor[:, self.position[window]]
        weekly = np.sqrt((error**2).mean(1) + 0.1).reshape(*self.shape, 1)
        now = np.maximum(level[:, start - 1].reshape(*self.shape, 1), 0.02)
        growth = np.clip(np.sqrt(np.maximum(outlook, 0.02) / now), 0.3, 3.0)
        lead = (self.supplier[:, :1] + self.transit[:, 0][None, :])[..., None] / 7 + 1
        late = np.sqrt(self.supplier[:, 1:] ** 2 + self.transit[:, 1][None, :] ** 2)[..., None] / 7 * outlook
        return np.sqrt(lead * (weekly * growth) ** 2 + late**2)

    def _pipeline(self, book: pd.DataFrame, start: int, weeks: int, cells: np.ndarray) -> Pipeline:
        """Opening stock from the books; what is on order is taken to arrive evenly over the lead times."""
        opening = book[book["week"] == self.weeks[start]].set_index(["sku", "market"])[["opening", "on_order"]]
        opening = opening.groupby(level=[0, 1]).sum().reindex(self.grid).fillna(0).astype(float)
        stock, due = (opening[name].to_numpy().reshape(self.shape) * cells for name in ("opening", "on_order"))
        transit = np.zeros((*self.shape, AHEAD))
        for market, days in enumerate(self.transit[:, 0]):  # over markets
            span = max(int(days / 7), 1)
            transit[:, market, 1 : span + 1] = 0.6 * due[:, market, None] / span
        open_orders = np.zeros((self.shape[0], AHEAD))
        open_orders[:, 1:5] = 0.4 * due.sum(1)[:, None] / 4
        return Pipeline(stock, transit, open_orders, *self._drawn(weeks), self.minimum, 10.0)

    def _drawn(self, weeks: int) -> tuple[np.ndarray, np.ndarray]:
        """Gamma lead times in whole weeks, SKU x week and market x week."""
        drawn = []
        for (mean, sd), wait in ((self.supplier.T, DEPARTURES), (self.transit.T, 0.0)):
            shape, scale = (mean / sd) ** 2, sd**2 / mean
            drawn.append(np.ceil(self.rng.gamma(shape, scale, (weeks, len(mean))).T / 7 + wait).astype(int))
        return drawn[0], drawn[1]
