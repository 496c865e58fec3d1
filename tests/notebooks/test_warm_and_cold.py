"""Notebooks of the project show the same in forked and in fresh kernels; `bench/bench_runs.py` compares all of them."""

import json

import pytest
from crossborder.reports import project, warm
from crossborder.reports.planning import Folders, Request
from crossborder.reports.runs import run

SOME = ("23", "34")


@pytest.mark.skipif(not warm.available(), reason="kernels cannot be forked here")
def test_notebooks_show_the_same_warm_and_cold_one_and_two_at_a_time(tmp_path):
    shown = {}
    for name, way in {"cold": {"warm": False, "processes": 1}, "warm": {"warm": True, "processes": 2}}.items():
        there = Folders(project.notebooks_folder(), tmp_path / "reports", tmp_path / name)
        finished = run(Request(SOME, name=name, **way), there)
        assert [one.status for one in finished.outcomes] == ["ok", "ok"]
        notebooks = sorted((finished.folder / "notebooks").glob("*.ipynb"))
        shown[name] = [cell.get("outputs") for path in notebooks for cell in json.loads(path.read_text())["cells"]]
    assert sum(len(outputs or ()) for outputs in shown["cold"]) > 20
    assert shown["cold"] == shown["warm"]
