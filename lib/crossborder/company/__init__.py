"""A company's tables: contract, loading, checks, scenarios."""

from crossborder.company.company import Company

__all__ = ["Company"]
