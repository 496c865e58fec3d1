"""What the README tells people to type exists."""

import re
import subprocess

import pytest
import typer.main
from crossborder.reports import cli, project

from tests.reports.test_cli import asked

ROOT = project.root()
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(?:bash|sh|console)\n(.*?)^```", README, re.M | re.S)
LINES = [line.split("#")[0].strip() for block in BLOCKS for line in block.splitlines()]
COMMANDS = [line.removeprefix("$ ") for line in LINES if line]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_readme_is_short_and_starts_with_two_commands():
    assert len(README.splitlines()) < 150
    assert COMMANDS[:2] == ["make report", "make test"]


@pytest.mark.parametrize("line", [line for line in COMMANDS if line.startswith("make ")])
def test_a_make_target_of_the_readme_exists(line):
    assert re.search(rf"^{line.split()[1]}:.*## ", MAKEFILE, re.M)


@pytest.mark.parametrize("line", [line for line in COMMANDS if "crossborder " in line])
def test_a_command_of_the_readme_is_understood(line):
    words = line.split("crossborder ", 1)[1].split()
    group = typer.main.get_command(cli.app)
    command = group.commands[words[0]]
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    given = {word.split("=")[0] for word in words[1:] if word.startswith("-")}
    assert given <= options | {"--help"}
    assert asked(words[0], "--help")[0] == 0


def test_files_and_folders_that_the_readme_links_exist():
    links = [link for link in re.findall(r"]\(([^)#]+)", README) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_make_lists_its_targets():
    shown = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.M)
    assert targets and all(f"make {target}" in shown for target in targets)
