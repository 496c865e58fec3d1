"""One set of versions for everybody: pyproject, lock, environment.yml and what is installed agree."""

import re
import subprocess
import sys
import tomllib
from importlib import metadata

import pytest
import yaml
from crossborder.reports import project
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = project.root()
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^]]*])?==(?P<version>[^\s;\\]+)(\s*;\s*(?P<marker>[^\\]+?))?\s*\\?$")


def pins() -> dict[str, dict[str, list]]:
    """By name: the pins of the lock as (version, marker or None, number of hashes)."""
    found: dict[str, list] = {}
    current = None
    for line in LOCK.splitlines():
        match = PIN.match(line)
        if match:
            marker = Marker(match["marker"]) if match["marker"] else None
            current = [Version(match["version"]), marker, 0]
            found.setdefault(canonicalize_name(match["name"]), []).append(current)
        elif "--hash=sha256:" in line:
            current[2] += 1
        else:
            assert not line.strip() or line.lstrip().startswith("#"), f"a line that is no pin, hash or comment: {line}"
    return found


PINS = pins()


def requirements() -> list[tuple[str, Requirement]]:
    """Every requirement of pyproject with the group that it stands in."""
    found = [("project", text) for text in PYPROJECT["project"]["dependencies"]]
    groups = PYPROJECT["project"]["optional-dependencies"] | PYPROJECT["dependency-groups"]
    found += [(group, text) for group, texts in groups.items() for text in texts]
    return [(group, Requirement(text)) for group, text in found]


def test_the_lock_names_no_place():
    assert "://" not in LOCK and "@ " not in LOCK and "--index" not in LOCK and "--find-links" not in LOCK


def test_every_pin_has_a_hash():
    assert PINS
    assert [name for name, places in PINS.items() for place in places if not place[2]] == []


@pytest.mark.parametrize("group, requirement", requirements(), ids=lambda part: str(part))
def test_what_pyproject_asks_for_the_lock_pins(group, requirement):
    places = [place for place in PINS.get(canonicalize_name(requirement.name), []) if _applies(place[1])]
    assert len(places) == 1, f"{requirement.name} of {group} is pinned {len(places)} times"
    assert requirement.specifier.contains(places[0][0], prereleases=True)


def _applies(marker: Marker | None) -> bool:
    return marker is None or marker.evaluate()


def subset(*groups: str) -> set[str]:
    """Names of the pins that `make` installs for some groups."""
    command = [sys.executable, str(ROOT / ".ci" / "lock_subset.py"), *groups]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {canonicalize_name(match["name"]) for match in map(PIN.match, text.splitlines()) if match}


TOOLS = subset("build", "test", "lint", "oracle", "pdf")


def test_what_is_installed_is_what_the_lock_says():
    wrong = []
    for name, places in PINS.items():
        for version, marker, _ in places:
            if not _applies(marker):
                continue
            try:
                installed = Version(metadata.version(name))
            except metadata.PackageNotFoundError:
                if name in TOOLS:  # peers to measure against are installed for `make bench` alone
                    wrong.append(f"{name} {version} is not installed")
                continue
            if installed != version:
                wrong.append(f"{name} is {installed}, the lock says {version}")
    assert not wrong, "\n".join(wrong)


def test_all_groups_together_are_the_whole_lock():
    everything = PYPROJECT["project"]["optional-dependencies"] | PYPROJECT["dependency-groups"]
    assert subset(*everything) == set(PINS)


@pytest.mark.parametrize("groups", [("build",), ("build", "test", "lint", "oracle", "pdf")], ids=["runtime", "tools"])
def test_what_is_installed_for_some_groups_asks_for_nothing_else(groups):
    names = subset(*groups)
    missing = set()
    for name in names:
        try:
            asked = [Requirement(text) for text in metadata.requires(name) or ()]
        except metadata.PackageNotFoundError:
            continue  # its marker does not hold on this machine
        plain = [one for one in asked if one.marker is None or one.marker.evaluate({"extra": ""})]
        missing |= {canonicalize_name(one.name) for one in plain} - names
    assert missing == set()


def test_what_must_be_compiled_is_not_needed_for_reports_and_tests():
    # No wheels on the index: a machine without a compiler could not set itself up.
    assert "channelattribution" in PINS and "channelattribution" not in TOOLS


def test_conda_users_get_the_same_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, nested = environment["dependencies"]
    assert nested == {"pip": ["--requirement requirements.lock"]} and pip == "pip"
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    wanted = Requirement(f"python{PYPROJECT['project']['requires-python']}").specifier
    assert wanted.contains(python.removeprefix("python=") + ".0")


def test_the_oldest_python_is_the_one_that_the_lock_was_made_for():
    oldest = PYPROJECT["project"]["requires-python"].removeprefix(">=")
    assert f"--python-version {oldest}" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_package_itself_is_installed_from_this_folder():
    import crossborder

    assert list(crossborder.__path__) == [str(ROOT / "lib" / "crossborder")]
