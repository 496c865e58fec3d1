"""Typed parameters of the market notebooks 11 and 12."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from crossborder.reports.parameters.base import MarketCode, Parameters

__all__ = ["MarketGrowth", "MarketSizing"]

SHARE = {"unit": "fraction"}


def _several(markets: list[str]) -> list[str]:
    if len(markets) == 1:
        raise ValueError("empty for all, or at least two to compare")
    return markets


class MarketSizing(Parameters):
    """How big is the market, and by whose definition?"""

    notebook: ClassVar[str] = "11_market_sizing"
    needs: ClassVar[tuple[str, ...]] = ("market_sales", "orders", "products")
    uses: ClassVar[tuple[str, ...]] = ("assumptions", "listings", "platforms", "sessions", "ad_spend")

    markets: list[MarketCode] = Field([], description="markets sized; empty = all that the company sells in")
    year: int = Field(2025, ge=2015, le=2035, description="year of the world sizes", json_schema_extra={"unit": "year"})
    undated_year: int = Field(
        2025, ge=2015, le=2035, description="year given to claims without one", json_schema_extra={"unit": "year"}
    )
    dated_is_value: bool = Field(True, description="a dated 'more than' is read as rounding, not as a bound")
    tau_scale: float = Field(
        0.3, gt=0, le=2, description="prior spread between sources", json_schema_extra={"unit": "log units"}
    )
    level: float = Field(0.9, ge=0.5, le=0.99, description="level of intervals", json_schema_extra=SHARE)
    guideline: Literal["us_2023", "us_2010", "eu"] = Field("us_2023", description="limits of the concentration classes")


class MarketGrowth(Parameters):
    """Where does the market grow, and where should we enter?"""

    notebook: ClassVar[str] = "12_market_growth"
    needs: ClassVar[tuple[str, ...]] = ("orders",)
    uses: ClassVar[tuple[str, ...]] = (
        "market_sales", "products", "assumptions", "sessions", "ad_spend", "search_interest", "prices", "customers",
        "reviews",
    )  # fmt: skip

    markets: Annotated[list[MarketCode], AfterValidator(_several)] = Field(
        [], description="markets compared, two or more; empty = all that the company sells in"
    )
    level: float = Field(0.9, ge=0.5, le=0.99, description="level of intervals", json_schema_extra=SHARE)
    curve: Literal["richards", "logistic", "gompertz", "bass"] = Field(
        "richards", description="growth curve of online penetration"
    )
    horizon_months: int = Field(6, ge=1, le=12, description="months forecast", json_schema_extra={"unit": "months"})
    origins: int = Field(
        7, ge=4, le=18, description="rolling origins of the test", json_schema_extra={"unit": "months"}
    )
    payment_methods: list[str] = Field(
        ["card", "wallet", "pay_later", "instant_transfer"], description="payment methods that we take"
    )
    languages: list[str] = Field(
        ["en", "de", "ja", "es", "pt"], description="languages that we serve", json_schema_extra={"unit": "ISO 639-1"}
    )
    core_markets: list[MarketCode] = Field(["US", "DE", "GB"], description="core markets of the portfolio")
    growth_floor: float = Field(
        0.09,
        ge=-0.5,
        le=2,
        description="least market growth of the portfolio",
        json_schema_extra={"unit": "fraction a year"},
    )
