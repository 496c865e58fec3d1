"""The command `crossborder import`."""

import json
from pathlib import Path

import pytest
from crossborder.errors import InputError
from crossborder.reports import importing
from crossborder.reports.cli import app
from typer.testing import CliRunner

LINES = str(Path(__file__).parents[1] / "company" / "importers" / "fixtures" / "online_retail.csv")


def call(*words):
    """The command's answer."""
    return CliRunner().invoke(app, ["import", *words])


def test_an_import_says_what_it_did(tmp_path):
    done = call("online-retail", LINES, "--to", str(tmp_path / "c"))
    assert done.exit_code == 0
    assert "17 rows in" in done.output
    assert done.output.strip().endswith("written: orders 4 rows")


def test_a_second_import_is_refused_with_status_1_and_told_as_json(tmp_path):
    call("online-retail", LINES, "--to", str(tmp_path / "c"))
    again = call("online-retail", LINES, "--to", str(tmp_path / "c"), "--json")
    assert again.exit_code == 1
    assert json.loads(again.output)["problems"][0]["rule"] == "the company already has this table"
    assert call("online-retail", LINES, "--to", str(tmp_path / "c"), "--replace").exit_code == 0


def test_a_dry_run_writes_nothing(tmp_path):
    done = call("online-retail", LINES, "--to", str(tmp_path / "c"), "--dry-run")
    assert done.exit_code == 0
    assert "what maps to what" in done.output
    assert not (tmp_path / "c").exists()


def test_sources_are_listed():
    assert "online-retail" in call("--list").output
    assert "makes orders" in importing.sources()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["online-retail", LINES], "import what, and where to"),
        (["online-retail", LINES, "--to", "x", "--append", "--replace"], "allowed: one of them"),
        (["shopfy", LINES, "--to", "x"], "importer 'shopfy' is not known"),
        (["online-retail", LINES, "--to", "x", "--country", "Atlantis"], "allowed: NAME=CODE"),
    ],
)
def test_wrong_words_are_told(words, says):
    with pytest.raises(InputError, match=says):
        raise call(*words).exception
