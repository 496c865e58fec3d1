from typing import ClassVar, Literal

import pytest
from crossborder.errors import InputError
from crossborder.reports.parameters import cells
from crossborder.reports.parameters.base import Request, parse
from pydantic import Field

SOURCE = (
    'market: str = "DE"  # ISO country code\nlevel: float = 0.9  # share, 0.5 to 0.99\nmany: list[str] = []  # names'
)


class Model(Request):
    notebook: ClassVar[str] = "99_model"
    market: Literal["DE", "US"] = Field("DE", description="market")
    level: float = Field(0.9, ge=0.5, le=0.99, description="level")
    many: list[str] = Field([], description="names")


def test_a_cell_is_read_without_running_it():
    entry = cells.entries(SOURCE)[1]
    assert (entry.name, entry.annotation, entry.default, entry.comment) == ("level", "float", 0.9, "share, 0.5 to 0.99")


def test_a_cell_and_its_model_agree():
    assert cells.differences(SOURCE, Model) == []


@pytest.mark.parametrize(
    "source, told",
    [
        (SOURCE.replace('"DE"', '"US"'), "market is 'US' in the cell and 'DE' in Model"),
        (SOURCE.replace("float", "int"), "level is int in the cell and float in Model"),
        (SOURCE.replace("0.9 ", "1 "), "level is 1 in the cell and 0.9"),
        (SOURCE.replace("level:", "lavel:"), "lavel stands in the cell, not in Model"),
        (SOURCE.replace("level:", "lavel:"), "level stands in Model, not in the cell"),
        (SOURCE.replace("  # ISO country code", ""), "market has no comment"),
    ],
)
def test_a_difference_is_named(source, told):
    assert told in "\n".join(cells.differences(source, Model))


@pytest.mark.parametrize("source", ["level = 0.9", "import os", "level: float = compute()", "level: float"])
def test_only_typed_literals_are_parameters(source):
    with pytest.raises(InputError, match=r"name: type = literal|a plain literal"):
        cells.entries(source)


def test_a_notebook_without_model_gets_one_from_its_cell():
    model = cells.model_from("99_x", SOURCE)
    assert parse(model, {"many": "a,b", "level": "0.5"}) == {"market": "DE", "level": 0.5, "many": ["a", "b"]}
    with pytest.raises(InputError, match="'data' is not known"):
        parse(model, {"data": "x"})
    with pytest.raises(InputError, match="type of parameter"):
        cells.model_from("99_x", "when: date = '2026-01-01'")


def test_two_parameter_cells_are_refused():
    cell = {"source": [], "metadata": {"tags": ["parameters"]}}
    with pytest.raises(InputError, match="one in a notebook"):
        cells.source_of({"cells": [cell, cell]})
