"""Typed parameters of the claims audit."""

from typing import ClassVar, Literal

from pydantic import Field

from crossborder.reports.parameters.base import Parameters

__all__ = ["ClaimsAudit"]


class ClaimsAudit(Parameters):
    """Which published figures can we use?"""

    notebook: ClassVar[str] = "72_claims_audit"
    after: ClassVar[tuple[str, ...]] = ("*",)

    severity: Literal["A", "B"] = Field(
        "B", description="mildest contradictions shown: A breaks a model, B needs a choice"
    )
