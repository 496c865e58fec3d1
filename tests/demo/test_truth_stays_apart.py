"""The truth is for tests and for the sections on trust; nothing else may look at it."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
USES = re.compile(r"demo\s+import\s+[^\n]*\btruth\b|demo\.truth|truth\.load|demo/truth|truth\.json")
TRUST = re.compile(r"^#+\s*How far to trust this", re.MULTILINE)


def test_no_module_outside_the_simulator_reads_it():
    modules = [p for p in (ROOT / "lib").rglob("*.py") if "demo" not in p.relative_to(ROOT / "lib").parts]
    assert len(modules) > 20
    assert [str(p) for p in modules if USES.search(p.read_text(encoding="utf-8"))] == []


def test_within_the_simulator_only_the_reader_and_the_writer_know_the_files():
    modules = {p.stem for p in (ROOT / "lib/crossborder/demo").glob("*.py") if "truth.json" in p.read_text()}
    assert modules == {"truth", "writing", "dictionary"}


def test_notebooks_read_it_only_where_they_speak_of_trust():
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    for path in notebooks:
        trusted = False
        for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                heading = re.search(r"^##\s", source, re.MULTILINE)
                trusted = bool(TRUST.search(source)) if heading else trusted
            elif re.search(r"truth\.(load|available)", source):
                assert trusted, f"{path.name}, cell {number}"
