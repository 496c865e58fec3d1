"""The rule of the house: who may import whom, and what a plain import costs."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from crossborder.reports import project

ROOT = project.root()
AREAS = ("market", "selection", "supply", "marketing", "finance", "risk")
GROUND = ("company", "reference", "errors")
SCREENS = ("matplotlib", "seaborn", "IPython", "papermill", "nbconvert", "nbclient", "ipykernel", "plotly")
# Not one of these may be paid for by a plain import: they belong inside the functions that need them.
HEAVY = ("sklearn", "statsmodels", "arch", "ibis", "duckdb", "pandera", "searoute")


def test_the_import_contracts_hold():
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    told = re.sub(r"[╔╗╚╝║╩╦╣╠═╬▲▶◀─│┌┐└┘]", "", ended.stdout + ended.stderr).strip()
    assert ended.returncode == 0, told[-3000:]


def test_every_room_of_the_package_is_drawn_in_the_contract():
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    assert contract["exhaustive"] is True
    drawn = {room.strip(" ()") for layer in contract["layers"] for room in layer.split("|")}
    package = ROOT / "lib" / "crossborder"
    rooms = {path.stem for path in package.glob("*.py")} | {path.parent.name for path in package.glob("*/__init__.py")}
    assert rooms - {"__init__"} <= drawn


PROBE = """\
import sys, time
before = time.process_time()
import {module}
spent = time.process_time() - before
print(spent, *sorted(name for name in {names!r} if name in sys.modules))
"""


def loaded(module: str, names: tuple[str, ...]) -> tuple[float, list[str]]:
    """CPU seconds of a plain import in a fresh process, and which of the names it loaded."""
    source = PROBE.format(module=module, names=names)
    ended = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=True)
    seconds, *found = ended.stdout.split()
    return float(seconds), found


@pytest.mark.parametrize("room", [*AREAS, "reports", "demo", "errors"])
def test_a_plain_import_of_a_room_is_light_and_loads_no_screen(room):
    seconds, found = loaded(f"crossborder.{room}", SCREENS + HEAVY)
    assert found == []
    assert seconds < 1


@pytest.mark.parametrize("room", ["company", "reference"])
def test_the_ground_floor_loads_no_screen(room):
    _, found = loaded(f"crossborder.{room}", SCREENS)
    assert found == []


@pytest.mark.parametrize("area", AREAS)
def test_the_modules_of_an_area_load_no_screen(area):
    modules = sorted(
        path.stem for path in (ROOT / "lib" / "crossborder" / area).glob("*.py") if path.stem != "__init__"
    )
    if modules:
        _, found = loaded(", ".join(f"crossborder.{area}.{module}" for module in modules), SCREENS)
        assert found == []
