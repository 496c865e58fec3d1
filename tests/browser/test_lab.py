"""JupyterLab as `make lab` starts it: every notebook opened and run to its end in a real browser."""

import pytest

from tests.browser import lab_server, watched
from tests.browser.conftest import NOTEBOOKS


@pytest.mark.parametrize("notebook", [lab_server.ITSELF, *NOTEBOOKS])
def test_all_cells_run_without_an_error_a_complaint_or_a_request_to_elsewhere(in_lab, notebook):
    seen = in_lab[notebook]
    assert seen.flaws == []
    if notebook != lab_server.ITSELF:
        assert seen.kernel == "python3" and len(seen.cells) >= 5


@pytest.mark.parametrize("notebook", [name for name in NOTEBOOKS if name[:2] in ("21", "41", "51", "52", "62")])
def test_a_slider_moved_by_a_key_gives_another_answer(in_lab, notebook):
    played = in_lab[notebook].slider
    assert played and played["before"] and played["after"] and played["before"] != played["after"]


def test_make_lab_prefers_the_projects_own_settings_and_kernel():
    variables, words = lab_server.recipe()
    assert variables["JUPYTER_PREFER_ENV_PATH"] == "1" and variables["JUPYTER_CONFIG_PATH"].endswith(".jupyter")
    assert words[1:] == ["lab", "notebooks/00_start_here.ipynb"]


def test_the_lab_listens_on_this_machine_alone_and_asks_nobody_for_news(lab, chromium):
    with watched.tab(chromium, "lab-start") as tab:
        assert lab_server.listens(lab, "127.0.0.1") and not lab_server.listens(lab, lab_server.outside())
        assert tab.page.request.get(f"{lab}/api/kernelspecs").json()["default"] == "python3"
        tab.page.goto(f"{lab}/lab/tree/00_start_here.ipynb?reset")
        tab.page.wait_for_selector(".jp-NotebookPanel .jp-MarkdownOutput h1", timeout=60_000)
        contents(tab.page)
        tab.page.wait_for_timeout(1000)
        assert tab.page.locator(".Toastify__toast").count() == 0
        assert tab.complaints == []


def contents(page):
    """The panel of contents lists the notebook's headings."""
    page.evaluate("window.jupyterapp.commands.execute('toc:show-panel')")
    page.wait_for_selector(".jp-TableOfContents .jp-tocItem >> text=How far to trust this", timeout=20_000)
