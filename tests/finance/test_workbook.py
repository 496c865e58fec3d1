import io
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.finance.evaluate import evaluate
from crossborder.finance.statements import plan_model
from crossborder.finance.workbook import FIRST_MONTH, FIRST_ROW, Layout, formula, plan_workbook

from tests.finance import libreoffice
from tests.finance.test_statements import drawn

MODEL = plan_model()
MONTHS = list(pd.date_range("2026-11-01", periods=3, freq="MS"))
SEGMENTS = [(market, channel) for market in ("US", "DE", "JP") for channel in ("own_store", "marketplace")]
INPUTS = drawn(np.random.default_rng(3), paths=1, months=3)
VALUES = evaluate(MODEL, INPUTS, 3)
SCENARIOS = {"freight_shock": {"freight_factor": 3.0}, "demand_boom": {"demand_factor": 1.3}}


@pytest.fixture(scope="module")
def book() -> bytes:
    return plan_workbook(MODEL, VALUES, months=MONTHS, segments=SEGMENTS, scenarios=SCENARIOS, title="Trial")


def numbers(source, sheet: str) -> dict[tuple[str, str, str], list]:
    """Line, market, channel -> values of the months."""
    table = openpyxl.load_workbook(source, data_only=True)[sheet]
    rows = table.iter_rows(min_row=FIRST_ROW + 1, values_only=True)
    return {row[:3]: list(row[FIRST_MONTH : FIRST_MONTH + len(MONTHS)]) for row in rows if row[0] and row[1]}


def expected(name: str, market: str, channel: str) -> np.ndarray:
    array = np.broadcast_to(VALUES[name], (1, 3, 3, 2)) if market != "all" else VALUES[name]
    place = divmod(SEGMENTS.index((market, channel)), 2) if market != "all" else (0, 0)
    return np.broadcast_to(array[0, :, place[0], place[1]], 3)


def mismatches(source) -> list[str]:
    """Lines whose numbers in the workbook are not those computed here, to 1e-9 relative."""
    wrong = set()
    for sheet in ("Segments", "Group", "Checks"):
        for (name, market, channel), row in numbers(source, sheet).items():
            if name not in MODEL.lines:
                continue
            theirs = np.array([value if isinstance(value, int | float) else np.nan for value in row])
            ours = expected(name, market, channel)
            scale = np.maximum(np.abs(ours), 1e-6 * np.abs(VALUES["assets"]).max())
            # Written so that a NaN (an error cell) is a mismatch too.
            if not (np.abs(theirs - ours) <= 1e-9 * scale).all():
                wrong.add(name)
    return sorted(wrong)


def test_cached_values_are_the_numbers_computed_here(book):
    assert mismatches(io.BytesIO(book)) == []


def test_each_row_has_one_formula_across_all_months(book):
    """In relative notation the formula of a row is the same in every month."""
    workbook = openpyxl.load_workbook(io.BytesIO(book))
    for sheet in ("Segments", "Group", "Checks"):
        for row in workbook[sheet].iter_rows(min_row=FIRST_ROW + 1):
            months = row[FIRST_MONTH : FIRST_MONTH + len(MONTHS)]
            texts = {relative(cell.value, cell.column) for cell in months if isinstance(cell.value, str)}
            assert len(texts) <= 1, row[0].value


def relative(text: str, column: int) -> str:
    index = openpyxl.utils.column_index_from_string
    return re.sub(r"([!:])([A-Z]+)(\d+)", lambda m: f"{m[1]}C[{index(m[2]) - column}]R{m[3]}", text)


def test_brackets_stand_where_python_groups():
    layout = Layout(MODEL, SEGMENTS, 3)
    text = formula(MODEL.lines["refunds"].expression, layout, FIRST_MONTH)
    assert re.fullmatch(r"Segments!G\d+\*Inputs!G\d+", text)
    nested = MODEL.lines["tax_expense"].expression
    assert formula(nested, layout, FIRST_MONTH).startswith("(MAX(")


def test_names_from_data_stay_text():
    segments = [("US", '=HYPERLINK("x")'), ("US", "<b>"), *SEGMENTS[2:]]
    source = io.BytesIO(plan_workbook(MODEL, VALUES, months=MONTHS, segments=segments))
    cells = [cell for row in openpyxl.load_workbook(source)["Segments"].iter_rows(max_col=3) for cell in row]
    odd = [cell for cell in cells if cell.value == '=HYPERLINK("x")']
    assert odd
    assert all(cell.data_type == "s" for cell in odd)


def test_what_cannot_be_written_is_told():
    with pytest.raises(InputError, match="lacks"):
        plan_workbook(MODEL, {"revenue": np.ones(1)}, months=MONTHS, segments=SEGMENTS)
    with pytest.raises(InputError, match="did you mean 'freight_factor'"):
        plan_workbook(MODEL, VALUES, months=MONTHS, segments=SEGMENTS, scenarios={"x": {"freight_factr": 2.0}})


needs_libreoffice = pytest.mark.skipif(
    libreoffice.executable() is None, reason="LibreOffice is not installed: the second engine cannot recalculate"
)


def without_cached_values(book: bytes) -> openpyxl.Workbook:
    """The workbook's formulas; openpyxl saves them without any number to fall back on."""
    return openpyxl.load_workbook(io.BytesIO(book))


def cells_of(workbook: openpyxl.Workbook, name: str) -> list:
    """The cells of a line in the last month."""
    line = MODEL.lines[name]
    sheet = "Checks" if line.block == "checks" else "Segments" if line.level == "segment" else "Group"
    return [row[FIRST_MONTH + 2] for row in workbook[sheet].iter_rows(min_row=FIRST_ROW + 1) if row[0].value == name]


@needs_libreoffice
def test_libreoffice_recalculates_every_cell_to_the_same_number(book, tmp_path):
    source = tmp_path / "plan.xlsx"
    without_cached_values(book).save(source)
    result = libreoffice.recalculated(source, tmp_path)
    assert mismatches(result) == []
    assert openpyxl.load_workbook(result, data_only=True)["Outputs"]["B2"].value == "OK"


@needs_libreoffice
def test_the_scenario_switch_gives_the_numbers_of_the_scenario(book, tmp_path):
    workbook = without_cached_values(book)
    workbook["Scenarios"]["B2"].value = "freight_shock"
    source = tmp_path / "shock.xlsx"
    workbook.save(source)
    group = numbers(libreoffice.recalculated(source, tmp_path), "Group")
    shocked = evaluate(MODEL, INPUTS | {"freight_factor": INPUTS["freight_factor"] * 3}, 3, keep=["ebitda", "cash"])
    for name in ("ebitda", "cash"):
        np.testing.assert_allclose(group[(name, "all", "all")], shocked[name].ravel(), rtol=1e-9)


@needs_libreoffice
def test_a_wrong_formula_in_any_line_is_caught(book, tmp_path):
    """One workbook a mutated line, all converted by one call of the program."""
    lines = [name for name, line in MODEL.lines.items() if line.expression is not None]
    folder = tmp_path / "mutants"
    folder.mkdir()
    workbook = without_cached_values(book)
    for name in lines:
        cell = cells_of(workbook, name)[-1]
        right, cell.value = cell.value, f"{cell.value}+1"
        workbook.save(folder / f"{name}.xlsx")
        cell.value = right
    results = libreoffice.recalculated_all(sorted(folder.glob("*.xlsx")), tmp_path)
    missed = [path.stem for path in results if path.stem not in mismatches(path)]
    assert len(results) == len(lines)
    assert missed == []
