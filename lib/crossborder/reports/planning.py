"""What a run will do, decided before any process starts: notebooks, checked parameters, content keys, needed tables."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from crossborder.errors import InputError, MissingTable
from crossborder.reports import keys, project
from crossborder.reports.parameters import base, cells

__all__ = ["AT_ONCE", "Entry", "Folders", "Request", "check_tables", "describe", "plan", "run_name"]

# Notebooks at once: one more than there are cores, since one or the other waits for its kernel or for files; not more
# than eight, each of which takes about half a gigabyte.
AT_ONCE = min((os.cpu_count() or 1) + 1, 8)


@dataclass(frozen=True)
class Folders:
    """Where a run reads notebooks, writes its report and keeps finished notebooks."""

    notebooks: Path
    reports: Path
    cache: Path

    @classmethod
    def of_project(cls) -> "Folders":
        """The project's own folders."""
        return cls(project.notebooks_folder(), project.reports_folder(), project.cache_folder())


@dataclass(frozen=True)
class Request:
    """What is asked of a run: notebooks by name (none = all), parameters as written, limits in seconds and megabytes.

    `own` holds further parameters of single notebooks by name. `warm` kernels are forked from a process that has
    imported the stack; None leaves the choice to the run. `scheduler` is the address of a Dask scheduler whose workers
    run the notebooks; empty takes processes of this machine. `memory_mb` 0 is no cap.
    """

    notebooks: Sequence[str] = ()
    parameters: Mapping[str, object] = field(default_factory=dict)
    name: str = ""
    force: bool = False
    processes: int = AT_ONCE
    notebook_seconds: float = 300
    run_seconds: float = 1800
    warm: bool | None = None
    scheduler: str = ""
    memory_mb: float = 0
    own: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One notebook of a run: its parameters, the content key of its outputs, and why it cannot run, if so."""

    notebook: str
    path: Path
    source: dict
    model: type[base.Request]
    values: dict
    after: tuple[str, ...] = ()
    key: str = ""
    parts: dict = field(default_factory=dict)
    missing: str = ""

    @property
    def changed(self) -> dict:
        """The parameters that differ from the notebook's defaults: the only ones that Papermill must inject."""
        defaults = {name: one.default for name, one in self.model.model_fields.items()}
        return {name: value for name, value in self.values.items() if value != defaults[name]}


def plan(request: Request, folders: Folders, known: dict | None = None) -> list[Entry]:
    """The notebooks of a run in order, everything checked that can be checked without running them.

    `known` carries what was found out about files from one plan to the next of the same moment.
    Raises InputError for an unknown notebook or wrong parameters, all of them at once.
    """
    together = not request.notebooks
    if together:
        paths = project.numbered(folders.notebooks)
    else:
        paths = [project.find(name, folders.notebooks) for name in request.notebooks]
    if not paths:
        raise InputError(f"no notebooks in {folders.notebooks}\n  expected: NN_name.ipynb")
    known = {} if known is None else known
    entries = [_once(known, path, lambda path=path: describe(path)) for path in dict.fromkeys(paths)]
    own = {project.find(name, folders.notebooks).stem: values for name, values in request.own.items()}
    entries = _with_values(entries, request.parameters, together, own)
    names = {entry.notebook for entry in entries}
    return _with_keys([replace(entry, after=_after(entry, names)) for entry in entries], known)


def _once(known: dict, about: object, find: Callable[[], Any]) -> Any:
    if about not in known:
        known[about] = find()
    return known[about]


def check_tables(entries: Sequence[Entry], asked_by_name: bool) -> list[Entry]:
    """The entries with what each one misses.

    Raises MissingTable if a notebook was asked for by name, InputError for a folder without a company.
    """
    from crossborder.company import Company

    opened: dict[tuple, Company] = {}
    checked = []
    for entry in entries:
        about = tuple(entry.values.get(name, "") for name in ("data", "scenario", "as_of"))
        if "data" not in entry.values or not entry.model.needs:
            checked.append(entry)
            continue
        if about not in opened:
            opened[about] = Company.open(_place(about[0]), scenario=about[1] or "base", as_of=about[2])
        try:
            opened[about].require(*entry.model.needs)
            opened[about].require_filled(*entry.model.needs_filled)
            checked.append(entry)
        except MissingTable as missing:
            if asked_by_name:
                raise
            checked.append(replace(entry, missing=str(missing)))
    return checked


def run_name(entries: Sequence[Entry], request: Request) -> str:
    """The name of a run: as asked, else made from scenario and market (all notebooks) or notebook and parameters."""
    if request.name:
        if not request.name.replace("-", "").replace("_", "").replace(".", "").isalnum() or request.name[0] in ".-":
            raise InputError.out_of_range("name of the run", request.name, "letters, digits, - _ and .")
        return request.name
    given = {name: str(value) for name, value in request.parameters.items()}
    parts = [] if request.notebooks else [given.pop("scenario", "base")]
    parts += [entry.notebook for entry in entries] if len(entries) < 3 and request.notebooks else []
    parts += [given.pop("market")] if "market" in given else []
    parts += [f"{name}={Path(value).name if name == 'data' else value}" for name, value in sorted(given.items())]
    text = "-".join(parts) or "selection"
    return "".join(c if c.isalnum() or c in "-_=." else "_" for c in text)[:120]


def describe(path: Path) -> Entry:
    """A notebook with its model, before any values."""
    source = _read(path)
    model = base.registry().get(path.stem) if path.parent == project.notebooks_folder() else None
    if model is None:
        model = cells.model_from(path.stem, cells.source_of(source))
    return Entry(path.stem, path, source, model, {})


def _read(path: Path) -> dict:
    try:
        source = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        source = {}
    if not isinstance(source, dict) or not isinstance(source.get("cells"), list):
        raise InputError(f"{path.name} is not a notebook\n  expected: the JSON of nbformat 4, with cells")
    return source


def _with_values(
    entries: list[Entry], raw: Mapping[str, object], together: bool, own: Mapping[str, Mapping[str, object]]
) -> list[Entry]:
    """Each entry with its typed parameters; with all notebooks at once each takes the parameters that it has."""
    known = {name for entry in entries for name in entry.model.model_fields}
    problems, filled = [], []
    for entry in entries:
        fields = entry.model.model_fields
        given = {name: value for name, value in raw.items() if not together or name in fields or name not in known}
        if together and "market" in raw and "market" not in fields and "markets" in fields:
            given = _for_one_market(entry, given, raw["market"])
        given = {**given, **own.get(entry.notebook, {})}
        try:
            values = base.parse(entry.model, given)
            filled.append(replace(entry, values=_located(values)))
        except InputError as wrong:
            problems += [line for line in str(wrong).splitlines() if line not in problems]
    if problems:
        raise InputError("\n".join(_merged(problems)))
    return filled


def _for_one_market(entry: Entry, given: dict, market: object) -> dict:
    """The parameters of a notebook about several markets when one is asked for: that one, or all if one is too few."""
    rest = {name: value for name, value in given.items() if name != "market"}
    try:
        base.parse(entry.model, {"markets": market})
    except InputError:
        return rest
    return rest | {"markets": market}


def _merged(problems: list[str]) -> list[str]:
    """One line for a parameter that several notebooks do not know, however their own parameters differ."""
    first = {line.split(":")[0]: line for line in reversed(problems)}
    return [line for line in problems if first[line.split(":")[0]] == line]


def _located(values: dict) -> dict:
    """The values with a data folder that lies where the command was given, not in the project, as absolute path."""
    if "scenario" in values:
        known = ["base", *(path.stem for path in (project.root() / "scenarios").glob("*.yaml"))]
        if values["scenario"] not in known:
            raise InputError(
                f"parameter scenario={values['scenario']}: allowed: {', '.join(dict.fromkeys(sorted(known)))}"
            )
    if "data" in values and not (project.root() / values["data"]).is_dir():
        if not Path(values["data"]).is_dir():
            raise InputError(f"parameter data={values['data']}: allowed: a folder with a company's tables")
        return values | {"data": str(Path(values["data"]).resolve())}
    return values


def _place(data: str) -> Path:
    return project.root() / data


def _after(entry: Entry, names: set[str]) -> tuple[str, ...]:
    if "*" in entry.model.after:
        late = {name for name, model in base.registry().items() if "*" in model.after}
        return tuple(sorted(names - late - {entry.notebook}))
    return tuple(name for name in entry.model.after if name in names)


def _with_keys(entries: list[Entry], known: dict) -> list[Entry]:
    folders = {entry.values.get("data") for entry in entries} - {None, ""}
    data = {folder: _once(known, ("data", folder), lambda folder=folder: keys.data_key(folder)) for folder in folders}
    done: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda one: len(one.after)):
        code = ["".join(cell["source"]) for cell in entry.source["cells"] if cell["cell_type"] == "code"]
        parts = {
            "data": data.get(entry.values.get("data"), ""),
            "code": _once(known, ("code", entry.path), lambda code=code: keys.code_key(code)),
            "lock": keys.lock_key(),
            "environment": keys.environment_key(),
        }
        # A notebook that reads others' results is stale when any of them is.
        upstream = {name: done[name].key for name in entry.after if name in done}
        key = keys.notebook_key(entry.source["cells"], entry.values, parts | upstream)
        done[entry.notebook] = replace(entry, key=key, parts=parts)
    keys.remember()
    return [done[entry.notebook] for entry in entries]
