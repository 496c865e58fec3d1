"""What the README tells people to type works: each command is run in a scratch copy, the long ones on small notebooks.

`make report` and `make test` are what continuous integration itself runs; `make lab` and `pdf` run in tests/browser.
"""

import json
import re
import shutil
import subprocess
from contextlib import nullcontext

import nbformat
import papermill
import pytest
import typer.main
from crossborder.reports import cli, executors, planning, project, runs, sweep, worker

from tests.notebooks import throwaway
from tests.reports.test_cli import asked

ROOT = project.root()
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(?:bash|sh|console)\n(.*?)^```", README, re.M | re.S)
LINES = [line.split(" #")[0].strip() for block in BLOCKS for line in block.splitlines()]
COMMANDS = [line.removeprefix("$ ") for line in LINES if line and not line.startswith("#")]
PLAIN = re.findall(r"`((?:\.venv/bin/)?(?:papermill|crossborder|conda|pip) [^`]+)`", README)
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
MAKE = [line for line in COMMANDS if line.startswith("make ")]
OURS = [line for line in COMMANDS if line.startswith(".venv/bin/crossborder ")]
LONG = ("run", "sweep", "compare", "pdf")


def words(line: str) -> list[str]:
    return line.split("crossborder ", 1)[1].split()


def test_the_readme_is_short_and_starts_with_two_commands():
    assert len(README.splitlines()) < 150
    assert COMMANDS[:2] == ["make report", "make test"]
    assert set(COMMANDS) == {*MAKE, *OURS}, "no command that is tried by no test"


@pytest.mark.parametrize("line", MAKE)
def test_a_make_target_of_the_readme_exists_and_can_be_planned(line):
    target = line.split()[1]
    assert re.search(rf"^{target}:.*## ", MAKEFILE, re.M)
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    wanted = {"report": "crossborder run --all", "test": "pytest", "lab": "jupyter lab"}
    assert wanted.get(target, "") in done.stdout


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """A folder with what the quick commands read, and a shop's export where the README has one."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "data").symlink_to(ROOT / "data")
    export = ROOT / "tests/company/importers/fixtures/shopify.csv"
    shutil.copy(export, folder / "orders_export.csv")
    return folder


@pytest.mark.parametrize("line", [line for line in OURS if words(line)[0] not in LONG])
def test_a_quick_command_of_the_readme_runs(line, scratch, monkeypatch):
    monkeypatch.chdir(scratch)
    given = [word.replace("data/mine", str(scratch / "mine")) for word in words(line)]
    status, said = asked(*given)
    # An export of orders alone has no prices of goods: the check may tell of that, and must say where.
    assert status == 0 or (given[:1] == ["check"] and "orders" in said), said
    assert said.strip()


@pytest.mark.parametrize("line", [line for line in OURS if words(line)[0] in ("run", "sweep")])
def test_a_long_command_of_the_readme_gets_as_far_as_its_plan(line, monkeypatch):
    planned = []

    def plan_only(requests, *_, **__):
        for request in requests if isinstance(requests, list | tuple) else [requests]:
            planned.extend(planning.plan(request, planning.Folders.of_project()))
        raise StopIteration

    for module in (runs, sweep):
        for name in ("run", "run_all"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, plan_only)
    given = [word.replace("data/mine", "data/demo") for word in words(line)]
    asked(*given)
    assert planned, "every notebook asked for passed the checks of its parameters"


def executed(source, target, parameters, **_):
    """A notebook's cells run in this process, as Papermill would run them in a kernel."""
    notebook, names = nbformat.read(source, as_version=4), {}
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        exec(cell.source, names)
        names |= parameters if "parameters" in cell.metadata.get("tags", ()) else {}
    nbformat.write(notebook, target)


class Here:
    """Notebooks run one after the other in this process; that kernels do is tested in tests/reports."""

    def run(self, jobs, after, tell, seconds):
        return (worker.perform(job, lambda *_: None) for job in jobs)


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A project of two notebooks that take the real parameters and only record a number."""
    for name in ("31_landed_cost", "62_fx_risk"):
        cells = json.loads((project.notebooks_folder() / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
        parameters = next("".join(c["source"]) for c in cells if "parameters" in c["metadata"].get("tags", ()))
        record = "reports.record([reports.Result('company.run.letters', len(scenario), unit='letters')])"
        throwaway.save(
            tmp_path / "notebooks" / f"{name}.ipynb", ["from crossborder import reports", record], parameters
        )
    for folder in ("notebooks", "reports", "cache"):
        monkeypatch.setattr(project, f"{folder}_folder", lambda folder=folder: tmp_path / folder)
    monkeypatch.setattr(papermill, "execute_notebook", executed)
    monkeypatch.setattr(executors, "crew", lambda *_: nullcontext(Here()))
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "tests/company/importers/fixtures/shopify.csv", tmp_path / "orders_export.csv")
    return tmp_path


def test_the_long_commands_of_the_readme_run_one_after_the_other(small):
    make = subprocess.run(["make", "-n", "report"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    report = next(line for line in make.splitlines() if "crossborder run" in line)
    for line in [report, *(line for line in OURS if words(line)[0] in ("run", "sweep", "compare", "import"))]:
        status, said = asked(*(word.replace("data/mine", str(small / "mine")) for word in words(line)))
        assert status == 0 and said.strip(), f"{line}: {said}"
    made = {path.parent.name for path in (small / "reports").glob("*/index.html")}
    assert {"base", "freight_shock", "latest", "62_fx_risk-home=USD"} <= made, made
    assert len(list((small / "reports").glob("*-DE/index.html"))) >= 2


@pytest.mark.parametrize("line", OURS)
def test_a_command_of_the_readme_is_understood(line):
    given = words(line)
    command = typer.main.get_command(cli.app).commands[given[0]]
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {word.split("=")[0] for word in given[1:] if word.startswith("-")} <= options | {"--help"}
    assert asked(given[0], "--help")[0] == 0


def test_commands_within_the_text_name_what_there_is():
    assert any(line.startswith(".venv/bin/papermill notebooks/62_fx_risk.ipynb") for line in PLAIN)
    assert "conda env create --file environment.yml" in PLAIN
    for line in PLAIN:
        for word in line.split():
            if word.endswith((".yml", ".ipynb")) and word != "out.ipynb":
                assert (ROOT / word).exists()


def test_files_and_folders_that_the_documents_link_exist():
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        links = [link for link in re.findall(r"]\(([^)#]+)", text) if "://" not in link]
        assert [link for link in links if not (ROOT / link).exists()] == []
        code = re.findall(r"`((?:tests|lib|data|docs|notebooks|scenarios)/[\w./]+)`", text)
        assert [path for path in code if not path.isupper() and "AREA" not in path and not (ROOT / path).exists()] == []


def test_the_picture_of_the_board_page_is_there_and_small():
    from PIL import Image

    picture = ROOT / "docs/images/board.png"
    assert f"]({picture.relative_to(ROOT).as_posix()})" in README
    assert picture.stat().st_size < 300_000
    with Image.open(picture) as image:
        assert image.width >= 700 and image.height >= 900


def test_make_lists_its_targets():
    shown = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.M)
    assert targets and all(f"make {target}" in shown for target in targets)
