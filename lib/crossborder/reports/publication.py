"""Putting a finished report in place: whole or not at all, whatever else runs and whenever the process dies."""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crossborder.reports.environment import alive

__all__ = ["aside", "point_latest", "publish", "recover"]

EXCHANGE = 2  # RENAME_EXCHANGE of renameat2 (Linux), RENAME_SWAP of renamex_np (macOS)
HERE = -100  # AT_FDCWD


@contextmanager
def aside(reports: Path, run: str) -> Iterator[Path]:
    """A folder beside the reports to write a run into; gone at the end if it was not published."""
    recover(reports)
    folder = reports / f".tmp-{run}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(folder: Path, reports: Path, run: str) -> Path:
    """Move a folder written aside to its place `reports/run`."""
    target = reports / run
    if not target.exists():
        try:
            os.rename(folder, target)
        except OSError:  # another run of this name was faster
            _replace(folder, target)
    else:
        _replace(folder, target)
    return target


def point_latest(reports: Path, run: str) -> None:
    """Make `reports/latest` mean this run."""
    link = reports / f".latest-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(run)
    os.replace(link, reports / "latest")


def recover(reports: Path) -> None:
    """Clear what a killed run left: parts of dead processes, and a report that was between two names."""
    for left in reports.glob(".*-*"):
        kind, _, rest = left.name[1:].partition("-")
        run, _, owner = rest.rpartition("-")
        if kind not in ("tmp", "old") or alive(owner):
            continue
        if kind == "old" and not (reports / run).exists():
            os.rename(left, reports / run)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _replace(folder: Path, target: Path) -> None:
    """Put a folder in another's place: one step where the system can exchange names, else two, mended by `recover`."""
    old = target.with_name(f".old-{target.name}-{os.getpid()}")
    if _exchanged(folder, target):
        os.rename(folder, old)
    else:
        os.rename(target, old)
        os.rename(folder, target)
    shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether the two names were exchanged in one step by the system."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            return library.renamex_np(os.fsencode(one), os.fsencode(other), EXCHANGE) == 0
        return library.renameat2(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE) == 0
    except (AttributeError, OSError):
        return False
