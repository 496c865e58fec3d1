"""Broken files: encodings, separators, shapes, other formats, links, cut Parquet, wrong types in Parquet, profiles."""

import io
import os
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from tests.bad_input.corpus import AD_SPEND, GOOD, ORDERS, PRODUCTS, SUPPLIERS, Case, Told, only

__all__ = ["cases"]


def cases() -> list[Case]:
    """All of them."""
    return _encodings() + _formats() + _shapes() + _huge() + _parquet() + _types() + _places() + _profiles()


def _csv(table: str) -> str:
    return GOOD[table].to_csv(index=False)


def _written(table: str, content: bytes, suffix: str = ".csv") -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        (folder / f"{table}.csv").unlink(missing_ok=True)
        (folder / f"{table}{suffix}").write_bytes(content)

    return spoil


def _case(name: str, table: str, content: bytes, rule: str, suffix: str = ".csv", **where) -> Case:
    told = Told(f"{table}{suffix}", "", rule, **where)
    return Case(f"{table}{suffix}: {name}", _written(table, content, suffix), (told,), "", (table,))


def _encodings() -> list[Case]:
    text = {"products": _csv("products"), "orders": _csv("orders").replace("own_store", "Lädchen")}
    made = []
    for table, plain in text.items():
        chinese = plain.replace("Käfig", "猫笼").replace("Lädchen", "自营店")
        made += [
            _case("UTF-16", table, plain.encode("utf-16"), "is UTF-16"),
            _case("UTF-16 without its mark", table, plain.encode("utf-16-le"), "NUL bytes"),
            _case("UTF-32", table, plain.encode("utf-32"), "is UTF-16|is UTF-32"),
            _case("cp1252", table, plain.encode("cp1252"), "is not UTF-8 in row"),
            _case("GB18030", table, chinese.encode("gb18030"), "is not UTF-8 in row"),
            _case("Shift-JIS", table, plain.replace("ä", "猫").encode("shift_jis"), "is not UTF-8 in row"),
            _case(
                "a character cut in two",
                table,
                plain.encode()[: plain.encode().index("ä".encode()) + 1],
                "is not UTF-8 in row",
            ),
            _case("NUL bytes", table, plain.replace("pet", "p\0t").replace("US", "\0S").encode(), "NUL bytes"),
        ]
    rows = {"products": 4, "orders": 2}
    made += [_case("cp1252, row told", t, text[t].encode("cp1252"), "is not UTF-8", rows=(rows[t],)) for t in rows]
    return made


def _formats() -> list[Case]:
    workbook = io.BytesIO()
    PRODUCTS.to_excel(workbook, index=False)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("orders.csv", _csv("orders"))
    stored = io.BytesIO()
    PRODUCTS.to_parquet(stored)
    contents = {
        "a workbook": (workbook.getvalue(), "is a ZIP archive or an Excel workbook"),
        "a ZIP archive": (archive.getvalue(), "is a ZIP archive"),
        "gzip": (b"\x1f\x8b\x08\0\0\0\0\0", "is a gzip archive"),
        "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "is an old Excel workbook"),
        "Parquet": (stored.getvalue(), "is a Parquet file"),
        "PDF": (b"%PDF-1.7\n1 0 obj", "is a PDF document"),
        "a login page": (b"<!DOCTYPE html><html><body>Please sign in</body></html>", "is a web page"),
        "XML": (b"<?xml version='1.0'?><orders/>", "is an XML document"),
        "SQLite": (b"SQLite format 3\0" + b"\0" * 100, "is a SQLite database"),
        "nothing": (b"", "is empty"),
        "blanks": (b"\n \n\n", "is empty"),
        "a mark alone": (b"\xef\xbb\xbf", "is empty"),
    }
    made = [_case(name, table, *told) for name, told in contents.items() for table in ("orders", "products")]
    for sign in (";", "\t", "|"):
        for table in ("orders", "products"):
            made.append(
                _case(
                    f"columns apart by {sign!r}",
                    table,
                    GOOD[table].to_csv(index=False, sep=sign).encode(),
                    "not by commas",
                )
            )
    return made


def _shapes() -> list[Case]:
    made = []
    for table in ("orders", "products"):
        lines = _csv(table).splitlines()
        width = len(GOOD[table].columns)
        for name, change, row in (
            ("a row too long", lambda row: row + ",more", 3),
            ("a row too short", lambda row: row.rsplit(",", 2)[0], 3),
            (
                "a comma without quotes",
                lambda row: row.replace("pet", "pet, cat").replace("own_store", "own, store"),
                2,
            ),
            ("cut in the middle of a row", None, len(lines)),
        ):
            broken = list(lines)
            if change is None:
                broken[-1] = broken[-1][: len(broken[-1]) // 2].rsplit(",", 1)[0]
            else:
                broken[row - 1] = change(broken[row - 1])
            content = "\n".join(broken).encode()
            made.append(_case(name, table, content, f"cells where the header has {width}", rows=(row,), count=1))
        every = "\n".join([lines[0], *(line + ",1" for line in lines[1:])]).encode()
        made.append(_case("one cell more in all rows", table, every, f"cells where the header has {width}"))
        preamble = ("Report of 2026-05-31\n\n" + _csv(table)).encode()
        needed = [c for c in GOOD[table] if c in ("sku",)]
        told = Told(f"{table}.csv", "", "cells where the header has 1")
        made.append(Case(f"{table}.csv: a title above the header", _written(table, preamble), (told,), "", (table,)))
        assert needed
        made.append(_case("a quote never closed", table, (_csv(table) + '"').encode(), "quote|cells where the header"))
    made.append(
        _case("a quote opened early", "products", _csv("products").replace("box", '"box').encode(), "quote|cells where")
    )
    return made


def _huge() -> list[Case]:
    head, *rows = _csv("products").splitlines()
    long = [rows[0].replace("box", "x" * 200_000), *rows[1:]]
    events, *lines = _csv("orders").splitlines()
    longer = [lines[0].replace("own_store", "x" * 3_000_000), *lines[1:]]
    wide = ",".join(f"c{number}" for number in range(5_000)).encode()
    deep = _csv("ad_spend") + "2026-01-07,US,display,10,1,1,USD\n" * 20_000
    beyond = "cell beyond 131,072 characters"
    return [
        _case("a cell of 200,000 letters", "products", "\n".join([head, *long]).encode(), beyond),
        _case("a line of 3 MB", "orders", "\n".join([events, *longer]).encode(), beyond),
        _case("a header cell of 1 MB", "products", b"x" * 1_000_000 + b",b\n1,2\n", beyond),
        _case("5,000 columns", "orders", wide + b"\n" + wide, "has 5,000 columns"),
        _case("5,000 columns", "products", wide + b"\n" + wide, "has 5,000 columns"),
        _case("one line of 2 MB without end", "products", b"x" * 2_000_000, beyond),
        Case(
            "ad_spend.csv: a row 20,000 times",
            _written("ad_spend", deep.encode()),
            (Told("ad_spend.csv", "date", "stands more than once", (6, 7, 8, 9, 10), 19_999),),
        ),
    ]


def _stored(frame: pd.DataFrame) -> bytes:
    kept = io.BytesIO()
    frame.to_parquet(kept)
    return kept.getvalue()


def _typed(table: str) -> pd.DataFrame:
    """The good table with the types that Parquet would hold."""
    frame = GOOD[table].replace("", None)
    if table == "orders":
        counts = frame[["line", "quantity", "returned"]].astype("int64")
        money = frame[["unit_price", "discount", "tax", "shipping_charged", "refund", "promised_days"]].astype(float)
        times = {c: pd.to_datetime(frame[c], format="ISO8601", utc=True) for c in ("ordered_at", "delivered_at")}
        return frame.assign(**counts, **money, **times)
    numbers = frame[["unit_cost", "weight_kg", "length_cm", "width_cm", "height_cm"]].astype(float)
    return frame.assign(**numbers, launched_on=pd.to_datetime(frame["launched_on"]), battery=frame["battery"] == "true")


def _parquet() -> list[Case]:
    made = []
    for table in ("orders", "products"):
        whole = _stored(_typed(table))
        unread = "is not a Parquet file that can be read"
        made += [
            _case("cut in half", table, whole[: len(whole) // 2], unread, ".parquet"),
            _case("without its end", table, whole[:-4], unread, ".parquet"),
            _case("without its beginning", table, whole[100:], unread, ".parquet"),
            _case("nothing", table, b"", unread, ".parquet"),
            _case("really CSV", table, _csv(table).encode(), unread, ".parquet"),
            _case("marks around nothing", table, b"PAR1PAR1", unread, ".parquet"),
            _case("zeros in the middle", table, whole[:4] + b"\0" * (len(whole) - 12) + whole[-8:], unread, ".parquet"),
        ]
    return made


def _types() -> list[Case]:
    changes = [
        ("orders", "ordered_at", lambda c: c.astype("int64"), "is not a date and time, it is stored as int64"),
        ("orders", "quantity", lambda c: c + 0.5, "is not a whole number"),
        ("orders", "quantity", lambda c: c > 0, "is not a whole number, it is stored as boolean"),
        ("orders", "unit_price", lambda c: c.where(c > 10, np.inf), "is not a number"),
        ("orders", "unit_price", lambda c: c * np.nan, "is empty"),
        ("orders", "sku", lambda c: pd.Series(range(6)) + 0.5, "is not text, it is stored as float64"),
        ("orders", "market", lambda c: c.map(lambda x: [x]), "is not text, it is stored as array"),
        ("orders", "currency", lambda c: c.map(str.encode), "is not text, it is stored as binary"),
        ("products", "launched_on", lambda c: c.astype("int64"), "is not a date, it is stored as int64"),
        ("products", "launched_on", lambda c: c + pd.Timedelta(hours=5), "is not a date"),
        ("products", "unit_cost", lambda c: pd.to_datetime(c, unit="D"), "is not a number, it is stored as datetime"),
        ("products", "sku", lambda c: pd.Series([7.0, 8.0, 9.0]), "is not text, it is stored as float64"),
        ("products", "hs_code", lambda c: c.astype("int64"), "is not of the form"),
        ("products", "battery", lambda c: c.astype("float64"), "is not true or false, it is stored as float64"),
        ("products", "name", lambda c: c.map(str.encode), "is not text, it is stored as bytes"),
        ("products", "weight_kg", lambda c: [Decimal("-0.5")] * 3, "is below 0.001"),
        ("products", "launched_on", lambda c: [date(202, 1, 1)] * 3, "lies before 1980"),
    ]
    made = []
    for place, (table, column, change, rule) in enumerate(changes):
        frame = _typed(table)
        frame = frame.assign(**{column: change(frame[column])})
        told = Told(f"{table}.parquet", column, rule)
        made.append(
            Case(
                f"{table}.parquet {place}: {column} {rule}",
                _written(table, _stored(frame), ".parquet"),
                (told,),
                "",
                (table,),
            )
        )
    return made


def _places() -> list[Case]:
    def link(name: str, target: str) -> Callable[[Path], object]:
        def spoil(folder: Path) -> None:
            (folder / name).unlink(missing_ok=True)
            (folder / name).symlink_to(target)

        return spoil

    def folder_as_file(folder: Path) -> None:
        (folder / "orders.csv").mkdir()

    def pipe(folder: Path) -> None:
        os.mkfifo(folder / "orders.csv")

    def twice(folder: Path) -> None:
        (folder / "products.parquet").write_bytes(_stored(_typed("products")))

    def named(name: str) -> Callable[[Path], object]:
        return lambda folder: (folder / name).write_text("a,b\n1,2\n")

    def gone(folder: Path) -> None:
        for path in folder.iterdir():
            path.unlink()

    def parts(folder: Path) -> None:
        (folder / "orders").mkdir()
        (folder / "orders" / "part-1.parquet").write_bytes(_stored(_typed("orders")))
        (folder / "orders" / "part-2.parquet").write_bytes(b"PAR1 cut")

    where = {"tables": ("ad_spend",)}
    lost = (Told("ad_spend.csv", "date", "lies before 1980"),)
    assert lost and SUPPLIERS is not None
    return [
        Case(
            "a link to nothing",
            link("orders.csv", "nowhere.csv"),
            (Told("orders.csv", "", "is a link to nothing"),),
            **where,
        ),
        Case(
            "a link to itself",
            link("orders.csv", "orders.csv"),
            (Told("orders.csv", "", "is a link to nothing"),),
            **where,
        ),
        Case(
            "a link out of the folder to no table",
            link("orders.csv", "/etc/hostname"),
            tuple(
                Told("orders.csv", name, "column is missing")
                for name in ("order_id", "line", "ordered_at", "market", "sku", "quantity", "unit_price", "currency")
            ),
            **where,
        ),
        Case(
            "a folder named like a file", folder_as_file, (Told("orders.csv", "", "is a folder where a file"),), **where
        ),
        Case(
            "an empty folder of parts",
            lambda f: (f / "orders").mkdir(),
            (Told("orders", "", "without Parquet files"),),
            **where,
        ),
        Case(
            "a broken part among parts", parts, (Told("orders", "", "is not a Parquet file that can be read"),), **where
        ),
        Case("a pipe", pipe, (Told("orders.csv", "", "is not a file"),), **where),
        Case("a device", link("orders.csv", "/dev/null"), (Told("orders.csv", "", "is not a file"),), **where),
        Case(
            "a table twice", twice, (Told("products.csv", "", "is there twice", severity="warning"),), "", ("products",)
        ),
        Case(
            "a name in capitals",
            named("Orders.csv"),
            (Told("Orders.csv", "", "is not read", severity="warning"),),
            **where,
        ),
        Case(
            "a name misspelt", named("oders.csv"), (Told("oders.csv", "", "is not read", severity="warning"),), **where
        ),
        Case(
            "an ending in capitals",
            named("orders.CSV"),
            (Told("orders.CSV", "", "is not read", severity="warning"),),
            **where,
        ),
        Case(
            "a workbook beside",
            named("orders.xlsx"),
            (Told("orders.xlsx", "", "is not read", severity="warning"),),
            **where,
        ),
        Case(
            "an unknown table",
            named("weather.csv"),
            (Told("weather.csv", "", "is not read", severity="note"),),
            **where,
        ),
        Case(
            "a name that commands the terminal",
            named("or\x1b[2Jders.csv"),
            (Told("or\\x1b[2Jders.csv", "", "is not read", severity="warning"),),
            **where,
        ),
        Case("an empty folder", gone, (), "no company in", **where),
        Case("no folder", lambda f: (gone(f), f.rmdir()), (), "no company in", **where),
        Case(
            "a file for a folder", lambda f: (gone(f), f.rmdir(), f.write_text("a,b\n")), (), "no company in", **where
        ),
        Case(
            "orders.csv: header alone",
            only("orders", lambda t: t.head(0)),
            (Told("orders.csv", "", "has no rows", severity="note"),),
        ),
        Case(
            "products.csv: header alone",
            only("products", lambda t: t.head(0)),
            (Told("products.csv", "", "has no rows", severity="note"),),
        ),
        Case(
            "orders.csv: a letter of another script in the header",
            lambda f: (f / "orders.csv").write_text(_csv("orders").replace("quantity", "quаntity")),
            (Told("orders.csv", "quantity", "column is missing"),),
            "",
            ("orders",),
        ),
        Case(
            "orders.csv: two marks before the header",
            lambda f: (f / "orders.csv").write_bytes(b"\xef\xbb\xbf" * 2 + _csv("orders").encode()),
            (Told("orders.csv", "order_id", "column is missing"),),
            "",
            ("orders",),
        ),
    ]


def _profiles() -> list[Case]:
    bad = {
        "no YAML": ("name: [unclosed\n", "", "is not YAML"),
        "a tab": ("name:\tx\n\tcurrency: USD\n", "", "is not YAML"),
        "a list": ("- name\n- currency\n", "", "is a list, not lines"),
        "a word": ("Quillharbor", "", "is a str, not lines"),
        "a local date": ("as_of: 31.05.2026\n", "as_of", "is not a date"),
        "an impossible date": ("as_of: 2026-02-30\n", "as_of", "is not a date"),
        "year 0202": ("as_of: 0202-05-31\n", "as_of", "is not a date"),
        "a relative date": ("as_of: today\n", "as_of", "is not a date"),
        "currency in words": ("currency: dollar\n", "currency", "is no code"),
        "unknown currency": ("currency: XQQ\n", "currency", "is no code"),
        "home in words": ("home: China\n", "home", "is no code"),
        "one market": ("markets: US\n", "markets", "is not a list"),
        "UK for GB": ("markets: [US, UK]\n", "markets", "is no code"),
        "no market": ("markets: []\n", "markets", "is not a list"),
        "rates in words": ("usd_rates: dear\n", "usd_rates", "is not rates by currency"),
        "a rate below 0": ("usd_rates: {ARS: -1}\n", "usd_rates", "is not a rate above 0"),
        "a rate in words": ("usd_rates: {ARS: low}\n", "usd_rates", "is not a rate above 0"),
        "a rate on no day": ("usd_rates: {ARS: {soon: 0.1}}\n", "usd_rates", "is not a date"),
        "a rate of a published currency": ("usd_rates: {EUR: 1.1}\n", "usd_rates", "has published rates"),
        "a rate of no currency": ("usd_rates: {PESO: 1.1}\n", "usd_rates", "is no code"),
        "no name": ("name: ''\n", "name", "is not a name"),
        "a name of parts": ("name: {first: a}\n", "name", "is not a name"),
    }
    made = []
    for name, (text, entry, rule) in bad.items():
        told = Told("company.yaml", entry, rule, count=1)
        made.append(
            Case(
                f"company.yaml: {name}",
                lambda f, text=text: (f / "company.yaml").write_text(text),
                (told,),
                "",
                ("ad_spend",),
            )
        )
    told = Told("company.yaml", "", "is not UTF-8")
    made.append(
        Case(
            "company.yaml: cp1252",
            lambda f: (f / "company.yaml").write_bytes(b"name: K\xe4fig\n"),
            (told,),
            "",
            ("ad_spend",),
        )
    )
    assert len(ORDERS) and len(AD_SPEND)
    return made
