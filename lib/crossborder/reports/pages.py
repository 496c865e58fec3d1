"""Writing the pages of a run from what its notebooks left."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from crossborder import language
from crossborder.reports import exports, glyphs, html
from crossborder.reports.baseline import NOTHING, Baseline
from crossborder.reports.html import Card
from crossborder.reports.parameters import base, reading
from crossborder.reports.planning import Entry
from crossborder.reports.worker import Outcome

__all__ = ["write"]


def write(
    folder: Path,
    entries: Sequence[Entry],
    outcomes: Mapping[str, Outcome],
    records: Mapping[str, dict],
    about: Mapping,
    baseline: Baseline = NOTHING,
) -> None:
    """One page a notebook and the index, into the run's folder, in the language that was asked for.

    With a `baseline` each result stands beside its value under the base scenario.
    """
    run = {**about, "baseline": baseline.run}
    with language.using(about.get("language", "en")):
        cards = [_card(entry, outcomes[entry.notebook]) for entry in entries]
        complete = []
        for entry, card in zip(entries, cards, strict=True):
            notebook = _executed(folder, entry)
            record = _whole(folder, entry.notebook, records[entry.notebook] if card.status == "ok" else {})
            shown = html.page(_numbered(card, notebook), notebook, record, _parameters(entry), run, cards, baseline)
            exports.write_text(folder / f"{entry.notebook}.html", glyphs.with_font(shown[0]))
            complete.append(shown[1])
        exports.write_text(folder / "index.html", glyphs.with_font(html.index(complete, run)))


def _executed(folder: Path, entry: Entry) -> dict:
    """The executed notebook; of one that left none, only what was written by hand."""
    path = folder / "notebooks" / f"{entry.notebook}.ipynb"
    if path.is_file():
        return json.loads(path.read_text(encoding="utf-8"))
    return {"cells": [_bare(cell) for cell in entry.source["cells"]]}


def _whole(folder: Path, notebook: str, record: Mapping) -> dict:
    """The record with every part that a page asks for, and the figures whose drawing was stored as a table."""
    drawn = [path.stem for path in sorted((folder / "figures" / notebook).glob("*.csv"))]
    return {"tables": [], "files": [], **record, "drawn": drawn}


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
                "unit": language.text(unit),
                "allowed": language.text(allowed),
                "meaning": language.text(one.description or ""),
            }
        )
    return rows


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
