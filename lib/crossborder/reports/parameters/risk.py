"""Typed parameters of the risk notebooks 61 to 64."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from crossborder.reports.parameters import reading
from crossborder.reports.parameters.base import Parameters

__all__ = ["FxRisk"]

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


class FxRisk(Parameters):
    """How much can currencies hurt, and what hedge is worth its cost?"""

    notebook: ClassVar[str] = "62_fx_risk"

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
    horizon_days: int = Field(21, ge=5, le=63, description="long horizon", json_schema_extra={"unit": "trading days"})
