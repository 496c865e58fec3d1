"""Running notebooks and reading what they found; a notebook itself needs only the names below."""

from crossborder.reports.recorded import Result, missing, record, results

__all__ = ["Result", "missing", "record", "results"]
