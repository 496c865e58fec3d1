"""The `parameters` cell of a notebook, read without running it, and compared with the notebook's model."""

import ast
import io
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import Field, create_model

from crossborder.errors import InputError
from crossborder.reports.parameters.base import Request

__all__ = ["Entry", "differences", "entries", "model_from", "source_of"]

TYPES: dict[str, Any] = {
    "str": str, "int": int, "float": float, "bool": bool,
    "list[str]": list[str], "list[int]": list[int], "list[float]": list[float],
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One line of a parameters cell: `name: annotation = default  # comment`."""

    name: str
    annotation: str
    default: Any
    comment: str


def source_of(notebook: Mapping) -> str | None:
    """The text of the cell tagged `parameters`, or None. Raises InputError if there are several."""
    cells = [c for c in notebook["cells"] if "parameters" in c.get("metadata", {}).get("tags", ())]
    if len(cells) > 1:
        raise InputError.out_of_range("cells tagged parameters", len(cells), "one in a notebook")
    return "".join(cells[0]["source"]) if cells else None


def entries(source: str) -> list[Entry]:
    """The lines of a parameters cell.

    Raises InputError for anything but `name: type = literal`.
    """
    comments = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    found = []
    for line in ast.parse(source).body:
        text = ast.unparse(line)
        if not (isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value is not None):
            raise InputError.out_of_range("line of the parameters cell", text, "name: type = literal  # unit, values")
        try:
            default = ast.literal_eval(line.value)
        except ValueError:
            raise InputError.out_of_range("default in the parameters cell", text, "a plain literal") from None
        comment = comments.get(line.end_lineno or line.lineno, "")
        found.append(Entry(line.target.id, ast.unparse(line.annotation), default, comment))
    return found


def differences(source: str, model: type[Request]) -> list[str]:
    """Where a parameters cell and its model disagree in names, types or defaults; empty if they agree."""
    cell = {entry.name: entry for entry in entries(source)}
    fields = model.model_fields
    problems = [f"{name} stands in the cell, not in {model.__name__}" for name in cell if name not in fields]
    problems += [f"{name} stands in {model.__name__}, not in the cell" for name in fields if name not in cell]
    for name in (name for name in cell if name in fields):
        entry, field = cell[name], fields[name]
        expected = plain_type(field.annotation)
        if entry.annotation != expected:
            problems.append(f"{name} is {entry.annotation} in the cell and {expected} in {model.__name__}")
        if entry.default != field.default or type(entry.default) is not type(field.default):
            problems.append(f"{name} is {entry.default!r} in the cell and {field.default!r} in {model.__name__}")
        if not entry.comment:
            problems.append(f"{name} has no comment with its unit or allowed values in the cell")
    return problems


def plain_type(annotation: Any) -> str:
    """The annotation that a parameters cell shows for a field: choices and dates are what they are made of.

    >>> plain_type(Literal["a", "b"]), plain_type(list[str])
    ('str', 'list[str]')
    """
    origin = get_origin(annotation)
    if origin is Literal:
        return type(get_args(annotation)[0]).__name__
    if origin is list:
        return f"list[{plain_type(get_args(annotation)[0])}]"
    if origin is not None:
        return plain_type(get_args(annotation)[0])
    return annotation.__name__


def model_from(notebook: str, source: str | None) -> type[Request]:
    """A model made from a parameters cell alone: types and defaults, no bounds; for a notebook that has no model.

    Raises InputError for a type that a parameter cannot have.
    """
    fields: dict[str, Any] = {}
    for entry in entries(source or ""):
        if entry.annotation not in TYPES:
            raise InputError.unknown(f"type of parameter {entry.name}", entry.annotation, TYPES)
        fields[entry.name] = (TYPES[entry.annotation], Field(entry.default, description=entry.comment))
    # Only what the cell has can be set: a common field that the notebook lacks must not look accepted.
    made = create_model(f"Cell_{notebook}", __base__=Request, __module__="notebook", **fields)
    made.notebook = notebook
    return made
