"""Typed parameters of the notebook on cash and capital."""

from typing import ClassVar

from pydantic import Field

from crossborder.reports.parameters.base import Parameters

__all__ = ["CashAndCapital"]

SHARE, USD, WEEKS = {"unit": "share"}, {"unit": "USD"}, {"unit": "weeks"}


class CashAndCapital(Parameters):
    """When is cash short, and where should capital go?"""

    notebook: ClassVar[str] = "53_cash_and_capital"
    needs: ClassVar[tuple[str, ...]] = ("ledger",)
    uses: ClassVar[tuple[str, ...]] = (
        "opening_balances", "receivables", "payables", "orders", "inventory", "products", "purchases", "shipments",
        "budget", "projects", "cap_table", "incidents", "tickets", "assumptions",
    )  # fmt: skip

    weeks: int = Field(13, ge=4, le=26, description="length of the cash forecast", json_schema_extra=WEEKS)
    level: float = Field(0.8, ge=0.5, le=0.95, description="level of the cash band", json_schema_extra=SHARE)
    hold_weeks: int = Field(6, ge=0, le=13, description="weeks of held payouts to try", json_schema_extra=WEEKS)
    days_better: float = Field(
        10.0, ge=0, le=60, description="days each lever moves", json_schema_extra={"unit": "days"}
    )
    budget_usd: float = Field(300_000.0, ge=0, le=1e9, description="money for projects", json_schema_extra=USD)
    group_cap: float = Field(
        0.35, gt=0, le=1, description="budget that one market or kind may take", json_schema_extra=SHARE
    )
    trial_cap: float = Field(0.05, gt=0, le=1, description="monthly cost that trials may take", json_schema_extra=SHARE)
    raise_usd: float = Field(300_000.0, gt=0, le=1e9, description="money to raise", json_schema_extra=USD)
    dilution_limit: float = Field(0.3, gt=0, lt=1, description="most dilution of a round", json_schema_extra=SHARE)
