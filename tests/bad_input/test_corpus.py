"""Every broken company of the corpus gives the one right report, no traceback, and leaves its folder as it was."""

import json

import pytest
import typer.testing
from crossborder.company.problems import Problem, as_text
from crossborder.reports import cli

from tests.bad_input import corpus, corpus_cells, corpus_files, corpus_rows

CASES = corpus_cells.cases() + corpus_files.cases() + corpus_rows.cases()


def asked(*words):
    """The command in this process: status, what was printed, the error of the family if there was one."""
    ended = typer.testing.CliRunner().invoke(cli.app, [str(word) for word in words])
    if ended.exception and not isinstance(ended.exception, SystemExit):
        if not isinstance(ended.exception, cli.CrossborderError):
            raise ended.exception
        return 2, str(ended.exception)
    return ended.exit_code, ended.stdout


def contents(folder):
    """What lies in a folder: names, and bytes of files."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def told_by(printed):
    """The problems of a report; its text holds neither paths nor characters that a terminal obeys."""
    problems = json.loads(printed)["problems"]
    text = as_text([Problem(**{**one, "rows": tuple(one["rows"]), "values": tuple(one["values"])}) for one in problems])
    assert all(letter.isprintable() or letter == "\n" for letter in text), repr(text)
    assert len(text) < 20_000
    return problems, text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_company_gets_the_right_report(case, tmp_path):
    folder = corpus.good_company(tmp_path / "company", case.needs)
    case.spoil(folder)
    before = contents(tmp_path)
    status, printed = asked("check", folder, "--json")
    assert contents(tmp_path) == before
    assert status == case.status, printed
    if case.refused:
        assert "Traceback" not in printed
        assert not printed.lstrip().startswith("{")
        assert corpus.re.search(case.refused, printed), printed
        return
    assert str(tmp_path) not in printed
    problems, text = told_by(printed)
    for expected in case.told:
        assert sum(corpus.matches(expected, one) for one in problems) == 1, f"{expected}\n{text}"
    more = [one for one in problems if not any(corpus.matches(expected, one) for expected in case.told)]
    assert not [one for one in more if one["severity"] != "note"], text


def test_the_good_company_is_good(tmp_path):
    status, printed = asked("check", corpus.good_company(tmp_path / "company"), "--json")
    assert (status, json.loads(printed)["problems"]) == (0, [])


def test_there_are_enough_cases_and_each_has_a_name_of_its_own():
    assert len(CASES) >= 150
    assert len({case.name for case in CASES}) == len(CASES)
