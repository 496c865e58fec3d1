"""Setting up leaves bytecode behind, so that no kernel compiles the stack anew."""

import importlib.util
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def script():
    spec = importlib.util.spec_from_file_location("bytecode", ROOT / ".ci" / "bytecode.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_setup_writes_bytecode_after_the_package_is_installed():
    rule = re.search(r"^\$\(RUNTIME\):.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)[1]
    assert 0 < rule.index("-e .") < rule.index(".ci/bytecode.py") < rule.index("stamp,runtime")


def test_imports_inside_functions_and_from_packages_are_found():
    found = script().imported("import a.b\nfrom c.d import e\ndef f():\n    from g import h\nfrom . import i\n")
    assert found == {"a.b", "c.d", "c.d.e", "g", "g.h"}


def test_what_notebooks_start_with_is_among_it():
    names = script().everything()
    wanted = {"pandas", "matplotlib.figure", "ibis", "scipy.optimize", "ipykernel.kernelapp", "papermill"}
    assert wanted | {"crossborder.market.growth_curves", "crossborder.company"} <= set(names)
