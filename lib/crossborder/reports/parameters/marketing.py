"""Typed parameters of the marketing notebooks 41 to 43."""

from typing import Annotated, ClassVar

from pydantic import Field

from crossborder.reports.parameters.base import MarketCode, Parameters

__all__ = ["Attribution", "BudgetAndIncrementality", "CustomerValue"]


class Attribution(Parameters):
    """Which marketing deserves the credit for an order?"""

    notebook: ClassVar[str] = "41_attribution"
    needs: ClassVar[tuple[str, ...]] = ("touchpoints", "orders")
    needs_filled: ClassVar[tuple[str, ...]] = ("touchpoints.customer_id", "orders.customer_id")
    uses: ClassVar[tuple[str, ...]] = ("ad_spend", "products", "platforms", "experiments", "customers", "assumptions")

    markets: list[MarketCode] = Field([], description="markets; empty = all")
    lookback_days: float = Field(
        30.0, gt=0, le=365, description="days before an order that count", json_schema_extra={"unit": "days"}
    )
    market_windows: list[Annotated[str, Field(pattern=r"^[A-Z]{2}=\d+(\.\d+)?$")]] = Field(
        [], description="own look-back of a market in days, such as DE=14; empty = the same everywhere"
    )
    half_life_days: float = Field(
        7.0, gt=0, le=365, description="age at which a touch counts half", json_schema_extra={"unit": "days"}
    )
    first_share: float = Field(
        0.4, ge=0, le=1, description="weight of the first touch", json_schema_extra={"unit": "share"}
    )
    last_share: float = Field(
        0.4, ge=0, le=1, description="weight of the last touch", json_schema_extra={"unit": "share"}
    )
    order: int = Field(1, ge=1, le=3, description="memory of the Markov chain", json_schema_extra={"unit": "touches"})
    level: float = Field(0.9, ge=0.5, le=0.99, description="level of intervals", json_schema_extra={"unit": "share"})
    worlds: int = Field(
        20,
        ge=3,
        le=200,
        description="simulated worlds for the error of the methods",
        json_schema_extra={"unit": "worlds"},
    )


class BudgetAndIncrementality(Parameters):
    """Where does the next marketing dollar go?"""

    notebook: ClassVar[str] = "42_budget_and_incrementality"
    needs: ClassVar[tuple[str, ...]] = ("ad_spend", "orders")
    uses: ClassVar[tuple[str, ...]] = (
        "experiments", "touchpoints", "keywords", "live_streams", "platforms", "prices", "products",
        "sessions", "customers", "listings", "reviews", "assumptions",
    )  # fmt: skip

    market: MarketCode = Field("US", description="market of the mix model, with the regional test")
    step: float = Field(
        0.3, gt=0, le=2, description="largest move of a channel's budget", json_schema_extra={"unit": "share"}
    )
    level: float = Field(0.9, ge=0.5, le=0.99, description="level of intervals", json_schema_extra={"unit": "share"})
    acos_cap: float = Field(
        0.35, gt=0, le=2, description="cap on ad cost over ad sales in use", json_schema_extra={"unit": "share"}
    )
    cost_cap: float = Field(
        0.15, gt=0, le=1, description="cap on marketing cost over sales", json_schema_extra={"unit": "share"}
    )
    lift_wanted: float = Field(
        0.1, gt=0, le=1, description="relative lift that a test must find", json_schema_extra={"unit": "share"}
    )
    worlds: int = Field(
        20, ge=3, le=200, description="simulated worlds for the mix model's error", json_schema_extra={"unit": "worlds"}
    )


class CustomerValue(Parameters):
    """What is a customer worth, and what makes one stay?"""

    notebook: ClassVar[str] = "43_customer_value"
    needs: ClassVar[tuple[str, ...]] = ("orders",)
    needs_filled: ClassVar[tuple[str, ...]] = ("orders.customer_id",)
    uses: ClassVar[tuple[str, ...]] = (
        "customers", "sessions", "ad_spend", "emails", "tickets", "surveys", "products", "platforms", "prices",
        "experiments", "touchpoints", "assumptions",
    )  # fmt: skip

    markets: list[MarketCode] = Field([], description="markets; empty = all")
    holdout_days: int = Field(
        180, ge=30, le=720, description="days held out to judge the value model", json_schema_extra={"unit": "days"}
    )
    months: int = Field(24, ge=3, le=60, description="months of value counted", json_schema_extra={"unit": "months"})
    yearly_discount: float = Field(
        0.12, ge=0, le=1, description="discount rate", json_schema_extra={"unit": "share a year"}
    )
    level: float = Field(0.9, ge=0.5, le=0.99, description="level of intervals", json_schema_extra={"unit": "share"})
    answer_minutes: float = Field(
        60.0, gt=0, le=2880, description="a request should be answered within", json_schema_extra={"unit": "minutes"}
    )
