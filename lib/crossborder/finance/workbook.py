"""The plan as a spreadsheet that lives: the same lines as formulas, with the numbers computed here as cached values.

Inputs, calculations, outputs and checks stand apart; one formula a row across all months; the opening balance has a
column of its own, so that the first month has no formula of its own (FAST standard, fast-standard.org).
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.finance import workbook_outputs
from crossborder.finance.lines import Line, Model, Term

if TYPE_CHECKING:
    import xlsxwriter

__all__ = ["Layout", "column_letters", "formula", "plan_workbook"]

FIRST_ROW, OPENING, FIRST_MONTH = 3, 5, 6  # zero-based: rows 1-3 hold title, years and months; columns A-E labels
SYMBOLS = {"+": (1, "+"), "-": (1, "-"), "*": (2, "*"), "/": (2, "/")}
TOLERANCE = 0.005
THIS_MONTH, MONTH_BEFORE = -1, -2
MARKS = {THIS_MONTH: "\x00", MONTH_BEFORE: "\x01"}  # characters that no formula has
SHEETS = ("Read me", "Outputs", "Scenarios", "Inputs", "Segments", "Group", "Valuation", "Checks", "Lines")

OLD_FUNCTIONS = {"", "SUM", "MAX", "MIN"}
CALLED = re.compile(r"([^-+*/(),=:]*)\(")  # what stands before a bracket; nothing where it only groups


@dataclass
class Layout:
    """Where each line stands: its sheet and its first row; segment lines have one row a segment."""

    model: Model
    segments: Sequence[tuple[str, str]]
    months: int
    sheet: dict[str, str] = field(default_factory=dict)
    row: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        next_row = {"Inputs": FIRST_ROW, "Segments": FIRST_ROW, "Group": FIRST_ROW, "Checks": FIRST_ROW}
        for name in [*self.model.inputs, *(n for n in self.model.order() if n not in self.model.inputs)]:
            line = self.model.lines[name]
            sheet = _sheet(line)
            self.sheet[name], self.row[name] = sheet, next_row[sheet]
            next_row[sheet] += self.rows(line)

    def rows(self, line: Line) -> int:
        """How many rows a line takes."""
        return len(self.segments) if line.level == "segment" else 1

    def cell(self, name: str, column: int, segment: int = 0) -> str:
        """The address of a line's value in a column, with its sheet."""
        line = self.model.lines[name]
        row = self.row[name] + (segment if line.level == "segment" else 0)
        return f"{self.sheet[name]}!{_column(column)}{row + 1}"

    def block(self, name: str, column: int) -> str:
        """The range of a line's segments in a column."""
        first, rows = self.row[name] + 1, self.rows(self.model.lines[name])
        letter = _column(column)
        return f"{self.sheet[name]}!{letter}{first}:{letter}{first + rows - 1}"


def formula(term: Term, layout: Layout, column: int, segment: int = 0) -> str:
    """The spreadsheet formula of an expression in one cell, without the leading equals sign."""
    return _formula(term, layout, column, segment)[0]


def _formula(term: Term, layout: Layout, column: int, segment: int) -> tuple[str, int]:
    """Formula and binding strength: 1 sum, 2 product, 3 anything that needs no brackets."""
    if term.operation == "constant":
        return (f"{term.value:.15g}", 3) if term.value >= 0 else (f"({term.value:.15g})", 3)
    if term.operation == "line":
        return layout.cell(term.name, column, segment), 3
    if term.operation == "previous":
        return layout.cell(term.arguments[0].name, column - 1, segment), 3
    if term.operation == "total":
        return f"SUM({layout.block(term.arguments[0].name, column)})", 3
    parts = [_formula(argument, layout, column, segment) for argument in term.arguments]
    if term.operation in ("largest", "smallest"):
        function = {"largest": "MAX", "smallest": "MIN"}[term.operation]
        return f"{function}({parts[0][0]},{parts[1][0]})", 3
    if term.operation == "negative":
        return f"(-{_bracketed(parts[0], 2)})", 3
    strength, symbol = SYMBOLS[term.operation]
    # a - (b - c) and a / (b / c) need their brackets; a + (b + c) does not, but has them where Python groups so.
    return f"{_bracketed(parts[0], strength)}{symbol}{_bracketed(parts[1], strength + 1)}", strength


def _bracketed(part: tuple[str, int], least: int) -> str:
    return part[0] if part[1] >= least else f"({part[0]})"


def plan_workbook(
    model: Model,
    values: Mapping[str, np.ndarray],
    *,
    months: Sequence[pd.Timestamp],
    segments: Sequence[tuple[str, str]],
    scenarios: Mapping[str, Mapping[str, float]] | None = None,
    title: str = "Plan",
    valued: tuple[float, float] | None = None,
) -> bytes:
    """The workbook's bytes.

    Parameters
    ----------
    values : every line of the model on one path, [1, month, market, channel] (from `evaluate`).
    months : first days of the months.
    segments : (market, channel) in the order of the flattened last two dimensions.
    scenarios : scenario -> input -> factor on that input; the switch on the sheet "Scenarios" applies one of them.
    valued : cost of capital a year and growth behind the plan; with them a sheet discounts the plan.

    Raises
    ------
    InputError : a line without values, or a scenario that changes what is no input.
    """
    import xlsxwriter

    missing = model.lines.keys() - values.keys()
    if missing:
        raise InputError.missing_columns("values", missing, values)
    scenarios = {"base": {}, **(scenarios or {})}
    for name in {name for changes in scenarios.values() for name in changes} - set(model.inputs):
        raise InputError.unknown("input of a scenario", name, model.inputs)
    layout = Layout(model, segments, len(months))
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "created": pd.Timestamp("2000-01-01").to_pydatetime()})
    book.set_calc_mode("auto")
    writer = _Writer(book, layout, dict(values), list(months), scenarios, title, valued)
    writer.write()
    book.close()
    return buffer.getvalue()


class _Writer:
    """Writes the sheets in the order in which a reader meets them."""

    def __init__(
        self, book, layout: Layout, values: dict, months: list, scenarios: dict, title: str, valued: tuple | None
    ) -> None:
        self.book, self.layout, self.model = book, layout, layout.model
        self.values, self.months, self.scenarios, self.title = values, months, scenarios, title
        self.valued = valued
        self.number = book.add_format({"num_format": "#,##0.00;[Red]-#,##0.00;-"})
        self.input = book.add_format({"num_format": "#,##0.00##", "font_color": "#0000FF", "bg_color": "#FFF9E5"})
        self.whole = book.add_format({"num_format": "#,##0;[Red]-#,##0;-"})
        self.total = book.add_format({"num_format": "#,##0;[Red]-#,##0;-", "bold": True, "top": 1})
        self.percent = book.add_format({"num_format": "0.0%", "font_color": "#0000FF", "bg_color": "#FFF9E5"})
        self.bold = book.add_format({"bold": True})
        self.heading = book.add_format({"bold": True, "font_size": 14})
        self.date = book.add_format({"num_format": "yyyy-mm", "bold": True, "align": "right"})
        self.sheets = {
            name: book.add_worksheet(name, _plain_sheets()) for name in SHEETS if valued or name != "Valuation"
        }
        self.letters = [_column(place) for place in range(FIRST_MONTH + len(months))]
        self.changed = [n for n in self.model.inputs if any(n in changes for changes in scenarios.values())]

    def write(self) -> None:
        """All sheets."""
        for name in ("Inputs", "Segments", "Group", "Checks"):
            self._frame(self.sheets[name], name)
        self._scenarios()
        for line in self.model.lines.values():
            self._line(line)
        self._checks()
        self._outputs()
        self._lines()
        self._read_me()
        self._names_and_print()

    def _frame(self, sheet: "xlsxwriter.worksheet.Worksheet", name: str) -> None:
        sheet.write_string(0, 0, f"{self.title}: {name.lower()}", self.heading)
        for column, label in enumerate(("line", "market", "channel", "unit", "block", "opening")):
            sheet.write_string(2, column, label, self.bold)
        for place, month in enumerate(self.months):
            sheet.write_number(1, FIRST_MONTH + place, month.year, self.bold)
            sheet.write_datetime(2, FIRST_MONTH + place, month.to_pydatetime(), self.date)
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 4, 10)
        sheet.set_column(OPENING, FIRST_MONTH + len(self.months), 13)
        sheet.freeze_panes(FIRST_ROW, FIRST_MONTH)

    def _line(self, line: Line) -> None:
        sheet = self.sheets[self.layout.sheet[line.name]]
        numbers = self._numbers(line)
        for segment in range(self.layout.rows(line)):
            row = self.layout.row[line.name] + segment
            market, channel = self.layout.segments[segment] if line.level == "segment" else ("all", "all")
            for column, text in enumerate((line.name, market, channel, line.unit, line.block)):
                sheet.write_string(row, column, text)
            if line.expression is None:
                self._input_row(sheet, line, row, numbers[segment])
            else:
                self._formula_row(sheet, line, row, segment, numbers[segment])

    def _numbers(self, line: Line) -> np.ndarray:
        """[segment, month] of the one path."""
        array = self.values[line.name][0]
        rows = self.layout.rows(line)
        markets = len(dict.fromkeys(market for market, _ in self.layout.segments))
        shape = (len(self.months), markets, rows // markets) if line.level == "segment" else (len(self.months), 1, 1)
        return np.broadcast_to(array, shape).reshape(len(self.months), rows).T

    def _input_row(self, sheet, line: Line, row: int, numbers: np.ndarray) -> None:
        opening = line.name.endswith("_opening")
        sheet.write_number(row, OPENING, float(numbers[0]) if opening else 0.0, self.input if opening else self.number)
        if opening:
            return
        values = numbers.tolist()
        if line.name in self.changed:
            texts = [f"{value:.15g}*{self._factor_cell(line.name)}" for value in values]
            sheet.write_plain(row, FIRST_MONTH, texts, self.input, values)
        else:
            sheet.write_numbers(row, FIRST_MONTH, values, self.input)

    def _formula_row(self, sheet, line: Line, row: int, segment: int, numbers: np.ndarray) -> None:
        if line.opening:
            value = float(self.values[line.opening].ravel()[0])
            sheet.write_formula(row, OPENING, f"={self.layout.cell(line.opening, OPENING)}", self.number, value)
        else:
            sheet.write_number(row, OPENING, 0.0, self.number)
        # One formula a row: only the letters of the month and of the month before differ.
        text = formula(line.expression, self.layout, THIS_MONTH, segment)
        letters = zip(self.letters[FIRST_MONTH:], self.letters[FIRST_MONTH - 1 :], strict=False)
        texts = [text.replace(MARKS[THIS_MONTH], now).replace(MARKS[MONTH_BEFORE], before) for now, before in letters]
        sheet.write_plain(row, FIRST_MONTH, texts, self.number, numbers.tolist())

    def _factor_cell(self, name: str) -> str:
        return f"Scenarios!$B${self.changed.index(name) + 6}"

    def _scenarios(self) -> None:
        sheet = self.sheets["Scenarios"]
        names = list(self.scenarios)
        sheet.write_string(0, 0, "Scenario in use: choose from the list", self.heading)
        sheet.write_string(1, 0, "scenario", self.bold)
        sheet.write_string(1, 1, "base", self.input)
        sheet.data_validation(1, 1, 1, 1, {"validate": "list", "source": names})
        sheet.write_string(2, 0, "place in the list", self.bold)
        last = _column(2 + len(names))
        sheet.write_formula(2, 1, f"=MATCH(B2,$D$5:${last}$5,0)", self.number, 1)
        for column, text in enumerate(("factor on the input", "in use", "")):
            sheet.write_string(4, column, text, self.bold)
        for place, name in enumerate(names):
            sheet.write_string(4, 3 + place, name, self.bold)
        for row, name in enumerate(self.changed, start=5):
            sheet.write_string(row, 0, name)
            sheet.write_formula(row, 1, f"=INDEX($D{row + 1}:${last}{row + 1},1,$B$3)", self.number, 1.0)
            for place, scenario in enumerate(names):
                sheet.write_number(row, 3 + place, float(self.scenarios[scenario].get(name, 1.0)), self.input)
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 3 + len(names), 16)
        self.book.define_name("scenario_in_use", "=Scenarios!$B$2")

    def _checks(self) -> None:
        sheet, row = (
            self.sheets["Checks"],
            FIRST_ROW + sum(line.block == "checks" for line in self.model.lines.values()) + 2,
        )
        gaps = [name for name in self.model.lines if name.endswith("_gap")]
        last = _column(FIRST_MONTH + len(self.months) - 1)
        sheet.write_string(row, 0, "largest gap of all (USD)", self.bold)
        spans = ",".join(
            f"{sign}({f}(Checks!{_column(FIRST_MONTH)}{self.layout.row[g] + 1}:{last}{self.layout.row[g] + 1}))"
            for g in gaps
            for sign, f in (("", "MAX"), ("-", "MIN"))
        )
        worst = max(float(np.abs(self.values[name]).max()) for name in gaps)
        sheet.write_formula(row, 1, f"=MAX({spans})", self.number, worst)
        sheet.write_string(row + 1, 0, "all checks", self.bold)
        text = "OK" if worst <= TOLERANCE else "ERROR"
        sheet.write_formula(
            row + 1, 1, f'=IF(ISNUMBER(B{row + 1}),IF(B{row + 1}<={TOLERANCE},"OK","ERROR"),"ERROR")', None, text
        )
        self.book.define_name("all_checks", f"=Checks!$B${row + 2}")

    def _outputs(self) -> None:
        known = {
            "whole": self.whole,
            "whole bold": self.total,
            "number": self.number,
            "bold": self.bold,
            "heading": self.heading,
        }
        known |= {"percent": self.percent}
        place = (self.layout, self.values, self.months)
        if self.valued:
            rate, growth = self.valued
            sheet = self.sheets["Valuation"]
            self._frame(sheet, "Valuation")
            known["value"] = workbook_outputs.valuation(
                self.book, sheet, *place, known, title=self.title, rate=rate, growth=growth
            )
        outputs = self.sheets["Outputs"]
        workbook_outputs.outputs(self.book, outputs, *place, known, title=self.title, valued=bool(self.valued))

    def _names_and_print(self) -> None:
        """A name for each line of the group by month (plan_revenue ...), and pages that print."""
        last = _column(FIRST_MONTH + len(self.months) - 1)
        for name, sheet in self.layout.sheet.items():
            if self.model.lines[name].level != "segment":
                row = self.layout.row[name] + 1
                self.book.define_name(f"plan_{name}", f"={sheet}!${_column(FIRST_MONTH)}${row}:${last}${row}")
        for name, sheet in self.sheets.items():
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1 if name in ("Read me", "Outputs", "Scenarios", "Lines") else 5, 0)
            if name in ("Inputs", "Segments", "Group", "Checks", "Valuation"):
                sheet.repeat_rows(0, FIRST_ROW - 1)
                sheet.repeat_columns(0, 0)

    def _lines(self) -> None:
        sheet = self.sheets["Lines"]
        for column, text in enumerate(("line", "unit", "level", "block", "what it is", "rests on")):
            sheet.write_string(0, column, text, self.bold)
        for row, line in enumerate(self.model.lines.values(), start=1):
            rests = ", ".join(sorted(line.now | line.before | line.openings))
            for column, text in enumerate((line.name, line.unit, line.level, line.block, line.note, rests)):
                sheet.write_string(row, column, text)
        sheet.set_column(0, 3, 22)
        sheet.set_column(4, 5, 70)

    def _read_me(self) -> None:
        sheet = self.sheets["Read me"]
        texts = (
            self.title,
            "Blue on yellow cells are inputs: change them. Black cells are formulas, one a row across all months.",
            "Choose a scenario on the sheet Scenarios. The sheet Checks must say OK.",
            "The sheet Lines tells what each line is and on what it rests.",
            "Column F holds opening balances; interest is on opening balances, so nothing is circular.",
            "Outputs shows years and charts; Inputs holds every number; Segments, Group and Valuation compute.",
            "Every line of the group has a name for its months, plan_ and the line: =SUM(plan_revenue).",
        )
        for row, text in enumerate(texts):
            sheet.write_string(row, 0, text, self.heading if row == 0 else None)
        sheet.set_column(0, 0, 110)


@cache
def _plain_sheets() -> type["xlsxwriter.worksheet.Worksheet"]:
    """Sheets that do not look for the names of new functions in a formula that has only old ones."""
    from xlsxwriter.worksheet import CellFormulaTuple, CellNumberTuple, Worksheet

    class Plain(Worksheet):
        def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
            if formula.startswith("=") and not formula.endswith("}") and set(CALLED.findall(formula)) <= OLD_FUNCTIONS:
                return formula[1:]
            return super()._prepare_formula(formula, expand_future_functions)

        def write_plain(self, row: int, column: int, formulas: list[str], cell_format, values: list[float]) -> None:
            """Formulas side by side, without an equals sign, of only old functions."""
            cells = [CellFormulaTuple(text, cell_format, value) for text, value in zip(formulas, values, strict=True)]
            self._write_cells(row, column, cells)

        def write_numbers(self, row: int, column: int, values: list[float], cell_format) -> None:
            """Finite numbers side by side."""
            self._write_cells(row, column, [CellNumberTuple(value, cell_format) for value in values])

        def _write_cells(self, row: int, column: int, cells: list[tuple]) -> None:
            self._check_dimensions(row, column)
            self._check_dimensions(row, column + len(cells) - 1)
            self.table[row].update(enumerate(cells, column))

    return Plain


def _sheet(line: Line) -> str:
    if line.expression is None:
        return "Inputs"
    if line.block == "checks":
        return "Checks"
    return "Segments" if line.level == "segment" else "Group"


def column_letters(place: int) -> str:
    """Letters of a column, counted from 0; below 0 the mark of a month for which letters are put in later."""
    if place < 0:
        return MARKS[place]
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_column = column_letters
