"""Dask with two workers of this machine gives what the processes of this machine give."""

import importlib.util
import json
import subprocess
import sys
import time

import pytest
from crossborder.errors import InputError
from crossborder.reports import cluster
from crossborder.reports.planning import Folders, Request
from crossborder.reports.runs import run

from tests.notebooks import throwaway

pytestmark = pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="the extra dask is not there")
SIZE = """\
from crossborder import reports
reports.record([reports.Result('market.size.letters', len(market), unit='letters')])"""
FIRST = [throwaway.FIGURE.format(last=3), SIZE]
FIGURES = ["from crossborder import reports, style", *FIRST]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    place = tmp_path_factory.mktemp("dask")
    tool = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    file = place / "scheduler.json"
    common = {"cwd": place, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = [
        subprocess.Popen(
            [*tool, "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)], **common
        )
    ]
    try:
        ends = time.monotonic() + 60
        while not (file.exists() and file.read_text().endswith("}")) and time.monotonic() < ends:
            time.sleep(0.1)
        there = json.loads(file.read_text())["address"]
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", there, "--nthreads", "1", "--no-nanny"]
        started += [subprocess.Popen([*worker, "--no-dashboard"], **common) for _ in range(2)]
        yield there
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(timeout=20)


def folders(place):
    return Folders(place / "notebooks", place / "reports", place / "cache")


def outputs(finished):
    return {
        path.name: [cell.get("outputs") for cell in json.loads(path.read_text())["cells"]]
        for path in sorted((finished.folder / "notebooks").glob("*.ipynb"))
    }


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_dask_warm_cold_serial_and_parallel_give_the_same_outputs(tmp_path, address):
    there = folders(tmp_path)
    throwaway.save(there.notebooks / "11_size.ipynb", FIGURES)
    throwaway.save(
        there.notebooks / "12_draws.ipynb", ["import numpy as np", "np.random.default_rng(1).normal(size=9)"]
    )
    throwaway.save(there.notebooks / "13_fails.ipynb", ["1 / 0"])
    ways = {
        "dask": {"scheduler": address, "warm": True},
        "warm, parallel": {"warm": True},
        "cold, serial": {"warm": False, "processes": 1},
    }
    found = {name: run(Request(name=name.replace(", ", "-"), force=True, **way), there) for name, way in ways.items()}
    first = outputs(found["dask"])
    assert all(outputs(finished) == first for finished in found.values())
    assert [one.status for one in found["dask"].outcomes] == ["ok", "ok", "failed"]
    assert found["dask"].outcomes[0].peak_bytes > 0 or sys.platform != "linux"
    results = {name: (finished.folder / "results.json").read_text() for name, finished in found.items()}
    assert len({json.dumps(json.loads(text)["notebooks"]) for text in results.values()}) == 1


def test_workers_with_other_code_and_schedulers_that_are_not_there_are_refused(tmp_path, address, monkeypatch):
    there = folders(tmp_path)
    throwaway.save(there.notebooks / "11_size.ipynb", ["1"])
    monkeypatch.setattr(cluster, "code_here", lambda: "changed")
    with pytest.raises(InputError, match="workers with other code than here: tcp://"):
        run(Request(scheduler=address), there)
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    with pytest.raises(InputError, match="allowed: the address of a running scheduler"):
        run(Request(scheduler="tcp://127.0.0.1:9"), there)
