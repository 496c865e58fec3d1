"""The index of capabilities points only at what is there: a section and a test that both reach the function."""

import csv

import pytest

from tests.house import reach

ROWS = list(csv.DictReader((reach.ROOT / "data/reference/capabilities.csv").read_text(encoding="utf-8").splitlines()))
LEAST = 319  # rows when the index was begun; it may only grow


def flaws(row: dict[str, str]) -> list[str]:
    """What is wrong with one row of the index."""
    wanted = reach.origin(row["function"])
    if wanted not in reach.definitions():
        return [f"no function {row['function']}"]
    if not (reach.ROOT / "notebooks" / f"{row['notebook']}.ipynb").exists():
        return [f"no notebook {row['notebook']}"]
    there = reach.sections(row["notebook"])
    found = [] if row["section"] in there else [f"no section {row['section']!r} in {row['notebook']}"]
    if not found and wanted not in there[row["section"]]:
        found = [f"{row['notebook']}, {row['section']!r} does not reach {row['function']}"]
    file, _, name = row["test"].partition("::")
    tests = reach.tests_of(file) if (reach.ROOT / file).exists() else {}
    if name not in tests:
        return [*found, f"no test {row['test']}"]
    return found if wanted in tests[name][1] else [*found, f"{row['test']} does not reach {row['function']}"]


def test_every_row_points_at_what_exists():
    assert {row["capability_id"]: found for row in ROWS if (found := flaws(row))} == {}


def test_every_capability_stands_once_with_a_question():
    ids = [row["capability_id"] for row in ROWS]
    assert len(ids) == len(set(ids)) >= LEAST
    assert all(row["question"].endswith("?") and row["basis"] in tuple("MPFIT") for row in ROWS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"function": "crossborder.market.sizing.absent"}, "no function"),
        ({"notebook": "99_absent"}, "no notebook"),
        ({"section": "A section that nobody wrote"}, "no section"),
        ({"section": "Do the published figures agree with themselves?"}, "does not reach"),
        ({"test": "tests/market/test_sizing.py::test_absent"}, "no test"),
        ({"test": "tests/market/test_crowding.py::test_growth_of_sales_a_seller"}, "test"),
    ],
)
def test_a_row_that_points_nowhere_is_seen(change, said):
    row = next(row for row in ROWS if row["capability_id"] == "S011")
    assert flaws(row) == []
    assert said in flaws(row | change)[0]


def test_variables_are_followed_back_to_the_cell_that_made_them():
    section = reach.sections("00_start_here")["How do they compare with what is published?"]
    assert "crossborder.company.kpis.kpi_values" in section, "the values were computed a section earlier"
    assert (
        "crossborder.company.kpis.kpi_values" not in reach.sections("00_start_here")["Do the tables find each other?"]
    )
