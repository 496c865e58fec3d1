"""WooCommerce exports with an order a row: its items stand in one cell (`line_items`) or in line_item_1, line_item_2 ..."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from crossborder.company.importers import reading
from crossborder.company.importers.desk import quoted
from crossborder.company.importers.interface import Field, Options, Source

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["open_wide"]

PEEK = 65536
WIDE = re.compile(r"(?i)\bline[ _]item(s|[ _]?\d+)\b")
# Field of the importer -> the words under which an item has it.
PARTS = {
    "sku": ("sku",), "item": ("name",), "pieces": ("quantity", "qty"), "subtotal": ("sub_total", "subtotal"),
    "subtotal_tax": ("subtotal_tax",), "item_total": ("total",), "item_tax": ("total_tax", "tax"),
    "item_refunded": ("refunded", "total_refunded"), "pieces_refunded": ("refunded_qty",),
}  # fmt: skip
ITEM, PART = "chr(30)", "chr(31)"  # signs that no export uses, between items and between the parts of one


def open_wide(desk: "Desk", path: Path, options: Options, fields: tuple[Field, ...]) -> list[Source]:
    """The file with an item a row, its order's columns repeated; nothing if the file has no cells of items.

    An item is written name:Mug|sku:MUG|quantity:2|total:30.00 (several with ; between them) or as JSON.
    """
    if path.suffix.lower() in reading.SHEETS or not _is_wide(path):
        return []
    [raw] = reading.open_sources(desk, path, (), options)
    wide = [name for name in raw.headers if WIDE.fullmatch(name.strip())]
    if not wide:
        return []
    found = {
        name: header for name, header in reading.match_fields(list(raw.headers), fields).items() if name not in PARTS
    }
    own = [f"{_named(header)} AS {name}" for name, header in found.items()]
    if "refunded" not in found and "refund_items" in raw.headers:
        amounts = "regexp_extract_all(refund_items, '(?:^|[|;])amount:([0-9.]+)', 1)"
        own.append(f"CAST(list_sum([TRY_CAST(a AS DECIMAL(18, 6)) for a in {amounts}]) AS VARCHAR) AS refunded")
        found["refunded"] = "refund_items"
    lists = ", ".join(f"coalesce({_items(_named(name))}, [])" for name in wide)
    values = ", ".join(f"{_value(words)} AS {name}" for name, words in PARTS.items())
    table = desk.keep(
        f"SELECT * EXCLUDE (item_cell), {values} FROM (SELECT file_, row_{''.join(', ' + cell for cell in own)},"
        f" unnest(CASE WHEN len(flatten([{lists}])) = 0 THEN [''] ELSE flatten([{lists}]) END) AS item_cell FROM {raw.table})",
        "source",
    )
    found |= {name: f"{wide[0]}: {words[0]}" for name, words in PARTS.items()}
    return [Source(path, table, raw.headers, found, raw.rows, raw.settings)]


def _is_wide(path: Path) -> bool:
    with path.open("rb") as handle:
        begin = handle.read(PEEK).replace(b"\0", b"").decode("latin-1")
    return any(WIDE.search(line) for line in begin.splitlines()[: reading.PREAMBLE])


def _named(header: str) -> str:
    return '"' + header.replace('"', '""') + '"'


def _items(cell: str) -> str:
    """The expression of a cell's items as a list of texts whose parts are set apart by a sign of their own."""
    plain = f"regexp_replace({cell}, ';(id|name|product_id):', concat({ITEM}, '\\1:'), 'g')"
    plain = f"regexp_replace({plain}, '[|]([a-z_]+):', concat({PART}, '\\1:'), 'g')"
    words = [word for parts in PARTS.values() for word in parts]
    shape = "[{" + ", ".join(f'"{word}": "VARCHAR"' for word in words) + "}]"
    joined = "concat_ws(" + ", ".join([PART, *(f"{quoted(word + ':')} || i.{word}" for word in words)]) + ")"
    from_json = f"[{joined} for i in from_json({cell}, {quoted(shape)})]"
    return (
        f"CASE WHEN trim({cell}) = '' THEN [] WHEN trim({cell})[1] = '[' AND json_valid({cell}) THEN {from_json}"
        f" ELSE string_split({plain}, {ITEM}) END"
    )


def _value(words: tuple[str, ...]) -> str:
    """The expression of an item's first part under one of the words, as text."""
    found = ", ".join(
        f"nullif(trim(regexp_extract(item_cell, concat('(?:^|', {PART}, '){word}:([^', {PART}, ']*)'), 1)), '')"
        for word in words
    )
    return f"coalesce({found}, NULL)"
