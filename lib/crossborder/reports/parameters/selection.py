"""Typed parameters of the selection notebooks 21 to 23."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from crossborder.reports.parameters.base import MarketCode, Parameters

__all__ = ["CustomerVoice", "LaunchTests", "SelectionScoring"]

ITEM = re.compile(r"\s*\w+\s*/\s*\w+\s*=\s*\d+(\.\d+)?(\s*/\s*\d+(\.\d+)?)?\s*")
EXPERTS = (
    "margin/demand=2, margin/growth=2, rating_gap/demand=2, growth/demand=1, competition/demand=1, "
    "margin/competition=2, supplier_readiness/demand=1/2, content_fit/demand=1/2, "
    "policy_risk/supplier_readiness=1, logistics_fit/content_fit=1, climate_fit/logistics_fit=1, "
    "brand_fit/climate_fit=1/2, price_band/demand=1/2, margin/price_band=3, rating_gap/price_band=3, "
    "growth/brand_fit=3, competition/climate_fit=2, margin/policy_risk=3"
)


def _comparisons(text: str) -> str:
    if not text.strip() or not all(ITEM.fullmatch(item) for item in text.split(",") if item.strip()):
        raise ValueError("ratios of two signals, such as margin/demand=2, brand_fit/demand=1/3")
    return text


SHARE = {"unit": "fraction"}
PRICE = {"unit": "fraction of price"}


class SelectionScoring(Parameters):
    """Which candidates should we launch?"""

    notebook: ClassVar[str] = "21_selection_scoring"
    needs: ClassVar[tuple[str, ...]] = ("candidates", "launches", "suppliers", "lanes", "platforms")
    uses: ClassVar[tuple[str, ...]] = (
        "assumptions", "orders", "ad_spend", "products", "listings", "reviews", "search_interest", "market_sales",
        "keywords",
    )  # fmt: skip

    markets: list[MarketCode] = Field([], description="markets considered; empty = all")
    budget_usd: float = Field(
        0.0, ge=0, description="budget of the quarter; 0 = the company's assumption", json_schema_extra={"unit": "USD"}
    )
    top: int = Field(20, ge=3, le=100, description="how many places count as top", json_schema_extra={"unit": "ideas"})
    weights: Literal["expert", "entropy", "critic", "spread", "equal", "fitted"] = Field(
        "expert", description="weights of the ranking shown"
    )
    experts: Annotated[str, AfterValidator(_comparisons)] = Field(EXPERTS, description="pairwise comparisons (AHP)")
    risk_aversion: float = Field(
        0.2, ge=0, le=2, description="USD of value given up for a USD less of spread", json_schema_extra=SHARE
    )
    supplier_share: float = Field(
        0.3, gt=0, le=1, description="most of the budget with one supplier", json_schema_extra=SHARE
    )
    market_share: float = Field(
        0.4, gt=0, le=1, description="most of the budget in one market", json_schema_extra=SHARE
    )
    level: float = Field(0.9, ge=0.5, le=0.99, description="level of intervals", json_schema_extra=SHARE)


class CustomerVoice(Parameters):
    """What do buyers want, market by market?"""

    notebook: ClassVar[str] = "22_customer_voice"
    needs: ClassVar[tuple[str, ...]] = ("reviews",)
    uses: ClassVar[tuple[str, ...]] = ("listings", "search_interest", "orders", "products", "keywords")

    topic_language: str = Field("en", pattern="^[a-z]{2}$", description="language of the themes shown")
    attribute: str = Field("eco_certified", min_length=1, description="attribute whose certificate is weighed")
    certificate_usd: float = Field(
        2500.0, ge=0, description="cost of the certificate", json_schema_extra={"unit": "USD"}
    )
    extra_cost_usd: float = Field(
        0.8, ge=0, description="dearer material a piece", json_schema_extra={"unit": "USD a piece"}
    )
    price_usd: float = Field(29.0, gt=0, description="price of the product weighed", json_schema_extra={"unit": "USD"})
    units_year: int = Field(
        900, ge=0, description="expected sales in a market", json_schema_extra={"unit": "pieces a year"}
    )
    alarms: float = Field(0.05, gt=0, le=0.5, description="accepted share of false breakouts", json_schema_extra=SHARE)
    level: float = Field(0.9, ge=0.5, le=0.99, description="level of intervals", json_schema_extra=SHARE)


class LaunchTests(Parameters):
    """Scale, fix or stop?"""

    notebook: ClassVar[str] = "23_launch_tests"
    needs: ClassVar[tuple[str, ...]] = ("launches", "orders", "products", "purchases")
    uses: ClassVar[tuple[str, ...]] = ("reviews", "experiments", "milestones", "sessions")

    sku: str = Field("", description="pilot shown in detail; empty = the one with most pieces sold")
    weeks: int = Field(13, ge=4, le=52, description="length of a pilot", json_schema_extra={"unit": "weeks"})
    scale_units: int = Field(
        1500, ge=10, description="pieces of the order that follows", json_schema_extra={"unit": "pieces"}
    )
    piece_share: float = Field(0.30, gt=0, le=1, description="earned by a kept piece", json_schema_extra=PRICE)
    return_share: float = Field(0.25, ge=0, le=1, description="lost by a returned piece", json_schema_extra=PRICE)
    unsold_share: float = Field(
        0.35,
        ge=0,
        le=1,
        description="lost by an unsold piece",
        json_schema_extra={"unit": "fraction of purchase price"},
    )
    experiment: str = Field("X1", min_length=1, description="test shown in detail")
    looks: int = Field(6, ge=2, le=30, description="planned looks at a test", json_schema_extra={"unit": "looks"})
    level: float = Field(0.9, ge=0.5, le=0.99, description="level of intervals", json_schema_extra=SHARE)
