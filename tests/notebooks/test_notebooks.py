"""Every committed notebook, found by its place and never listed by hand."""

import pytest
from crossborder.reports import project
from crossborder.reports.parameters import base

from tests.notebooks import guards


@pytest.mark.parametrize("path", project.numbered(), ids=lambda path: path.stem)
def test_a_notebook_keeps_the_rules(path):
    found = guards.problems(path)
    assert not found, "\n".join(found)


def test_each_model_has_its_notebook():
    there = {path.stem for path in project.numbered()}
    assert set(base.registry()) <= there


def test_no_notebook_lies_outside_the_numbering():
    strays = {path.name for path in project.notebooks_folder().glob("*.ipynb")}
    assert strays == {path.name for path in project.numbered()}
