"""Typed parameters of the risk notebooks 61 to 64."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from crossborder.reports.parameters import reading
from crossborder.reports.parameters.base import Parameters

__all__ = ["EarlyWarning", "FxRisk", "RiskRegister", "StressAndContinuity"]

ITEM = re.compile(r"\s*[A-Z]{3}\s+\d*\.?\d+%?\s*")


def _basket(text: str) -> str:
    if not all(ITEM.fullmatch(item) for item in text.split(",")):
        raise ValueError("currencies with weights that add up to 1, such as EUR .6, GBP .4")
    return text


def _full_day(text: str) -> str:
    if not text:
        raise ValueError("a day such as 2015-01-02")
    return reading.day(text)


FullDay = Annotated[str, AfterValidator(_full_day), Field(json_schema_extra={"unit": "date YYYY-MM-DD"})]


class RiskRegister(Parameters):
    """Which risks matter, and how large must the reserve be?"""

    notebook: ClassVar[str] = "61_risk_register"
    needs: ClassVar[tuple[str, ...]] = ("risks", "ledger")
    uses: ClassVar[tuple[str, ...]] = (
        "risk_losses", "customers", "control_tests", "suppliers", "trade_marks", "orders",
    )  # fmt: skip

    years: int = Field(
        100_000, ge=5_000, le=2_000_000, description="simulated years", json_schema_extra={"unit": "years"}
    )
    within: float = Field(
        0.25, ge=0, lt=1, description="correlation within a kind", json_schema_extra={"unit": "fraction"}
    )
    between: float = Field(
        0.10, ge=0, lt=1, description="correlation between kinds", json_schema_extra={"unit": "fraction"}
    )
    nu: float = Field(
        8.0, ge=1, le=100, description="tail dependence of the copula", json_schema_extra={"unit": "degrees of freedom"}
    )
    reserve_share: float = Field(
        0.03, ge=0, le=0.5, description="reserve as share of revenue", json_schema_extra={"unit": "fraction"}
    )
    revenue_usd: float = Field(
        0.0, ge=0, description="a year's revenue; 0 = from the ledger", json_schema_extra={"unit": "USD"}
    )
    budget_usd: float = Field(
        40_000.0, ge=0, description="yearly budget for treatments", json_schema_extra={"unit": "USD"}
    )
    loading: float = Field(
        0.4, ge=0, le=3, description="insurer's loading on the expected loss", json_schema_extra={"unit": "fraction"}
    )


class FxRisk(Parameters):
    """How much can currencies hurt, and what hedge is worth its cost?"""

    notebook: ClassVar[str] = "62_fx_risk"
    uses: ClassVar[tuple[str, ...]] = ("orders", "ledger", "receivables", "payables")

    home: Literal["CNY", "USD"] = Field("CNY", description="currency in which the company counts")
    basket: Annotated[str, AfterValidator(_basket)] = Field(
        "EUR .35, GBP .20, JPY .15, BRL .15, MXN .15",
        description="revenue by currency for the back-tests",
        json_schema_extra={"unit": "currency and share, apart by commas"},
    )
    level: float = Field(
        0.99, ge=0.9, le=0.995, description="confidence of the risk limit", json_schema_extra={"unit": "fraction"}
    )
    start: FullDay = Field("2015-01-02", description="first day of the back-tests")
    end: FullDay = Field("2025-12-31", description="last day of the back-tests")
    history_from: FullDay = Field("2010-07-01", description="first day of the history; after the yuan's peg")
    trigger: float = Field(
        0.15, gt=0, lt=1, description="fall or volatility that starts a hedge", json_schema_extra={"unit": "fraction"}
    )
    pass_through: float = Field(
        0.6, ge=0, le=1, description="share of a fall that prices follow", json_schema_extra={"unit": "fraction"}
    )
    horizon_days: int = Field(21, ge=5, le=63, description="long horizon", json_schema_extra={"unit": "trading days"})


class StressAndContinuity(Parameters):
    """What breaks us?"""

    notebook: ClassVar[str] = "63_stress_and_continuity"
    needs: ClassVar[tuple[str, ...]] = ("orders",)
    uses: ClassVar[tuple[str, ...]] = (
        "ledger", "opening_balances", "purchases", "suppliers", "products", "incidents", "customers", "inventory",
        "shipments", "lanes", "platforms", "assumptions", "market_sales", "ad_spend",
    )  # fmt: skip

    cash_needed_usd: float = Field(
        150_000.0, ge=0, description="least cash that lenders allow", json_schema_extra={"unit": "USD"}
    )
    leverage_cap: float = Field(3.5, gt=0, description="most debt over profit", json_schema_extra={"unit": "ratio"})
    passed_on: float = Field(
        0.0,
        ge=0,
        le=1,
        description="share of higher unit cost that prices carry",
        json_schema_extra={"unit": "fraction"},
    )
    recovery_days: float = Field(
        45.0, ge=1, le=365, description="recovery of a supplier that fails", json_schema_extra={"unit": "days"}
    )
    country_cap: float = Field(
        0.30, gt=0, le=1, description="largest share of a country of supply", json_schema_extra={"unit": "fraction"}
    )
    platform_cap: float = Field(
        0.45, gt=0, le=1, description="largest share of a platform", json_schema_extra={"unit": "fraction"}
    )
    impact_cap: float = Field(
        0.05, gt=0, le=1, description="most revenue at risk from one outage", json_schema_extra={"unit": "fraction"}
    )
    backup_hours: float = Field(
        6.0, gt=0, le=168, description="time between two backups of the store", json_schema_extra={"unit": "hours"}
    )
    rpo_hours: float = Field(
        4.0, ge=0, le=168, description="lost data that is accepted", json_schema_extra={"unit": "hours"}
    )


class EarlyWarning(Parameters):
    """Would we have known?"""

    notebook: ClassVar[str] = "64_early_warning"
    needs: ClassVar[tuple[str, ...]] = ("indicators", "incidents")
    uses: ClassVar[tuple[str, ...]] = ("reviews", "tickets", "shipments", "orders", "prices", "listings")

    split: FullDay = Field("2025-05-01", description="thresholds are chosen before, tested from this day on")
    lead_weeks: int = Field(6, ge=1, le=13, description="an alert may precede by", json_schema_extra={"unit": "weeks"})
    precision_floor: float = Field(
        0.6, ge=0, le=1, description="least precision wanted on the past", json_schema_extra={"unit": "fraction"}
    )
    false_alarm_cost_usd: float = Field(
        400.0, ge=0, description="cost of following up a false alarm", json_schema_extra={"unit": "USD"}
    )
    avoidable_share: float = Field(
        0.4, ge=0, le=1, description="share of a loss that a warning avoids", json_schema_extra={"unit": "fraction"}
    )
    band: float = Field(0.15, gt=0, lt=1, description="deviation that alerts", json_schema_extra={"unit": "fraction"})
    vat_threshold_usd: float = Field(
        50.0,
        ge=0,
        description="tax-free threshold after a change; before it is twice this",
        json_schema_extra={"unit": "USD"},
    )
