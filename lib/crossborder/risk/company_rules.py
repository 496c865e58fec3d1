"""Rules and duties as they meet a company's tables: what comes, which records are due, which products are hit."""

from typing import Protocol

import numpy as np
import pandas as pd

from crossborder.reference import exchange, taxes
from crossborder.risk import compliance

__all__ = ["radar", "retention", "sensitivity"]


class Tables(Protocol):
    """What is needed of a company."""

    as_of: pd.Timestamp
    markets: tuple[str, ...]

    def optional(self, name: str) -> pd.DataFrame | None:
        """A table, or None."""


def radar(
    company: Tables, sales_by_market: pd.Series, *, horizon_days: int = 900, prepare_days: int = 60
) -> pd.DataFrame:
    """Dated changes of tax and customs rules in the company's markets: market, rule, change, valid_from, lead_days, ...

    One line a market, rule and day, soonest first; `in_time` says whether `prepare_days` are left.
    """
    known = taxes.timeline().rename(columns={"date": "valid_from"})
    known = known[known["market"].isin(company.markets)].drop_duplicates(["market", "rule", "valid_from"])
    found = compliance.policy_radar(
        known, sales_by_market, as_of=company.as_of, horizon_days=horizon_days, prepare_days=prepare_days
    )
    return found[["market", "rule", "change", "valid_from", "lead_days", "sales_usd", "in_time"]]


def retention(company: Tables, *, limit_days: float = 730.0) -> pd.DataFrame:
    """Records of people who gave no consent, by market: customers, due (older than the limit), oldest_days."""
    customers = company.optional("customers")
    columns = ["market", "customers", "due", "oldest_days"]
    if customers is None or "consent" not in customers:
        return pd.DataFrame(columns=columns)
    refused = customers[~customers["consent"].fillna(value=False).astype(bool)]
    due = compliance.retention_queue(refused, as_of=company.as_of, limit_days=limit_days)
    table = refused.groupby("market").size().rename("customers").to_frame()
    table["due"] = due.groupby("market").size().reindex(table.index).fillna(0).astype(int)
    table["oldest_days"] = (due.groupby("market")["overdue_days"].max() + limit_days).reindex(table.index)
    return table.reset_index()[columns].sort_values("due", ascending=False, ignore_index=True)


def sensitivity(company: Tables, *, points: float = 0.10) -> pd.DataFrame:
    """How hard a duty of `points` more hits each category: category, products, price, cost share, loss, class.

    The duty falls on the purchase price; `margin_lost` is that duty over the shelf price. `exposed` is high above 4 %
    of the price, low below 2 %.
    """
    products = company.optional("products")
    columns = ["category", "products", "price_usd", "cost_share", "margin_lost_share", "exposed"]
    if products is None or "list_price_usd" not in products:
        return pd.DataFrame(columns=columns)
    used = products.dropna(subset=["unit_cost", "list_price_usd"])
    cost = exchange.convert(used["unit_cost"].to_numpy(float), used["currency"].to_numpy(object), company.as_of)
    table = used.assign(cost=cost, price=used["list_price_usd"].astype(float)).groupby("category")
    found = pd.DataFrame({"products": table.size(), "price_usd": table["price"].median()})
    found["cost_share"] = table["cost"].sum() / table["price"].sum()
    found["margin_lost_share"] = points * found["cost_share"]
    lost = found["margin_lost_share"]
    found["exposed"] = np.select([lost >= 0.04, lost >= 0.02], ["high", "middle"], "low")
    return found.reset_index()[columns].sort_values("margin_lost_share", ascending=False, ignore_index=True)
