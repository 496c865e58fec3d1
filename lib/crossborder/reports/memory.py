"""How much memory a notebook's kernel takes, and its end when it takes more than it may."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crossborder.errors import InputError

__all__ = ["Watch", "check_cap", "watched"]

EVERY_SECONDS = 0.1


@dataclass
class Watch:
    """The most memory seen, in bytes (0 where the system does not tell), and whether it was too much."""

    peak_bytes: int = 0
    exceeded: bool = False


def check_cap(megabytes: float) -> None:
    """Raises InputError where a cap is asked for and the system has no way to keep it."""
    if megabytes < 0:
        raise InputError.out_of_range("memory of a notebook", megabytes, "megabytes above 0, or 0 for no cap")
    if megabytes and sys.platform != "linux":
        raise InputError.out_of_range("memory of a notebook", megabytes, "0 (no cap): only Linux tells what it takes")


@contextmanager
def watched(process: Callable[[], int | None], cap_bytes: int) -> Iterator[Watch]:
    """A watch over the process that `process` names (None until it is there); ends it above the cap (0 = none).

    What is counted is the memory in use, not what is merely reserved: the engine and the allocators reserve much more.
    """
    watch, over = Watch(), threading.Event()
    thread = threading.Thread(target=_follow, args=(watch, over, process, cap_bytes), daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()


def _follow(watch: Watch, over: threading.Event, process: Callable[[], int | None], cap_bytes: int) -> None:
    while not over.wait(EVERY_SECONDS):
        number = process()
        if number is None:
            continue
        now, most = _used(number)
        watch.peak_bytes = max(watch.peak_bytes, most)
        if cap_bytes and now > cap_bytes and not watch.exceeded:
            watch.exceeded = True
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)


def _used(process: int) -> tuple[int, int]:
    """Memory in use now and at most so far, in bytes."""
    try:
        text = Path(f"/proc/{process}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0, 0
    lines = dict(line.split(":", 1) for line in text.splitlines() if line.startswith(("VmRSS", "VmHWM")))
    now, most = (int(lines.get(name, "0 kB").split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))
    return now, most
