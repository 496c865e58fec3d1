"""Kernels forked from a process with the stack imported: the same outputs, apart from each other, gone at the end."""

import json
import os
import signal
import time
from pathlib import Path

import pytest
from crossborder.reports import warm
from crossborder.reports.pool import Pool
from crossborder.reports.worker import Job

from tests.notebooks import throwaway

pytestmark = pytest.mark.skipif(not warm.available(), reason="kernels cannot be forked here")
MODULES = ("ipykernel.kernelapp", "ipykernel.ipkernel", "numpy", "crossborder.language")
PRELOADED = "import sys\n'numpy' in sys.modules"
SEEDED = "import numpy as np\nnp.random.default_rng(3).normal(size=3)"
UNSEEDED = "float(np.random.rand())"
STATE = "from crossborder import language\nlanguage.use('zh')\nlanguage.current()"
FRESH = "from crossborder import language\nlanguage.current()"
PLACE = "import os\nos.getcwd()[-4:], os.environ['CROSSBORDER_OUT'][-5:], sorted({'a', 'b'}), hash('a')"
ERROR = "1 / 0"


def job(place, name, sources):
    path = throwaway.save(place / f"{name}.ipynb", sources)
    return Job(name, str(path), {"market": "US"}, str(place / name[-5:]), str(place), 60)


def shown(place, name):
    cells = json.loads((place / name[-5:] / "notebook.ipynb").read_text())["cells"]
    return [cell.get("outputs") for cell in cells]


def run(jobs, place, address=""):
    with Pool(1, place / "log", address) as pool:
        return {one.notebook: one for one in pool.run(jobs, {}, lambda *words: None, 120)}


def test_warm_and_cold_kernels_give_the_same_outputs_and_are_apart(tmp_path):
    place = tmp_path / "here"
    sources = [PLACE, SEEDED, "market", FRESH, "print('x')", ERROR]
    cold = run([job(place, "11_first", sources)], place)
    cold_outputs = shown(place, "11_first")
    with warm.nursery(MODULES, tmp_path / "nursery.log") as address:
        jobs = [
            job(place, "11_first", sources),
            job(place, "12_state", [PRELOADED, STATE, "import numpy as np", UNSEEDED]),
            job(place, "13_fresh", [PRELOADED, FRESH, "import numpy as np", UNSEEDED]),
        ]
        outcomes = run(jobs, place, address)
    assert shown(place, "11_first") == cold_outputs
    assert cold["11_first"].error["kind"] == outcomes["11_first"].error["kind"] == "ZeroDivisionError"
    text = {name: [o[0]["data"]["text/plain"] for o in shown(place, name) if o] for name in ("12_state", "13_fresh")}
    # Forked, with the language that nobody has changed, and with random numbers of their own.
    assert text["12_state"][:2] == [["True"], ["'zh'"]] and text["13_fresh"][:2] == [["True"], ["'en'"]]
    assert text["12_state"][2] != text["13_fresh"][2]
    assert "not forking" not in (tmp_path / "nursery.log").read_text()


def test_a_nursery_that_is_gone_is_not_waited_for(tmp_path):
    started = time.monotonic()
    with warm.nursery(("no_such_module",), tmp_path / "log") as address:
        warm._connected(address).close()
        os.kill(int(Path(f"{address}.process").read_text()), signal.SIGKILL)
        time.sleep(0.2)
        assert warm._connected(address) is None  # killed, and not yet noticed by its parent
    assert warm._connected(address) is None
    assert time.monotonic() - started < 15
    outcomes = run([job(tmp_path, "11_first", [PRELOADED])], tmp_path, address)
    assert outcomes["11_first"].status == "ok"
    assert shown(tmp_path, "11_first")[-1][0]["data"]["text/plain"] == ["False"]


def test_a_kernel_ends_with_the_connection_that_asked_for_it(tmp_path):
    with warm.nursery(("json",), tmp_path / "log") as address:
        connection = warm._connected(address)
        request = {"arguments": [], "env": {}, "cwd": str(tmp_path)}
        connection.sendall(json.dumps(request).encode() + b"\n")
        process = json.loads(connection.recv(4096).splitlines()[0])["process"]
        os.kill(process, 0)
        connection.close()
        ends = time.monotonic() + 10
        while time.monotonic() < ends and os.path.exists(f"/proc/{process}"):
            time.sleep(0.05)
        assert not os.path.exists(f"/proc/{process}")
