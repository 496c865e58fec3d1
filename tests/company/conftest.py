"""A tiny company, good in every respect, that a test may spoil."""

import pandas as pd
import pytest

ORDERS = pd.DataFrame(
    {
        "order_id": ["0001", "0001", "0002", "0003"],
        "line": [1, 2, 1, 1],
        "ordered_at": [
            "2026-01-05T10:00:00Z",
            "2026-01-05T10:00:00Z",
            "2026-02-01T23:30:00+01:00",
            "2026-03-02T08:00:00Z",
        ],
        "market": ["US", "US", "DE", "NA"],
        "sku": ["007", "B", "B", "007"],
        "quantity": [1, 2, 1, 3],
        "unit_price": [10.0, 5.5, 6.0, 9.0],
        "currency": ["USD", "USD", "EUR", "USD"],
        "delivered_at": ["2026-01-09T00:00:00Z", "2026-01-09T00:00:00Z", "2026-02-06T00:00:00Z", ""],
    }
)
PRODUCTS = pd.DataFrame(
    {
        "sku": ["007", "B"],
        "name": ["box", "<script>alert(1)</script>"],
        "category": ["pet", "pet"],
        "hs_code": ["010203", "392690"],
        "unit_cost": ["3", ""],
        "currency": ["CNY", "CNY"],
        "weight_kg": [0.5, 1.2],
        "length_cm": [10, 20],
        "width_cm": [10, 20],
        "height_cm": [10, 20],
        "supplier_id": ["", ""],
        "launched_on": ["2024-01-01", ""],
    }
)


@pytest.fixture
def folder(tmp_path):
    """A company's folder with orders and products as CSV."""
    ORDERS.to_csv(tmp_path / "orders.csv", index=False)
    PRODUCTS.to_csv(tmp_path / "products.csv", index=False)
    return tmp_path
