"""Typed parameters of the notebooks that tie the chain together: 00 and 71."""

from typing import ClassVar

from pydantic import Field

from crossborder.reports.parameters.base import Parameters

__all__ = ["BoardReport", "StartHere"]


class StartHere(Parameters):
    """What data do we have, and where do we stand?"""

    notebook: ClassVar[str] = "00_start_here"
    uses: ClassVar[tuple[str, ...]] = (
        "orders",
        "sessions",
        "ad_spend",
        "inventory",
        "shipments",
        "purchases",
        "receivables",
        "market_sales",
        "tickets",
        "surveys",
    )

    fresh_days: int = Field(
        35, ge=1, le=400, description="age up to which a table counts as fresh", json_schema_extra={"unit": "days"}
    )
    epsilon: float = Field(
        0.5, ge=0.01, le=10, description="privacy loss of shared means", json_schema_extra={"unit": "epsilon"}
    )


class BoardReport(Parameters):
    """What should we decide?"""

    notebook: ClassVar[str] = "71_board_report"
    needs: ClassVar[tuple[str, ...]] = (
        "orders",
        "products",
        "shipments",
        "lanes",
        "platforms",
        "ad_spend",
        "ledger",
        "opening_balances",
        "receivables",
        "payables",
        "inventory",
        "purchases",
        "suppliers",
        "market_sales",
        "assumptions",
        "objectives",
        "milestones",
    )
    after: ClassVar[tuple[str, ...]] = ("*",)

    incremental_ad_share: float = Field(
        -1.0,
        ge=-1,
        le=0.9,
        description="share of orders that advertising adds; below 0 = as a mix model of all markets measures it",
        json_schema_extra={"unit": "share"},
    )
    floor_margin: float = Field(
        0.1,
        ge=-0.5,
        le=0.9,
        description="lowest margin after advertising that a line may keep",
        json_schema_extra={"unit": "share of net sales"},
    )
