"""Rules between the columns of a row: what contradicts itself (an error), and what seldom is right (a warning).

A rule is written once and works on a pandas frame and on a lazy table of the engine: both know comparison, `&`, `|`,
`+`, `-`, `*` and `abs()`. A missing cell breaks no rule.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from crossborder.company.problems import Problem
from crossborder.company.tables.contract import Table

__all__ = ["RULES", "RowRule", "row_problems", "rules_of"]


@dataclass(frozen=True)
class RowRule:
    """Rows of `table` for which `broken` is true break the rule; `columns[0]` is named in the report."""

    table: str
    columns: tuple[str, ...]
    broken: Callable[[object], object]
    rule: str
    remedy: str
    severity: str = "error"


def _late(table: str, later: str, earlier: str, severity: str = "error") -> RowRule:
    remedy = f"correct {later} or {earlier}: one of them is wrong, or day and month are swapped"
    return RowRule(table, (later, earlier), lambda t: t[later] < t[earlier], f"lies before {earlier}", remedy, severity)


def _more(table: str, part: str, whole: str, remedy: str, severity: str = "error") -> RowRule:
    return RowRule(table, (part, whole), lambda t: t[part] > t[whole], f"is more than {whole}", remedy, severity)


LINE = ("quantity", "unit_price")
RULES = (
    _more("orders", "returned", "quantity", "pieces sent back so far, at most the pieces sold"),
    _late("orders", "delivered_at", "ordered_at"),
    RowRule(
        "orders", ("discount", *LINE), lambda t: t["discount"] > t["quantity"] * t["unit_price"] + 0.01,
        "is more than quantity x unit_price", "money off the whole line; unit_price is before the discount", "warning",
    ),
    RowRule(
        "orders", ("tax", *LINE), lambda t: t["tax"] > t["quantity"] * t["unit_price"] + 0.01,
        "is more than quantity x unit_price", "money included in the line, not a rate in per cent", "warning",
    ),
    RowRule(
        "orders", ("refund", *LINE, "shipping_charged", "tax"),
        lambda t: t["refund"] > t["quantity"] * t["unit_price"] + t["shipping_charged"] + t["tax"] + 0.01,
        "is more than the line cost", "money given back on this line", "warning",
    ),
    *(_more("sessions", step, "visits", "count visits in which it happened, not events", "warning")
      for step in ("product_views", "carts", "checkouts", "orders")),
    _more("ad_spend", "clicks", "impressions", "the two columns may be swapped", "warning"),
    _more("experiments", "converted", "exposed", "people of those exposed who bought", "warning"),
    *(_more("emails", part, "people", "people of the group") for part in ("opened", "ordered", "unsubscribed")),
    _more("live_streams", "orders", "viewers", "orders in the session", "warning"),
    _more("purchases", "defects", "inspected", "defects among the pieces inspected"),
    _more("purchases", "inspected", "quantity", "pieces inspected of those ordered", "warning"),
    _late("purchases", "received_on", "ordered_on"),
    _late("shipments", "arrived_on", "shipped_on"),
    _late("receivables", "due_on", "issued_on", "warning"),
    _late("receivables", "paid_on", "issued_on", "warning"),
    _late("payables", "due_on", "issued_on", "warning"),
    _late("tickets", "solved_at", "opened_at"),
    _late("tickets", "first_reply_at", "opened_at"),
    _late("incidents", "ended_on", "started_on"),
    _late("milestones", "planned_end", "planned_start"),
    _late("objectives", "due_on", "start_on"),
    RowRule(
        "inventory", ("on_hand", "opening", "received", "sold", "restocked", "written_off"),
        lambda t: t["on_hand"] != t["opening"] + t["received"] - t["sold"] + t["restocked"] - t["written_off"],
        "is not opening + received - sold + restocked - written_off", "pieces on hand on Sunday", "warning",
    ),
    RowRule(
        "ledger", ("amount_usd", "amount", "usd_rate"),
        lambda t: (t["amount"] * t["usd_rate"] - t["amount_usd"]).abs() > 0.02 * t["amount_usd"].abs() + 0.02,
        "is not amount x usd_rate", "usd_rate is USD for one unit of the row's currency, not the other way round",
        "warning",
    ),
    RowRule(
        "assumptions", ("base", "low", "high"), lambda t: (t["low"] > t["base"]) | (t["base"] > t["high"]),
        "is not between low and high", "low is the 5 % value and high the 95 % value",
    ),
)  # fmt: skip


def rules_of(table: Table, present: set[str]) -> list[RowRule]:
    """The rules of a table whose columns are all there."""
    return [rule for rule in RULES if rule.table == table.name and set(rule.columns) <= present]


def row_problems(frame: pd.DataFrame, table: Table, file: str, wrong: set[str]) -> list[Problem]:
    """Rows of a typed frame that contradict themselves; weeks that begin on no Monday, months on no first.

    Rules of columns that are already `wrong` are not asked: they would tell the same cell twice.
    """
    problems = []
    for rule in rules_of(table, set(frame.columns) - wrong):
        broken = rule.broken(frame).fillna(False).to_numpy(dtype=bool)
        problems += _told(frame, table, file, rule.columns[0], broken, rule.rule, rule.remedy, rule.severity)
    for column in table.columns:
        if column.name not in frame or column.name in wrong or column.kind != "date":
            continue
        days = frame[column.name]
        if column.meaning.startswith("Monday"):
            wrong, rule = (days.notna() & (days.dt.day_of_week != 0)), "is not a Monday"
        elif column.meaning.startswith("first day of the month"):
            wrong, rule = (days.notna() & (days.dt.day != 1)), "is not the first day of a month"
        else:
            continue
        problems += _told(frame, table, file, column.name, wrong.to_numpy(), rule, column.meaning, "error")
    return problems


def _told(
    frame: pd.DataFrame, table: Table, file: str, column: str, broken, rule: str, remedy: str, severity: str
) -> list[Problem]:
    if not broken.any():
        return []
    rows, values = broken.nonzero()[0] + 2, frame.loc[broken, column].head(50)
    return [Problem.of(file, table.name, column, rule, remedy, rows, values, severity=severity)]
