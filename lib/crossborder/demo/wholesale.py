"""Business customers who buy on credit: small direct sales, shipped by the supplier, paid late or never by some.

A buyer's credit score sets how late it pays and whether it pays at all.
"""

import numpy as np
import pandas as pd

from crossborder.demo.world import CURRENCIES, World

__all__ = ["BUYERS", "PAYMENT", "wholesale"]

BUYERS = pd.DataFrame(
    [
        ("Alder Homeware", "US", 0.91),
        ("Bluewater Outfitters", "US", 0.74),
        ("Cactus Road Traders", "US", 0.42),
        ("Hagen Haushalt", "DE", 0.93),
        ("Nordlicht Handel", "DE", 0.80),
        ("Pennine Pet Supply", "GB", 0.86),
        ("Thames Gift House", "GB", 0.55),
        ("Sakura Zakka", "JP", 0.95),
        ("Casa Jacaranda", "BR", 0.50),
        ("Mercado del Valle", "MX", 0.62),
        ("Toko Melati", "ID", 0.46),
        ("Najd Home Trading", "SA", 0.78),
    ],
    columns=["name", "market", "score"],
)
PAYMENT = {
    "invoices_a_year": 3.2,  # a buyer
    "value_usd": 2_300.0,
    "value_log_sd": 0.45,
    "term_days": 30,
    "late_days_at_zero_score": 75.0,  # mean lateness falls with the square of (1 - score)
    "log_odds_default": (0.9, -6.5),  # intercept and slope in the score
    "cost_share": 0.66,
    "supplier_days": 30,
}


def wholesale(world: World, suppliers: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Invoices to business customers, with `score`, `defaults` and `paid`, and the suppliers' bills for the goods."""
    rng = world.rng("wholesale")
    years = len(world.days) / 365.25
    count = rng.poisson(PAYMENT["invoices_a_year"] * years, len(BUYERS))
    buyer = BUYERS.loc[np.repeat(np.arange(len(BUYERS)), count)].reset_index(drop=True)
    n = len(buyer)
    issued = world.days[np.sort(rng.integers(20, len(world.days) - 3, n))]
    issued = pd.Series(rng.permutation(issued))
    currency = buyer["market"].map(CURRENCIES)
    rates = world.usd_per_unit
    rate = rates.to_numpy()[rates.index.get_indexer(issued), rates.columns.get_indexer(currency)]
    usd = PAYMENT["value_usd"] * world.scale * np.exp(rng.normal(0, PAYMENT["value_log_sd"], n))
    amount = np.where(currency.isin(["JPY", "IDR"]), np.round(usd / rate), np.round(usd / rate, 2))
    late = rng.gamma(1.5, PAYMENT["late_days_at_zero_score"] * (1 - buyer["score"]) ** 2 / 1.5)
    intercept, slope = PAYMENT["log_odds_default"]
    defaults = rng.random(n) < 1 / (1 + np.exp(-(intercept + slope * buyer["score"])))
    due = issued + pd.Timedelta(days=PAYMENT["term_days"])
    paid = (due + pd.to_timedelta(np.floor(late), unit="D")).where(~defaults)
    order = np.lexsort((buyer["name"], issued))
    bills = pd.DataFrame(
        {
            "side": "in",
            "counterparty": buyer["name"],
            "account": "sales payout",
            "market": buyer["market"],
            "currency": currency,
            "amount": amount,
            "issued": issued,
            "due": due,
            "paid": paid.where(paid <= world.end),
            "score": buyer["score"],
            "defaults": defaults,
        }
    ).iloc[order]
    bills = bills.reset_index(drop=True)
    bills["document"] = [f"W{i + 1:04d}" for i in range(n)]
    return bills, _suppliers_bills(world, bills, usd[order], suppliers, rng)


def _suppliers_bills(world: World, bills: pd.DataFrame, usd: np.ndarray, suppliers: pd.DataFrame, rng) -> pd.DataFrame:
    """The goods, delivered by the supplier to the buyer, in USD."""
    return pd.DataFrame(
        {
            "side": "out",
            "counterparty": suppliers["supplier_id"].to_numpy()[rng.integers(0, 10, len(bills))],
            "account": "purchases",
            "market": bills["market"],
            "currency": "USD",
            "amount": -np.round(PAYMENT["cost_share"] * usd, 2),
            "issued": bills["issued"],
            "due": bills["issued"] + pd.Timedelta(days=PAYMENT["supplier_days"]),
            "document": bills["document"] + "-C",
        }
    )
