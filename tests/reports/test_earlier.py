import json

import pytest
from crossborder.reports import earlier

RESULT = {"value": 2.0, "low": 1.0, "high": 3.0, "level": 0.9, "unit": "USD", "note": "", "label": ""}
NOTEBOOKS = {
    "52_financial_model": {"status": "ok", "results": {"finance.plan.value_usd": RESULT}},
    "64_early_warning": {"status": "failed", "results": {}},
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "results.json").write_text(json.dumps({"run": "base", "notebooks": NOTEBOOKS}), encoding="utf-8")
    (tmp_path / "manifest.json").write_text(json.dumps({"started": "2026-10-31T08:00:00Z"}), encoding="utf-8")
    return tmp_path


def test_what_the_run_replaces_is_handed_on(folder, monkeypatch):
    this = folder / "now.json"
    this.write_text(json.dumps({"notebooks": {}, "before": earlier.of_folder(folder)}), encoding="utf-8")
    monkeypatch.setenv("CROSSBORDER_RESULTS", str(this))
    found = earlier.last_run()
    assert found and (found.run, found.started, found.failed) == ("base", "2026-10-31T08:00:00Z", ("64_early_warning",))
    assert found.results.set_index("name").loc["finance.plan.value_usd", ["value", "low", "high"]].tolist() == [2, 1, 3]


def test_a_first_run_and_a_reader_have_nothing_before(tmp_path, monkeypatch):
    monkeypatch.delenv("CROSSBORDER_RESULTS", raising=False)
    assert not earlier.last_run() and earlier.last_run().results.empty
    this = tmp_path / "now.json"
    this.write_text(json.dumps({"notebooks": NOTEBOOKS}), encoding="utf-8")
    monkeypatch.setenv("CROSSBORDER_RESULTS", str(this))
    assert not earlier.last_run()


@pytest.mark.parametrize("content", ["", "{", '{"run": "base"}', "[]"])
def test_an_older_run_that_cannot_be_read_counts_as_none(folder, content):
    (folder / "results.json").write_text(content, encoding="utf-8")
    assert earlier.of_folder(folder) == {} == earlier.of_folder(folder / "absent")
