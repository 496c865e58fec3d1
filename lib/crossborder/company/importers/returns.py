"""Pieces sent back to the sales they came from, where the file names no sale: oldest sale first, never a later one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["match"]


def match(desk: "Desk", sales: str, sent_back: str, by: Sequence[str]) -> str:
    """A table of pieces: sale_file, sale_row, back_file, back_row, pieces; its name on the desk.

    `sales` and `sent_back` are relations with `file_`, `row_`, `sold_at`, `pieces` (positive) and the columns of `by`, which a
    sale and its return share; rows with a missing value in `by` find no partner. Within a group the k-th piece sent back
    is the k-th piece sold. Pieces sent back before as many were sold (their sale lies before the file) find no sale: they
    are the running maximum of returns over sales, so that no return is put to a later sale.
    """
    keys = ", ".join(by)
    present = " AND ".join(f"{name} IS NOT NULL" for name in by)
    flow = desk.keep(
        f"WITH flow AS (SELECT {keys}, file_, row_, sold_at, pieces, false AS back FROM {sales} WHERE {present} UNION ALL"
        f" SELECT {keys}, file_, row_, sold_at, pieces, true FROM {sent_back} WHERE {present}),"
        # On one moment the sale comes first: a line may be cancelled in the minute of its order.
        f" summed AS (SELECT *, sum(pieces) FILTER (NOT back) OVER w AS sold, sum(pieces) FILTER (back) OVER w AS came"
        f" FROM flow WINDOW w AS (PARTITION BY {keys} ORDER BY sold_at, back, file_, row_)),"
        f" orphans AS (SELECT *, greatest(0, max(coalesce(came, 0) - coalesce(sold, 0)) OVER"
        f" (PARTITION BY {keys} ORDER BY sold_at, back, file_, row_)) AS lost FROM summed)"
        f" SELECT {keys}, file_, row_, back,"
        f" CASE WHEN back THEN came - lost ELSE sold END AS until,"
        f" lag(CASE WHEN back THEN came - lost ELSE sold END, 1, 0) OVER"
        f" (PARTITION BY {keys}, back ORDER BY sold_at, file_, row_) AS since FROM orphans",
        "flow",
    )
    same = " AND ".join(f"s.{name} = b.{name}" for name in by)
    return desk.keep(
        f"SELECT s.file_ AS sale_file, s.row_ AS sale_row, b.file_ AS back_file, b.row_ AS back_row,"
        f" CAST(least(s.until, b.until) - greatest(s.since, b.since) AS BIGINT) AS pieces"
        f" FROM (SELECT * FROM {flow} WHERE NOT back) s JOIN (SELECT * FROM {flow} WHERE back AND until > since) b"
        f" ON {same} AND s.since < b.until AND b.since < s.until",
        "matched",
    )
