import json

import nbformat
from crossborder.reports import recorded, worker
from crossborder.reports.worker import Job

from tests.notebooks import throwaway

RECORD = "from crossborder import reports\nreports.record([reports.Result('market.size.usd', 2.0)])"
SEES = "import os\nos.environ['CROSSBORDER_OUT'][-3:], os.environ['PYTHONHASHSEED'], os.getcwd()[-4:], market"


def test_a_notebook_runs_with_its_parameters_in_its_surroundings_and_leaves_its_record(tmp_path):
    # Braces in a path are a template for Papermill and must stay what they are.
    place = tmp_path / "a{b}" / "here"
    path = throwaway.save(place / "11_size.ipynb", [SEES, RECORD])
    heard = []
    job = Job("11_size", str(path), {"market": "NO"}, str(tmp_path / "a{b}" / "out"), str(place), 60)
    outcome = worker.perform(job, lambda cell, cells: heard.append((cell, cells)))
    assert (outcome.status, outcome.error) == ("ok", {})
    executed = nbformat.read(tmp_path / "a{b}" / "out" / "notebook.ipynb", as_version=4)
    nbformat.validate(executed)
    assert executed.cells[3].outputs[0].data["text/plain"] == "('out', '0', 'here', 'NO')"
    assert set(executed.metadata) == {"kernelspec", "language_info"}
    assert recorded.from_notebook(executed)["results"][0]["value"] == 2.0
    assert json.loads((tmp_path / "a{b}" / "out" / "record.json").read_text())["results"][0]["value"] == 2.0
    assert heard[0] == (1, 4) and heard[-1] == (4, 4)


def test_a_notebook_that_cannot_be_read_is_an_outcome_too(tmp_path):
    (tmp_path / "11_broken.ipynb").write_text("{}")
    job = Job("11_broken", str(tmp_path / "11_broken.ipynb"), {}, str(tmp_path / "out"), str(tmp_path), 60)
    assert worker.perform(job, lambda *words: None).status == "failed"
