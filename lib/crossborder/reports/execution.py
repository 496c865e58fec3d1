"""The notebooks of one run or of several: what is the same in several runs is executed once."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from crossborder.reports import earlier, exports, kept
from crossborder.reports.executors import Executor
from crossborder.reports.planning import Entry, Folders, Request
from crossborder.reports.worker import Job, Outcome

__all__ = ["FORMAT", "State", "distinct", "execute", "record_of", "write_results"]

FORMAT = 1  # of results.json and manifest.json


@dataclass
class State:
    """What is known of a run while it goes on."""

    request: Request
    folders: Folders
    name: str
    entries: list[Entry]
    started: float = field(default_factory=time.time)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    places: dict[str, Path] = field(default_factory=dict)  # the folder that holds a notebook's outputs

    @property
    def to_run(self) -> list[Entry]:
        """The notebooks that have not ended."""
        return [entry for entry in self.entries if entry.notebook not in self.outcomes]


def distinct(states: Sequence[State]) -> dict[tuple[str, str], list[tuple[State, Entry]]]:
    """The notebooks to run by name and content key, each with the runs that want it."""
    wanted: dict[tuple[str, str], list[tuple[State, Entry]]] = {}
    for state in states:
        for entry in state.to_run:
            wanted.setdefault((entry.notebook, entry.key), []).append((state, entry))
    return wanted


def execute(
    states: Sequence[State],
    workers: Executor,
    scratch: Path,
    ended: Callable[[Outcome], None],
    tell: Callable[[str, int, int], None] = lambda name, cell, cells: None,
) -> None:
    """Run what the runs want, each content key once, and hand each outcome to all runs that want it."""
    wanted = distinct(states)
    labels = {key: _label(*users[0], len(states)) for key, users in wanted.items()}
    by_label = {labels[key]: users for key, users in wanted.items()}
    after = {
        labels[key]: [
            labels[one.notebook, one.key]
            for one in state.entries
            if one.notebook in entry.after and (one.notebook, one.key) in labels
        ]
        for key, users in wanted.items()
        for state, entry in users[:1]
    }
    jobs = [_job(*users[0], scratch, label) for label, users in by_label.items()]
    for state in states:
        _hand_on(state, scratch)
    seconds = max(state.request.run_seconds for state in states)
    with ThreadPoolExecutor(1) as page_maker:
        for outcome in workers.run(_ordered(jobs, states), after, tell, seconds):
            users = by_label[outcome.name]
            place = scratch / outcome.name
            if outcome.status == "ok" and _whole(*users[0]):
                place = kept.keep(users[0][0].folders.cache, outcome.notebook, users[0][1].key, place)
            for state, _ in users:
                state.outcomes[outcome.notebook] = replace(outcome, label="")
                state.places[outcome.notebook] = place
                _hand_on(state, scratch)
            ended(outcome)
            if len(states) == 1:  # of several runs there are more pages than are kept ready
                page_maker.submit(_prepare, place / "notebook.ipynb")


def _prepare(notebook: Path) -> None:
    """Ready the page of a finished notebook while others still run; what is wrong with it shows when it is written."""
    from crossborder import style  # noqa: F401  which writes the numbers of a page
    from crossborder.reports import rendering

    if notebook.is_file():
        rendering.prepare(json.loads(notebook.read_text(encoding="utf-8")))


def write_results(state: State, path: Path, before: Mapping | None = None) -> None:
    """All named results of a run so far, in the order of the notebooks; `before` is what the run replaces."""
    notebooks = {}
    for entry in state.entries:
        outcome = state.outcomes.get(entry.notebook)
        if outcome is None:
            continue
        record = record_of(state, entry) if outcome.status == "ok" else {}
        results = {one["name"]: {k: v for k, v in one.items() if k != "name"} for one in record.get("results", ())}
        notebooks[entry.notebook] = {"status": outcome.status, "results": results}
    content = {"format": FORMAT, "run": state.name, "notebooks": notebooks}
    if before:
        content["before"] = dict(before)
    exports.write_text(path, json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False))


def record_of(state: State, entry: Entry) -> dict:
    """What a notebook of the run has recorded; empty if it did not end well."""
    place = state.places.get(entry.notebook)
    return kept.read(place, "record.json") if place else {}


def _label(state: State, entry: Entry, runs: int) -> str:
    return entry.notebook if runs == 1 else f"{state.name}/{entry.notebook}"


def _results_file(state: State, scratch: Path) -> Path:
    return scratch / f"{state.name}.results.json"


def _hand_on(state: State, scratch: Path) -> None:
    """Write the results for the notebooks that read those of others, once all of these have ended."""
    if any(all(name in state.outcomes for name in entry.after) for entry in state.to_run if entry.after):
        write_results(state, _results_file(state, scratch), earlier.of_folder(state.folders.reports / state.name))


def _whole(state: State, entry: Entry) -> bool:
    """Whether all whose results a notebook reads had finished: else it read less than its key promises."""
    return all(state.outcomes[name].status == "ok" for name in entry.after)


def _job(state: State, entry: Entry, scratch: Path, label: str) -> Job:
    from crossborder.reports.project import root

    return Job(
        entry.notebook,
        str(entry.path),
        entry.changed,
        str(scratch / label),
        str(root()),
        state.request.notebook_seconds,
        str(_results_file(state, scratch)) if entry.after else "",
        label,
        int(state.request.memory_mb * 1e6),
    )


def _ordered(jobs: Sequence[Job], states: Sequence[State]) -> list[Job]:
    """The jobs run by run, in each the ones first that took long the last time."""
    seconds = dict(_seconds_before(states))
    place = {state.name: number for number, state in enumerate(states)}
    return sorted(jobs, key=lambda job: (place.get(job.label.rpartition("/")[0], 0), -seconds.get(job.notebook, 0.0)))


def _seconds_before(states: Sequence[State]) -> Iterator[tuple[str, float]]:
    for state in states:
        for name in ("latest", state.name):
            there = kept.read(state.folders.reports / name, "manifest.json").get("notebooks", {})
            yield from ((notebook, one["seconds"]) for notebook, one in there.items())
