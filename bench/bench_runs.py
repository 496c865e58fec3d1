"""Seconds of a whole run: our runner cold and warm, plain Papermill one notebook after the other, and nothing changed.

Run: python bench/bench_reports.py [NOTEBOOK ...]
"""

import sys
import tempfile
import time
from pathlib import Path

import papermill
from crossborder.reports import project, runs
from crossborder.reports.planning import Folders, Request


def plain(paths: list[Path], place: Path) -> float:
    """Seconds of plain Papermill, serial, for the notebooks."""
    started = time.perf_counter()
    for path in paths:
        papermill.execute_notebook(str(path), str(place / path.name), cwd=str(project.root()), progress_bar=False)
    return time.perf_counter() - started


def ours(names: list[str], place: Path, warm: bool | None, force: bool = True) -> float:
    """Seconds of a run of ours, pages included."""
    folders = Folders(project.notebooks_folder(), place / "reports", place / "cache")
    started = time.perf_counter()
    finished = runs.run(Request(names, name="bench", force=force, warm=warm), folders)
    assert not finished.failed, [outcome.notebook for outcome in finished.failed]
    return time.perf_counter() - started


def main(names: list[str]) -> None:
    """Measure and print a table."""
    paths = [project.find(name) for name in names] or project.numbered()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        seconds = {
            "Papermill, serial": plain(paths, place),
            "crossborder run, cold kernels": ours(names, place, warm=False),
            "crossborder run, warm kernels": ours(names, place, warm=True),
            "crossborder run, nothing changed": ours(names, place, warm=None, force=False),
        }
    first = next(iter(seconds.values()))
    print(f"{len(paths)} notebooks")
    for name, spent in seconds.items():
        print(f"{name:<36} {spent:8.1f} s   {spent / first:6.3f} of plain Papermill")


if __name__ == "__main__":
    main(sys.argv[1:])
