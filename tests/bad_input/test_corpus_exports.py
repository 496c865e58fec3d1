"""Every broken export gives the right report or a plain refusal, no traceback, and leaves no half-written company."""

import json
import re
import subprocess
import sys

import pytest

from tests.bad_input import corpus, corpus_exports
from tests.bad_input.test_corpus import asked, contents, told_by

CASES = corpus_exports.cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_export_is_told_and_nothing_is_written(case, tmp_path):
    file = case.make(tmp_path)
    before = contents(tmp_path)
    status, printed = asked("import", case.importer, file, "--to", tmp_path / "company", "--json", *case.words)
    assert contents(tmp_path) == before
    assert "Traceback" not in printed
    if case.refused:
        assert status == 2 and re.search(case.refused, printed), printed
        return
    assert status == 1, printed
    problems, text = told_by(printed)
    for column, rule in case.told:
        hits = [one for one in problems if one["column"] == column and re.search(rule, one["rule"])]
        assert len(hits) == 1 and hits[0]["remedy"] and hits[0]["file"] == file.name, text
    assert {one["column"] for one in problems if one["severity"] == "error"} == {column for column, _ in case.told}, (
        text
    )
    assert json.loads(printed)["written"] == []


def command(*words):
    """The command in a process of its own, as a shell starts it."""
    started = [sys.executable, "-c", "from crossborder.reports.cli import main; main()", *map(str, words)]
    return subprocess.run(started, capture_output=True, text=True, timeout=120)


def test_a_shell_gets_status_report_and_no_traceback(tmp_path):
    folder = corpus.good_company(tmp_path / "company", ("ad_spend",))
    corpus.cell("ad_spend", "market", "UK", 3)(folder)
    found = command("check", folder)
    assert (found.returncode, found.stderr) == (1, "")
    assert "ad_spend.csv, column 'market': is no code of ISO 3166-1 alpha-2; row 3; value 'UK'" in found.stdout
    refused = command("check", tmp_path / "nowhere")
    assert refused.returncode == 2 and refused.stdout == "" and "Traceback" not in refused.stderr
    assert refused.stderr.startswith("no company in")
    file = corpus_exports._file("google-ads", corpus_exports._text("google-ads").replace(",EUR,33,", ",EURO,33,"))(
        tmp_path
    )
    spend = command("import", "google-ads", file, "--to", tmp_path / "new")
    assert (spend.returncode, spend.stderr) == (1, "") and "nothing written: 1 problems" in spend.stdout
    assert not (tmp_path / "new").exists()


def test_each_case_has_a_name_of_its_own():
    assert len({case.name for case in CASES}) == len(CASES) >= 50
