"""Broken companies made from a good one: what is spoiled, and what the check must say about it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

__all__ = ["AD_SPEND", "ORDERS", "PRODUCTS", "Case", "Told", "batch", "cell", "good_company", "matches", "only"]

ORDERS = pd.DataFrame(
    {
        "order_id": ["0001", "0001", "0002", "0003", "0004", "0005"],
        "line": ["1", "2", "1", "1", "1", "1"],
        "ordered_at": [
            "2026-01-05T10:00:00Z",
            "2026-01-05T10:00:00Z",
            "2026-02-01T23:30:00+01:00",
            "2026-03-02T08:00:00Z",
            "2026-04-11T08:00:00Z",
            "2026-05-20T08:00:00Z",
        ],
        "customer_id": ["c1", "c1", "c2", "", "c3", "c2"],
        "market": ["US", "US", "DE", "NA", "US", "DE"],
        "platform": ["own_store"] * 6,
        "sku": ["007", "B", "B", "007", "C", "C"],
        "quantity": ["1", "2", "1", "3", "2", "1"],
        "unit_price": ["10.0", "15.5", "16.0", "9.0", "30.0", "28.5"],
        "currency": ["USD", "USD", "EUR", "USD", "USD", "EUR"],
        "discount": ["0", "3.1", "0", "0", "6", "0"],
        "tax": ["0", "0", "2.5", "0", "0", "4.5"],
        "shipping_charged": ["0"] * 6,
        "returned": ["0", "1", "0", "0", "0", "0"],
        "refund": ["0", "15.5", "0", "0", "0", "0"],
        "delivered_at": ["2026-01-09", "2026-01-09", "2026-02-06", "", "2026-04-15", "2026-05-27"],
        "promised_days": ["5", "5", "6", "6", "5", "7"],
    }
)
PRODUCTS = pd.DataFrame(
    {
        "sku": ["007", "B", "C"],
        "name": ["box", "lamp, small", "Käfig"],
        "category": ["pet", "home", "pet"],
        "hs_code": ["010203", "392690", "732690"],
        "unit_cost": ["3", "5.5", "11"],
        "currency": ["USD"] * 3,
        "weight_kg": ["0.5", "1.2", "2.4"],
        "length_cm": ["10", "20", "30"],
        "width_cm": ["10", "20", "30"],
        "height_cm": ["10", "20", "20"],
        "supplier_id": ["S1", "S1", ""],
        "launched_on": ["2024-01-01", "2025-06-01", ""],
        "battery": ["false", "true", "false"],
    }
)
SUPPLIERS = pd.DataFrame(
    {
        "supplier_id": ["S1"],
        "name": ["one"],
        "country": ["CN"],
        "region": [""],
        "category": ["pet"],
        "capacity_units_month": ["1000"],
        "min_order_quantity": ["100"],
        "lead_time_days_mean": ["30"],
        "lead_time_days_sd": ["5"],
        "volume_discount": ["0.05"],
        "registry_ok": ["true"],
        "tax_ok": ["true"],
        "bank_ok": ["true"],
        "credit_ok": ["true"],
        "outage_probability_year": ["0.02"],
        "on_time_rate": ["0.9"],
        "defect_rate": ["0.01"],
        "response_hours": ["5"],
        "capacity_free": ["0.2"],
        "price_index": ["1"],
        "certificate_score": ["1"],
        "financial_health": ["0.8"],
        "flexibility": ["0.7"],
        "social_score": ["0.8"],
        "environment_score": ["0.8"],
        "traceability": ["0.9"],
        "years_together": ["3"],
    }
)
AD_SPEND = pd.DataFrame(
    {
        "date": ["2026-01-05", "2026-01-06", "2026-01-05"],
        "market": ["US", "US", "DE"],
        "channel": ["search_brand", "search_brand", "display"],
        "impressions": ["1000", "1200", "9000"],
        "clicks": ["30", "40", "45"],
        "spend": ["15.5", "21", "18"],
        "currency": ["USD", "USD", "EUR"],
    }
)
TICKETS = pd.DataFrame(
    {
        "ticket_id": ["t1", "t2"],
        "opened_at": ["2026-02-01T08:00:00Z", "2026-02-02T08:00:00Z"],
        "first_reply_at": ["2026-02-01T09:00:00Z", ""],
        "solved_at": ["2026-02-03T08:00:00Z", ""],
        "market": ["US", "DE"],
        "order_id": ["0001", ""],
        "stage": ["use", "buy"],
        "reason": ["broken", "size"],
        "by_bot": ["false", "true"],
        "safety": ["false", "false"],
        "satisfaction": ["4", ""],
        "handling_minutes": ["12", ""],
    }
)
PROFILE = "name: Small Company\nhome: CN\ncurrency: USD\nas_of: '2026-05-31'\nmarkets: [US, DE, NA]\n"
GOOD = {"orders": ORDERS, "products": PRODUCTS, "suppliers": SUPPLIERS, "ad_spend": AD_SPEND, "tickets": TICKETS}


@dataclass(frozen=True)
class Told:
    """One expected line of the report: where, which rule (a pattern), in which rows (none: not asked), how often."""

    file: str
    column: str
    rule: str
    rows: tuple[int, ...] | None = None
    count: int | None = None
    severity: str = "error"


@dataclass(frozen=True)
class Case:
    """One broken company: `spoil` changes the good folder; `told` is the whole of what must be reported.

    `refused` is the pattern of a plain refusal (exit status 2) where no report is possible.
    """

    name: str
    spoil: Callable[[Path], object]
    told: tuple[Told, ...] = ()
    refused: str = ""
    tables: tuple[str, ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        """The tables of the good company that are laid out: those told of, unless the case names others."""
        return self.tables or tuple(dict.fromkeys(one.file.split(".")[0] for one in self.told)) or ("ad_spend",)

    @property
    def status(self) -> int:
        """The exit status that the command must have."""
        if self.refused:
            return 2
        return 1 if any(one.severity == "error" for one in self.told) else 0


def good_company(folder: Path, tables: tuple[str, ...] = tuple(GOOD)) -> Path:
    """A folder with nothing wrong."""
    folder.mkdir()
    for name in (name for name in tables if name in GOOD):
        GOOD[name].to_csv(folder / f"{name}.csv", index=False)
    (folder / "company.yaml").write_text(PROFILE, encoding="utf-8")
    return folder


def cell(table: str, column: str, value: object, row: int = 3) -> Callable[[Path], object]:
    """Writes `value` into a cell; `row` as a spreadsheet counts, the header being row 1."""

    def spoil(folder: Path) -> None:
        frame = GOOD[table].astype(object)
        frame.loc[row - 2, column] = value
        frame.to_csv(folder / f"{table}.csv", index=False)

    return spoil


def only(table: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], object]:
    """Writes the table again after `change`."""
    return lambda folder: change(GOOD[table].astype(object)).to_csv(folder / f"{table}.csv", index=False)


def batch(column: str, values: Iterable[str]) -> Callable[[Path], object]:
    """Orders of one line each, one for every value, which stands in `column`."""

    def spoil(folder: Path) -> None:
        cells = list(values)
        frame = pd.concat([ORDERS.iloc[[0]]] * len(cells), ignore_index=True).astype(object)
        frame["order_id"] = [f"{place:04d}" for place in range(len(cells))]
        frame[column] = cells
        frame.to_csv(folder / "orders.csv", index=False)

    return spoil


def matches(expected: Told, problem: dict) -> bool:
    """Whether a reported problem is the expected one, with its rows and count, and says what to do."""
    return (
        (problem["severity"], problem["file"], problem["column"]) == (expected.severity, expected.file, expected.column)
        and re.search(expected.rule, problem["rule"]) is not None
        and (expected.rows is None or tuple(problem["rows"]) == expected.rows)
        and (expected.count is None or problem["count"] == expected.count)
        and bool(problem["remedy"].strip())
    )
