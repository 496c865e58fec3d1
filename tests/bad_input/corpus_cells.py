"""Broken cells and columns, for a table of events (checked in the engine) and small tables (checked as frames)."""

from collections.abc import Iterable

from crossborder.company.tables import TABLES

from tests.bad_input.corpus import AD_SPEND, GOOD, ORDERS, Case, Told, batch, cell, only

__all__ = ["cases"]

ROW = 3
NUMBERS = {
    "word": "ten",
    "decimal comma": "3,5",
    "thousands separator": "1.234,50",
    "thousands comma": "1,234.50",
    "currency sign": "$5",
    "per cent sign": "5%",
    "infinity": "inf",
    "negative infinity": "-Infinity",
    "not a number": "nan",
    "overflow": "1e400",
    "spreadsheet error": "#REF!",
    "null word": "NULL",
    "bracketed negative": "(5)",
    "minus behind": "5-",
    "real minus sign": "−5",
    "full-width digits": "１２",
    "Arabic digits": "١٢",
    "underscore": "1_000",
    "hex": "0x1A",
    "space inside": "12 345",
    "formula": "=1+1",
    "unit written": "3 kg",
}
WHOLE = {"fraction": "1.5", "huge": "9223372036854775808", "decimal comma": "1,5", "word": "two", "infinity": "inf"}
MOMENTS = {
    "local day first": "31.12.2025",
    "ambiguous slashes": "01/02/2026",
    "US with clock": "1/5/2026 10:00 AM",
    "impossible day": "2026-02-30T00:00:00Z",
    "month 13": "2026-13-01",
    "Excel serial": "46023.5",
    "Unix seconds": "1767225600",
    "year alone": "2026",
    "without zeros": "2026-1-5",
    "words": "5 Jan 2026",
    "named zone": "2026-01-05 10:00:00 PST",
    "now": "now",
    "epoch word": "epoch",
    "infinity": "infinity",
    "hour 25": "2026-01-05T25:00:00Z",
    "zeros": "0000-00-00 00:00:00",
    "Chinese": "2026年1月5日",
    "full-width digits": "２０２６-01-05",
    "null word": "NULL",
}
DAYS = {
    "local day first": "31.12.2024",
    "ambiguous slashes": "01/02/2026",
    "impossible day": "2026-02-30",
    "leap day": "2025-02-29",
    "Excel serial": "45231",
    "with a time": "2026-01-05T10:00:00Z",
    "compact": "20260105",
    "year month": "2026-01",
    "now": "today",
    "words": "January 5, 2026",
    "slashes": "2026/01/05",
    "zeros": "0000-00-00",
}
CODES = {
    "market": {
        "UK": "is no code",
        "us": "is not of the form",
        "USA": "is not of the form",
        "Germany": "is not of the form",
        "EN": "is no code",
        " US": "is not of the form",
        "": "is empty",
    },
    "currency": {
        "USX": "is no code",
        "usd": "is not of the form",
        "$": "is not of the form",
        "RMB": "is no code",
        "EURO": "is not of the form",
        "": "is empty",
    },
}


def cases() -> list[Case]:
    """All of them."""
    return _numbers() + _dates() + _codes() + _bounds() + _columns()


def _bad(name: str, table: str, column: str, value: str, rule: str) -> Case:
    told = Told(f"{table}.csv", column, rule, (ROW,), 1)
    return Case(f"{table}.{column}: {name}", cell(table, column, value, ROW), (told,))


def _together(column: str, values: Iterable[str], rule: str) -> Case:
    """All values in one file of orders: the count says that each was found, the rows which came first."""
    cells = list(values)
    told = Told("orders.csv", column, rule, tuple(range(2, 2 + min(len(cells), 5))), len(cells))
    return Case(f"orders.{column}: {len(cells)} values, {rule}", batch(column, cells), (told,))


def _numbers() -> list[Case]:
    made = [_bad(name, "products", "unit_cost", value, "is not a number") for name, value in NUMBERS.items()]
    made += [_bad(name, "ad_spend", "impressions", value, "is not a whole number") for name, value in WHOLE.items()]
    made += [_together("unit_price", NUMBERS.values(), "is not a number")]
    made += [_together("quantity", [*WHOLE.values(), *NUMBERS.values()], "is not a whole number")]
    return [*made, _bad("maybe", "products", "battery", "maybe", "is not true or false")]


def _dates() -> list[Case]:
    made = [_bad(name, "products", "launched_on", value, "is not a date") for name, value in DAYS.items()]
    made += [_bad(name, "tickets", "opened_at", value, "is not a date and time") for name, value in MOMENTS.items()]
    early, late = "lies before 1980", "lies after 2099"
    return [
        *made,
        _together("ordered_at", MOMENTS.values(), "is not a date and time"),
        _bad("year 0202", "products", "launched_on", "0202-01-01", early),
        _bad("year 1900 of an empty cell", "products", "launched_on", "1900-01-01", early),
        _bad("year 1970 of an empty cell", "ad_spend", "date", "1970-01-01", early),
        _bad("year 2206", "ad_spend", "date", "2206-01-06", late),
        _bad("year 0202", "orders", "ordered_at", "0202-01-05T00:00:00Z", early),
        _bad("year 2202", "orders", "delivered_at", "2202-01-09", late),
    ]


def _codes() -> list[Case]:
    made = []
    for column, values in CODES.items():
        table = "products" if column == "currency" else "ad_spend"
        made += [_bad(f"code {value!r}", table, column, value, rule) for value, rule in values.items()]
        for rule in sorted(set(values.values())):
            made.append(_together(column, [value for value, one in values.items() if one == rule], rule))
    return made


def _bounds() -> list[Case]:
    rules = [
        ("orders", "quantity", "0", "is below 1"),
        ("orders", "quantity", "-2", "is below 1"),
        ("orders", "unit_price", "-15.5", "is below 0"),
        ("orders", "line", "0", "is below 1"),
        ("orders", "discount", "-3", "is below 0"),
        ("orders", "promised_days", "-1", "is below 0"),
        ("products", "unit_cost", "-5.5", "is below 0"),
        ("products", "weight_kg", "0", "is below 0.001"),
        ("products", "height_cm", "-20", "is below 0.1"),
        ("ad_spend", "spend", "-21", "is below 0"),
        ("ad_spend", "clicks", "-40", "is below 0"),
        ("products", "hs_code", "3926", "is not of the form"),
        ("products", "hs_code", "392690.0", "is not of the form"),
        ("products", "hs_code", "3926 90", "is not of the form"),
        ("orders", "sku", "", "is empty"),
        ("orders", "quantity", "", "is empty"),
        ("orders", "ordered_at", "", "is empty"),
        ("products", "name", "", "is empty"),
        ("products", "weight_kg", "", "is empty"),
        ("ad_spend", "date", "", "is empty"),
    ]
    made = [_bad(f"{value!r}", table, column, value, rule) for table, column, value, rule in rules]
    percent = Told("suppliers.csv", "on_time_rate", "is above 1", (2,), 1)
    made.append(Case("suppliers: per cent for a fraction", cell("suppliers", "on_time_rate", "90", 2), (percent,)))
    ever = Told("orders.csv", "unit_price", "is not a number", (2, 3, 4, 5, 6), 6)
    made.append(Case("orders: every price unreadable", only("orders", lambda t: t.assign(unit_price="n/a")), (ever,)))
    three = (
        Told("ad_spend.csv", "market", "is no code", (3,), 1),
        Told("ad_spend.csv", "clicks", "is not a whole", (2,), 1),
        Told("ad_spend.csv", "spend", "is below 0", (4,), 1),
    )

    def several(frame):
        frame.loc[1, "market"], frame.loc[0, "clicks"], frame.loc[2, "spend"] = "UK", "x", "-1"
        return frame

    return [*made, Case("ad_spend: three at once", only("ad_spend", several), three)]


def _columns() -> list[Case]:
    made = []
    for table in ("orders", "products", "ad_spend"):
        needed = [column.name for column in TABLES[table].columns if column.required]
        for name in needed:
            told = (Told(f"{table}.csv", name, "^column is missing$", (), 1),)
            made.append(Case(f"{table}: {name} missing", only(table, lambda t, name=name: t.drop(columns=name)), told))
    renames = {
        "orders": {"order_id": "Order ID", "quantity": "Qty", "ordered_at": "Ordered_At", "market": "market "},
        "products": {"sku": "SKU", "unit_cost": "unit cost", "weight_kg": "weight_g", "name": "名称"},
    }
    for table, names in renames.items():
        for old, new in names.items():
            told = (Told(f"{table}.csv", old, "^column is missing$", (), 1),)
            made.append(
                Case(
                    f"{table}: {old} renamed {new!r}",
                    only(table, lambda t, o=old, n=new: t.rename(columns={o: n})),
                    told,
                )
            )
    for table, name in (("orders", "quantity"), ("products", "unit_cost"), ("ad_spend", "spend")):
        frame = GOOD[table]
        doubled = frame.assign(**{"twice ": frame[name]}).rename(columns={"twice ": name})
        told = (Told(f"{table}.csv", name, "stands twice", (), 1),)
        made.append(
            Case(
                f"{table}: {name} doubled",
                lambda folder, t=table, d=doubled: d.to_csv(folder / f"{t}.csv", index=False),
                told,
            )
        )
    formula = "=cmd|' /C calc'!A0"
    unknown = Told("ad_spend.csv", formula, "not in the contract", (), 1, "note")
    made.append(Case("ad_spend: formula as header", only("ad_spend", lambda t: t.assign(**{formula: "1"})), (unknown,)))
    tag = "<script>alert(1)</script>"
    unknown = Told("orders.csv", tag, "not in the contract", (), 1, "note")
    made.append(Case("orders: HTML as header", only("orders", lambda t: t.assign(**{tag: "1"})), (unknown,)))
    none = tuple(Told("orders.csv", c.name, "column is missing") for c in TABLES["orders"].columns if c.required)
    made.append(Case("orders: no known column", lambda f: (f / "orders.csv").write_text("a,b\n1,2\n"), none))
    headless = [c.name for c in TABLES["ad_spend"].columns if c.required]
    told = tuple(Told("ad_spend.csv", name, "column is missing") for name in headless)
    made.append(
        Case("ad_spend: no header", lambda f: AD_SPEND.to_csv(f / "ad_spend.csv", index=False, header=False), told)
    )
    assert set(ORDERS) <= set(TABLES["orders"].names)
    return made
