"""A sweep of all notebooks over eight markets and three scenarios: seconds, peak memory, a killed worker, going on.

Run: python -m bench.bench_sweep [NOTEBOOK ...]
In the middle a worker is killed, then the whole sweep; it is started again and must go on where it was.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from crossborder.company import Company

SCENARIOS = ("base", "freight_shock", "us_tariff_jump")
LIMIT_BYTES = 4e9
SWEEP = """
import json, sys
from pathlib import Path
from crossborder.reports import project
from crossborder.reports.definition import Definition
from crossborder.reports.planning import Folders
from crossborder.reports.progress import listener
from crossborder.reports.sweep import sweep
if __name__ == "__main__":
    place = Path(sys.argv[1])
    there = Folders(project.notebooks_folder(), place / "reports", place / "cache")
    heard, screen = listener()
    page, ended = sweep(Definition(**json.loads(sys.argv[2])), there, heard)
    print(json.dumps({"reports": len(ended), "failed": sum(len(one.failed) for one in ended)}))
"""


def family(process: int) -> list[int]:
    """A process and all below it."""
    below: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
        except OSError:
            continue
        below.setdefault(parent, []).append(int(place.name))
    found, todo = [], [process]
    while todo:
        found.append(todo.pop())
        todo += below.get(found[-1], [])
    return found


def memory(process: int) -> int:
    """Bytes that a process and all below it take together; what they share counts once."""
    total = 0
    for one in family(process):
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="utf-8")
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) * 1024
    return total


def workers(process: int) -> list[int]:
    """The worker processes of a sweep."""
    found = []
    for one in family(process)[1:]:
        try:
            command = Path(f"/proc/{one}/cmdline").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        found += [one] if "spawn_main" in command else []
    return found


def followed(process: subprocess.Popen, place: Path, until: int = 0) -> int:
    """The peak memory while a sweep runs, to its end or until so many notebooks have finished."""
    peak = 0
    while process.poll() is None and (not until or len(list(place.glob("cache/*/*/outcome.json"))) < until):
        peak = max(peak, memory(process.pid))
        time.sleep(1)
    return peak


def main(notebooks: list[str]) -> int:
    """Measure and print; 1 if a notebook failed or the memory went over the limit."""
    markets = list(Company.open("data/demo").markets)[:8]
    definition = {"markets": markets, "scenarios": list(SCENARIOS), "notebooks": notebooks, "name": "bench"}
    definition["limits"] = {"processes": 2, "memory_mb": 2000, "seconds": 36_000}
    with tempfile.TemporaryDirectory() as folder:
        place, began = Path(folder), time.perf_counter()
        (place / "start.py").write_text(SWEEP, encoding="utf-8")
        command = [sys.executable, str(place / "start.py"), folder, json.dumps(definition)]
        quiet = {"stderr": subprocess.DEVNULL, "stdout": subprocess.PIPE, "text": True}
        first = subprocess.Popen(command, **quiet)
        peaks = [followed(first, place, until=5)]
        os.kill(workers(first.pid)[0], signal.SIGKILL)
        peaks.append(followed(first, place, until=12))
        first.send_signal(signal.SIGKILL)
        first.communicate()
        kept = len(list(place.glob("cache/*/*/outcome.json")))
        second = subprocess.Popen(command, **quiet)
        peaks.append(followed(second, place))
        told, _ = second.communicate()
        spent, run = time.perf_counter() - began, len(list(place.glob("cache/*/*/outcome.json")))
    found = json.loads(told.splitlines()[-1])
    print("| what | measured |\n|---|---|")
    print(f"| reports | {found['reports']}: {len(markets)} markets x {len(SCENARIOS)} scenarios |")
    print(f"| notebooks executed | {run}, of which {kept} before the whole sweep was killed |")
    print(f"| notebooks failed | {found['failed']}, with one worker killed |")
    print(f"| seconds, two processes | {spent:.0f} |")
    print(f"| peak memory of all processes | {max(peaks) / 1e6:.0f} MB |")
    return 1 if found["failed"] or max(peaks) > LIMIT_BYTES else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
