"""Broken exports made from the good ones that the importers' tests keep: what is spoiled, and what must be said."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from crossborder.company.importers import registry

from tests.company.importers import ga4_export

__all__ = ["Export", "cases"]

FIXTURES = Path(__file__).parents[1] / "company" / "importers" / "fixtures"
# Importer -> its good file, separator, encoding, a column of money and one of days to spoil (as the file calls them).
GOOD = {
    "shopify": ("shopify.csv", ",", "utf-8", "Lineitem price", "Created at"),
    "amazon-orders": ("amazon_orders.txt", "\t", "utf-8", "item-price", "purchase-date"),
    "online-retail": ("online_retail.csv", ",", "utf-8", "UnitPrice", "InvoiceDate"),
    "google-ads": ("google_ads.csv", ",", "utf-8", "Cost", "Day"),
    "meta-ads": ("meta_ads_de.csv", ";", "utf-8", "Ausgegebener Betrag (EUR)", "Auswertungsbeginn"),
    "tiktok-ads": ("tiktok_ads_zh.csv", ",", "gb18030", "消耗", "日期"),
}

NEEDED = ("event_timestamp", "event_name", "user_pseudo_id", "event_params")


@dataclass(frozen=True)
class Export:
    """One broken export: the importer, how the file is made in a folder, words on the command line, what is told.

    `told` are (column, pattern of the rule) of the errors in the report; `refused` the pattern of a plain refusal.
    """

    name: str
    importer: str
    make: Callable[[Path], Path]
    told: tuple[tuple[str, str], ...] = ()
    refused: str = ""
    words: tuple[str, ...] = field(default=())


def cases() -> list[Export]:
    """All of them."""
    return [*_columns(), *_cells(), *_shapes(), *_other_formats(), *_events(), *_requests()]


def _text(importer: str) -> str:
    name, _, encoding, *_ = GOOD[importer]
    return (FIXTURES / name).read_bytes().decode(encoding)


def _file(importer: str, text: str | bytes, suffix: str = "") -> Callable[[Path], Path]:
    name, _, encoding, *_ = GOOD.get(importer, ("events.jsonl", "", "utf-8"))

    def make(folder: Path) -> Path:
        path = folder / (Path(name).stem + (suffix or Path(name).suffix))
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return make


def _columns() -> list[Export]:
    made = []
    for importer in GOOD:
        header = next(line for line in _text(importer).splitlines() if line.count(GOOD[importer][1]) > 3)
        for one in (one for one in registry.importer(importer).fields if one.needed):
            there = next(name for name in one.headers if name in _names(header, importer))
            spoiled = header.replace(there, "nothing", 1)
            text = _text(importer).replace(header, spoiled, 1)
            told = ((one.headers[0], "column is missing"),)
            made.append(Export(f"{importer}: {there} renamed", importer, _file(importer, text), told))
    return made


def _names(header: str, importer: str) -> list[str]:
    return [name.strip().strip('"') for name in header.split(GOOD[importer][1])]


def _cells() -> list[Export]:
    made = []
    for importer, (_, separator, _, money, day) in GOOD.items():
        lines = _text(importer).splitlines()
        head = next(place for place, line in enumerate(lines) if line.count(separator) > 3)
        odd = ("1.2.3.4", "yesterday") if separator == "," else ("ten", "2026-02-30")
        for column, value, rule in ((money, odd[0], "is not a number"), (day, odd[1], "is not a date")):
            place = _names(lines[head], importer).index(column)
            broken, first = list(lines), head + (2 if importer == "meta-ads" else 1)  # its first row is the total
            plain = broken[first].replace('"1,234.50"', "1234.50").replace('"12,000"', "12000")
            cells = plain.split(separator)
            cells[place] = value
            broken[first] = separator.join(cells)
            text = "\n".join(broken) + "\n"
            made.append(Export(f"{importer}: {column} {value!r}", importer, _file(importer, text), ((column, rule),)))
    country = _text("online-retail").replace("EIRE", "Atlantis")
    made.append(
        Export(
            "online-retail: Atlantis",
            "online-retail",
            _file("online-retail", country),
            (("Country", "is not a country"),),
        )
    )
    period = _text("meta-ads").replace('"2026-01-06";"2026-01-06"', '"2026-01-01";"2026-01-06"')
    told = (("Auswertungsbeginn", "covers several days"),)
    made.append(Export("meta-ads: a row over several days", "meta-ads", _file("meta-ads", period), told))
    credit = _text("google-ads").replace(",33,1000,", ",-33,1000,")
    made.append(
        Export("google-ads: negative spend", "google-ads", _file("google-ads", credit), (("Cost", "is negative"),))
    )
    unit = _text("google-ads").replace(",EUR,33,", ",EURO,33,")
    made.append(
        Export(
            "google-ads: unknown currency",
            "google-ads",
            _file("google-ads", unit),
            (("Currency code", "no currency that is known"),),
        )
    )
    none = _text("tiktok-ads").replace(",USD,", ",,")
    made.append(
        Export(
            "tiktok-ads: no currency", "tiktok-ads", _file("tiktok-ads", none), (("货币", "no currency that is known"),)
        )
    )
    return made


def _shapes() -> list[Export]:
    made = []
    for importer, (_, separator, *_) in GOOD.items():
        text = _text(importer)
        lines = text.splitlines()
        longer = "\n".join([*lines[:-1], lines[-1] + f"{separator}x" * 40]) + "\n"
        rule = "cannot be split into the header's columns"
        if importer in ("amazon-orders", "meta-ads", "tiktok-ads"):
            made.append(Export(f"{importer}: a row too long", importer, _file(importer, longer), (("", rule),)))
        made.append(Export(f"{importer}: nothing", importer, _file(importer, b""), (), "is empty"))
        made.append(Export(f"{importer}: blanks", importer, _file(importer, b"\n\n  \n"), (), "has no header|is empty"))
    for importer in ("shopify", "google-ads"):
        text = _text(importer)
        lines = text.splitlines()
        made.append(
            Export(
                f"{importer}: cut in a row",
                importer,
                _file(importer, "\n".join(lines)[: -len(lines[-1]) + 5]),
                (("", "cannot be split"),),
            )
        )
        made.append(
            Export(
                f"{importer}: a quote never closed", importer, _file(importer, text + '"x'), (("", "cannot be split"),)
            )
        )
    return made


def _other_formats() -> list[Export]:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a.csv", "a,b\n1,2\n")
    wrong = {
        "a ZIP archive as CSV": ("shopify", archive.getvalue(), ".csv", "is a ZIP archive"),
        "a PDF as CSV": ("google-ads", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", ".csv", "is a PDF document"),
        "a login page as CSV": (
            "meta-ads",
            b"<!DOCTYPE html>\n<html><body>Please sign in</body></html>",
            ".csv",
            "is a web page",
        ),
        "bytes by chance": ("tiktok-ads", bytes(range(256)) * 40, ".csv", "the encoding cannot be told"),
        "CSV as a workbook": ("shopify", _text("shopify").encode(), ".xlsx", "is not an Excel workbook"),
        "a ZIP archive as a workbook": ("google-ads", archive.getvalue(), ".xlsx", "is not an Excel workbook"),
        "an old workbook": (
            "shopify",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            ".xls",
            "is an old Excel file",
        ),
        "CSV as Parquet": ("online-retail", _text("online-retail").encode(), ".parquet", "cannot be read as Parquet"),
        "Parquet cut off": ("online-retail", b"PAR1" + b"\0" * 200, ".parquet", "cannot be read as Parquet"),
    }
    made = []
    for name, (importer, content, suffix, refused) in wrong.items():
        made.append(
            Export(
                f"{importer}: {name}",
                importer,
                _file(importer, content, suffix),
                (),
                refused,
            )
        )
    others = [("shopify", "amazon-orders"), ("google-ads", "online-retail"), ("meta-ads", "tiktok-ads")]
    for importer, other in others:
        told = tuple((one.headers[0], "column is missing") for one in registry.importer(importer).fields if one.needed)
        made.append(Export(f"{importer}: the file of {other}", importer, _file(other, _text(other)), told))
    return made


def _events() -> list[Export]:
    def with_all(change: Callable[[dict], object]) -> bytes:
        events = ga4_export.shop()
        for one in events:
            change(one)
        return ga4_export.lines(events).encode()

    good = ga4_export.lines(ga4_export.shop())
    made = [
        Export(
            f"ga4: {name} missing",
            "ga4",
            _file("ga4", with_all(lambda one, name=name: one.pop(name))),
            ((name, "column is missing"),),
        )
        for name in NEEDED
    ]
    seconds = with_all(lambda one: one.update(event_timestamp=one["event_timestamp"][:10]))
    words = with_all(lambda one: one.update(event_timestamp="2026-03-02 10:00:00"))
    country = with_all(lambda one: one.update(geo={"country": "Atlantis"}))
    time = (("event_timestamp", "microseconds"),)
    return [
        *made,
        Export("ga4: seconds for microseconds", "ga4", _file("ga4", seconds), time),
        Export("ga4: times in words", "ga4", _file("ga4", words), time),
        Export("ga4: Atlantis", "ga4", _file("ga4", country), (("geo.country", "is not a country"),)),
        Export("ga4: cut in an event", "ga4", _file("ga4", good[:-60].encode()), (), "cannot be read as JSON"),
        Export(
            "ga4: a line of words", "ga4", _file("ga4", (good + "end of file\n").encode()), (), "cannot be read as JSON"
        ),
        Export(
            "ga4: parameters of another kind",
            "ga4",
            _file("ga4", with_all(lambda one: one.update(event_params="none"))),
            (("event_params", "no event belongs to a visit"),),
        ),
        Export(
            "ga4: a list of numbers",
            "ga4",
            _file("ga4", json.dumps([1, 2, 3]).encode()),
            tuple((name, "column is missing") for name in NEEDED),
        ),
        Export("ga4: nothing", "ga4", _file("ga4", b""), (), "is empty"),
    ]


def _requests() -> list[Export]:
    good = _file("online-retail", _text("online-retail"))
    spend = _file("google-ads", _text("google-ads"))

    def absent(folder: Path) -> Path:
        return folder / "absent.csv"

    def folder_itself(folder: Path) -> Path:
        (folder / "exports").mkdir()
        return folder / "exports"

    return [
        Export("no such importer", "shopfy", good, (), "did you mean 'shopify'"),
        Export("no such file", "shopify", absent, (), "no file 'absent.csv'"),
        Export("a folder for a file", "shopify", folder_itself, (), "no file 'exports'"),
        Export(
            "no such time zone",
            "online-retail",
            good,
            (),
            "time_zone is 'Mars/Olympus'",
            ("--time-zone", "Mars/Olympus"),
        ),
        Export("no such encoding", "online-retail", good, (), "encoding", ("--encoding", "utf-9")),
        Export("no such delimiter", "online-retail", good, (), "delimiter", ("--delimiter", "commas")),
        Export("a market in words", "google-ads", spend, (), "market is 'GERMANY'", ("--market", "Germany")),
        Export(
            "a country without a code", "online-retail", good, (), "allowed: NAME=CODE", ("--country", "EIRE=Ireland")
        ),
        Export("no mapping file", "google-ads", spend, (), "cannot be read", ("--map", "absent.yaml")),
        Export("both ways", "online-retail", good, (), "one of them", ("--append", "--replace")),
    ]
