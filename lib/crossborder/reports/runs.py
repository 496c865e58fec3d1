"""A run: plan, reuse, execute, collect, and put the whole report in place."""

import json
import platform
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from crossborder.reports import baseline, execution, executors, exports, kept, keys, memory, planning, publication
from crossborder.reports.baseline import Baseline
from crossborder.reports.execution import FORMAT, State, record_of
from crossborder.reports.planning import Folders, Request
from crossborder.reports.worker import Outcome

__all__ = ["Finished", "Listener", "run", "run_all"]

VERSIONS = ("crossborder", "numpy", "pandas", "scipy", "matplotlib", "statsmodels", "scikit-learn", "papermill")
# What decides how a page looks, given the outputs of its notebook.
_MODULES = "answers baseline compare glyphs html pages recorded rendering translation"
PAGES = (*(f"reports/{name}.py" for name in _MODULES.split()), "reports/templates/*", "style.py", "language/*")


@dataclass
class Listener:
    """What hears of a run's progress; the default is silent."""

    planned: Callable[[int, int], None] = lambda notebooks, to_run: None
    cell: Callable[[str, int, int], None] = lambda notebook, cell, cells: None
    ended: Callable[[Outcome], None] = lambda outcome: None


@dataclass(frozen=True)
class Finished:
    """A run that has ended: its folder, how each notebook ended, and whether anything had to be done."""

    folder: Path
    outcomes: tuple[Outcome, ...]
    unchanged: bool = False

    @property
    def failed(self) -> list[Outcome]:
        """The notebooks that failed."""
        return [outcome for outcome in self.outcomes if outcome.status == "failed"]


def run(request: Request, folders: Folders | None = None, listener: Listener | None = None) -> Finished:
    """Run the notebooks asked for and publish their report as `reports/NAME`.

    A notebook whose inputs did not change is taken from an earlier run; if that holds for all and the report is in
    place, nothing is done. Raises InputError or MissingTable before any kernel starts.
    """
    finished = run_all([request], folders, listener)[0]
    if not request.notebooks:  # a report of all notebooks, not a look at one
        publication.point_latest(finished.folder.parent, finished.folder.name)
    return finished


def run_all(
    requests: Sequence[Request], folders: Folders | None = None, listener: Listener | None = None
) -> list[Finished]:
    """Several runs as one: everything is checked first, and what is the same in several of them is computed once."""
    folders, listener = folders or Folders.of_project(), listener or Listener()
    memory.check_cap(requests[0].memory_mb)
    known: dict = {}
    states = [_planned(request, folders, known) for request in requests]
    published = {state.name: found for state in states if (found := _as_published(state)) and not state.request.force}
    todo = [state for state in states if state.name not in published]
    for state in todo:
        if not state.request.force:
            _reuse(state)
        if state.to_run:
            _leave_out_missing(state)
    jobs = execution.distinct(todo)
    if todo:
        listener.planned(sum(len(state.entries) for state in todo), len(jobs))
    scratch = kept.scratch(folders.cache) if todo else None
    try:
        if jobs:
            with executors.crew(requests[0], [users[0][1] for users in jobs.values()], folders.cache) as workers:
                execution.execute(todo, workers, scratch, listener.ended, listener.cell)
        for state in todo:
            _publish(state)
    finally:
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)
    if jobs:
        kept.prune(folders.cache)
    return [_finished(state, published.get(state.name)) for state in states]


def _planned(request: Request, folders: Folders, known: dict) -> State:
    entries = planning.plan(request, folders, known)
    return State(request, folders, planning.run_name(entries, request), entries)


def _finished(state: State, published: tuple[Outcome, ...] | None) -> Finished:
    outcomes = published or tuple(state.outcomes[entry.notebook] for entry in state.entries)
    return Finished(state.folders.reports / state.name, outcomes, unchanged=bool(published))


def _publish(state: State) -> None:
    with publication.aside(state.folders.reports, state.name) as aside:
        _write(state, aside)
        publication.publish(aside, state.folders.reports, state.name)


def _as_published(state: State) -> tuple[Outcome, ...]:
    """The outcomes of the report in place if it has the very same inputs and no failure; else nothing."""
    manifest = kept.read(state.folders.reports / state.name, "manifest.json")
    there = manifest.get("notebooks", {})
    same = (
        manifest.get("format") == FORMAT
        and manifest.get("pages") == _pages_key()
        and manifest.get("baseline", "") == _baseline(state).key
        and {name: one["key"] for name, one in there.items()} == {one.notebook: one.key for one in state.entries}
        and all(one["status"] != "failed" for one in there.values())
    )
    if not same:
        return ()
    return tuple(
        Outcome(entry.notebook, there[entry.notebook]["status"], there[entry.notebook]["seconds"], reused=True)
        for entry in state.entries
    )


def _reuse(state: State) -> None:
    for entry in state.entries:
        folder = kept.find(state.folders.cache, entry.notebook, entry.key)
        if folder:
            outcome = kept.read(folder, "outcome.json")
            state.outcomes[entry.notebook] = Outcome(entry.notebook, "ok", outcome["seconds"], reused=True)
            state.places[entry.notebook] = folder


def _leave_out_missing(state: State) -> None:
    """Skip the notebooks whose tables are not there; one asked for by name is refused."""
    checked = planning.check_tables(state.to_run, asked_by_name=bool(state.request.notebooks))
    for entry in (entry for entry in checked if entry.missing):
        error = {"kind": "MissingTable", "text": entry.missing}
        state.outcomes[entry.notebook] = Outcome(entry.notebook, "skipped", 0.0, error)


def _write(state: State, aside: Path) -> None:
    """Pages, tables, files, notebooks, results and manifest of the run."""
    from crossborder.reports import pages, translation

    about = _about(state)
    execution.write_results(state, aside / "results.json")
    for entry in state.entries:
        place = state.places.get(entry.notebook)
        if place and place.is_dir():
            _copy(place, aside, entry.notebook, whole=state.outcomes[entry.notebook].status == "ok")
    records = {entry.notebook: record_of(state, entry) for entry in state.entries}
    base = _baseline(state)
    pages.write(aside, state.entries, state.outcomes, records, about, base)
    translation.speak(aside / "notebooks", about["language"])
    manifest = _manifest(state, about) | {"baseline": base.key}
    exports.write_text(aside / "manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False))


def _baseline(state: State) -> Baseline:
    """The run to compare with, if this one is under another scenario than the base."""
    asked = {entry.notebook: entry.values for entry in state.entries}
    scenario = state.entries[0].values.get("scenario", baseline.SCENARIO)
    return baseline.find(state.folders.reports, scenario, asked)


def _copy(place: Path, aside: Path, notebook: str, whole: bool) -> None:
    """A finished notebook's outputs into the report; of a failed one only the notebook, as evidence."""
    (aside / "notebooks").mkdir(exist_ok=True)
    if (place / "notebook.ipynb").is_file():
        shutil.copyfile(place / "notebook.ipynb", aside / "notebooks" / f"{notebook}.ipynb")
    if not whole:
        return
    for kind in ("tables", "figures"):
        for path in sorted((place / kind).glob("[!.]*")):
            (aside / kind / notebook).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, aside / kind / notebook / path.name)
    for name in kept.read(place, "record.json").get("files", ()):
        (aside / "files" / notebook).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(place / name, aside / "files" / notebook / name)


def _about(state: State) -> dict:
    """What a page says of its run."""
    first = state.entries[0]
    return {
        "name": state.name,
        "finished": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "seconds": round(time.time() - state.started, 1),
        "data": first.values.get("data", "none"),
        "scenario": first.values.get("scenario", "base"),
        "language": first.values.get("language", "en"),
        "asked": {name: str(value) for name, value in state.request.parameters.items()},
        "fingerprint": first.parts["data"],
        "lock": first.parts["lock"],
        "revision": keys.revision(),
        "python": platform.python_version(),
    }


def _manifest(state: State, about: Mapping) -> dict:
    installed = {name: _version(name) for name in VERSIONS}
    notebooks = {}
    for entry in state.entries:
        outcome = state.outcomes[entry.notebook]
        notebooks[entry.notebook] = {
            "status": outcome.status,
            "seconds": outcome.seconds,
            "reused": outcome.reused,
            "peak_bytes": outcome.peak_bytes,
            "key": entry.key,
            "code": entry.parts["code"],
            "parameters": entry.values,
            "error": outcome.error,
        }
    started = datetime.fromtimestamp(state.started, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "format": FORMAT,
        **{name: about[name] for name in ("name", "scenario", "data", "fingerprint", "lock", "revision", "asked")},
        "started": started,
        "seconds": about["seconds"],
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
        "machine": platform.platform(),
        "versions": {"python": about["python"], **installed},
        "pages": _pages_key(),
        "notebooks": notebooks,
    }


def _pages_key() -> str:
    return keys.files_key(PAGES)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
