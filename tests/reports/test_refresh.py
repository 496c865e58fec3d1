import json

import pytest
from crossborder.errors import CrossborderError
from crossborder.reports import refresh

from tests.notebooks import throwaway


def test_metadata_that_time_or_place_would_change_is_dropped():
    cell = {"cell_type": "code", "metadata": {"execution": {"iopub.busy": "2026"}, "tags": ["parameters"]},
            "outputs": [{"output_type": "display_data", "transient": {"display_id": "x"}}]}  # fmt: skip
    found = refresh.normalise({"cells": [cell], "metadata": {"widgets": {}, "language_info": {"version": "3.11.7"}}})
    assert found["metadata"] == {"kernelspec": refresh.KERNEL, "language_info": {"name": "python"}}
    assert found["cells"][0]["metadata"] == {"tags": ["parameters"]}
    assert found["cells"][0]["outputs"] == [{"output_type": "display_data"}]


def test_a_notebook_that_fails_keeps_its_file_and_names_the_cell(tmp_path):
    path = throwaway.save(tmp_path / "11_fails.ipynb", ["print(1)", "1 / 0"])
    before = path.read_bytes()
    with pytest.raises(CrossborderError, match=r"11_fails: cell 4\n(.|\n)*ZeroDivisionError"):
        refresh.refresh(path)
    assert path.read_bytes() == before


def test_two_refreshes_give_the_same_bytes_and_stderr_is_told(tmp_path):
    sources = ["import sys; print('x', file=sys.stderr)", "hash('text'), {'b', 'a', 'c'}"]
    path = throwaway.save(tmp_path / "11_noisy.ipynb", sources)
    assert "writes to stderr in cell 3" in refresh.refresh(path)
    first = path.read_bytes()
    refresh.refresh(path)
    assert path.read_bytes() == first
    assert json.loads(first)["cells"][3]["execution_count"] == 3


def test_an_unknown_notebook_is_two_and_a_message(capsys):
    assert refresh.main(["98_nothing"]) == 2
    assert "98_nothing" in capsys.readouterr().err
