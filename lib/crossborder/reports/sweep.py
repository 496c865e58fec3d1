"""The same notebooks for several markets and scenarios: one report each, and a matrix over them."""

import json
from collections.abc import Sequence
from pathlib import Path

from crossborder import language
from crossborder.reports import exports, html
from crossborder.reports.definition import Definition, Place
from crossborder.reports.planning import Folders
from crossborder.reports.runs import Finished, Listener, run_all

__all__ = ["sweep"]


def sweep(
    definition: Definition,
    folders: Folders | None = None,
    listener: Listener | None = None,
    scheduler: str = "",
    force: bool = False,
) -> tuple[Path, list[Finished]]:
    """Run every market under every scenario; the page of the matrix, and how each run ended.

    What does not depend on the market or the scenario is computed once: its content key is the same. What had finished
    when a sweep was broken off is not computed again.
    Raises InputError before the first run if any of the combinations is not allowed.
    """
    folders = folders or Folders.of_project()
    places = definition.places(scheduler, force)
    ended = run_all([place.request for place in places], folders, listener)
    name = f"sweep-{definition.name or '-'.join((*definition.markets, *definition.scenarios))}"[:100]
    found = [_results(finished) for finished in ended]
    page = folders.reports / f"{name}.html"
    with language.using(definition.parameters.get("language") or language.current()):
        cells = [_cell(*one, definition.headline) for one in zip(places, ended, found, strict=True)]
        exports.write_text(page, html.matrix(name, list(definition.markets), list(definition.scenarios), cells))
    rows = [
        {"market": place.market, "scenario": place.scenario, **row}
        for place, results in zip(places, found, strict=True)
        for row in results
    ]
    exports.write_text(page.with_suffix(".json"), json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False))
    return page, ended


def _results(finished: Finished) -> list[dict]:
    """All named results of a run, one row each, with their notebook."""
    stored = json.loads((finished.folder / "results.json").read_text(encoding="utf-8"))["notebooks"]
    return [
        {"notebook": notebook, "name": name, **result}
        for notebook, entry in stored.items()
        for name, result in entry["results"].items()
    ]


def _cell(place: Place, finished: Finished, results: Sequence[dict], headline: Sequence[str]) -> dict:
    """What the matrix shows of one run: status, and the headline figures."""
    if headline:
        rows = [row for name in headline for row in results if row["name"] == name]
    else:
        rows = list({row["notebook"]: row for row in reversed(results)}.values())[::-1]
    return {
        "market": place.market,
        "scenario": place.scenario,
        "address": f"{finished.folder.name}/index.html",
        "failed": [outcome.notebook for outcome in finished.failed],
        "results": [html.in_words(row) for row in rows if row["value"] is not None],
    }
