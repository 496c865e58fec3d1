"""Runs of small throw-away notebooks: what fails is shown, what is whole is published, what did not change is kept."""

import html
import json
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser

import openpyxl
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.reports import runs
from crossborder.reports.planning import Folders, Request
from crossborder.reports.runs import run

from tests.notebooks import throwaway

HOSTILE = """\
import pandas as pd
names = pd.DataFrame({"product": ["<script>alert(1)</script>", '=HYPERLINK("x")'], "sold": [3, -4]})
style.table(names, caption="<script>alert(2)</script>")"""
SAY = "style.say('Most sold: {name}', name=names['product'][0])"
RECORD = (
    "reports.record([reports.Result('market.size.b2c_usd', 1.5e9, low=1e9, high=2e9, level=level, unit='USD'),"
    " reports.Result('market.size.share', None, note='<script>alert(3)</script>')],"
    " tables={'up': names}, figures={'up': fig}, files={'note.txt': b'x'})"
)
QUICK = "print(market)"


def folders(place) -> Folders:
    return Folders(place / "notebooks", place / "reports", place / "cache")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """One run of four notebooks: whole with hostile data, failing, dying, and refusing in plain words."""
    there = folders(tmp_path_factory.mktemp("mixed"))
    figure = throwaway.FIGURE.format(last=3)
    whole = ["from crossborder import reports, style", ("md", "## Sales"), HOSTILE, SAY, figure, RECORD]
    throwaway.save(there.notebooks / "11_whole.ipynb", whole)
    throwaway.save(there.notebooks / "12_fails.ipynb", [QUICK, "raise ValueError('<b>boom</b>')", "print('after')"])
    throwaway.save(there.notebooks / "13_dies.ipynb", ["print('before')", "import os; os._exit(9)"])
    throwaway.save(
        there.notebooks / "15_told.ipynb", ["from crossborder.errors import Refusal", "raise Refusal('too few orders')"]
    )
    request = Request(parameters={"market": "US"}, warm=False)
    heard = []
    listener = runs.Listener(ended=lambda outcome: heard.append(outcome.notebook))
    return there, run(request, there, listener), heard


def outcome(finished, notebook):
    return next(one for one in finished.outcomes if one.notebook == notebook)


def test_each_notebook_ends_in_its_own_way(mixed):
    _, finished, heard = mixed
    assert {one.notebook: one.status for one in finished.outcomes} == {
        "11_whole": "ok", "12_fails": "failed", "13_dies": "failed", "15_told": "failed",
    }  # fmt: skip
    assert {name: outcome(finished, name).error["kind"] for name in ("12_fails", "13_dies", "15_told")} == {
        "12_fails": "ValueError", "13_dies": "KernelDied", "15_told": "Refusal",
    }  # fmt: skip
    assert sorted(heard) == [one.notebook for one in finished.outcomes]


def test_a_failed_page_shows_the_cell_and_the_error_and_not_figures(mixed):
    _, finished, _ = mixed
    text = (finished.folder / "12_fails.html").read_text()
    assert "✕ failed" in text and "&lt;b&gt;boom&lt;/b&gt;" in text and "<b>boom" not in text
    assert "Cell 4 of the notebook" not in text and "Cell 5 of the notebook" in text  # the injected one counts
    assert 'class="figures"' not in text
    assert "US" in text
    index = (finished.folder / "index.html").read_text()
    assert "✕ 3 failed" in index and "✓ 1 finished" in index and "ValueError" in index


def test_what_a_broken_off_notebook_had_done_is_kept_as_evidence(mixed):
    _, finished, _ = mixed
    assert printed(finished, "13_dies") == ["before\n"]


def printed(finished, notebook):
    cells = json.loads((finished.folder / "notebooks" / f"{notebook}.ipynb").read_text())["cells"]
    return ["".join(output["text"]) for cell in cells for output in cell.get("outputs", ())]


def test_a_notebook_has_a_deadline_and_what_it_had_done_is_kept(tmp_path):
    there = folders(tmp_path)
    throwaway.save(there.notebooks / "14_slow.ipynb", ["print('before')", "import time; time.sleep(60)"])
    finished = run(Request(notebook_seconds=5), there)
    assert finished.outcomes[0].error["kind"] == "Deadline"
    assert finished.outcomes[0].error["text"] == "not finished within 5 s"
    assert printed(finished, "14_slow") == ["before\n"]


def test_an_error_told_in_plain_words_has_no_traceback(mixed):
    _, finished, _ = mixed
    assert outcome(finished, "15_told").error["traceback"] == ""
    assert "too few orders" in (finished.folder / "15_told.html").read_text()


class _Page(HTMLParser):
    """Collects what a page would load or run."""

    def __init__(self):
        super().__init__()
        self.tags, self.addresses, self.handlers = [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        for name, value in attributes:
            if name in ("src", "href", "action", "data", "poster"):
                self.addresses.append((tag, value))
            if name.startswith("on"):
                self.handlers.append(value)


def parsed(path):
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def test_hostile_data_is_text_on_every_page(mixed):
    _, finished, _ = mixed
    for path in finished.folder.glob("*.html"):
        page = parsed(path)
        assert page.tags.count("script") == 1 and not page.handlers, path.name
    text = (finished.folder / "11_whole.html").read_text()
    for number in (1, 2, 3):
        assert f"<script>alert({number})" not in text
        assert f"&lt;script&gt;alert({number})" in text


def test_hostile_data_is_text_in_csv_and_excel(mixed):
    _, finished, _ = mixed
    tables = finished.folder / "tables" / "11_whole"
    assert pd.read_csv(tables / "up.csv")["product"].tolist() == ["<script>alert(1)</script>", '\'=HYPERLINK("x")']
    sheet = openpyxl.load_workbook(tables / "all.xlsx")["up"]
    assert sheet["A3"].data_type == "s" and sheet["A3"].value == '\'=HYPERLINK("x")'
    assert sheet["B3"].value == -4


def test_a_page_loads_nothing_and_its_links_lead_somewhere(mixed):
    _, finished, _ = mixed
    for path in finished.folder.glob("*.html"):
        for tag, address in parsed(path).addresses:
            if tag == "img":
                assert address.startswith("data:image/")
            elif not address.startswith("#"):
                assert (path.parent / address).is_file(), f"{path.name} -> {address}"
        assert "default-src 'none'" in html.unescape(path.read_text())


def test_a_page_shows_every_output_with_its_key_figures_and_parameters(mixed):
    _, finished, _ = mixed
    text = (finished.folder / "11_whole.html").read_text()
    notebook = json.loads((finished.folder / "notebooks" / "11_whole.ipynb").read_text())
    assert text.count('<div class="output">') == sum(len(c.get("outputs", ())) for c in notebook["cells"]) == 4
    assert 'alt="a line going up"' in text
    assert "USD\u202f1.5\u202fbn" in text and "USD\u202f1\u202fbn … USD\u202f2\u202fbn (90%)" in text
    assert "<strong>US</strong> <small>default DE</small>" in text
    assert text.count("<details") >= 6
    assert "Data behind the figure" in text


def test_results_and_manifest_say_what_was_found_and_from_what(mixed):
    _, finished, _ = mixed
    results = json.loads((finished.folder / "results.json").read_text())["notebooks"]
    assert results["11_whole"]["results"]["market.size.b2c_usd"]["high"] == 2e9
    assert results["12_fails"] == {"status": "failed", "results": {}}
    manifest = json.loads((finished.folder / "manifest.json").read_text())
    assert manifest["notebooks"]["11_whole"]["parameters"] == {"market": "US", "level": 0.9}
    assert manifest["lock"] and manifest["versions"]["pandas"] and manifest["name"] == "base-US"


def test_a_second_run_keeps_what_is_whole_and_tries_again_what_failed(mixed):
    there, _, _ = mixed
    for name in ("13_dies", "15_told"):
        (there.notebooks / f"{name}.ipynb").unlink()
    heard = []
    listener = runs.Listener(planned=lambda all_of_them, to_run: heard.append((all_of_them, to_run)))
    finished = run(Request(parameters={"market": "US"}), there, listener)
    assert heard == [(2, 1)]
    assert outcome(finished, "11_whole").reused and outcome(finished, "12_fails").status == "failed"


def test_what_did_not_change_starts_no_process(tmp_path, monkeypatch):
    there = folders(tmp_path)
    throwaway.save(there.notebooks / "11_quick.ipynb", [QUICK])
    first = run(Request(), there)
    stamp = (first.folder / "manifest.json").stat().st_mtime_ns
    monkeypatch.setattr("crossborder.reports.pool.Pool.__init__", lambda *_: pytest.fail("a process was started"))
    started = time.monotonic()
    second = run(Request(), there)
    assert second.unchanged and time.monotonic() - started < 3
    assert (second.folder / "manifest.json").stat().st_mtime_ns == stamp
    # Another report of the same content is made from what was kept, without a kernel either.
    third = run(Request(name="again"), there)
    assert not third.unchanged and third.outcomes[0].reused
    assert (there.reports / "latest").resolve().name == "again"
    # Other parameters are other content.
    with pytest.raises(pytest.fail.Exception, match="a process was started"):
        run(Request(parameters={"market": "FR"}), there)


def test_a_wrong_request_is_refused_before_anything_is_written(tmp_path):
    there = folders(tmp_path)
    throwaway.save(there.notebooks / "11_quick.ipynb", [QUICK])
    for request, told in [
        (Request(parameters={"markett": "US"}), "did you mean 'market'"),
        (Request(notebooks=["12"]), "notebook '12' is not known"),
        (Request(name="../up"), "name of the run"),
    ]:
        with pytest.raises(InputError, match=told):
            run(request, there)
    assert not there.reports.exists() and not there.cache.exists()


RUN = """\
import sys
from pathlib import Path
from crossborder.reports.planning import Folders, Request
from crossborder.reports.runs import run
place = Path(sys.argv[1])
run(Request(name="same", force=True), Folders(place / sys.argv[2], place / "reports", place / "cache"))
"""


def started(place, notebooks="notebooks"):
    return subprocess.Popen([sys.executable, "-c", RUN, str(place), notebooks], stderr=subprocess.PIPE, text=True)


def test_a_killed_run_leaves_the_last_good_report_and_two_at_once_do_not_disturb_each_other(tmp_path):
    throwaway.save(tmp_path / "notebooks" / "11_quick.ipynb", [QUICK])
    throwaway.save(tmp_path / "slow" / "11_quick.ipynb", [QUICK, "import time; time.sleep(120)"])
    pair = [started(tmp_path), started(tmp_path)]
    for one in pair:
        _, told = one.communicate(timeout=60)
        assert one.returncode == 0, told
    good = {path.name: path.read_bytes() for path in (tmp_path / "reports" / "same").glob("*.*")}
    assert {"index.html", "11_quick.html", "results.json", "manifest.json"} == set(good)
    assert [path.name for path in (tmp_path / "reports").iterdir() if path.name.startswith(".")] == []

    doomed = started(tmp_path, "slow")
    deadline = time.monotonic() + 60
    while not list((tmp_path / "cache").glob(".tmp-*/kernels.log")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.5)
    doomed.send_signal(signal.SIGKILL)
    doomed.communicate(timeout=30)
    assert {path.name: path.read_bytes() for path in (tmp_path / "reports" / "same").glob("*.*")} == good
    assert list((tmp_path / "cache").glob(".tmp-*"))
    # The next run clears what the dead one left.
    there = folders(tmp_path)
    assert run(Request(name="same"), there).unchanged
    run(Request(name="other"), there)
    assert not list((tmp_path / "reports").glob(".tmp-*")) and not list(there.cache.glob(".tmp-*"))


def test_a_run_has_a_deadline_of_its_own(tmp_path):
    there = folders(tmp_path)
    for number in (11, 12, 13):
        throwaway.save(there.notebooks / f"{number}_slow.ipynb", ["import time; time.sleep(60)"])
    before = time.monotonic()
    finished = run(Request(processes=1, run_seconds=3), there)
    assert time.monotonic() - before < 20
    told = [one.error["text"] for one in finished.outcomes]
    assert told[0] == "the run's 3 s were over"
    assert told[1:] == ["not started: the run's 3 s were over"] * 2
