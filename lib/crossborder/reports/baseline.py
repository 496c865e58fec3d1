"""What the results of a run are measured against: the run with the same questions under the base scenario."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crossborder.language import t
from crossborder.reports import kept
from crossborder.reports.compare import Move, move
from crossborder.reports.recorded import shown

__all__ = ["NOTHING", "Baseline", "Beside", "find"]

SCENARIO = "base"
# What a question does not depend on.
LEFT_OUT = ("scenario", "language")


@dataclass(frozen=True)
class Beside:
    """One result beside its value under the base scenario, as texts: short for a line, long for a card."""

    label: str
    before: str
    after: str
    change: str
    verdict: str
    moved: bool

    @property
    def short(self) -> str:
        """The change alone, or that there is none."""
        return t("base {value}", value=self.before) if self.moved else t("as in base")

    @property
    def long(self) -> str:
        """The change and what it started from."""
        if not self.moved:
            return t("base scenario: the same")
        if not self.change:
            return t("base scenario: {value}", value=self.before)
        return t("base scenario: {value}, change {change}", value=self.before, change=self.change)


@dataclass(frozen=True)
class Baseline:
    """Results of a base run by notebook and name; `run` is its name, empty if there is none."""

    run: str = ""
    started: str = ""
    results: Mapping[str, Mapping[str, Mapping]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What changes when the run compared with is another one."""
        return f"{self.run} {self.started}".strip()

    def beside(self, notebook: str, results: Iterable[Mapping], labels: Mapping[str, str]) -> dict[str, Beside]:
        """Each of the results that the base run has too, by name; `labels` says what each is called."""
        before = self.results.get(notebook, {})
        return {
            one["name"]: _beside(move((notebook, one["name"]), before[one["name"]], one), labels[one["name"]])
            for one in results
            if one["name"] in before
        }


NOTHING = Baseline()


def find(reports: Path, scenario: str, asked: Mapping[str, Mapping]) -> Baseline:
    """The base run below `reports` that answers most of the notebooks `asked` (their parameters by name).

    A notebook counts if it finished there with the same parameters apart from the scenario and the language; of runs
    that answer as many, the latest. Under the base scenario itself there is nothing to compare with.
    """
    if scenario == SCENARIO:
        return NOTHING
    wanted = {notebook: _question(parameters) for notebook, parameters in asked.items()}
    found: list[tuple[int, str, Path, list[str]]] = []
    for path in reports.glob("[!.]*/manifest.json"):
        if path.parent.is_symlink():
            continue
        manifest = kept.read(path.parent, "manifest.json")
        if manifest.get("scenario") != SCENARIO:
            continue
        there = manifest["notebooks"]
        same = [
            name for name, question in wanted.items()
            if there.get(name, {}).get("status") == "ok" and _question(there[name]["parameters"]) == question
        ]  # fmt: skip
        found += [(len(same), manifest["started"], path.parent, same)] if same else []
    if not found:
        return NOTHING
    _, started, folder, same = max(found, key=lambda one: one[:2])
    stored = kept.read(folder, "results.json")["notebooks"]
    return Baseline(folder.name, started, {name: stored[name]["results"] for name in same})


def _question(parameters: Mapping) -> str:
    """Parameters as they are compared: what was read back from a file equals what was asked."""
    return json.dumps({k: v for k, v in parameters.items() if k not in LEFT_OUT}, sort_keys=True, default=str)


def _beside(one: Move, label: str) -> Beside:
    change = ""
    if one.change and one.before:
        change = shown(one.change / abs(one.before), "share")
        change = change if one.change < 0 else f"+{change}"
    verdict = t(one.verdict[0].upper() + one.verdict[1:])
    return Beside(label, shown(one.before, one.unit), shown(one.after, one.unit), change, verdict, one.change != 0)
