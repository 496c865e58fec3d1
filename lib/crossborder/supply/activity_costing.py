"""Activity-based costing: resources to activities to cost objects, reconciled to the ledger to the cent.

Sources: R. Cooper and R. S. Kaplan, Harvard Business Review 69(3), 1991; R. S. Kaplan and S. R. Anderson,
Harvard Business Review 82(11), 2004 (time-driven costing, with its worked example).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.supply.checks import at_least, needs

__all__ = ["ActivityCosts", "activity_costs", "cost_to_serve", "ledger_resources", "reconcile", "time_driven"]


@dataclass(frozen=True)
class ActivityCosts:
    """Cost by object and activity (frame), cost and rate of each activity, what no driver took, and the difference
    between resources and what was given out (0 up to rounding)."""

    objects: pd.DataFrame
    activities: pd.DataFrame
    unassigned: pd.Series
    difference: float


def activity_costs(
    resources: pd.Series, resource_drivers: pd.DataFrame, activity_drivers: pd.DataFrame
) -> ActivityCosts:
    """Cost of every object.

    `resources` is cost by resource; `resource_drivers` resource x activity, any unit (shares are taken by row);
    `activity_drivers` object x activity volumes (pieces, orders, cubic metres). A resource or an activity without a
    driver stays unassigned and is shown.
    """
    unknown = sorted(set(resources.index) - set(resource_drivers.index))
    if unknown:
        raise InputError.unknown("resource", str(unknown[0]), resource_drivers.index)
    weights = resource_drivers.reindex(resources.index).fillna(0.0)
    at_least("resource_drivers", weights, 0)
    at_least("activity_drivers", activity_drivers, 0)
    total = weights.sum(axis=1)
    shares = weights.div(total.where(total > 0), axis=0).fillna(0.0)
    activity = shares.mul(resources, axis=0).sum()
    volume = activity_drivers.reindex(columns=activity.index).fillna(0.0)
    sums = volume.sum()
    rate = (activity / sums.where(sums > 0)).fillna(0.0)
    objects = volume.mul(rate, axis=1)
    idle = pd.concat([resources[total <= 0], activity[(sums <= 0) & (activity != 0)]])
    table = pd.DataFrame({"cost": activity, "volume": sums, "rate": rate})
    difference = float(resources.sum() - objects.to_numpy().sum() - idle.sum())
    return ActivityCosts(objects.assign(total=objects.sum(axis=1)), table, idle, difference)


def time_driven(cost: float, capacity_minutes: float, minutes: pd.Series, volumes: pd.Series) -> pd.DataFrame:
    """Time-driven costing of one department: rate a unit and cost by activity, the idle capacity as its own row.

    `minutes` a unit and `volumes` by activity; `capacity_minutes` is the practical capacity.
    """
    rate = cost / float(capacity_minutes)
    used = minutes * volumes
    if used.sum() > capacity_minutes * (1 + 1e-9):
        allowed = f"at most the capacity of {capacity_minutes:,.0f} minutes"
        raise InputError.out_of_range("minutes used", float(used.sum()), allowed, "check the minutes a unit")
    table = pd.DataFrame({"minutes": used, "rate_a_unit": minutes * rate, "cost": used * rate})
    idle = capacity_minutes - float(used.sum())
    table.loc["idle capacity"] = [idle, np.nan, idle * rate]
    return table


def ledger_resources(
    ledger: pd.DataFrame, accounts: list[str], start: str | None = None, end: str | None = None
) -> pd.Series:
    """Cost by account of the period, USD, positive; `accounts` not in the ledger are an error."""
    needs(ledger, "ledger", "date account amount_usd")
    absent = sorted(set(accounts) - set(ledger["account"]))
    if absent:
        raise InputError.unknown("account", absent[0], ledger["account"].unique())
    rows = ledger[ledger["account"].isin(accounts)]
    rows = rows if start is None else rows[rows["date"] >= pd.Timestamp(start)]
    rows = rows if end is None else rows[rows["date"] <= pd.Timestamp(end)]
    return -rows.groupby("account")["amount_usd"].sum().reindex(accounts).fillna(0.0)


def reconcile(book: pd.Series, own: pd.Series) -> pd.DataFrame:
    """Own figures against the ledger by account: both, the difference and its share of the ledger's amount."""
    table = pd.DataFrame({"ledger": book, "own": own}).fillna(0.0)
    table["difference"] = table["own"] - table["ledger"]
    table["share"] = np.where(
        table["ledger"] != 0, table["difference"] / table["ledger"].where(table["ledger"] != 0, 1), 0
    )
    return table


def cost_to_serve(costs: pd.DataFrame, revenue: pd.Series) -> pd.DataFrame:
    """Supply-chain cost as a share of revenue by object: cost, revenue, share; the largest cost first."""
    total = costs["total"] if "total" in costs else costs.sum(axis=1)
    table = pd.DataFrame({"cost_usd": total, "revenue_usd": revenue.reindex(total.index)})
    table["cost_share"] = table["cost_usd"] / table["revenue_usd"].where(table["revenue_usd"] > 0)
    return table.sort_values("cost_usd", ascending=False)
