"""A run: plan, reuse, execute, collect, and put the whole report in place."""

import json
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from crossborder.reports import baseline, exports, kept, keys, planning, publication
from crossborder.reports.baseline import Baseline
from crossborder.reports.planning import Entry, Folders, Request
from crossborder.reports.worker import Job, Outcome

if TYPE_CHECKING:
    from crossborder.reports.pool import Pool

__all__ = ["Finished", "Listener", "crew", "run"]

WARM_FROM = 4  # notebooks to run before importing the stack once for all of them pays
FORMAT = 1  # of results.json and manifest.json
VERSIONS = ("crossborder", "numpy", "pandas", "scipy", "matplotlib", "statsmodels", "scikit-learn", "papermill")
# What decides how a page looks, given the outputs of its notebook.
_MODULES = "answers baseline compare html pages recorded rendering translation"
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


@dataclass
class _State:
    """What is known while a run goes on."""

    request: Request
    folders: Folders
    name: str
    entries: list[Entry]
    started: float = field(default_factory=time.time)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    places: dict[str, Path] = field(default_factory=dict)  # the folder that holds a notebook's outputs


def run(
    request: Request, folders: Folders | None = None, listener: Listener | None = None, pool: "Pool | None" = None
) -> Finished:
    """Run the notebooks asked for and publish their report as `reports/NAME`.

    A notebook whose inputs did not change is taken from an earlier run; if that holds for all and the report is in
    place, nothing is done. Raises InputError or MissingTable before any kernel starts.
    """
    folders, listener = folders or Folders.of_project(), listener or Listener()
    entries = planning.plan(request, folders)
    state = _State(request, folders, planning.run_name(entries, request), entries)
    published = _as_published(state)
    if published and not request.force:
        if not request.notebooks:
            publication.point_latest(folders.reports, state.name)
        return Finished(folders.reports / state.name, published, unchanged=True)
    if not request.force:
        _reuse(state)
    to_run = [entry for entry in entries if entry.notebook not in state.outcomes]
    if to_run:
        to_run = _without_missing(state, to_run)
    listener.planned(len(entries), len(to_run))
    scratch = kept.scratch(folders.cache)
    try:
        with publication.aside(folders.reports, state.name) as aside:
            if to_run:
                with nullcontext(pool) if pool else crew(request, to_run, folders.cache) as workers:
                    _execute(state, to_run, scratch, workers, listener)
            _write(state, aside)
            target = publication.publish(aside, folders.reports, state.name)
        if not request.notebooks:  # a report of all notebooks, not a look at one
            publication.point_latest(folders.reports, state.name)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if to_run:
        kept.prune(folders.cache)
    return Finished(target, tuple(state.outcomes[entry.notebook] for entry in entries))


def _as_published(state: _State) -> tuple[Outcome, ...]:
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


def _reuse(state: _State) -> None:
    for entry in state.entries:
        folder = kept.find(state.folders.cache, entry.notebook, entry.key)
        if folder:
            outcome = kept.read(folder, "outcome.json")
            state.outcomes[entry.notebook] = Outcome(entry.notebook, "ok", outcome["seconds"], reused=True)
            state.places[entry.notebook] = folder


def _without_missing(state: _State, to_run: list[Entry]) -> list[Entry]:
    """The notebooks whose tables are there; the others are skipped, or refused if asked for by name."""
    checked = planning.check_tables(to_run, asked_by_name=bool(state.request.notebooks))
    for entry in (entry for entry in checked if entry.missing):
        error = {"kind": "MissingTable", "text": entry.missing}
        state.outcomes[entry.notebook] = Outcome(entry.notebook, "skipped", 0.0, error)
    return [entry for entry in checked if not entry.missing]


@contextmanager
def crew(request: Request, entries: Sequence[Entry], cache: Path) -> Iterator["Pool"]:
    """Workers for some notebooks, of one run or of several, with warm kernels if there are enough to repay them."""
    from crossborder.reports.pool import Pool

    scratch = kept.scratch(cache)
    log = scratch / "kernels.log"
    try:
        with _nursery(request, entries, log) as address, Pool(request.processes, log, address) as pool:
            yield pool
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _execute(state: _State, to_run: Sequence[Entry], scratch: Path, pool: "Pool", listener: Listener) -> None:
    slow = _seconds_before(state)
    ordered = sorted(to_run, key=lambda entry: -slow.get(entry.notebook, 0.0))
    shared = scratch / "results.json"
    jobs = [_job(state, entry, scratch, shared) for entry in ordered]
    by_name = {entry.notebook: entry for entry in to_run}
    _write_results(state, shared)
    after = {entry.notebook: entry.after for entry in to_run}
    for outcome in pool.run(jobs, after, listener.cell, state.request.run_seconds):
        entry, place = by_name[outcome.notebook], scratch / outcome.notebook
        if outcome.status == "ok" and _whole(state, entry):
            place = kept.keep(state.folders.cache, outcome.notebook, entry.key, place)
        state.outcomes[outcome.notebook], state.places[outcome.notebook] = outcome, place
        _write_results(state, shared)
        listener.ended(outcome)


def _whole(state: _State, entry: Entry) -> bool:
    """Whether all whose results a notebook reads had finished: else it read less than its key promises."""
    return all(state.outcomes[name].status == "ok" for name in entry.after)


def _nursery(request: Request, entries: Sequence[Entry], log: Path) -> AbstractContextManager[str]:
    """A nursery for warm kernels if there are enough notebooks to repay it; else an empty address."""
    wanted = len(entries) >= WARM_FROM if request.warm is None else request.warm
    if not wanted:
        return nullcontext("")
    from crossborder.reports import nursery, warm

    code = ["".join(c["source"]) for entry in entries for c in entry.source["cells"] if c["cell_type"] == "code"]
    modules = (*nursery.STACK, *keys.imported(code))
    return warm.nursery(modules, log) if warm.available() else nullcontext("")


def _job(state: _State, entry: Entry, scratch: Path, shared: Path) -> Job:
    from crossborder.reports.project import root

    return Job(
        entry.notebook,
        str(entry.path),
        entry.changed,
        str(scratch / entry.notebook),
        str(root()),
        state.request.notebook_seconds,
        str(shared) if entry.after else "",
    )


def _seconds_before(state: _State) -> dict[str, float]:
    """How long each notebook took in the last run of this name: the long ones start first."""
    there = kept.read(state.folders.reports / state.name, "manifest.json").get("notebooks", {})
    return {name: one["seconds"] for name, one in there.items()}


def _write_results(state: _State, path: Path) -> None:
    """All named results so far, in the order of the notebooks."""
    notebooks = {}
    for entry in state.entries:
        outcome = state.outcomes.get(entry.notebook)
        if outcome is None:
            continue
        record = _record(state, entry) if outcome.status == "ok" else {}
        results = {one["name"]: {k: v for k, v in one.items() if k != "name"} for one in record.get("results", ())}
        notebooks[entry.notebook] = {"status": outcome.status, "results": results}
    content = {"format": FORMAT, "run": state.name, "notebooks": notebooks}
    exports.write_text(path, json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False))


def _record(state: _State, entry: Entry) -> dict:
    place = state.places.get(entry.notebook)
    return kept.read(place, "record.json") if place else {}


def _write(state: _State, aside: Path) -> None:
    """Pages, tables, files, notebooks, results and manifest of the run."""
    from crossborder.reports import pages

    about = _about(state)
    _write_results(state, aside / "results.json")
    for entry in state.entries:
        place = state.places.get(entry.notebook)
        if place and place.is_dir():
            _copy(place, aside, entry.notebook, whole=state.outcomes[entry.notebook].status == "ok")
    records = {entry.notebook: _record(state, entry) for entry in state.entries}
    base = _baseline(state)
    pages.write(aside, state.entries, state.outcomes, records, about, base)
    manifest = _manifest(state, about) | {"baseline": base.key}
    exports.write_text(aside / "manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False))


def _baseline(state: _State) -> Baseline:
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


def _about(state: _State) -> dict:
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


def _manifest(state: _State, about: Mapping) -> dict:
    installed = {name: _version(name) for name in VERSIONS}
    notebooks = {}
    for entry in state.entries:
        outcome = state.outcomes[entry.notebook]
        notebooks[entry.notebook] = {
            "status": outcome.status,
            "seconds": outcome.seconds,
            "reused": outcome.reused,
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
