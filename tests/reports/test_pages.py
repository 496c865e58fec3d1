import json

import pytest
from crossborder.reports import pages, planning
from crossborder.reports.baseline import NOTHING, Baseline
from crossborder.reports.planning import Folders, Request
from crossborder.reports.worker import Outcome

from tests.notebooks import throwaway
from tests.reports.test_html import RUN

RESULT = {"name": "market.size.usd", "value": 2e6, "low": None, "high": None, "level": None, "unit": "USD", "note": ""}


@pytest.fixture
def entry(tmp_path):
    throwaway.save(tmp_path / "notebooks" / "11_size.ipynb", ["1"])
    there = Folders(tmp_path / "notebooks", tmp_path / "reports", tmp_path / "cache")
    (planned,) = planning.plan(Request(parameters={"market": "US"}), there)
    return planned


def write(folder, entry, outcome, record=None, base=NOTHING):
    folder.mkdir(parents=True, exist_ok=True)
    pages.write(folder, [entry], {"11_size": outcome}, {"11_size": record or {}}, RUN, base)
    return (folder / "11_size.html").read_text()


def test_a_skipped_notebook_has_a_page_that_says_why(tmp_path, entry):
    error = {"kind": "MissingTable", "text": "table 'orders' is missing\n  looked for: orders.csv"}
    text = write(tmp_path / "run", entry, Outcome("11_size", "skipped", error=error))
    assert "– skipped" in text and "looked for: orders.csv" in text and "Size?" in text


def test_results_stand_beside_those_of_the_base_scenario(tmp_path, entry):
    before = {"11_size": {"market.size.usd": {"value": 1e6, "low": None, "high": None, "unit": "USD"}}}
    text = write(tmp_path / "shock", entry, Outcome("11_size"), {"results": [RESULT]}, Baseline("base", "", before))
    assert "base scenario: USD\u202f1\u202fm, change +100\u202f%" in text
    assert "1 of 1 results differ from run base." in text and "Moved, no interval to judge by" in text
    index = (tmp_path / "shock" / "index.html").read_text()
    assert "compared with run base" in index and "base USD\u202f1\u202fm" in index
    text = write(tmp_path / "base", entry, Outcome("11_size"), {"results": [RESULT]})
    assert "base scenario" not in text and "Compared with" not in text


def test_results_that_did_not_move_are_said_to_be_the_same(tmp_path, entry):
    before = {"11_size": {"market.size.usd": {"value": 2e6, "low": None, "high": None, "unit": "USD"}}}
    text = write(tmp_path / "shock", entry, Outcome("11_size"), {"results": [RESULT]}, Baseline("base", "", before))
    assert "base scenario: the same" in text and "0 of 1 results differ" in text


def test_a_figure_without_a_table_of_its_name_is_linked_to_what_it_draws(tmp_path, entry):
    (tmp_path / "run" / "figures" / "11_size").mkdir(parents=True)
    (tmp_path / "run" / "figures" / "11_size" / "up.csv").write_text("x\r\n1\r\n")
    picture = {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo="},
               "metadata": {"image/png": {"alt": "up and away"}}}  # fmt: skip
    cell = {"cell_type": "code", "source": "1", "metadata": {}, "execution_count": 1, "outputs": [picture]}
    (tmp_path / "run" / "notebooks").mkdir()
    (tmp_path / "run" / "notebooks" / "11_size.ipynb").write_text(json.dumps({"cells": [cell]}))
    record = {"results": [], "figures": [{"name": "up", "alt": "up and away"}, {"name": "not_there", "alt": "x"}]}
    text = write(tmp_path / "run", entry, Outcome("11_size"), record)
    assert 'href="figures/11_size/up.csv"' in text and "not_there" not in text


def test_a_parameter_that_was_changed_stands_out(tmp_path, entry):
    text = write(tmp_path / "run", entry, Outcome("11_size"))
    assert "<strong>US</strong> <small>default DE</small>" in text and "<td>0.9</td>" in text
