"""Typed parameters of the finance notebooks 51 to 53."""

from typing import ClassVar

from pydantic import Field

from crossborder.reports.parameters.base import MarketCode, Parameters

__all__ = ["FinancialModel", "UnitEconomics"]

SHARE = {"unit": "share"}


class UnitEconomics(Parameters):
    """Does each order earn, and what price should it have?"""

    notebook: ClassVar[str] = "51_unit_economics_and_pricing"
    needs: ClassVar[tuple[str, ...]] = ("orders", "products")
    uses: ClassVar[tuple[str, ...]] = ("shipments", "platforms", "ad_spend", "ledger", "prices", "lanes", "assumptions")

    market: MarketCode = Field("DE", description="market shown in detail")
    months: int = Field(12, ge=3, le=24, description="length of the period", json_schema_extra={"unit": "months"})
    level: float = Field(0.9, ge=0.5, le=0.99, description="level of intervals", json_schema_extra=SHARE)
    target_margin: float = Field(0.03, ge=0, le=0.5, description="profit wanted of net sales", json_schema_extra=SHARE)
    max_step: float = Field(0.1, ge=0.01, le=0.5, description="largest price change at once", json_schema_extra=SHARE)
    floor_margin: float = Field(0.1, ge=0, le=0.8, description="least margin before ads", json_schema_extra=SHARE)
    tariff_jump: float = Field(0.2, ge=0, le=2, description="duty added in the tariff book", json_schema_extra=SHARE)
    menu_cost_usd: float = Field(
        150.0, ge=0, le=100_000, description="cost of one repricing of a market", json_schema_extra={"unit": "USD"}
    )


class FinancialModel(Parameters):
    """What is the plan worth, and what could break it?"""

    notebook: ClassVar[str] = "52_financial_model"
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
    )
    uses: ClassVar[tuple[str, ...]] = ("budget", "experiments", "prices")

    months: int = Field(60, ge=24, le=120, description="length of the plan", json_schema_extra={"unit": "months"})
    paths: int = Field(2000, ge=200, le=100_000, description="simulated paths", json_schema_extra={"unit": "paths"})
    incremental_ad_share: float = Field(
        -1.0,
        ge=-1,
        le=0.9,
        description="share of orders that advertising adds; below 0 = as a mix model of all markets measures it",
        json_schema_extra=SHARE,
    )
    target_margin: float = Field(
        0.08, ge=-0.5, le=0.5, description="net margin wanted in year 1", json_schema_extra=SHARE
    )
    correlation: float = Field(
        0.4,
        ge=0,
        le=0.95,
        description="between freight, duty and purchase prices",
        json_schema_extra={"unit": "correlation"},
    )
    mix_margin_target: float = Field(
        0.35, ge=0, le=0.9, description="contribution margin wanted of all lines of revenue", json_schema_extra=SHARE
    )
