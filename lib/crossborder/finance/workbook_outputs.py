"""What the workbook shows first: the three statements by year, charts, and the value of the plan."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crossborder.finance.dcf import FREE_CASH_LINES, discounted_value, free_cash_flow
from crossborder.finance.statements import STATEMENTS

if TYPE_CHECKING:
    import xlsxwriter

    from crossborder.finance.workbook import Layout

__all__ = ["outputs", "valuation"]

HEADINGS = {
    "Income statement, USD": "income",
    "Cash flow, USD": "cash flow",
    "Balance sheet at the year's end, USD": "balance",
}
TOTALS = ("gross_profit", "contribution_total", "ebitda", "ebit", "net_income", "change_in_cash", "assets",
          "liabilities_and_equity")  # fmt: skip
CHARTED = ("revenue", "ebitda", "cash")
LABELS, OPENING, FIRST = ("line", "market", "channel", "unit", "block", "opening"), 5, 6


def outputs(
    book: "xlsxwriter.Workbook",
    sheet: Any,
    layout: "Layout",
    values: Mapping[str, np.ndarray],
    months: Sequence[pd.Timestamp],
    formats: Mapping[str, Any],
    *,
    title: str,
    valued: bool,
) -> None:
    """The sheet of outputs: the three statements by calendar year, the value, and charts."""
    whole, bold = formats["whole"], formats["bold"]
    years = sorted({month.year for month in months})
    sheet.write_string(0, 0, title, formats["heading"])
    sheet.write_string(1, 0, "checks", bold)
    sheet.write_formula(1, 1, "=all_checks", None, "OK")
    sheet.write_string(3, 0, "USD a calendar year", bold)
    sheet.write_string(4, 0, "months of the plan in it")
    blocks, row = [], 5
    for heading, statement in HEADINGS.items():
        names = [name for name in STATEMENTS[statement] if name in layout.row]
        blocks.append((row, heading, names, statement == "balance"))
        row += len(names) + 2
    for column, year in enumerate(years, start=1):
        inside = np.array([month.year == year for month in months])
        sheet.write_number(3, column, year, bold)
        sheet.write_formula(4, column, f"=COUNTIF({_months(layout, 2)},{_letter(column)}$4)", whole, int(inside.sum()))
        for first, _, names, held in blocks:
            for place, name in enumerate(names, start=first + 1):
                found = _row(values, name, months)[inside]
                text, cached = (_at_end, found[-1]) if held else (_yearly, found.sum())
                form = formats["whole bold"] if name in TOTALS else whole
                sheet.write_formula(place, column, text(layout, name, column), form, cached)
    for first, heading, names, _ in blocks:
        sheet.write_string(first, 0, heading, bold)
        for place, name in enumerate(names, start=first + 1):
            sheet.write_string(place, 0, name, bold if name in TOTALS else None)
    last = row
    if valued:
        sheet.write_string(last, 0, "enterprise value (USD)", bold)
        sheet.write_formula(last, 1, "=enterprise_value", whole, formats["value"])
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, len(years), 14)
    for place, name in enumerate(name for name in CHARTED if name in layout.model.lines):
        sheet.insert_chart(last + 2 + 15 * place, 0, _chart(book, layout, name, len(months)), {"x_scale": 1.5})


def valuation(
    book: "xlsxwriter.Workbook",
    sheet: Any,
    layout: "Layout",
    values: Mapping[str, np.ndarray],
    months: Sequence[pd.Timestamp],
    formats: Mapping[str, Any],
    *,
    title: str,
    rate: float,
    growth: float,
) -> float:
    """The sheet on which the plan is discounted month by month; returns the enterprise value (USD).

    The same sum as `dcf.discounted_value` of `dcf.free_cash_flow`, one formula a row; rate and growth are inputs.
    """
    number, bold = formats["number"], formats["bold"]
    flow = free_cash_flow({name: values[name] for name in FREE_CASH_LINES})[0]
    worth = discounted_value(flow, rate, growth)
    last = _letter(FIRST + len(months) - 1)
    saved = flow_before_tax(values) - flow
    when = np.arange(len(months)) + 0.5
    factor = (1 + rate) ** (-when / 12)
    cell = layout.cell
    for row, name, text, cached, opening in (
        (3, "tax_saved_by_interest", _saved, saved, 0.0),
        (4, "free_cash_flow", _flow, flow, 0.0),
        (5, "months_from_start", lambda _, c: f"={_letter(c - 1)}6+1", when, -0.5),
        (6, "discount_factor", lambda _, c: f"=(1+cost_of_capital)^(-{_letter(c)}6/12)", factor, 0.0),
        (7, "present_value", lambda _, c: f"={_letter(c)}5*{_letter(c)}7", flow * factor, 0.0),
    ):
        for column, label in enumerate((name, "all", "all", "months" if row == 5 else "USD", "valuation")):
            sheet.write_string(row, column, label if row != 6 or column != 3 else "factor")
        sheet.write_number(row, OPENING, opening, number)
        for place, value in enumerate(cached):
            sheet.write_formula(row, FIRST + place, text(cell, FIRST + place), number, float(value))
    year = f"SUM({_letter(FIRST + len(months) - 12)}5:{last}5)"
    later = f"(1+cost_of_capital)^(-({len(months)}/12-0.5))"
    terminal = f"=MAX({year},0)*(1+terminal_growth)/(cost_of_capital-terminal_growth)*{later}"
    for row, label, text, value in (
        (9, "cost of capital a year", rate, rate),
        (10, "growth behind the plan", growth, growth),
        (11, "value of the plan's months", f"=SUM(G8:{last}8)", float(worth.plan[0])),
        (12, "value behind them", terminal, float(worth.terminal[0])),
        (13, "enterprise value", "=B12+B13", float(worth.enterprise[0])),
    ):
        sheet.write_string(row, 0, label, bold)
        if isinstance(text, str):
            sheet.write_formula(row, 1, text, formats["whole"], value)
        else:
            sheet.write_number(row, 1, text, formats["percent"])
    for name, row in (("cost_of_capital", 10), ("terminal_growth", 11), ("enterprise_value", 14)):
        book.define_name(name, f"=Valuation!$B${row}")
    return float(worth.enterprise[0])


def flow_before_tax(values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Free cash flow with the tax that interest saved still in it, by month."""
    one = {name: np.asarray(values[name])[0, :, 0, 0] for name in FREE_CASH_LINES}
    return one["cash_from_operations"] + one["interest_paid"] - one["interest_received"] - one["capital_spending"]


def _saved(cell: Any, column: int) -> str:
    paid, received, tax, profit = (
        cell(name, column - 1) for name in ("interest_paid", "interest_received", "tax_expense", "profit_before_tax")
    )
    return f"=IF({profit}>0,({paid}-{received})*{tax}/{profit},0)"


def _flow(cell: Any, column: int) -> str:
    operations, paid, received, spent = (
        cell(name, column)
        for name in ("cash_from_operations", "interest_paid", "interest_received", "capital_spending")
    )
    return f"={operations}+{paid}-{received}-{spent}-{_letter(column)}4"


def _yearly(layout: "Layout", name: str, column: int) -> str:
    return (
        f"=SUMIFS({_months(layout, layout.row[name] + 1, layout.sheet[name])},{_months(layout, 2)},{_letter(column)}$4)"
    )


def _at_end(layout: "Layout", name: str, column: int) -> str:
    """The balance in the last month of the year above."""
    days, years = _months(layout, 3), _months(layout, 2)
    newest = f"SUMPRODUCT(MAX(({years}={_letter(column)}$4)*{days}))"
    return f"=SUMIFS({_months(layout, layout.row[name] + 1, layout.sheet[name])},{days},{newest})"


def _months(layout: "Layout", row: int, sheet: str = "Group") -> str:
    return f"{sheet}!${_letter(FIRST)}${row}:${_letter(FIRST + layout.months - 1)}${row}"


def _row(values: Mapping[str, np.ndarray], name: str, months: Sequence[pd.Timestamp]) -> np.ndarray:
    return np.broadcast_to(np.asarray(values[name])[0, :, 0, 0], len(months)).astype(float)


def _chart(book: "xlsxwriter.Workbook", layout: "Layout", name: str, months: int) -> Any:
    chart, last = book.add_chart({"type": "line"}), FIRST + months - 1
    chart.add_series(
        {
            "name": name,
            "categories": ["Group", 2, FIRST, 2, last],
            "values": ["Group", layout.row[name], FIRST, layout.row[name], last],
            "line": {"color": "#0072B2", "width": 1.75},
        }
    )
    unit = "month end" if name in STATEMENTS["balance"] else "a month"
    chart.set_title({"name": f"{name}, USD {unit}", "name_font": {"size": 11}})
    chart.set_x_axis({"date_axis": True, "num_format": "yyyy-mm", "major_unit": 6, "major_unit_type": "months"})
    chart.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
    chart.set_legend({"none": True})
    return chart


def _letter(place: int) -> str:
    from crossborder.finance.workbook import column_letters

    return column_letters(place)
