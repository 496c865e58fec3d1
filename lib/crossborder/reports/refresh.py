"""Refreshing the committed notebooks: run top to bottom, outputs stored, nothing in them that time or place changes.

`python -m crossborder.reports.refresh [NOTEBOOK ...]` is what `make notebooks` calls; it is the one way to do it.
"""

import multiprocessing
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from crossborder.errors import CrossborderError
from crossborder.reports import exports, project
from crossborder.reports.environment import DETERMINISTIC, applied, kernel_sockets, spare_grammar

__all__ = ["main", "normalise", "refresh"]

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
CELL_SECONDS = 300


def normalise(notebook: dict) -> dict:
    """The notebook with only the metadata that a reader or a check needs."""
    notebook["metadata"] = {"kernelspec": dict(KERNEL), "language_info": {"name": "python"}}
    for cell in notebook["cells"]:
        tags = cell.get("metadata", {}).get("tags")
        cell["metadata"] = {"tags": tags} if tags else {}
        for output in cell.get("outputs", ()):
            output.pop("transient", None)
    return notebook


def refresh(path: Path) -> str:
    """Run one notebook from the project's folder and store its outputs; the line to print about it.

    A notebook that fails keeps its old outputs. Raises CrossborderError with the cell and the error.
    """
    spare_grammar()
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    started = time.monotonic()
    notebook = nbformat.read(path, as_version=4)
    try:
        with applied(DETERMINISTIC), kernel_sockets() as settings:
            client = NotebookClient(
                notebook,
                config=settings,
                kernel_name="python3",
                timeout=CELL_SECONDS,
                record_timing=False,
                shutdown_kernel="immediate",  # all is stored; taking the libraries down in order would take a second
                resources={"metadata": {"path": str(project.root())}},
            )
            # ipykernel prints a notice about its transport for every kernel; errors come through the notebook.
            client.execute(stderr=subprocess.DEVNULL)
    except CellExecutionError as failed:
        raise CrossborderError(f"{path.stem}: {_where(notebook)}\n{failed.traceback}") from None
    except (CellTimeoutError, DeadKernelError) as failed:
        raise CrossborderError(f"{path.stem}: {_where(notebook)}: {str(failed).splitlines()[0]}") from None
    nbformat.validate(normalise(notebook))
    exports.write_text(path, nbformat.writes(notebook, version=4).rstrip("\n") + "\n")
    return f"{path.stem}: {time.monotonic() - started:.1f} s{_stderr(notebook)}"


def _where(notebook: dict) -> str:
    done = [place for place, cell in enumerate(notebook["cells"]) if cell.get("execution_count")]
    return f"cell {max(done, default=0) + 1}"


def _stderr(notebook: dict) -> str:
    noisy = [
        str(place)
        for place, cell in enumerate(notebook["cells"], start=1)
        if any(output.get("name") == "stderr" for output in cell.get("outputs", ()))
    ]
    return f"  (writes to stderr in cell {', '.join(noisy)}: the guards refuse that)" if noisy else ""


def main(names: Sequence[str]) -> int:
    """Refresh the notebooks named (all if none is); 0 if each ran."""
    try:
        paths = [project.find(name) for name in names] or project.numbered()
    except CrossborderError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    failed = 0
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=min(2, len(paths) or 1), mp_context=spawn) as pool:
        for job in [pool.submit(refresh, path) for path in paths]:
            try:
                print(job.result(), flush=True)
            except CrossborderError as wrong:
                failed += 1
                print(wrong, file=sys.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
