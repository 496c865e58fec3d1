import os
import time

import pytest
from crossborder.reports import keys, project

CELLS = [{"cell_type": "code", "source": ["1 + 1"], "metadata": {}, "outputs": [], "execution_count": 1}]


def key(cells=CELLS, parameters=None, **parts):
    return keys.notebook_key(cells, parameters or {"market": "DE"}, {"data": "d", "code": "c", **parts})


def test_outputs_and_counts_are_no_input():
    assert key([{**CELLS[0], "outputs": ["x"], "execution_count": 7}]) == key()


@pytest.mark.parametrize(
    "other",
    [
        {"cells": [{**CELLS[0], "source": ["1 + 2"]}]},
        {"cells": [{**CELLS[0], "metadata": {"tags": ["parameters"]}}]},
        {"parameters": {"market": "US"}},
        {"data": "e"},
        {"code": "e"},
        {"lock": "e"},
        {"upstream": "e"},
    ],
)
def test_each_input_changes_the_key(other):
    assert key(**other) != key()


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A project with a package of a few modules in place of ours."""
    base = tmp_path / "lib" / "crossborder"
    for name, text in {
        "__init__.py": "",
        "market/__init__.py": "",
        "market/sizing.py": "def f():\n    from crossborder.market import lazy\n",
        "market/lazy.py": "import crossborder.errors",
        "market/table.csv": "a\n1\n",
        "errors.py": "",
        "supply/__init__.py": "",
        "supply/other.py": "",
        "supply/dynamic.py": "import importlib\nimportlib.import_module('crossborder.' + 'market')",
    }.items():
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_text(text)
    monkeypatch.setattr(project, "root", lambda: tmp_path)
    keys._module.cache_clear()
    yield base
    keys._module.cache_clear()


def changes(package, file, source="from crossborder.market import sizing"):
    """Whether a change of a file of the package changes the key of a notebook with that source."""
    before = keys.code_key([source])
    (package / file).write_text("# changed\n" + (package / file).read_text())
    keys._module.cache_clear()
    return keys.code_key([source]) != before


@pytest.mark.parametrize(
    "file", ["market/sizing.py", "market/lazy.py", "market/__init__.py", "errors.py", "market/table.csv"]
)
def test_code_that_a_notebook_reaches_changes_its_key(package, file):
    assert changes(package, file)


def test_code_that_a_notebook_does_not_reach_does_not(package):
    assert not changes(package, "supply/other.py")


def test_an_import_by_computed_name_reaches_everything(package):
    assert changes(package, "market/lazy.py", "import crossborder.supply.dynamic")


def test_a_module_may_say_why_its_dynamic_imports_do_not_count(package):
    path = package / "supply" / "dynamic.py"
    path.write_text(f"# {keys.KNOWN_DYNAMIC}\n{path.read_text()}")
    assert not changes(package, "market/lazy.py", "import crossborder.supply.dynamic")


def test_a_magic_does_not_hide_the_imports(package):
    assert changes(package, "market/sizing.py", "%matplotlib inline\nfrom crossborder.market import sizing")


def test_data_are_fingerprinted_by_content_and_name(package, tmp_path):
    folder = tmp_path / "company"
    folder.mkdir()
    (folder / "a.csv").write_text("1")
    first = keys.folder_key([folder])
    os.utime(folder / "a.csv", (1, 1))
    assert keys.folder_key([folder]) == first
    (folder / "a.csv").rename(folder / "b.csv")
    assert keys.folder_key([folder]) != first
    # The same size and a new moment: the content is read again.
    (folder / "b.csv").rename(folder / "a.csv")
    (folder / "a.csv").write_text("2")
    assert keys.folder_key([folder]) != first


def test_an_old_file_is_not_read_again(package, tmp_path, monkeypatch):
    (tmp_path / "company").mkdir()
    (tmp_path / "company" / "a.csv").write_text("1")
    long_ago = time.time() - 100
    os.utime(tmp_path / "company" / "a.csv", (long_ago, long_ago))
    first = keys.folder_key([tmp_path / "company"])
    monkeypatch.setattr(keys, "_file_digest", lambda path: pytest.fail(f"{path} was read"))
    assert keys.folder_key([tmp_path / "company"]) == first


def test_the_revision_is_empty_outside_a_repository(package):
    assert keys.revision() == ""
