"""One notebook run by Papermill, inside a worker process that lives for many of them."""

import json
import os
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from crossborder.reports.environment import DETERMINISTIC, applied, kernel_sockets, spare_grammar
from crossborder.reports.memory import Watch, watched

__all__ = ["Job", "Outcome", "perform", "serve", "surround"]

# Errors told in plain words by the package: a traceback adds nothing for the reader.
PLAIN = ("CrossborderError", "InputError", "Refusal", "MissingTable", "DataError")
START_SECONDS, START_CHANCES = 120, 3
ERROR_MARK = "papermill-error-cell-tag"


@dataclass(frozen=True)
class Job:
    """A notebook to run: where from, with which parameters, where its outputs go, and what it may take.

    `label` tells runs of one notebook apart; `memory_bytes` 0 is no cap.
    """

    notebook: str
    source: str
    parameters: dict
    out: str
    root: str
    seconds: float
    results: str = ""
    label: str = ""
    memory_bytes: int = 0

    @property
    def name(self) -> str:
        """What the job is called among others."""
        return self.label or self.notebook


@dataclass
class Outcome:
    """How a notebook ended: status is ok, failed or skipped; `error` says where and why in words."""

    notebook: str
    status: str = "ok"
    seconds: float = 0.0
    error: dict = field(default_factory=dict)
    reused: bool = False
    label: str = ""
    peak_bytes: int = 0

    @property
    def name(self) -> str:
        """The name of the job that ended so."""
        return self.label or self.notebook


def serve(connection: Connection, log: str, nursery: str = "") -> None:
    """The life of a worker: take jobs until None comes or the parent is gone."""
    _follow_parent()
    _redirect(log)
    surround(nursery)
    spare_grammar()
    import papermill  # noqa: F401  the one import that every job would pay for

    connection.send(("ready", None))
    while True:
        try:
            job = connection.recv()
        except (EOFError, OSError):
            return
        if job is None:
            return
        connection.send(("done", asdict(perform(job, lambda cell, of: connection.send(("cell", (cell, of)))))))


def surround(nursery: str = "") -> None:
    """Have kernels of this process started by our provisioner: forked from a nursery if there is one, else cold."""
    from crossborder.reports import warm

    if nursery:
        os.environ[warm.NURSERY] = nursery
    if warm.known():
        os.environ["JUPYTER_DEFAULT_PROVISIONER_NAME"] = warm.NAME


def perform(job: Job, tell: Callable[[int, int], None]) -> Outcome:
    """Run one notebook; whatever happens comes back as an outcome. The executed notebook lies in `job.out`."""
    from crossborder.reports import warm

    started = time.monotonic()
    warm.STARTED.clear()
    out = Path(job.out)
    out.mkdir(parents=True, exist_ok=True)
    done: dict[str, dict] = {}
    variables = {**DETERMINISTIC, "CROSSBORDER_OUT": job.out}
    if job.results:
        variables["CROSSBORDER_RESULTS"] = job.results
    outcome = Outcome(job.notebook, label=job.label)
    with applied(variables), watched(warm.last, job.memory_bytes) as watch:
        try:
            _started(job, out / "notebook.ipynb", done, tell)
        except Exception as error:  # a worker must outlive whatever a notebook does
            outcome.status, outcome.error = "failed", _explained(error, job, done, watch)
    outcome.peak_bytes = watch.peak_bytes
    outcome.seconds = round(time.monotonic() - started, 2)
    try:
        _tidy(job, out / "notebook.ipynb", done)
    except Exception as error:  # a file that is no notebook
        outcome.status, outcome.error = "failed", outcome.error or _explained(error, job, done, watch)
    (out / "outcome.json").write_text(json.dumps(asdict(outcome)), encoding="utf-8")
    return outcome


def _started(job: Job, target: Path, done: dict[str, dict], tell: Callable[[int, int], None]) -> None:
    """Run the notebook; a kernel that does not come up gets further chances, a cell that failed does not."""
    for _ in range(START_CHANCES - 1):
        try:
            return _execute(job, target, done, tell)
        except RuntimeError as error:
            if done or "ernel" not in str(error):
                raise
    return _execute(job, target, done, tell)


def _execute(job: Job, target: Path, done: dict[str, dict], tell: Callable[[int, int], None]) -> None:
    import papermill

    ends = time.monotonic() + job.seconds
    cells = len(json.loads(Path(job.source).read_text(encoding="utf-8"))["cells"])

    def starts(cell: dict, cell_index: int) -> None:
        done[cell["id"]] = cell
        tell(min(cell_index + 1, cells), cells)

    with kernel_sockets() as settings:
        papermill.execute_notebook(
            _literal(job.source),
            _literal(str(target)),
            parameters=job.parameters,
            kernel_name="python3",
            cwd=job.root,
            progress_bar=False,
            request_save_on_cell_execute=False,
            start_timeout=START_SECONDS,
            on_cell_start=starts,
            # What is left of the notebook's time is the limit of the next cell.
            timeout_func=lambda cell: max(1, int(ends - time.monotonic())),
            shutdown_kernel="immediate",
            config=settings,
        )


def _literal(path: str) -> str:
    """The path with braces doubled: Papermill fills templates in paths."""
    return path.replace("{", "{{").replace("}", "}}")


def _explained(error: Exception, job: Job, done: dict[str, dict], watch: Watch) -> dict:
    """The error as plain data: kind, text, cell number, the cell's source and the traceback."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    last = list(done.values())[-1] if done else {}
    found = {"id": last.get("id", ""), "source": "".join(last.get("source", "")), "traceback": ""}
    found |= {"kind": type(error).__name__, "text": str(error)}
    if isinstance(error, PapermillExecutionError):
        found |= {"source": error.source, "kind": error.ename, "text": error.evalue}
        if error.ename not in PLAIN:
            found["traceback"] = _without_colours("\n".join(error.traceback))
    elif watch.exceeded:
        cap, cell = job.memory_bytes / 1e6, len(done)
        found |= {"kind": "MemoryCap", "text": f"ended in cell {cell}: it took more than the {cap:.0f} MB allowed"}
    elif isinstance(error, DeadKernelError):
        found |= {"kind": "KernelDied", "text": "the notebook's process ended, most often for lack of memory"}
    elif isinstance(error, CellTimeoutError):
        found |= {"kind": "Deadline", "text": f"not finished within {job.seconds:.0f} s"}
    else:
        found["traceback"] = "".join(traceback.format_exception(error))
    return found


def _tidy(job: Job, target: Path, done: dict[str, dict]) -> None:
    """Leave an executed notebook without Papermill's marks; of a run that broke off, the cells that were done."""
    import nbformat

    from crossborder.reports.refresh import normalise

    notebook = nbformat.read(target if target.exists() else job.source, as_version=4)
    if not target.exists():
        for cell in (c for c in notebook.cells if c.cell_type == "code"):
            reached = done.get(cell.id, {})
            cell.outputs, cell.execution_count = reached.get("outputs", []), reached.get("execution_count")
    notebook.cells = [c for c in notebook.cells if ERROR_MARK not in c.metadata.get("tags", ())]
    nbformat.write(normalise(notebook), target)


def _without_colours(text: str) -> str:
    import re

    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _redirect(log: str) -> None:
    """Send this process's and its kernels' own output to a file, away from the user's screen."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)


def _follow_parent() -> None:
    """End with the parent, however it ends; the kernels watch this process in the same way."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
