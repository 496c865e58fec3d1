"""Writing the pages of a run from what its notebooks left."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from crossborder.reports import exports, html
from crossborder.reports.html import Card
from crossborder.reports.parameters import base, reading
from crossborder.reports.planning import Entry
from crossborder.reports.recorded import shown
from crossborder.reports.worker import Outcome

__all__ = ["write"]


def write(
    folder: Path, entries: Sequence[Entry], outcomes: Mapping[str, Outcome], records: Mapping[str, dict], about: dict
) -> None:
    """One page a notebook and the index, into the run's folder."""
    cards = [_card(entry, outcomes[entry.notebook]) for entry in entries]
    before = _base_results(folder, about)
    complete = []
    for entry, card in zip(entries, cards, strict=True):
        executed = folder / "notebooks" / f"{entry.notebook}.ipynb"
        if executed.is_file():
            notebook = json.loads(executed.read_text(encoding="utf-8"))
        else:  # skipped, or ended before it left anything: only what was written by hand
            notebook = {"cells": [_bare(cell) for cell in entry.source["cells"]]}
        record = records[entry.notebook] if card.status == "ok" else {}
        record = {"tables": [], "files": [], **record}
        run = about | {"base_values": _beside_base(record, before.get(entry.notebook, {}))}
        text, card = html.page(_numbered(card, notebook), notebook, record, _parameters(entry), run, cards)
        exports.write_text(folder / f"{entry.notebook}.html", text)
        complete.append(card)
    exports.write_text(folder / "index.html", html.index(complete, about))


def _card(entry: Entry, outcome: Outcome) -> Card:
    changed = {name: _text(value) for name, value in entry.changed.items()}
    title = entry.notebook[3:].replace("_", " ").capitalize()
    error = {"kind": "", "text": "", "source": "", "traceback": "", "id": "", **outcome.error}
    return Card(entry.notebook, title, outcome.status, outcome.seconds, outcome.reused, changed=changed, error=error)


def _numbered(card: Card, notebook: Mapping) -> Card:
    """The card with the number of the cell that failed, as a reader counts them."""
    ids = [cell.get("id") for cell in notebook["cells"]]
    number = str(ids.index(card.error["id"]) + 1) if card.error["id"] in ids else ""
    return Card(**{**vars(card), "error": {**card.error, "number": number}})


def _bare(cell: Mapping) -> dict:
    return {**cell, "outputs": [], "execution_count": None}


def _parameters(entry: Entry) -> list[dict]:
    """The rows of the page's table of parameters."""
    rows = []
    for name, one in entry.model.model_fields.items():
        unit = reading.unit(one)
        allowed = base.allowed(entry.model, name).removesuffix(f" ({unit})")
        rows.append(
            {
                "name": name,
                "value": _text(entry.values[name]) or "–",
                "default": _text(one.default) or "–",
                "changed": name in entry.changed,
                "unit": unit,
                "allowed": allowed,
                "meaning": one.description or "",
            }
        )
    return rows


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _base_results(folder: Path, about: Mapping) -> dict:
    """Results of the run with the same questions under the base scenario, if there is one beside this run."""
    scenario = about["scenario"]
    if scenario == "base" or scenario not in about["name"]:
        return {}
    path = folder.parent / about["name"].replace(scenario, "base", 1) / "results.json"
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return {}
    return {notebook: entry["results"] for notebook, entry in stored["notebooks"].items()}


def _beside_base(record: Mapping, before: Mapping) -> dict[str, str]:
    """What each result was under the base scenario, in words."""
    return {
        result["name"]: f"base scenario: {shown(before[result['name']]['value'], result['unit'])}"
        for result in record.get("results", ())
        if result["name"] in before and before[result["name"]]["value"] is not None
    }
