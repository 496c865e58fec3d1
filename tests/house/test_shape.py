"""The shape of the code: short modules, short functions, a test file for every module, no stray names or places."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from crossborder.reports import project

ROOT = project.root()
PACKAGE = ROOT / "lib" / "crossborder"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")
MOST_LINES, MOST_FUNCTION_LINES = 450, 40
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "misc", "common", "tools"}
# Modules that are data or are tested as a whole by another file, and which.
TESTED_ELSEWHERE: dict[str, str] = {
    "company/tables": "tests/company/test_contract.py",
    "reports/parameters": "tests/reports/test_base.py",
    "company/checks": "tests/bad_input/test_company.py",
    "company/codes": "tests/bad_input/test_corpus.py",
    "company/csv_files": "tests/bad_input/test_corpus.py",
    "company/folder_checks": "tests/bad_input/test_corpus.py",
    "company/plausibility": "tests/bad_input/test_corpus.py",
    "company/references": "tests/bad_input/test_corpus.py",
    "company/row_rules": "tests/bad_input/test_corpus.py",
    "company/text_checks": "tests/bad_input/test_corpus.py",
    "company/conversion": "tests/bad_input/test_company.py",
    "company/event_checks": "tests/bad_input/test_company.py",
    "company/problems": "tests/bad_input/test_company.py",
    "company/files": "tests/company/test_company.py",
    "finance/plan_cases": "tests/finance/test_plan_study.py",
    "plan/levers": "tests/plan/test_chain.py",
}
# Modules without a test file of their own: to be closed, never to grow.
KNOWN_GAPS = frozenset(
    [
        "charts/claims",
        "charts/company",
        "company/checks",
        "company/conversion",
        "company/event_checks",
        "company/files",
        "company/problems",
        "plan/levers",
        "reference/days",
    ]
)
# Functions that are longer than they should be, with their lines: to be shortened, never to grow.
KNOWN_LONG: dict[str, int] = {}


def named(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_is_short_and_says_what_it_is(path):
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert len(source.splitlines()) <= MOST_LINES
    assert ast.get_docstring(tree), "the first line says what the module answers"
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {node.name: body_lines(node) for node in functions if body_lines(node) > MOST_FUNCTION_LINES}
    assert {name: lines for name, lines in long.items() if lines > KNOWN_LONG.get(f"{named(path)}.{name}", 0)} == {}


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function below its signature and its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return function.end_lineno - body[0].lineno + 1 if body else 0


def test_no_module_has_an_empty_name():
    assert {path.stem for path in MODULES} & EMPTY_NAMES == set()


def test_every_module_has_a_test_file_of_its_own():
    there = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    gaps = set()
    for path in MODULES:
        room = path.relative_to(PACKAGE).parts[0]
        folder = ROOT / "tests" / (room if len(path.relative_to(PACKAGE).parts) > 1 else "")
        elsewhere = any(named(path).startswith(prefix) for prefix in TESTED_ELSEWHERE)
        mine = list(folder.rglob(f"test_{path.stem}.py")) if folder.is_dir() else []
        if not mine and not elsewhere:
            gaps.add(named(path))
    assert there
    assert gaps - KNOWN_GAPS == set(), "modules without a test file"


def test_tests_named_as_stand_ins_exist():
    assert [file for file in TESTED_ELSEWHERE.values() if not (ROOT / file).is_file()] == []


def committed(*suffixes: str) -> list[Path]:
    """The files under version control with these endings."""
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if name.endswith(suffixes) and (ROOT / name).is_file()]


def test_no_file_names_a_place_of_the_machine_it_was_written_on():
    place = re.compile(r"(?<![\w.:/])/(work|root|home)/\w")
    texts = committed(".py", ".md", ".yml", ".yaml", ".toml", ".csv", ".ipynb", ".json", ".j2", "Makefile", "run")
    mine = {Path(__file__), Path(__file__).parents[1] / "notebooks" / "test_guards.py"}
    hits = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in texts
        if path not in mine
        for match in [place.search(path.read_text(encoding="utf-8", errors="replace"))]
        if match
    ]
    assert hits == []


def test_no_test_folder_lacks_its_init():
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert [str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_every_raises_says_what_is_told():
    hits = []
    for path in (path for path in committed(".py") if path.is_relative_to(ROOT / "tests")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.raises"):
                continue
            silent = {"KeyboardInterrupt", "SystemExit"} & {ast.unparse(one) for one in node.args}
            if not silent and "match" not in {keyword.arg for keyword in node.keywords}:
                hits.append(f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}")
    assert hits == []
