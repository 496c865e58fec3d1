import json

import pytest
from crossborder.reports import baseline

NAME = "market.size.usd"
RESULT = {"name": NAME, "value": 12.0, "low": 11.0, "high": 13.0, "level": 0.9, "unit": "USD"}


def published(reports, run, scenario="base", market="DE", value=10.0, status="ok", started="2026-11-22T05:00:00Z"):
    """A run below `reports` that answered one notebook."""
    (reports / run).mkdir(parents=True)
    parameters = {"scenario": scenario, "market": market, "markets": ["DE"], "language": "en"}
    one = {"status": status, "parameters": parameters}
    manifest = {"scenario": scenario, "started": started, "notebooks": {"11_size": one}}
    (reports / run / "manifest.json").write_text(json.dumps(manifest))
    results = {NAME: {"value": value, "low": value - 1, "high": value + 1, "unit": "USD"}}
    content = {"notebooks": {"11_size": {"status": status, "results": results}}}
    (reports / run / "results.json").write_text(json.dumps(content))


def found(reports, scenario="shock", **changed):
    asked = {"scenario": scenario, "market": "DE", "markets": ["DE"], "language": "zh", **changed}
    return baseline.find(reports, scenario, {"11_size": asked})


def test_the_base_run_of_the_same_question_is_found_whatever_its_name(tmp_path):
    published(tmp_path, "mine")
    published(tmp_path, "shock", scenario="shock")
    assert found(tmp_path).run == "mine" and found(tmp_path).results["11_size"][NAME]["value"] == 10.0


@pytest.mark.parametrize(
    "there, asked",
    [({"market": "US"}, {}), ({"scenario": "other"}, {}), ({"status": "failed"}, {}), ({}, {"scenario": "base"})],
    ids=["another market", "another scenario", "a failed one", "the base itself"],
)
def test_nothing_else_is_compared_with(tmp_path, there, asked):
    published(tmp_path, "there", **there)
    assert found(tmp_path, **asked) == baseline.NOTHING


def test_of_runs_that_answer_as_much_the_latest_is_taken(tmp_path):
    published(tmp_path, "new", value=11.0, started="2026-11-22T06:00:00Z")
    published(tmp_path, "old")
    (tmp_path / "latest").symlink_to("old")
    assert found(tmp_path).run == "new"
    assert found(tmp_path).key == "new 2026-11-22T06:00:00Z"


def test_a_change_is_told_with_what_it_started_from_and_against_its_uncertainty(tmp_path):
    published(tmp_path, "base")
    beside = found(tmp_path).beside("11_size", [RESULT, {**RESULT, "name": "market.size.new"}], {NAME: "Size"})
    one = beside.pop(NAME)
    assert not beside and one.moved and one.label == "Size"
    # 12 against 10, half widths 1 and 1: 2 is more than the square root of 2.
    assert one.change == "+20.0\u2009%" and one.verdict == "Moved beyond its uncertainty"
    assert one.long == "base scenario: USD\u200910, change +20.0\u2009%" and one.short == "base USD\u200910"


def test_a_value_that_is_missing_in_one_run_has_no_change(tmp_path):
    published(tmp_path, "base")
    one = found(tmp_path).beside("11_size", [{**RESULT, "value": None}], {NAME: "Size"})[NAME]
    assert one.moved and one.change == "" and one.long == "base scenario: USD\u200910"


def test_no_reports_no_comparison(tmp_path):
    assert found(tmp_path / "nowhere") == baseline.NOTHING
