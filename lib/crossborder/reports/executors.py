"""Who runs the notebooks of a run: one small interface, behind it processes of this machine or a Dask cluster."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Protocol

from crossborder.reports import kept, keys
from crossborder.reports.planning import Entry, Request
from crossborder.reports.worker import Job, Outcome

__all__ = ["Executor", "crew", "preloaded"]

WARM_FROM = 4  # notebooks to run before importing the stack once for all of them pays


class Executor(Protocol):
    """Runs jobs somewhere; what a notebook shows does not depend on where."""

    def run(
        self,
        jobs: Sequence[Job],
        after: Mapping[str, Sequence[str]],
        tell: Callable[[str, int, int], None],
        seconds: float,
    ) -> Iterator[Outcome]:
        """The outcomes of the jobs as they end; a job starts when those that `after` names have ended."""


@contextmanager
def crew(request: Request, entries: Sequence[Entry], cache: Path) -> Iterator[Executor]:
    """Workers for some notebooks, of one run or of several, with warm kernels if there are enough to repay them."""
    if request.scheduler:
        from crossborder.reports.cluster import Cluster

        with Cluster(request.scheduler, preloaded(entries) if _wants_warm(request, entries) else ()) as cluster:
            yield cluster
        return
    from crossborder.reports.pool import Pool

    scratch = kept.scratch(cache)
    log = scratch / "kernels.log"
    try:
        with _nursery(request, entries, log) as address, Pool(request.processes, log, address) as pool:
            yield pool
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def preloaded(entries: Sequence[Entry]) -> tuple[str, ...]:
    """The modules that a nursery for some notebooks imports: the stack, and what of the package they name."""
    from crossborder.reports import nursery

    code = ["".join(c["source"]) for entry in entries for c in entry.source["cells"] if c["cell_type"] == "code"]
    return (*nursery.STACK, *keys.imported(code))


def _wants_warm(request: Request, entries: Sequence[Entry]) -> bool:
    return len(entries) >= WARM_FROM if request.warm is None else request.warm


def _nursery(request: Request, entries: Sequence[Entry], log: Path) -> AbstractContextManager[str]:
    """A nursery for warm kernels if there are enough notebooks to repay it; else an empty address."""
    if not _wants_warm(request, entries):
        return nullcontext("")
    from crossborder.reports import warm

    return warm.nursery(preloaded(entries), log) if warm.available() else nullcontext("")
