"""Chromium, a lab and two reports for the tests of this folder; all of them are skipped where there is no Chromium."""

import json
import shutil

import pytest
from crossborder.reports import browser, pages, planning, project, recorded, runs
from crossborder.reports.planning import Folders, Request
from crossborder.reports.worker import Outcome

from tests.browser import lab_server, watched

NOTEBOOKS = [path.stem for path in project.numbered()]
SHOCKED, SHOCK = "31_landed_cost", "freight_shock"


@pytest.fixture(scope="session")
def chromium():
    """The browser."""
    opened = browser.opened()
    try:
        running = opened.__enter__()
    except browser.NoBrowser as missing:
        pytest.skip(str(missing))
    yield running
    opened.__exit__(None, None, None)


@pytest.fixture(scope="session")
def lab(chromium, tmp_path_factory):
    """The address of a real JupyterLab that serves a copy of the notebooks."""
    with lab_server.served(tmp_path_factory.mktemp("lab")) as address:
        yield address


@pytest.fixture(scope="session")
def in_lab(chromium, lab):
    """What a reader sees of each notebook who runs all its cells in the lab, two notebooks at once."""
    contexts = [chromium.new_context(viewport={"width": 1280, "height": 900}) for _ in range(2)]
    tabs = [watched.Tab(context.new_page()).watch() for context in contexts]
    yield lab_server.run_all(tabs, lab, NOTEBOOKS)
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def all_pages(chromium, tmp_path_factory):
    """A report of every notebook, its pages made from the committed outputs, so that no kernel is needed."""
    folder = tmp_path_factory.mktemp("reports") / "base"
    (folder / "notebooks").mkdir(parents=True)
    entries = planning.plan(Request(), Folders(project.notebooks_folder(), folder.parent, folder.parent / "cache"))
    records = {}
    for entry in entries:
        shutil.copyfile(entry.path, folder / "notebooks" / entry.path.name)
        records[entry.notebook] = recorded.from_notebook(json.loads(entry.path.read_text(encoding="utf-8")))
    outcomes = {entry.notebook: Outcome(entry.notebook, "ok", 1.0) for entry in entries}
    first = entries[0]
    about = {"name": "base", "finished": "2026-11-22 05:00 UTC", "seconds": 60, "data": "data/demo", "asked": {},
             "scenario": "base", "language": "en", "fingerprint": first.parts["data"], "lock": first.parts["lock"],
             "revision": "", "python": "3.11", "started": "2026-11-22T05:00:00Z"}  # fmt: skip
    pages.write(folder, entries, outcomes, records, about)
    manifest = {**about, "versions": {"python": "3.11"}, "notebooks": {name: {} for name in NOTEBOOKS}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "results.json").write_text("{}")
    return folder


@pytest.fixture(scope="session")
def shocked(chromium, tmp_path_factory):
    """A report as a user makes it, of one notebook under a scenario, with the run of the base scenario beside it."""
    folder = tmp_path_factory.mktemp("runs")
    folders = Folders(project.notebooks_folder(), folder, folder / ".cache")
    runs.run(Request((SHOCKED,), name="base"), folders)
    made = runs.run(Request((SHOCKED,), {"scenario": SHOCK}, name=SHOCK), folders)
    assert not made.failed, made.failed
    return made.folder
