"""The same notebooks for several markets and scenarios: one report each, and a matrix over them."""

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from crossborder.reports import exports, html
from crossborder.reports.planning import Folders, Request
from crossborder.reports.runs import Finished, Listener, crew, run

__all__ = ["sweep"]


def sweep(
    request: Request,
    markets: Sequence[str],
    scenarios: Sequence[str],
    folders: Folders | None = None,
    listener: Listener | None = None,
    begins: Callable[[str], None] = lambda name: None,
) -> tuple[Path, list[Finished]]:
    """Run every market under every scenario; the page of the matrix, and how each run ended.

    What does not depend on the market or the scenario is computed once: its content key is the same.
    Raises InputError before the first run if any of the combinations is not allowed.
    """
    from crossborder.reports import planning

    folders = folders or Folders.of_project()
    requests = [_one(request, market, scenario) for market, scenario in itertools.product(markets, scenarios)]
    entries = [entry for one in requests for entry in planning.plan(one, folders)]
    ended = []
    with crew(request, entries, folders.cache) as pool:
        for one in requests:
            begins(one.name)
            ended.append(run(one, folders, listener, pool))
    cells = [_cell(one, finished) for one, finished in zip(requests, ended, strict=True)]
    name = f"sweep-{request.name or '-'.join((*markets, *scenarios))}"[:100]
    page = folders.reports / f"{name}.html"
    exports.write_text(page, html.matrix(name, list(markets), list(scenarios), cells))
    return page, ended


def _one(request: Request, market: str, scenario: str) -> Request:
    parameters = {**request.parameters, "market": market, "scenario": scenario}
    prefix = f"{request.name}-" if request.name else ("-".join([*request.notebooks, ""]) if request.notebooks else "")
    return replace(request, parameters=parameters, name=f"{prefix}{scenario}-{market}")


def _cell(request: Request, finished: Finished) -> dict:
    """What the matrix shows of one run: status, and the headline figures of its notebooks."""
    stored = json.loads((finished.folder / "results.json").read_text(encoding="utf-8"))["notebooks"]
    rows = [{"name": name, **result} for entry in stored.values() for name, result in [*entry["results"].items()][:1]]
    return {
        "market": request.parameters["market"],
        "scenario": request.parameters["scenario"],
        "address": f"{finished.folder.name}/index.html",
        "failed": [outcome.notebook for outcome in finished.failed],
        "results": [html.in_words(row) for row in rows if row["value"] is not None],
    }
