"""A whole run: plain Papermill, one notebook after the other, and ours cold, warm, on a cluster, and nothing changed.

Run: python -m bench.bench_runs [NOTEBOOK ...]
All is measured in one run; the outputs of all ways are compared, figures byte by byte.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import papermill
from crossborder.company import shared
from crossborder.reports import environment, project, runs
from crossborder.reports.planning import AT_ONCE, Folders, Request
from crossborder.reports.recorded import MIME


def plain(paths: list[Path], place: Path) -> float:
    """Seconds of plain Papermill, serial, for the notebooks."""
    started = time.perf_counter()
    with environment.applied(environment.DETERMINISTIC):
        for path in paths:
            papermill.execute_notebook(str(path), str(place / path.name), cwd=str(project.root()), progress_bar=False)
    return time.perf_counter() - started


def ours(names: list[str], place: Path, name: str, force: bool = True, **way: object) -> float:
    """Seconds of a run of ours, pages included."""
    folders = Folders(project.notebooks_folder(), place / "reports", place / "cache")
    started = time.perf_counter()
    finished = runs.run(Request(names, name=name, force=force, **way), folders)
    assert not finished.failed, [(outcome.notebook, outcome.error) for outcome in finished.failed]
    return time.perf_counter() - started


def outputs(folder: Path) -> dict[str, list]:
    """What each notebook shows, without the numbers and identifiers that Papermill and nbformat add."""
    shown = {}
    for path in sorted(folder.glob("[0-9]*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        found = [output for cell in cells for output in cell.get("outputs", ())]
        shown[path.stem] = [
            {name: part for name, part in output.get("data", {"text": output.get("text")}).items() if name != MIME}
            for output in found
        ]
    return shown


@contextmanager
def cluster() -> Iterator[str]:
    """A Dask scheduler with two workers on this machine; its address."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True) as made:
        yield made.scheduler_address


def main(names: list[str]) -> int:
    """Measure and print a table; 1 if the outputs differ."""
    paths = [project.find(name) for name in names] or project.numbered()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shared.clear()
        seconds = {"Papermill, serial": plain(paths, place)}
        shared.clear()  # no way may profit from what another has computed
        seconds["cold, serial"] = ours(names, place, "cold-serial", warm=False, processes=1)
        shared.clear()
        seconds[f"warm, {AT_ONCE} at once"] = ours(names, place, "warm-parallel", warm=True)
        seconds["the same again, shared results there"] = ours(names, place, "warm-again", warm=True)
        shared.clear()
        with cluster() as address:
            seconds["Dask, two workers"] = ours(names, place, "dask", scheduler=address)
        seconds["nothing changed"] = ours(names, place, "warm-again", force=False)
        found = {path.parent.name: outputs(path) for path in sorted((place / "reports").glob("*/notebooks"))}
    first = next(iter(seconds.values()))
    print(f"{len(paths)} notebooks\n\n| way | seconds | share of plain Papermill |\n|---|---|---|")
    for name, spent in seconds.items():
        print(f"| {name} | {spent:.1f} | {spent / first:.3f} |")
    one, *others = found.values()
    differing = sorted({name for other in others for name in one if other[name] != one[name]})
    print(f"\nways compared: {', '.join(found)}; notebooks whose outputs differ: {', '.join(differing) or 'none'}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
