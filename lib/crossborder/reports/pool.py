"""Worker processes that run notebooks side by side and are replaced when one dies."""

import contextlib
import multiprocessing
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

from crossborder.reports.worker import Job, Outcome, serve

__all__ = ["Pool"]

CHANCES = 2  # a notebook whose worker died is given to another one: what killed the worker may have been chance
GRACE_SECONDS = 15  # a worker ends a late notebook itself; only one that hangs is killed from here
DIED = "the process that ran the notebook ended, most often for lack of memory"


@dataclass
class _Worker:
    process: multiprocessing.process.BaseProcess
    connection: multiprocessing.connection.Connection
    job: Job | None = None
    since: float = 0.0


class Pool:
    """A few workers, spawned, each living for many notebooks; use as a context, which ends them.

    `log` takes what kernels print outside their notebooks, `nursery` is the address of one to fork warm kernels from.
    """

    def __init__(self, size: int, log: Path, nursery: str = "") -> None:
        self._log = log
        self._nursery = nursery
        self._size = size
        self._spawn = multiprocessing.get_context("spawn")
        self._workers: list[_Worker] = []
        self._deaths: dict[str, int] = {}

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *error: object) -> None:
        for worker in self._workers:
            worker.process.kill() if worker.job else _say_goodbye(worker)
        for worker in self._workers:
            worker.process.join(timeout=5)
        self._workers.clear()

    def run(
        self,
        jobs: Sequence[Job],
        after: Mapping[str, Sequence[str]],
        tell: Callable[[str, int, int], None],
        seconds: float,
    ) -> Iterator[Outcome]:
        """The outcomes of the jobs as they end; a job starts when those named in `after` have ended.

        `tell(notebook, cell, cells)` hears of progress. After `seconds` in all, what has not ended has failed.
        """
        waiting, ends = list(jobs), time.monotonic() + seconds
        while waiting or any(worker.job for worker in self._workers):
            if time.monotonic() > ends:
                yield from self._give_up(waiting, seconds)
                return
            self._hand_out(waiting, after)
            yield from self._listen(tell, waiting)

    def _hand_out(self, waiting: list[Job], after: Mapping[str, Sequence[str]]) -> None:
        """Give each idle worker the next job that need not wait for another."""
        for _ in range(self._size):
            open_jobs = {job.name for job in waiting} | {w.job.name for w in self._workers if w.job}
            ready = next((job for job in waiting if open_jobs.isdisjoint(after.get(job.name, ()))), None)
            worker = self._idle() if ready else None
            if worker is None:
                return
            worker.job, worker.since = ready, time.monotonic()
            waiting.remove(ready)
            # A worker that has died meanwhile is noticed when it is listened to.
            with contextlib.suppress(OSError):
                worker.connection.send(ready)

    def _idle(self) -> _Worker | None:
        for worker in self._workers:
            if worker.job is None:
                return worker
        if len(self._workers) >= self._size:
            return None
        ours, theirs = self._spawn.Pipe()
        process = self._spawn.Process(target=serve, args=(theirs, str(self._log), self._nursery), daemon=True)
        process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours))
        return self._workers[-1]

    def _listen(self, tell: Callable[[str, int, int], None], waiting: list[Job]) -> Iterator[Outcome]:
        """Hear what the workers say for a moment; outcomes of notebooks that ended, or whose worker did."""
        by_connection = {worker.connection: worker for worker in self._workers}
        for connection in wait(list(by_connection), timeout=0.25):
            worker = by_connection[connection]
            try:
                kind, content = connection.recv()
            except (EOFError, OSError):
                yield from self._bury(worker, DIED, waiting)
                continue
            if kind == "ready":  # what its start took is not the notebook's time
                worker.since = time.monotonic()
            elif kind == "cell" and worker.job:
                tell(worker.job.name, *content)
            elif kind == "done":
                worker.job = None
                yield Outcome(**content)
        for worker in list(self._workers):
            if worker.job and time.monotonic() - worker.since > worker.job.seconds + GRACE_SECONDS:
                worker.process.kill()
                yield from self._bury(worker, f"not finished within {worker.job.seconds:.0f} s, and did not react")

    def _bury(self, worker: _Worker, why: str, waiting: list[Job] | None = None) -> Iterator[Outcome]:
        """Forget a worker; its notebook has failed, unless it goes back to those `waiting` for another chance."""
        self._workers.remove(worker)
        worker.connection.close()
        worker.process.join(timeout=5)
        job = worker.job
        if job is None:
            return
        self._deaths[job.name] = self._deaths.get(job.name, 0) + 1
        if waiting is not None and self._deaths[job.name] < CHANCES:
            shutil.rmtree(job.out, ignore_errors=True)
            waiting.insert(0, job)
            return
        yield _failed(job, worker.since, {"kind": "WorkerEnded", "text": why})

    def _give_up(self, waiting: Sequence[Job], seconds: float) -> Iterator[Outcome]:
        why = {"kind": "Deadline", "text": f"the run's {seconds:.0f} s were over"}
        for worker in [worker for worker in self._workers if worker.job]:
            worker.process.kill()
            yield _failed(worker.job, worker.since, dict(why))
            worker.job = None
            self._workers.remove(worker)
        for job in waiting:
            yield _failed(job, time.monotonic(), {**why, "text": f"not started: {why['text']}"})


def _failed(job: Job, since: float, error: dict) -> Outcome:
    return Outcome(job.notebook, "failed", round(time.monotonic() - since, 2), error, label=job.label)


def _say_goodbye(worker: _Worker) -> None:
    try:
        worker.connection.send(None)
    except OSError:
        worker.process.kill()
