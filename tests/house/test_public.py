"""Files for the public: checks on a code host, hosted notebooks and citation say the same as the project itself."""

import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from crossborder.reports import project

from tests.browser import watched

ROOT = project.root()
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BASH = ("bash", "-n")


def test_the_public_checks_run_what_everybody_else_types():
    workflow = yaml.load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"), yaml.BaseLoader)
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        commands = [step["run"] for step in job["steps"] if "run" in step]
        assert "make test" in commands
        lowest = PYPROJECT["project"]["requires-python"].removeprefix(">=")
        assert lowest in job["strategy"]["matrix"]["python"]
        assert all(re.search(r"@v\d+$", step["uses"]) for step in job["steps"] if "uses" in step)
        kept = [step["with"] for step in job["steps"] if "upload-artifact" in step.get("uses", "")]
        # Folders whose name starts with a dot are left out unless asked for.
        assert [(ROOT / one["path"], one["include-hidden-files"]) for one in kept] == [(watched.SHOTS, "true")]
    assert re.search(r"^test: .*lint.*unit.*check-notebooks", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)


def test_hosted_notebooks_install_the_runtime_part_of_the_lock():
    script = (ROOT / ".binder/postBuild").read_text(encoding="utf-8")
    assert subprocess.run([*BASH, ROOT / ".binder/postBuild"], capture_output=True).returncode == 0
    command = re.search(r"^python (\.ci/lock_subset\.py \w+) >", script, re.M)[1].split()
    pins = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    names = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", pins, re.M)
    assert all(f"{name}=={version}" in lock for name, version in names)
    there = {name.lower().replace("_", "-") for name, _ in names}
    asked = {re.split(r"[<>=\[]", one)[0].lower() for one in PYPROJECT["project"]["dependencies"]}
    assert asked <= there and "setuptools" in there and "pytest" not in there
    assert "--require-hashes" in script and (ROOT / ".binder/postBuild").stat().st_mode & 0o100


def test_hosted_notebooks_and_conda_name_one_python():
    hosted = (ROOT / ".binder/runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert f"python={hosted}" in conda


def test_the_citation_names_this_version():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
    assert str(cited["version"]) == PYPROJECT["project"]["version"]
    assert cited["license"] == PYPROJECT["project"]["license"]
    assert str(cited["date-released"]) in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("word", ["notebook", "method", "importer"])
def test_contributors_read_how_to_add(word):
    assert re.search(rf"^## Add an? {word}$", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.M)
