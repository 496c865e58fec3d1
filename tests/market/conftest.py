"""Small tables of a company, made by hand, for the market tests."""

import ibis
import numpy as np
import pandas as pd
import pytest


@pytest.fixture(scope="session")
def products() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sku": ["A", "B"],
            "category": ["pet", "beauty"],
            "unit_cost": [10.0, 5.0],
            "currency": ["CNY", "USD"],
            "hs_code": ["850440", "630790"],
            "certificates": ["CE|FCC|RoHS", None],
        }
    )


@pytest.fixture(scope="session")
def orders() -> "ibis.Table":
    """Six orders in two months: two markets, one guest, one line not delivered yet."""
    at = pd.to_datetime(["2026-01-05", "2026-01-05", "2026-01-20", "2026-02-03", "2026-02-10", "2026-02-28"], utc=True)
    frame = pd.DataFrame(
        {
            "order_id": ["1", "1", "2", "3", "4", "5"],
            "line": [1, 2, 1, 1, 1, 1],
            "ordered_at": at,
            "customer_id": ["x", "x", "y", None, "x", "z"],
            "market": ["DE", "DE", "DE", "US", "US", "DE"],
            "platform": ["own_store", "own_store", "shop", "own_store", "shop", "shop"],
            "sku": ["A", "B", "A", "A", "B", "A"],
            "quantity": [2, 1, 1, 3, 1, 1],
            "unit_price": [119.0, 59.5, 119.0, 100.0, 50.0, 119.0],
            "currency": ["EUR", "EUR", "EUR", "USD", "USD", "EUR"],
            "discount": [0.0, 0.0, 19.0, 0.0, 0.0, 0.0],
            "tax": [38.0, 9.5, 16.0, 0.0, 0.0, 19.0],
            "delivered_at": at + pd.to_timedelta([2, 2, 5, 4, 8, np.nan], unit="D"),
            "promised_days": [3.0, 3.0, 3.0, 5.0, 5.0, 3.0],
        }
    )
    return ibis.memtable(frame)


@pytest.fixture(scope="session")
def rates() -> pd.DataFrame:
    days = pd.date_range("2026-01-01", "2026-02-28", freq="D")
    return pd.DataFrame({"EUR": 1.1, "CNY": 0.14}, index=days)


@pytest.fixture(scope="session")
def company():
    """The simulated company; its tables are read once for all tests of the market inputs."""
    from crossborder.company import Company

    return Company.open("data/demo")
