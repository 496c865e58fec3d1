"""What the footers of Parquet files say of a table, so that its rows need not be read to be counted."""

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyarrow.parquet import ColumnChunkMetaData

__all__ = ["Footers", "read"]


@dataclass
class Footers:
    """Rows of a table, filled cells by column, and the first and last day or time of a column (None without one)."""

    rows: int = 0
    filled: dict[str, int] = field(default_factory=dict)
    first: datetime.date | None = None
    last: datetime.date | None = None


def read(path: Path, columns: list[str], dated_by: str | None) -> Footers | None:
    """Counts of a Parquet file or folder; None where a footer does not tell all of them for certain."""
    import pyarrow.parquet

    found = Footers(filled=dict.fromkeys(columns, 0))
    for part in sorted(path.rglob("*.parquet")) if path.is_dir() else [path]:
        footer = pyarrow.parquet.read_metadata(part)
        places = {footer.schema.column(place).path: place for place in range(footer.num_columns)}
        if not {*columns, *([dated_by] if dated_by else [])} <= places.keys():
            return None
        groups = map(footer.row_group, range(footer.num_row_groups))
        for group in (group for group in groups if group.num_rows):
            found.rows += group.num_rows
            for name in columns:
                empty = _empty(group.column(places[name]))
                if empty is None:
                    return None
                found.filled[name] += group.num_rows - empty
            if dated_by:
                ends = _ends(group.column(places[dated_by]))
                if ends is None:
                    return None
                found.first = min(ends[0], found.first or ends[0])
                found.last = max(ends[1], found.last or ends[1])
    return found


def _empty(chunk: "ColumnChunkMetaData") -> int | None:
    """Missing cells of a column; None where they are not counted, or where a number may be no number (NaN) instead."""
    told = chunk.statistics
    known = told is not None and told.has_null_count and chunk.physical_type not in ("FLOAT", "DOUBLE")
    return told.null_count if known else None


def _ends(chunk: "ColumnChunkMetaData") -> tuple[datetime.date, datetime.date] | None:
    """The first and last day or time of a column; None where the footer does not tell them, or they are texts."""
    told = chunk.statistics
    ends = (told.min, told.max) if told is not None and told.has_min_max else (None, None)
    return ends if all(isinstance(end, datetime.date) for end in ends) else None
