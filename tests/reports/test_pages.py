import json

import pytest
from crossborder.reports import pages, planning
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


def write(folder, entry, outcome, record=None, **about):
    folder.mkdir(parents=True, exist_ok=True)
    pages.write(folder, [entry], {"11_size": outcome}, {"11_size": record or {}}, {**RUN, **about})
    return (folder / "11_size.html").read_text()


def test_a_skipped_notebook_has_a_page_that_says_why(tmp_path, entry):
    error = {"kind": "MissingTable", "text": "table 'orders' is missing\n  looked for: orders.csv"}
    text = write(tmp_path / "run", entry, Outcome("11_size", "skipped", error=error))
    assert "– skipped" in text and "looked for: orders.csv" in text and "Size?" in text


def test_results_stand_beside_those_of_the_base_scenario(tmp_path, entry):
    (tmp_path / "base-US").mkdir()
    base = {"notebooks": {"11_size": {"results": {"market.size.usd": {"value": 1e6, "unit": "USD"}}}}}
    (tmp_path / "base-US" / "results.json").write_text(json.dumps(base))
    text = write(tmp_path / ".tmp-shock-US-1", entry, Outcome("11_size"), {"results": [RESULT]},
                 scenario="shock", name="shock-US")  # fmt: skip
    assert "base scenario: USD\u20091\u2009m" in text
    text = write(tmp_path / ".tmp-base-US-1", entry, Outcome("11_size"), {"results": [RESULT]})
    assert "base scenario" not in text


def test_a_parameter_that_was_changed_stands_out(tmp_path, entry):
    text = write(tmp_path / "run", entry, Outcome("11_size"))
    assert "<strong>US</strong> <small>default DE</small>" in text and "<td>0.9</td>" in text
