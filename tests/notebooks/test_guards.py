"""The checks on notebooks fail when they should: each doctored copy differs in one thing from one that passes."""

import base64
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from crossborder.reports import project, refresh
from crossborder.reports.parameters import cells
from PIL import Image, ImageDraw

from tests.notebooks import comparison, guards, throwaway


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Path:
    path = throwaway.article(tmp_path_factory.mktemp("good") / "notebooks" / "11_good.ipynb")
    refresh.refresh(path)
    return path


def model(path):
    return cells.model_from(path.stem, cells.source_of(json.loads(path.read_text())))


def doctored(good, folder, change):
    """A copy of the good notebook with one change, made by a function on its cells."""
    notebook = json.loads(good.read_text())
    change(notebook["cells"])
    path = folder / good.name
    path.write_text(json.dumps(notebook))
    return path


def test_a_good_notebook_has_no_problem(good):
    assert guards.problems(good, model(good)) == []


def _strip(content):
    for cell in content:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None


def _strip_but_keep_counts(content):
    for cell in content:
        if cell["cell_type"] == "code":
            cell["outputs"] = []


def _swap_counts(content):
    content[4]["execution_count"], content[6]["execution_count"] = 4, 3


def _error(content):
    content[4]["outputs"] = [{"output_type": "error", "ename": "ValueError", "evalue": "", "traceback": []}]


def _stderr(content):
    content[4]["outputs"] = [{"output_type": "stream", "name": "stderr", "text": ["FutureWarning: soon"]}]


def _loop(content):
    content[4]["source"] = ["for x in (1, 2):\n", "    x"]


def _define(content):
    content[4]["source"] = ["def f(x):\n", "    return x"]


def _path(content):
    content[4]["source"] = ["open('/home/somebody/orders.csv')"]


def _search_path(content):
    content[4]["source"] = ["import sys; sys.path.append('lib')"]


def _long(content):
    content[4]["source"] = ["1\n"] * 16


def _no_alt(content):
    content[6]["outputs"][0]["metadata"] = {}


def _no_answer(content):
    content[8]["source"] = ["## Summary"]


def _statement(content):
    content[0]["source"] = ["# A title that asks nothing"]


def _other_default(content):
    content[1]["source"] = ['market: str = "US"  # ISO country code\n', "level: float = 0.9  # share"]


def _other_type(content):
    content[1]["source"] = ['market: str = "DE"  # ISO country code\n', "level: str = 0.9  # share"]


@pytest.mark.parametrize(
    "change, told",
    [
        (_strip, "execution counts"),
        (_strip_but_keep_counts, "no recorded results"),
        (_swap_counts, "execution counts"),
        (_error, "holds the error ValueError"),
        (_stderr, "writes to stderr"),
        (_loop, "has For"),
        (_define, "has FunctionDef"),
        (_path, "names a place of this machine"),
        (_search_path, "touches sys.path"),
        (_long, "has 16 lines"),
        (_no_alt, "without alternative text"),
        (_no_answer, "not all there in this order"),
        (_statement, "asks a question"),
        (_other_default, "market is 'US' in the cell and 'DE'"),
        (_other_type, "level is str in the cell and float"),
    ],
)
def test_one_flaw_is_named(good, tmp_path, change, told):
    path = doctored(good, tmp_path, change)
    assert told in "\n".join(guards.problems(path, model(good)))


def compared(path: Path) -> subprocess.CompletedProcess:
    """nbval as `make test` calls it, on one notebook."""
    words = ["-p", "tests.notebooks.comparison", "--nbval", "--nbval-current-env", "--rootdir", str(path.parent)]
    command = [sys.executable, "-m", "pytest", *words, "-c", str(project.root() / "pyproject.toml"), str(path)]
    return subprocess.run(command, cwd=project.root(), capture_output=True, text=True, timeout=120)


def _changed_number(content):
    content[4]["outputs"][0]["data"]["text/plain"] = ["6"]


def _changed_result(content):
    content[-1]["outputs"][0]["data"]["application/vnd.crossborder.results+json"]["results"][0]["value"] = 1.6e9


def _changed_plot(content):
    output = content[6]["outputs"][0]["data"]
    picture = Image.open(io.BytesIO(base64.b64decode("".join(output["image/png"])))).convert("RGB")
    ImageDraw.Draw(picture).ellipse((300, 200, 330, 230), fill="#D55E00")
    file = io.BytesIO()
    picture.save(file, format="png")
    output["image/png"] = base64.b64encode(file.getvalue()).decode()


def _all_three(content):
    _changed_number(content)
    _changed_plot(content)
    _changed_result(content)


def test_an_unchanged_notebook_passes_and_one_changed_number_plot_or_result_fails(good, tmp_path):
    # One run for the three changes: a kernel's start is what costs, and each cell is a test of its own.
    fine = compared(good)
    assert fine.returncode == 0, fine.stdout
    changed = compared(doctored(good, tmp_path, _all_three))
    assert changed.returncode == 1
    assert "3 failed" in changed.stdout, changed.stdout
    for kind in ("text/plain", "image/png", "application/vnd.crossborder.results+json"):
        assert f"mismatch '{kind}'" in changed.stdout, changed.stdout


def _png(mark: int = 0, shade: int = 0) -> str:
    picture = Image.new("RGB", (400, 300), "white")
    if shade:
        ImageDraw.Draw(picture).line((0, 0, 399, 299), fill=(255 - shade,) * 3, width=3)
    if mark:
        ImageDraw.Draw(picture).ellipse((50, 50, 50 + mark, 50 + mark), fill="#D55E00")
    file = io.BytesIO()
    picture.save(file, format="png")
    return base64.b64encode(file.getvalue()).decode()


def test_pictures_differ_by_marks_and_not_by_shades():
    plain = comparison.Picture(_png())
    assert plain == comparison.Picture(_png(shade=10))
    assert plain != comparison.Picture(_png(mark=12))


@pytest.mark.parametrize(
    "one, other, same",
    [
        ({"value": 1.0}, {"value": 1.0 + 1e-9}, True),
        ({"value": 1.0}, {"value": 1.001}, False),
        ({"value": None}, {"value": 0.0}, False),
        ([{"name": "a"}], [{"name": "b"}], False),
        ([1, 2], [1], False),
        (True, 1, False),
    ],
)
def test_recorded_numbers_agree_to_a_millionth(one, other, same):
    assert comparison.near(one, other) is same


def test_a_failure_says_where_recorded_results_differ():
    one, other = {"results": [{"value": 1.0}, {"value": 2.0}]}, {"results": [{"value": 1.0}, {"value": 3.0}]}
    assert comparison.difference(one, other) == ("['results'][1]['value']: 2.0", "['results'][1]['value']: 3.0")
