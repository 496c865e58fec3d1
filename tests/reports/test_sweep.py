import json
import os
import signal
import subprocess
import sys
import time

import pytest
from crossborder.errors import InputError
from crossborder.reports.definition import Definition
from crossborder.reports.planning import Folders
from crossborder.reports.runs import Listener
from crossborder.reports.sweep import sweep

from tests.notebooks import throwaway

PARAMETERS = 'market: str = "DE"  # code\nscenario: str = "base"  # name'
ONLY_SCENARIO = 'scenario: str = "base"  # name'
RECORD = """\
from crossborder import reports
reports.record([reports.Result('market.size.letters', ord(market[0]), unit='letters')])"""


def folders(place):
    return Folders(place / "notebooks", place / "reports", place / "cache")


def test_every_market_gets_its_report_and_what_they_share_runs_once(tmp_path):
    there = folders(tmp_path)
    throwaway.save(there.notebooks / "11_size.ipynb", [RECORD], PARAMETERS)
    throwaway.save(there.notebooks / "12_same.ipynb", ["1"], ONLY_SCENARIO)
    heard, planned = [], []
    listener = Listener(ended=lambda one: heard.append(one.name), planned=lambda *count: planned.append(count))
    asked = Definition(markets=["DE", "US"])
    page, ended = sweep(asked, there, listener)
    assert sorted(heard) == ["base-DE/11_size", "base-DE/12_same", "base-US/11_size"] and planned == [(4, 3)]
    assert not any(one.failed for one in ended) and not (there.reports / "latest").exists()
    text = page.read_text()
    for market, letters in (("DE", 68), ("US", 85)):
        assert f'href="base-{market}/index.html"' in text and f"{letters} letters" in text
        assert (tmp_path / "reports" / f"base-{market}" / "12_same.html").is_file()
    rows = json.loads(page.with_suffix(".json").read_text())
    assert [(row["market"], row["name"], row["value"]) for row in rows] == [
        ("DE", "market.size.letters", 68), ("US", "market.size.letters", 85),
    ]  # fmt: skip
    _, again = sweep(asked, there)
    assert all(one.unchanged for one in again)
    assert '<html lang="en">' in text


def test_the_matrix_of_a_chinese_sweep_is_chinese(tmp_path):
    there = folders(tmp_path)
    spoken = 'language: str = "en"  # en or zh'
    throwaway.save(there.notebooks / "12_same.ipynb", ["1"], f"{PARAMETERS}\n{spoken}")
    page, ended = sweep(Definition(markets=["DE"], parameters={"language": "zh"}), there)
    text = page.read_text()
    assert not ended[0].failed and '<html lang="zh">' in text and ">基准</th>" in text and ">市场</th>" in text


def test_a_combination_that_is_not_allowed_stops_all_before_the_first_run(tmp_path):
    throwaway.save(tmp_path / "notebooks" / "11_size.ipynb", ["1"], PARAMETERS)
    with pytest.raises(InputError, match="scenario=end_of_world"):
        sweep(Definition(markets=["DE"], scenarios=["base", "end_of_world"]), folders(tmp_path))
    assert not (tmp_path / "reports").exists()


BROKEN_OFF = """\
import sys
from pathlib import Path
from crossborder.reports.definition import Definition
from crossborder.reports.planning import Folders
from crossborder.reports.sweep import sweep
if __name__ == "__main__":
    place = Path(sys.argv[1])
    there = Folders(place / "notebooks", place / "reports", place / "cache")
    sweep(Definition(markets=["DE", "US", "JP"], limits={"processes": 1}), there)
"""


def test_a_sweep_survives_the_death_of_a_worker_and_goes_on_where_it_was_killed(tmp_path):
    there = folders(tmp_path)
    # In the market JP the notebook kills the process that runs it, the parent of its kernel, but only the first time.
    once, go = tmp_path / "once", tmp_path / "go"
    murder = f"import os, pathlib, signal\nonce = pathlib.Path({str(once)!r})\n"
    murder += "if market == 'JP' and not once.exists():\n    once.touch()\n    os.kill(os.getppid(), signal.SIGKILL)"
    wait = f"import time\ntime.sleep(60 if market == 'US' and not pathlib.Path({str(go)!r}).exists() else 0)"
    throwaway.save(there.notebooks / "11_size.ipynb", [murder, wait], PARAMETERS)
    (tmp_path / "start.py").write_text(BROKEN_OFF)
    process = subprocess.Popen([sys.executable, str(tmp_path / "start.py"), str(tmp_path)], env=dict(os.environ))
    ends = time.monotonic() + 90
    while not list(there.cache.glob("11_size/*/outcome.json")) and time.monotonic() < ends:
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    (tmp_path / "go").touch()
    planned = []
    asked = Definition(markets=["DE", "US", "JP"], limits={"processes": 1})
    _, ended = sweep(asked, there, Listener(planned=lambda *count: planned.append(count)))
    assert planned == [(3, 2)]  # what had finished before the kill is not run again
    assert [one.outcomes[0].status for one in ended] == ["ok", "ok", "ok"] and (tmp_path / "once").exists()
