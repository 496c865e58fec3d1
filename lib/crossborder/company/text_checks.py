"""Text that seldom is what it seems: formulas, markup, wrong encodings, hidden characters, words for nothing."""

from typing import TYPE_CHECKING

import pandas as pd

from crossborder.company.problems import Problem
from crossborder.company.tables.contract import Column, Table

if TYPE_CHECKING:
    import ibis

__all__ = ["PATTERNS", "event_texts", "frame_texts"]

# Pattern (one that Python and the engine read alike), rule, remedy; the first that fits a cell is told.
PATTERNS = {
    "formula": (
        r"^\s*[=@]\s*[A-Za-z+(-]|^[+-][^|]*[|!(].*[)!'|]",
        "begins like a formula",
        "a spreadsheet would run it: correct the cell if it is not a name; reports show it as text",
    ),
    "markup": (
        r"(?i:<\s*/?\s*(?:script|img|iframe|svg|object|embed|style|link|meta|body|form|a|b|br|p|div|span)\b|javascript:)",
        "holds HTML",
        "export plain text; reports show the tags as text and run nothing",
    ),
    "mojibake": (
        "Ã[\u0080-\u00bf\u0152-\u2122]|â€|Â[\u00a0-\u00bf]|\ufffd|锟斤拷|ï»¿|Ð[\u0080-\u00bf\u0152-\u2122]Ð?",
        "was read in a wrong encoding once",
        "export it again as UTF-8: the letters cannot be told from the file",
    ),
    "hidden": (
        "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]|[\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]",
        "holds characters that cannot be seen",
        "take out control and zero-width characters: names that look alike would differ",
    ),
    "nothing": (
        r"(?i:^\s*(?:null|none|nan|n/a|#n/a|nil|undefined|\(null\)|\(not set\)|#ref!|#value!|#name\?|#div/0!|\\n)\s*$)",
        "is a word for nothing",
        "leave the cell empty: as it stands it counts as one more customer, product or name",
    ),
    "edges": (
        r"^\s+\S|\S\s+$",
        "has spaces at its edges",
        "take them out: with them it differs from the same name without",
    ),
}
# What people wrote themselves may hold anything but markup and formulas.
WRITTEN = ("text", "name", "keyword", "term", "cause")


def frame_texts(frame: pd.DataFrame, table: Table, file: str) -> list[Problem]:
    """Odd text in a small table, a warning for each column and kind."""
    problems = []
    for column, kinds in _asked(table, set(frame.columns)):
        cells = frame[column.name]
        left = cells.notna() & cells.str.contains(_any(kinds), regex=True).fillna(False)
        if not left.any():
            continue
        for kind in kinds:
            pattern, rule, remedy = PATTERNS[kind]
            odd = (left & cells.str.contains(pattern, regex=True).fillna(False)).to_numpy(dtype=bool)
            left &= ~odd
            if odd.any():
                rows, values = odd.nonzero()[0] + 2, cells[odd].head(50)
                problems.append(
                    Problem.of(file, table.name, column.name, rule, remedy, rows, values, severity="warning")
                )
    return problems


def event_texts(raw: "ibis.Table", table: Table, file: str) -> list[Problem]:
    """The same for an event table, counted in the engine; columns without odd text are passed once."""
    asked = [(one, kinds) for one, kinds in _asked(table, set(raw.columns)) if raw[one.name].type().is_string()]
    if not asked:
        return []
    odd = {column.name: raw[column.name].re_search(_any(kinds)).sum().fill_null(0) for column, kinds in asked}
    counts = raw.aggregate(**odd).to_pandas().iloc[0]
    return [
        problem
        for column, kinds in asked
        if counts[column.name]
        for problem in _told(raw, column.name, kinds, table, file)
    ]


def _told(raw: "ibis.Table", name: str, kinds: list[str], table: Table, file: str) -> list[Problem]:
    from crossborder.company.event_checks import first_rows

    problems, earlier = [], None
    for kind in kinds:
        pattern, rule, remedy = PATTERNS[kind]
        fits = raw[name].re_search(pattern).fill_null(False)
        condition = fits if earlier is None else fits & ~earlier
        earlier = fits if earlier is None else earlier | fits
        count = int(raw.filter(condition).count().to_pandas())
        if count:
            rows, values = first_rows(raw, condition, name)
            problems.append(Problem.of(file, table.name, name, rule, remedy, rows, values, count, "warning"))
    return problems


def _any(kinds: list[str]) -> str:
    return "|".join(f"(?:{PATTERNS[kind][0]})" for kind in kinds)


def _asked(table: Table, present: set[str]) -> list[tuple[Column, list[str]]]:
    """The text columns that take any text, with what is asked of each."""
    asked = []
    for column in table.columns:
        if column.kind != "text" or column.name not in present or column.choices or column.pattern:
            continue
        kinds = [kind for kind in PATTERNS if not (column.name in WRITTEN and kind in ("edges", "nothing"))]
        asked.append((column, kinds))
    return asked
