"""Rows that contradict themselves, keys and references that do not hold, amounts in another unit, odd text."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from crossborder.company.row_rules import RULES
from crossborder.company.tables import TABLES

from tests.bad_input.corpus import AD_SPEND, GOOD, ORDERS, PRODUCTS, Case, Told, batch, cell, only

__all__ = ["cases", "plain_table"]

DAY = pd.Timestamp("2026-03-02")  # a Monday


def cases() -> list[Case]:
    """All of them."""
    return _rules() + _keys() + _references() + _units() + _orders() + _texts()


def plain_table(name: str, rows: int = 3) -> pd.DataFrame:
    """A table that keeps to its contract, made from the contract alone; every day is 2026-03-02 or a first of March."""
    frame = {}
    for column in TABLES[name].columns:
        low, high = column.low if column.low is not None else 0.0, column.high if column.high is not None else 1e6
        plain = {
            "text": [f"{column.name} {place}" for place in range(rows)],
            "integer": [str(int(np.clip(10, low, high)))] * rows,
            "number": [f"{np.clip(1.0, low, high):g}"] * rows,
            "boolean": ["false"] * rows,
            "date": [str((DAY if "Monday" in column.meaning else DAY.replace(day=1)).date())] * rows,
            "timestamp": [f"{DAY.date()}T00:00:00Z"] * rows,
        }[column.kind]
        codes = {
            "ISO 3166-1 alpha-2": ["US", "DE", "GB"],
            "ISO 4217": ["USD", "EUR", "GBP"],
            "ISO 639-1 code": ["en"] * 3,
        }
        plain = codes.get(column.unit, plain)
        plain = [column.choices[0]] * rows if column.choices else plain
        plain = ["392690"] * rows if column.pattern == r"^\d{6}$" else plain
        plain = ["en"] * rows if column.pattern == "^[a-z]{2}$" else plain
        plain = ["1"] * rows if column.name == "line" else plain  # an order has a first line
        frame[column.name] = plain
    return pd.DataFrame(frame)


# Cells that break each rule, the rest of the row being 1, 10 or 2026-03-02; by table and first column of the rule.
BREAKING = {
    ("orders", "returned"): {"returned": "11"},
    ("orders", "delivered_at"): {"delivered_at": "2026-03-01"},
    ("orders", "discount"): {"discount": "10.5"},
    ("orders", "tax"): {"tax": "19"},
    ("orders", "refund"): {"refund": "99"},
    ("sessions", "product_views"): {"product_views": "11"},
    ("sessions", "carts"): {"carts": "11"},
    ("sessions", "checkouts"): {"checkouts": "11"},
    ("sessions", "orders"): {"orders": "11"},
    ("ad_spend", "clicks"): {"clicks": "11"},
    ("experiments", "converted"): {"converted": "11"},
    ("emails", "opened"): {"opened": "11"},
    ("emails", "ordered"): {"ordered": "11"},
    ("emails", "unsubscribed"): {"unsubscribed": "11"},
    ("live_streams", "orders"): {"orders": "11"},
    ("purchases", "defects"): {"defects": "11"},
    ("purchases", "inspected"): {"inspected": "11"},
    ("purchases", "received_on"): {"received_on": "2026-02-01"},
    ("shipments", "arrived_on"): {"arrived_on": "2026-02-01"},
    ("receivables", "due_on"): {"due_on": "2026-02-01"},
    ("receivables", "paid_on"): {"paid_on": "2026-02-01"},
    ("payables", "due_on"): {"due_on": "2026-02-01"},
    ("tickets", "solved_at"): {"solved_at": "2026-02-01"},
    ("tickets", "first_reply_at"): {"first_reply_at": "2026-02-01"},
    ("incidents", "ended_on"): {"ended_on": "2026-02-01"},
    ("milestones", "planned_end"): {"planned_end": "2026-02-01"},
    ("objectives", "due_on"): {"due_on": "2026-02-01"},
    ("inventory", "on_hand"): {"on_hand": "11"},
    ("ledger", "amount_usd"): {"amount_usd": "1.1"},
    ("assumptions", "base"): {"base": "1.5"},
}


def _rules() -> list[Case]:
    made = []
    for rule in RULES:
        column = rule.columns[0]
        told = Told(f"{rule.table}.csv", column, rule.rule.replace("+", r"\+"), (3,), 1, rule.severity)
        spoil = _plain(rule.table, BREAKING[rule.table, column])
        made.append(Case(f"{rule.table}.{column}: {rule.rule}", spoil, (told,)))
    for table, column, day in (("prices", "week", "2026-03-04"), ("inventory", "week", "2026-03-08")):
        told = Told(f"{table}.csv", column, "is not a Monday", (3,), 1)
        made.append(Case(f"{table}: a week from {day}", _plain(table, {column: day}), (told,)))
    told = Told("budget.csv", "month", "is not the first day of a month", (3,), 1)
    return [*made, Case("budget: a month from the 15th", _plain("budget", {"month": "2026-03-15"}), (told,))]


def _plain(table: str, cells: dict[str, str]) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        frame = plain_table(table)
        if table == "inventory":
            frame[["opening", "received", "sold", "restocked", "written_off"]] = ["10", "0", "0", "0", "0"]
        frame.loc[1, list(cells)] = list(cells.values())
        frame.to_csv(folder / f"{table}.csv", index=False)

    return spoil


def _keys() -> list[Case]:
    rule = "stands more than once"
    again = Told("orders.csv", "order_id", rule, None, 6)
    made = [
        Case("orders: every line twice", only("orders", lambda t: pd.concat([t, t])), (again,)),
        Case(
            "orders: a line number twice",
            cell("orders", "line", "1", 3),
            (Told("orders.csv", "order_id", rule, (3,), 1),),
        ),
        Case("products: a SKU twice", cell("products", "sku", "007", 3), (Told("products.csv", "sku", rule, (3,), 1),)),
        Case(
            "ad_spend: a day and channel twice",
            only("ad_spend", lambda t: pd.concat([t, t.head(1)])),
            (Told("ad_spend.csv", "date", rule, (5,), 1),),
        ),
    ]
    for table in ("assumptions", "suppliers", "ledger", "inventory"):
        first = TABLES[table].key[0]
        told = Told(f"{table}.csv", first, rule, (5,), 1)

        def spoil(folder: Path, table: str = table) -> None:
            frame = plain_table(table)
            if table == "inventory":
                frame[["opening", "received", "sold", "restocked", "written_off"]] = ["10", "0", "0", "0", "0"]
            pd.concat([frame, frame.head(1)]).to_csv(folder / f"{table}.csv", index=False)

        made.append(Case(f"{table}: a key twice", spoil, (told,)))
    return made


def _references() -> list[Case]:
    lost = Told("products.csv", "supplier_id", "is not in suppliers.supplier_id", (3,), 1)
    ticket = Told("tickets.csv", "order_id", "is not in orders.order_id", (2,), 1)
    click = Told("touchpoints.csv", "converted_order_id", "is not in orders.order_id", (3,), 1)
    price = Told("prices.csv", "sku", "is not in products.sku", (2, 3, 4), 3)

    def touch(folder: Path) -> None:
        frame = plain_table("touchpoints").assign(converted_order_id=["0001", "0009", ""])
        frame.to_csv(folder / "touchpoints.csv", index=False)

    return [
        Case(
            "products: unknown supplier",
            cell("products", "supplier_id", "S9", 3),
            (lost,),
            "",
            ("products", "suppliers"),
        ),
        Case("tickets: unknown order", cell("tickets", "order_id", "9999", 2), (ticket,), "", ("tickets", "orders")),
        Case("touchpoints: unknown order", touch, (click,), "", ("orders",)),
        Case("prices: no product known", _plain("prices", {}), (price,), "", ("products", "suppliers")),
        Case(
            "tickets: order numbers lost their zeros",
            cell("tickets", "order_id", "1", 2),
            (ticket,),
            "",
            ("tickets", "orders"),
        ),
    ]


def _warned(name: str, spoil, file: str, column: str, rule: str, tables=(), **where) -> Case:
    return Case(name, spoil, (Told(file, column, rule, severity="warning", **where),), "", tables)


def _times(column: str, factor: float, where: Callable[[pd.DataFrame], pd.Series] | None = None):
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        rows = where(frame) if where else frame[column] != ""
        frame.loc[rows, column] = (frame.loc[rows, column].astype(float) * factor).astype(str)
        return frame

    return change


def _units() -> list[Case]:
    both = ("orders", "products", "suppliers")
    price, kilos = ("orders.csv", "unit_price"), ("products.csv", "weight_kg")
    german = _times("unit_price", 100, lambda t: t["market"] == "DE")
    many = pd.concat([ORDERS] * 5, ignore_index=True).assign(order_id=[f"{n:05d}" for n in range(30)], line="1")

    def micros(folder: Path) -> None:
        AD_SPEND.assign(spend=["15500000", "21000000", "18000000"]).to_csv(folder / "ad_spend.csv", index=False)

    def one_far(folder: Path) -> None:
        frame = many.astype(object)
        frame.loc[0, ["unit_price", "tax"]] = ["1000.0", "0"]
        frame.to_csv(folder / "orders.csv", index=False)

    def heavy(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(weight_kg=["0.5", "1200", "2.4"])

    cents = _times("unit_price", 100)
    metres = PRODUCTS.assign(length_cm="0.1", width_cm="0.2", height_cm="0.2")
    return [
        _warned(
            "orders: cents for dollars", only("orders", cents), *price, "times the purchase cost at the median", both
        ),
        _warned(
            "products: cents for dollars",
            only("products", _times("unit_cost", 100)),
            *price,
            "times the purchase",
            both,
        ),
        _warned("orders: one market in cents", only("orders", german), *price, "in market DE with currency EUR", both),
        _warned("orders: one price in cents", one_far, *price, "50 times off", both, rows=(2,), count=1),
        _warned(
            "orders: yen called dollars",
            only("orders", lambda t: _times("unit_price", 150)(t)),
            *price,
            "purchase cost",
            both,
        ),
        _warned(
            "products: grams for kilograms", only("products", _times("weight_kg", 1000)), *kilos, "grams for kilograms"
        ),
        _warned("products: one weight in grams", only("products", heavy), *kilos, "in this row", rows=(3,), count=1),
        _warned("products: millimetres for centimetres", only("products", lambda t: _mm(t)), *kilos, "millimetres"),
        _warned(
            "products: metres for centimetres",
            lambda f: metres.to_csv(f / "products.csv", index=False),
            *kilos,
            "metres",
        ),
        _warned("ad_spend: micros for dollars", micros, "ad_spend.csv", "spend", "USD a click at the median"),
        _warned(
            "orders: a share for the discount",
            only("orders", lambda t: t.assign(discount="0.2")),
            "orders.csv",
            "discount",
            "a rate where money belongs",
        ),
        _warned(
            "orders: hours for days",
            only("orders", lambda t: t.assign(promised_days="144")),
            "orders.csv",
            "promised_days",
            "hours for days",
        ),
    ]


def _mm(frame: pd.DataFrame) -> pd.DataFrame:
    for side in ("length_cm", "width_cm", "height_cm"):
        frame = _times(side, 10)(frame)
    return frame


def _orders() -> list[Case]:
    both = ("orders", "products", "suppliers")
    times = ORDERS["ordered_at"].tolist()
    late = Told("orders.csv", "ordered_at", "after the company's as_of", (7,), 1, "note")
    return [
        _warned(
            "orders: two currencies in an order",
            cell("orders", "currency", "EUR", 3),
            "orders.csv",
            "currency",
            "differs",
        ),
        _warned(
            "orders: two markets in an order", cell("orders", "market", "CA", 3), "orders.csv", "market", "differs"
        ),
        _warned(
            "orders: two customers in an order",
            cell("orders", "customer_id", "c9", 3),
            "orders.csv",
            "customer_id",
            "differs",
        ),
        _warned(
            "orders: no first line",
            cell("orders", "line", "2", 4),
            "orders.csv",
            "line",
            "does not begin at 1, in 1 orders",
            count=1,
        ),
        _warned(
            "orders: lines counted from 2 or by tens",
            only("orders", lambda t: t.assign(line=[*"23", *["10"] * 4])),
            "orders.csv",
            "line",
            "does not begin at 1, in 5 orders",
            count=5,
        ),
        _warned(
            "orders: before the launch",
            cell("products", "launched_on", "2026-03-01", 2),
            "orders.csv",
            "ordered_at",
            "before the product's launched_on",
            both,
            rows=(2,),
            count=1,
        ),
        _warned(
            "orders: unknown product",
            cell("orders", "sku", "ZZZ", 5),
            "orders.csv",
            "sku",
            "is not in products.sku",
            both,
            rows=(5,),
            count=1,
        ),
        _warned(
            "orders: lost zeros",
            cell("orders", "sku", "7", 2),
            "orders.csv",
            "sku",
            "is not in products.sku",
            both,
            rows=(2,),
            count=1,
        ),
        Case(
            "orders: after as_of",
            cell("orders", "ordered_at", "2026-06-20T00:00:00Z", 7),
            (late, Told("orders.csv", "delivered_at", "lies before ordered_at", (7,), 1)),
        ),
        _warned(
            "orders: one from the future, no profile",
            lambda f: _alone(f, [*times[:5], "2062-05-20"]),
            "orders.csv",
            "ordered_at",
            "days after 98 % of the others",
            ("orders",),
        ),
        _warned(
            "orders: one long before, no profile",
            lambda f: _alone(f, ["1999-01-05", *times[1:]]),
            "orders.csv",
            "ordered_at",
            "days before 98 % of the others",
            ("orders",),
        ),
    ]


def _alone(folder: Path, times: list[str]) -> None:
    (folder / "company.yaml").unlink()
    frame = pd.concat([ORDERS.iloc[2:]] * 50, ignore_index=True)
    frame["order_id"], frame["line"], frame["delivered_at"] = [f"{n:05d}" for n in range(len(frame))], "1", ""
    frame["ordered_at"] = [times[0], *(times[1:5] * 50)[: len(frame) - 2], times[-1]]
    frame.to_csv(folder / "orders.csv", index=False)


def _texts() -> list[Case]:
    odd = {
        "formula": ('=HYPERLINK("http://x.example","click")', "begins like a formula"),
        "formula with at": ("@SUM(1+1)*cmd|' /C calc'!A0", "begins like a formula"),
        "formula with plus": ("+cmd|' /C calc'!A0", "begins like a formula"),
        "script": ("<script>alert(1)</script>", "holds HTML"),
        "image": ("<img src=x onerror=alert(1)>", "holds HTML"),
        "mojibake": ("KÃ¤fig", "wrong encoding"),
        "mojibake of Chinese": ("锟斤拷", "wrong encoding"),
        "replacement character": ("K\ufffdfig", "wrong encoding"),
        "escape code": ("\x1b[2Jbox", "cannot be seen"),
        "text turned round": ("box\u202egpj.exe", "cannot be seen"),
        "zero-width space": ("bo\u200bx", "cannot be seen"),
    }
    made = []
    for name, (value, rule) in odd.items():
        made.append(
            _warned(
                f"products.name: {name}", cell("products", "name", value, 3), "products.csv", "name", rule, rows=(3,)
            )
        )
        if name in ("formula", "script", "mojibake", "escape code", "zero-width space"):
            spoil = cell("orders", "platform", value, 3)
            made.append(_warned(f"orders.platform: {name}", spoil, "orders.csv", "platform", rule, rows=(3,), count=1))
    words = ("NULL", "N/A", "undefined", "#REF!", "(not set)", "None", "nan", "#N/A", "\\N", " null ")
    told = ("orders.csv", "customer_id", "word for nothing")
    made.append(_warned("orders.customer_id: words for nothing", batch("customer_id", words), *told, count=len(words)))
    for word in words:
        told = ("products.csv", "category", "word for nothing")
        made.append(
            _warned(f"products.category: {word!r}", cell("products", "category", word, 3), *told, rows=(3,), count=1)
        )
    made.append(
        _warned(
            "products.category: spaces",
            cell("products", "category", "pet ", 3),
            "products.csv",
            "category",
            "at its edges",
        )
    )
    made.append(_warned("orders.sku: spaces", cell("orders", "sku", "007 ", 5), "orders.csv", "sku", "at its edges"))
    assert set(GOOD) >= {"orders", "products"}
    return made
