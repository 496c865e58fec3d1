"""Rows worked out once: an expression laid down in the engine for everything that asks for it again."""

import weakref
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis

__all__ = ["laid_down"]

_NUMBERS = count(1)


def laid_down(rows: "ibis.Table") -> "ibis.Table":
    """The rows of an expression as a temporary table of DuckDB, which goes when nothing asks for it any more.

    Other engines get the expression itself: where and how long they keep a result is theirs to say.
    """
    engine = rows.get_backend()
    if engine.name != "duckdb":
        return rows
    name = f"crossborder_laid_{next(_NUMBERS)}"
    table = engine.create_table(name, rows, temp=True)
    weakref.finalize(table.op(), _gone, engine.con, name).atexit = False
    return table


def _gone(connection: object, name: str) -> None:
    try:
        connection.execute(f'DROP TABLE "{name}"').fetchall()
    except Exception:  # the connection is closed, or in the middle of a fetch: the table goes with the process
        return
