"""Planted defects: what goes wrong in real exports, each listed so that a check can be held to finding it."""

import numpy as np
import pandas as pd

__all__ = ["ENCODED", "soil"]

DOUBLED = 40
ENCODED = "projects"  # written in a Western single-byte encoding
ODD_CURRENCIES = ("usd", "US$", "EURO", "R$")


def soil(
    tables: dict[str, pd.DataFrame], rng: np.random.Generator
) -> tuple[dict[str, pd.DataFrame], list[dict[str, object]]]:
    """The tables with defects, and the list of them: table, column, kind, rule that it breaks, and keys of the rows."""
    tables = {name: frame.copy() for name, frame in tables.items()}
    planted: list[dict[str, object]] = []
    for plant in (_doubles, _negative, _currencies, _missing_cost, _late, _lost_references, _shares, _encoding):
        planted += plant(tables, rng)
    return tables, planted


def _told(table: str, column: str, kind: str, rule: str, keys: pd.Series) -> dict[str, object]:
    found = [str(k) for k in keys]
    return {"table": table, "column": column, "kind": kind, "rule": rule, "count": len(found), "rows": found[:60]}


def _pick(frame: pd.DataFrame, n: int, rng: np.random.Generator) -> np.ndarray:
    return np.sort(rng.choice(len(frame), n, replace=False))


def _doubles(tables: dict, rng: np.random.Generator) -> list[dict]:
    """Rows exported twice."""
    found = []
    for name, key in (("orders", "order_id"), ("ad_spend", "date")):
        frame = tables[name]
        rows = _pick(frame, DOUBLED, rng)
        tables[name] = pd.concat([frame, frame.iloc[rows]], ignore_index=True)
        found.append(_told(name, key, "doubled row", "key stands more than once", frame[key].iloc[rows]))
    return found


def _negative(tables: dict, rng: np.random.Generator) -> list[dict]:
    """Returns written as orders with negative pieces."""
    frame = tables["orders"]
    rows = _pick(frame, 60, rng)
    frame.loc[rows, "quantity"] = -frame.loc[rows, "quantity"]
    return [_told("orders", "quantity", "negative quantity", "below 1", frame["order_id"].iloc[rows])]


def _currencies(tables: dict, rng: np.random.Generator) -> list[dict]:
    """Currency codes as people write them."""
    found = []
    for name, key in (("orders", "order_id"), ("ledger", "entry_id")):
        frame = tables[name]
        rows = _pick(frame, 30, rng)
        frame.loc[rows, "currency"] = np.array(ODD_CURRENCIES)[rng.integers(0, len(ODD_CURRENCIES), len(rows))]
        found.append(_told(name, "currency", "odd currency code", "not an ISO 4217 code", frame[key].iloc[rows]))
    return found


def _missing_cost(tables: dict, rng: np.random.Generator) -> list[dict]:
    """Purchases without a price."""
    frame = tables["purchases"]
    rows = _pick(frame, 25, rng)
    frame.loc[rows, "unit_cost"] = np.nan
    return [_told("purchases", "unit_cost", "missing cost", "is empty", frame["purchase_id"].iloc[rows])]


def _late(tables: dict, rng: np.random.Generator) -> list[dict]:
    """Rows dated after the day on which the data were taken."""
    frame = tables["orders"]
    rows = _pick(frame, 20, rng)
    frame.loc[rows, "ordered_at"] = frame["ordered_at"].iloc[rows] + pd.Timedelta(days=1500)
    frame.loc[rows, "delivered_at"] = pd.NaT
    return [_told("orders", "ordered_at", "late row", "after the company's as_of", frame["order_id"].iloc[rows])]


def _lost_references(tables: dict, rng: np.random.Generator) -> list[dict]:
    """Shipments of products that nobody knows."""
    frame = tables["shipments"]
    rows = _pick(frame, 12, rng)
    frame.loc[rows, "sku"] = "X9999"
    return [_told("shipments", "sku", "unknown product", "is not in products.sku", frame["shipment_id"].iloc[rows])]


def _shares(tables: dict, rng: np.random.Generator) -> list[dict]:
    """Rates written in per cent."""
    frame = tables["supplier_months"]
    rows = _pick(frame, 15, rng)
    frame.loc[rows, "on_time_rate"] = frame["on_time_rate"].iloc[rows] * 100
    return [_told("supplier_months", "on_time_rate", "per cent", "above 1", frame["supplier_id"].iloc[rows])]


def _encoding(tables: dict, rng: np.random.Generator) -> list[dict]:
    """A file saved by a spreadsheet in its own encoding."""
    frame = tables[ENCODED]
    frame["name"] = frame["name"] + " (café)"
    return [_told(ENCODED, "", "wrong encoding", "is not UTF-8", frame["project_id"])]
