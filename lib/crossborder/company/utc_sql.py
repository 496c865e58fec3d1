"""Calendar arithmetic of the engine in plain numbers: what is in UTC needs no calendar of zones.

DuckDB looks up the rules of the session's zone for every time with a zone. In UTC there are none, so that day, month
and hour follow from the microseconds alone, five times faster and equal to the last digit.
"""
# ruff: noqa: N802  (the names are those of the class above)

from typing import TYPE_CHECKING, ClassVar

import ibis.expr.datatypes as dt
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler

if TYPE_CHECKING:
    import ibis.expr.operations as ops
    from sqlglot.expressions import Expression

__all__ = ["UtcCompiler"]

SECOND = 1_000_000
"""Microseconds."""


class UtcCompiler(DuckDBCompiler):
    """DuckDB's SQL, with days, months, hours and seconds of UTC times taken from their microseconds."""

    SIMPLE_OPS: ClassVar[dict] = {}  # those of the class above stand; naming them again would replace the methods below

    def visit_Date(self, op: "ops.Date", *, arg: "Expression") -> "Expression":
        """Calendar day."""
        return self.cast(self._plain(op.arg, arg), dt.date)

    def visit_TimestampTruncate(
        self, op: "ops.TimestampTruncate", *, arg: "Expression", unit: object
    ) -> "Expression":  # fmt: skip
        """Begin of the month, week, day, hour or second; the expression's type has no zone, so none is put back."""
        if unit.short == "s" and op.arg.dtype.is_timestamp():
            moment = self.f.anon.epoch_us(arg)
            # The rest of a division has the sign of what is divided; before 1970 that would round up.
            beyond = self.f.mod(self.f.mod(moment, SECOND) + SECOND, SECOND)
            return self.f.anon.make_timestamp(moment - beyond)
        return super().visit_TimestampTruncate(op, arg=self._plain(op.arg, arg), unit=unit)

    def visit_ExtractEpochSeconds(self, op: "ops.ExtractEpochSeconds", *, arg: "Expression") -> "Expression":
        """Seconds since 1970."""
        return self.f.epoch(self.cast(self._plain(op.arg, arg), dt.timestamp))

    def visit_ExtractYear(self, op: "ops.ExtractYear", *, arg: "Expression") -> "Expression":
        """Year."""
        return super().visit_ExtractYear(op, arg=self._plain(op.arg, arg))

    def visit_ExtractMonth(self, op: "ops.ExtractMonth", *, arg: "Expression") -> "Expression":
        """Month."""
        return super().visit_ExtractMonth(op, arg=self._plain(op.arg, arg))

    def visit_ExtractHour(self, op: "ops.ExtractHour", *, arg: "Expression") -> "Expression":
        """Hour."""
        return super().visit_ExtractHour(op, arg=self._plain(op.arg, arg))

    def visit_Cast(self, op: "ops.Cast", *, arg: "Expression", to: dt.DataType) -> "Expression":
        """Another type; a time without a zone, or a day, from one in UTC."""
        plain = to.is_date() or (to.is_timestamp() and to.timezone is None)
        return super().visit_Cast(op, arg=self._plain(op.arg, arg) if plain else arg, to=to)

    def _plain(self, value: "ops.Value", sql: "Expression") -> "Expression":
        """A UTC time as one without a zone; anything else as it is."""
        if not _in_utc(value):
            return sql
        return self.f.anon.make_timestamp(self.f.anon.epoch_us(sql))


def _in_utc(value: "ops.Value") -> bool:
    return value.dtype.is_timestamp() and value.dtype.timezone == "UTC"
