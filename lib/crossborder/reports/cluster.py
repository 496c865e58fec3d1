"""Notebooks on the workers of a Dask cluster, on this machine or on others; nothing but the network is shared."""

import contextlib
import hashlib
import io
import os
import shutil
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

from crossborder.errors import InputError
from crossborder.reports import project, warm
from crossborder.reports.worker import Job, Outcome, perform, surround

__all__ = ["Cluster", "code_here", "perform_there"]

CONNECT_SECONDS = 20
ONE_AT_A_TIME = threading.Lock()  # a notebook needs the environment of its process for itself


@cache
def code_here() -> str:
    """The fingerprint of the package's code as this process has found it first."""
    base = project.root() / "lib" / "crossborder"
    files = sorted(path for path in base.rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


BORN_WITH = code_here()  # a worker that lives longer than the code would run the old one


class Cluster:
    """The workers of a Dask scheduler, each with this project at the same code; use as a context."""

    def __init__(self, address: str, modules: Sequence[str] = ()) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise InputError(
                "--scheduler needs Dask\n  it is an extra of the package\n  do: pip install 'crossborder[dask]'"
            ) from None
        try:
            self._client: Any = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as wrong:
            raise InputError(
                f"--scheduler {address}: {type(wrong).__name__}\n  allowed: the address of a running scheduler\n"
                "  do: start `dask scheduler`, and `dask worker ADDRESS --nthreads 1` once a core"
            ) from None
        self._modules = tuple(modules)

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close()

    def run(
        self,
        jobs: Sequence[Job],
        after: Mapping[str, Sequence[str]],
        tell: Callable[[str, int, int], None],
        seconds: float,
    ) -> Iterator[Outcome]:
        """The outcomes of the jobs as they end. A worker that is lost costs no more than its notebook's time."""
        self._check_code()
        waiting, running = list(jobs), {}
        ends = time.monotonic() + seconds
        while waiting or running:
            for job in self._ready(waiting, running, after):
                waiting.remove(job)
                running[self._submit(job)] = job
            done = [future for future in running if future.done()]
            if not done:
                time.sleep(0.05)
            for future in done:
                yield _received(running.pop(future), future)
            if time.monotonic() > ends:
                yield from self._give_up([*running], [*running.values(), *waiting], seconds)
                return

    @staticmethod
    def _ready(waiting: Sequence[Job], running: Mapping[Any, Job], after: Mapping[str, Sequence[str]]) -> list[Job]:
        unfinished = {job.name for job in (*waiting, *running.values())}
        return [job for job in waiting if unfinished.isdisjoint(after.get(job.name, ()))]

    def _submit(self, job: Job) -> Any:
        results = Path(job.results).read_bytes() if job.results else b""
        sent = (asdict(job), Path(job.source).read_bytes(), results, self._modules)
        return self._client.submit(perform_there, *sent, pure=False, retries=1)

    def _check_code(self) -> None:
        """Raises InputError if there are no workers, or some that run other code."""
        with contextlib.suppress(TimeoutError):
            self._client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        found = self._client.run(_code_there)
        if not found:
            raise InputError("the scheduler has no workers\n  do: start `dask worker ADDRESS --nthreads 1`")
        others = sorted(worker for worker, code in found.items() if code != code_here())
        if others:
            raise InputError(
                f"workers with other code than here: {', '.join(others)}\n  allowed: the same revision everywhere\n"
                "  do: bring the project there to this revision and start the worker again"
            )

    def _give_up(self, futures: Sequence[Any], jobs: Sequence[Job], seconds: float) -> Iterator[Outcome]:
        self._client.cancel(list(futures), force=True)
        why = {"kind": "Deadline", "text": f"the run's {seconds:.0f} s were over"}
        yield from (Outcome(job.notebook, "failed", 0.0, dict(why), label=job.label) for job in jobs)


def perform_there(sent: dict, source: bytes, results: bytes, modules: Sequence[str]) -> tuple[dict, bytes]:
    """Run one notebook on a worker; how it ended, and its folder as an archive."""
    with ONE_AT_A_TIME, tempfile.TemporaryDirectory(prefix="notebook-") as folder:
        place = Path(folder)
        (place / "source.ipynb").write_bytes(source)
        (place / "results.json").write_bytes(results)
        surround(_nursery(tuple(modules)) if modules else "")
        job = replace(
            Job(**sent),
            source=str(place / "source.ipynb"),
            out=str(place / "out"),
            root=str(project.root()),
            results=str(place / "results.json") if results else "",
        )
        outcome = perform(job, lambda cell, cells: None)
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
            archive.add(job.out, arcname=".")
        return asdict(outcome), buffer.getvalue()


@cache
def _nursery(modules: tuple[str, ...]) -> str:
    """The address of this worker's nursery; it lives as long as the worker, whose code does not change either."""
    if not warm.available():
        return ""
    log = Path(tempfile.gettempdir()) / f"kernels-{os.getpid()}.log"
    return _until_the_end.enter_context(warm.nursery(modules, log))


_until_the_end = contextlib.ExitStack()


def _code_there() -> str:
    return BORN_WITH


def _received(job: Job, future: Any) -> Outcome:
    """The outcome of a job, its outputs put where a process of this machine would have left them."""
    if future.status != "finished":
        error = future.exception() if future.status == "error" else None
        why = {"kind": "WorkerEnded", "text": f"lost on the cluster: {type(error).__name__}"}
        return Outcome(job.notebook, "failed", 0.0, why, label=job.label)
    outcome, archive = future.result()
    future.release()
    shutil.rmtree(job.out, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(job.out, filter="data")
    return Outcome(**outcome)
