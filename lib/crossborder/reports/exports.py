"""Tables as CSV, Parquet and Excel, whole or not at all, in which no text can act as a formula."""

import io
import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["neutral", "neutralised", "store", "workbook", "write_bytes", "write_csv", "write_parquet", "write_text"]

ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(text: object) -> object:
    """The value, with an apostrophe before a text that a spreadsheet would take as a formula.

    Source: OWASP, CSV Injection: a cell must not start with = + - @, tab or carriage return.

    >>> neutral('=HYPERLINK("x")'), neutral("plain"), neutral(-3)
    ('\\'=HYPERLINK("x")', 'plain', -3)
    """
    return f"'{text}" if isinstance(text, str) and text.lstrip(" ").startswith(ACTIVE) else text


def neutralised(frame: "pd.DataFrame") -> "pd.DataFrame":
    """The frame with every text cell, column name and index label made harmless for a spreadsheet."""
    import pandas as pd

    safe = frame.copy()
    for place in range(safe.shape[1]):
        column = safe.iloc[:, place]
        if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)):
            safe.isetitem(place, column.astype(object).map(neutral, na_action="ignore"))
    safe.columns = [neutral(str(name)) for name in safe.columns]
    return safe


def write_csv(frame: "pd.DataFrame", path: Path) -> None:
    """The frame as CSV (RFC 4180, UTF-8, no index unless it has a name)."""
    # With a bare newline as line end Python would leave a carriage return inside a text unquoted.
    text = neutralised(_with_index(frame)).to_csv(index=False, lineterminator="\r\n")
    write_text(path, text)


def write_parquet(frame: "pd.DataFrame", path: Path) -> None:
    """The frame as Parquet, text unchanged: a Parquet reader runs no formula."""
    import pandas as pd

    flat = _with_index(frame)
    flat.columns = [str(name) for name in flat.columns]
    for place in range(flat.shape[1]):
        # A column of mixed objects (intervals, periods, sets) has no Parquet type: it goes as text.
        column = flat.iloc[:, place]
        kind = pd.api.types.infer_dtype(column, skipna=True)
        if kind not in KINDS and not isinstance(column.dtype, pd.CategoricalDtype):
            flat.isetitem(place, column.astype(str))
    _whole(path, lambda temporary: flat.to_parquet(temporary, index=False))


KINDS = ("string", "floating", "integer", "boolean", "datetime64", "datetime", "date", "empty", "mixed-integer-float")


def workbook(frames: Mapping[str, "pd.DataFrame"]) -> bytes:
    """The frames as an Excel workbook, one sheet each; texts stay texts, whatever they start with."""
    import pandas as pd

    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        for name, frame in frames.items():
            safe = neutralised(_with_index(frame))
            safe.to_excel(writer, sheet_name=name[:31], index=False)
            writer.sheets[name[:31]].autofit()
            writer.sheets[name[:31]].freeze_panes(1, 0)
    return buffer.getvalue()


def store(
    out: Path,
    data: dict,
    tables: Mapping[str, "pd.DataFrame"],
    files: Mapping[str, bytes],
    drawn: Mapping[str, "pd.DataFrame"] | None = None,
) -> None:
    """Write a notebook's record into the run's folder `out`: tables/, figures/ (what they draw), files, record.json."""
    for name, frame in (drawn or {}).items():
        (out / "figures").mkdir(parents=True, exist_ok=True)
        write_csv(frame, out / "figures" / f"{name}.csv")
    (out / "tables").mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        write_csv(frame, out / "tables" / f"{name}.csv")
        write_parquet(frame, out / "tables" / f"{name}.parquet")
    if tables:
        _whole(out / "tables" / "all.xlsx", lambda temporary: temporary.write_bytes(workbook(tables)))
    for name, content in files.items():
        _whole(out / name, lambda temporary, content=content: temporary.write_bytes(content))
    write_text(out / "record.json", json.dumps(data, indent=1))


def write_text(path: Path, text: str) -> None:
    """The text as a file, whole or not at all."""
    _whole(path, lambda temporary: temporary.write_text(text, encoding="utf-8", newline="\n"))


def write_bytes(path: Path, content: bytes) -> None:
    """The content as a file, whole or not at all."""
    _whole(path, lambda temporary: temporary.write_bytes(content))


def _with_index(frame: "pd.DataFrame") -> "pd.DataFrame":
    named = any(name is not None for name in frame.index.names)
    return frame.reset_index() if named else frame.copy()


def _whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside the target and rename: a reader sees the old file or the new one, never a part."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        write(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
