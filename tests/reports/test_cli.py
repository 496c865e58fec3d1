"""The command line as a user meets it: one message, an exit status, no traceback, no kernel for a wrong request."""

import json
import subprocess
import sys
import time

import pytest
import typer.testing
from crossborder.reports import cli, project
from crossborder.reports.parameters import base


def crossborder(*words, **options):
    """The command in a process of its own, as a shell starts it."""
    command = [sys.executable, "-c", "from crossborder.reports.cli import main; main()", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=project.root(), **options)


def asked(*words):
    """The command in this process; (status, what was printed)."""
    ended = typer.testing.CliRunner().invoke(cli.app, words)
    if ended.exception and not isinstance(ended.exception, SystemExit):
        return 2, str(ended.exception)
    return ended.exit_code, ended.output


HEAVY = ["papermill", "pandas", "nbconvert", "nbclient", "matplotlib"]
WRONG = """\
import sys
from crossborder.reports import cli
sys.argv = ["crossborder", "run", "NOTEBOOK", "-p", "langauge=en"]
try:
    cli.main()
except SystemExit as end:
    print(end.code, [name for name in {heavy!r} if name in sys.modules])
"""


@pytest.mark.skipif(not project.numbered(), reason="no notebooks yet")
def test_a_wrong_parameter_ends_in_two_seconds_with_one_line_and_nothing_heavy_loaded():
    source = WRONG.replace("NOTEBOOK", project.numbered()[-1].stem).replace("{heavy!r}", repr(HEAVY))
    started = time.process_time(), time.monotonic()
    ended = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=60)
    # The clock of a busy machine says little, so the promise of two seconds is held with room to spare.
    assert time.monotonic() - started[1] < 6
    assert ended.stdout.strip() == "2 []"
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1 and "'langauge' is not known: did you mean 'language'" in lines[0]


@pytest.mark.parametrize(
    "words, told",
    [
        (["run"], "run what? allowed"),
        (["run", "98_nothing"], "notebook '98_nothing' is not known"),
        (["run", "--all", "-p", "market"], "-p market: allowed: name=value"),
        (["run", "--all", "--scenario", "end_of_world"], "parameter scenario=end_of_world: allowed: "),
        (["run", "--all", "--data", "nowhere"], "parameter data=nowhere: allowed: a folder"),
        (["run", "--all", "--file", "nowhere.yaml"], "allowed: a YAML file"),
        (["run", "--all", "--name", "../up"], "name of the run"),
        (["sweep", "--scenario", "base"], "sweep over what?"),
        (["compare", "nothing", "latest"], "run 'nothing' is not known"),
        (["check", "--describe", "ordres"], "did you mean 'orders'?"),
        (["check", "nowhere"], "no company in 'nowhere'"),
    ],
)
def test_a_wrong_request_is_told_in_words(words, told):
    status, printed = asked(*words)
    assert status == 2 and told in printed


def test_an_error_in_the_users_hands_has_no_traceback():
    ended = crossborder("run", "98_nothing")
    assert ended.returncode == 2 and ended.stdout == ""
    assert "Traceback" not in ended.stderr and "notebook '98_nothing' is not known" in ended.stderr


def test_yaml_keeps_what_was_written(tmp_path):
    file = tmp_path / "p.yaml"
    file.write_text("market: NO\ncode: 007\nquick: on\nlevel: 1e3\nmarkets: [NO, SE]\n")
    read = cli._parameters(["code=008"], file, {"scenario": "", "market": ""})
    assert read == {"market": "NO", "code": "008", "quick": "on", "level": "1e3", "markets": ["NO", "SE"]}


def test_a_parameter_may_hold_an_equals_sign():
    assert cli._parameters(["note=a=b"], None, {}) == {"note": "a=b"}


def test_the_list_names_every_notebook_and_the_parameters_of_one():
    status, printed = asked("list")
    assert status == 0 and all(path.stem in printed for path in project.numbered())
    for path in project.numbered()[:1]:
        status, printed = asked("list", path.stem)
        model = base.model_of(path.stem)
        assert status == 0 and all(f"  {name}=" in printed for name in model.model_fields)


def test_every_table_and_column_is_described():
    from crossborder.company.tables import TABLES

    status, printed = asked("check", "--describe")
    assert status == 0 and all(name in printed for name in TABLES)
    status, printed = asked("check", "--describe", "orders")
    assert status == 0 and all(column.name in printed for column in TABLES["orders"].columns)
    status, printed = asked("check", "--describe", "orders", "--json")
    assert json.loads(printed)[0]["name"] == "orders"


def test_check_reports_a_broken_table_and_fails(tmp_path):
    (tmp_path / "products.csv").write_text("sku,name\n007,x\n")
    status, printed = asked("check", str(tmp_path))
    assert status == 1 and "products" in printed
    status, printed = asked("check", str(tmp_path), "--json")
    assert status == 1 and json.loads(printed)["problems"]


@pytest.mark.parametrize("command", ["run", "sweep", "compare", "check", "pdf", "list", "cache"])
def test_every_command_explains_itself(command):
    status, printed = asked(command, "--help")
    assert status == 0 and "--help" in printed
