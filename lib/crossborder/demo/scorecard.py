"""What the company's scorecard says, measured on its own tables: last year against the twelve months to today."""

import numpy as np
import pandas as pd

from crossborder.demo.world import AS_OF, World

__all__ = ["in_usd", "measured"]

LAST_YEAR = (pd.Timestamp("2025-01-01"), pd.Timestamp("2025-12-31"))
TWELVE_MONTHS = (AS_OF - pd.Timedelta(days=364), AS_OF)


def in_usd(world: World, day: pd.Series, currency: pd.Series) -> np.ndarray:
    """USD for one unit of each row's currency on its day."""
    rates = world.usd_per_unit
    row = rates.index.get_indexer(pd.DatetimeIndex(day).tz_localize(None).floor("D"))
    return rates.to_numpy()[row, rates.columns.get_indexer(currency)]


def measured(world: World) -> pd.DataFrame:
    """Value last year and today by name of the key result, for those that the tables carry."""
    rows: dict[str, tuple[float, float]] = {}
    if "orders" in world.tables:
        rows |= _from_orders(world)
    if "prices" in world.tables:
        prices = world.tables["prices"]
        rows["Share of time in stock"] = _twice(prices["week"], lambda part: prices.loc[part, "in_stock"].mean())
    if "surveys" in world.tables:
        surveys = world.tables["surveys"]
        rows["Net promoter score"] = _twice(surveys["date"], lambda part: _promoters(surveys.loc[part, "score"]))
    if "tickets" in world.tables:
        tickets = world.tables["tickets"]
        quick = (tickets["first_reply_at"] - tickets["opened_at"]) <= pd.Timedelta(hours=4)
        opened = tickets["opened_at"].dt.tz_localize(None)
        rows["First reply within four hours"] = _twice(opened, lambda part: quick[part].mean())
    if "launches" in world.tables:
        past = world.tables["launches"].dropna(subset=["success"])
        rows["Launches that reach their mark"] = _twice(
            past["matured_on"], lambda part: past.loc[part, "success"].mean()
        )
    return pd.DataFrame.from_dict(rows, orient="index", columns=["start_value", "current_value"]).astype(float)


def _twice(day: pd.Series, measure) -> tuple[float, float]:
    return tuple(float(measure(day.between(*window))) for window in (LAST_YEAR, TWELVE_MONTHS))


def _promoters(score: pd.Series) -> float:
    return 100 * ((score >= 9).mean() - (score <= 6).mean())


def _from_orders(world: World) -> dict[str, tuple[float, float]]:
    """Net sales, return rate, largest platform and punctuality."""
    orders = world.tables["orders"]
    day = orders["ordered_at"].dt.tz_localize(None).dt.floor("D")
    gross = orders["quantity"].astype(float) * orders["unit_price"] - orders["discount"]
    net = (gross - orders["tax"] - orders["refund"]) * in_usd(world, day, orders["currency"])
    days = (orders["delivered_at"] - orders["ordered_at"]).dt.total_seconds() / 86400
    arrived = days.notna()
    punctual = days <= orders["promised_days"].astype(float)

    def returned(part: pd.Series) -> float:
        return orders.loc[part, "returned"].sum() / orders.loc[part, "quantity"].sum()

    def largest(part: pd.Series) -> float:
        by_platform = net[part].groupby(orders.loc[part, "platform"]).sum()
        return by_platform.max() / by_platform.sum()

    return {
        "Net sales of twelve months": _twice(day, lambda part: net[part].sum() / 1e6),
        "Return rate": _twice(day, returned),
        "Share of sales on the largest platform": _twice(day, largest),
        "Deliveries on the promised day": _twice(day, lambda part: punctual[part & arrived].mean()),
    }
