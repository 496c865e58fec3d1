"""Two runs side by side: which results moved, by how much against their uncertainty, and which inputs changed."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from crossborder.errors import InputError
from crossborder.reports.recorded import shown

__all__ = ["Comparison", "Move", "compare", "move"]


@dataclass(frozen=True)
class Move:
    """One result in both runs; `ratio` is |change| over the combined half width of the two intervals."""

    notebook: str
    name: str
    unit: str
    before: float | None
    after: float | None
    change: float | None
    half_width: float | None
    ratio: float | None

    @property
    def verdict(self) -> str:
        """What the change means."""
        if self.change is None:
            return "has no value in one run"
        if self.change == 0:
            return "same"
        if self.ratio is None:
            return "moved, no interval to judge by"
        return "moved beyond its uncertainty" if self.ratio > 1 else "moved within its uncertainty"


@dataclass(frozen=True)
class Comparison:
    """What differs between two runs."""

    before: str
    after: str
    inputs: tuple[str, ...]
    moves: tuple[Move, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]

    @property
    def moved(self) -> list[Move]:
        """The results that changed, the strongest against their uncertainty first, those without interval last."""
        changed = [move for move in self.moves if move.change != 0]
        return sorted(changed, key=lambda move: -(move.ratio if move.ratio is not None else -1))

    def as_data(self) -> dict:
        """The comparison as plain data."""
        content = asdict(self)
        content["moves"] = [asdict(move) | {"verdict": move.verdict} for move in self.moves]
        # JSON knows no infinity: an exact result that changed has no finite ratio.
        for move in content["moves"]:
            move["ratio"] = None if move["ratio"] == math.inf else move["ratio"]
        return content

    def __str__(self) -> str:
        same = len(self.moves) - len(self.moved)
        lines = [
            f"{self.before} -> {self.after}: {len(self.moved)} of {len(self.moves)} results moved, {same} the same"
        ]
        lines += ["inputs that changed:" if self.inputs else "inputs: no change"]
        lines += [f"  {line}" for line in self.inputs]
        for move in self.moved:
            lines.append(f"  {move.name}: {_change(move)}; {move.verdict}")
        for run, names in ((self.before, self.only_before), (self.after, self.only_after)):
            lines += [f"  only in {run}: {', '.join(names)}"] if names else []
        return "\n".join(lines)


def compare(reports: Path, before: str, after: str) -> Comparison:
    """Two published runs, by name below `reports` or by folder.

    Raises InputError for a run that is not there.
    """
    one, other = _load(reports, before), _load(reports, after)
    first, second = _results(one[0]), _results(other[0])
    both = [key for key in first if key in second]
    return Comparison(
        one[1]["name"],
        other[1]["name"],
        tuple(_inputs(one[1], other[1])),
        tuple(move(key, first[key], second[key]) for key in both),
        tuple(name for notebook, name in first if (notebook, name) not in second),
        tuple(name for notebook, name in second if (notebook, name) not in first),
    )


def _load(reports: Path, run: str) -> tuple[dict, dict]:
    for folder in (reports / run, Path(run)):
        if (folder / "manifest.json").is_file():
            return tuple(json.loads((folder / name).read_text("utf-8")) for name in ("results.json", "manifest.json"))
    there = [path.parent.name for path in sorted(reports.glob("[!.]*/manifest.json"))]
    raise InputError.unknown("run", run, there)


def _results(stored: Mapping) -> dict[tuple[str, str], dict]:
    return {
        (notebook, name): result
        for notebook, entry in stored["notebooks"].items()
        for name, result in entry["results"].items()
    }


def move(key: tuple[str, str], first: Mapping, second: Mapping) -> Move:
    """How one result, named by notebook and name, moved from the first run to the second."""
    before, after = first["value"], second["value"]
    change = None if before is None or after is None else after - before
    widths = [(one["high"] - one["low"]) / 2 for one in (first, second) if one["low"] is not None]
    half_width = math.hypot(*widths) if len(widths) == 2 else None
    ratio = None
    if change is not None and half_width is not None:
        ratio = abs(change) / half_width if half_width else (math.inf if change else 0.0)
    return Move(*key, second["unit"], before, after, change, half_width, ratio)


def _inputs(first: Mapping, second: Mapping) -> list[str]:
    """The inputs that differ, one line each."""
    named = (("scenario", "scenario"), ("data", "folder of the data"), ("fingerprint", "content of the data"))
    named += (("lock", "versions of the packages"), ("revision", "revision of the code"))
    lines = [f"{words}: {_short(first[k])} -> {_short(second[k])}" for k, words in named if first[k] != second[k]]
    both = [name for name in first["notebooks"] if name in second["notebooks"]]
    changed: dict[str, list[str]] = {}
    for notebook in both:
        one, other = first["notebooks"][notebook], second["notebooks"][notebook]
        if one["code"] != other["code"]:
            changed.setdefault("code reached by", []).append(notebook)
        for name in sorted(one["parameters"].keys() | other["parameters"].keys()):
            values = one["parameters"].get(name), other["parameters"].get(name)
            if values[0] != values[1] and name not in ("scenario", "data"):
                changed.setdefault(f"parameter {name}: {values[0]} -> {values[1]} in", []).append(notebook)
    return lines + [f"{what} {', '.join(names)}" for what, names in changed.items()]


def _short(value: str) -> str:
    text = str(value) or "none"
    return text[:12] if len(text) >= 40 and text.rstrip("+").isalnum() else text


def _change(move: Move) -> str:
    text = f"{shown(move.before, move.unit)} -> {shown(move.after, move.unit)}"
    if move.change and move.before:
        text += f" ({move.change / abs(move.before):+.1%})"
    if move.ratio is not None:
        text += f", {'exact before and after' if move.ratio == math.inf else f'{move.ratio:.1f} half widths'}"
    return text
