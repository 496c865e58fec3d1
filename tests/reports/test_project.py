from pathlib import Path

import pytest
from crossborder.errors import InputError
from crossborder.reports import project


@pytest.fixture
def folder(tmp_path):
    for name in ("31_landed_cost", "11_market_sizing", "notes"):
        (tmp_path / f"{name}.ipynb").write_text("{}")
    return tmp_path


def test_notebooks_are_those_with_a_number_in_reading_order(folder):
    assert [path.stem for path in project.numbered(folder)] == ["11_market_sizing", "31_landed_cost"]


@pytest.mark.parametrize("asked", ["31", "31_landed_cost", "landed_cost", "notebooks/31_landed_cost.ipynb"])
def test_a_notebook_is_found_by_number_name_or_path(folder, asked):
    assert project.find(asked, folder).stem == "31_landed_cost"


def test_a_notebook_elsewhere_is_found_by_its_path(folder):
    assert project.find(str(folder / "notes.ipynb"), folder) == folder / "notes.ipynb"


def test_an_unknown_notebook_is_refused_with_the_nearest(folder):
    with pytest.raises(InputError, match="did you mean '31_landed_cost'"):
        project.find("31_landed_cots", folder)


def test_the_project_holds_what_it_should():
    assert (project.root() / "lib" / "crossborder").is_dir() and (project.root() / "notebooks").is_dir()
    assert Path(__file__).is_relative_to(project.root())
