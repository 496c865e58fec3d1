"""A line under a cell that takes long, in JupyterLab: it comes after two seconds and leaves nothing behind.

Each state of the line is followed by a request to clear it before the next output: whatever the cell shows takes its
place. A cell that shows something itself, or prints, gets no line from then on.
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from crossborder.language import t

__all__ = ["AFTER", "EVERY", "Line", "live", "watch"]

AFTER, EVERY = 2.0, 1.0  # seconds until the line comes, and between its states
_watched: dict[int, "Line"] = {}


class Line:
    """The line of one kernel; `begin` and `end` stand around a cell, `hush` before everything that it shows."""

    def __init__(self, publisher: Any, after: float = AFTER, every: float = EVERY) -> None:
        self.publisher, self.after, self.every = publisher, after, every
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._shown = False

    def begin(self, *_: object) -> None:
        """Start to count."""
        self._over.set()
        self._over, self._shown = threading.Event(), False
        threading.Thread(target=self._count, args=(self._over, time.monotonic()), daemon=True).start()

    def hush(self, message: Any = None) -> Any:
        """Give way to what the cell shows; the message passes through."""
        with self._lock:
            self._over.set()
            self._shown = False  # the cell's own output clears the line
        return message

    def end(self, *_: object) -> None:
        """Take a line away that nothing has replaced."""
        with self._lock:
            self._over.set()
            if self._shown:
                self.publisher.clear_output()

    def _count(self, over: threading.Event, started: float) -> None:
        pause = self.after
        while not over.wait(pause):
            with self._lock:
                if over.is_set():
                    return
                seconds = int(time.monotonic() - started)
                self.publisher.publish({"text/plain": t("working, {seconds} s", seconds=seconds)})
                self.publisher.clear_output(wait=True)
                self._shown = True
            pause = self.every


def live() -> bool:
    """Whether somebody sits before the notebook: JupyterLab names its session; runs, reports and tests do not."""
    return "JPY_SESSION_NAME" in os.environ and "CROSSBORDER_OUT" not in os.environ


def watch() -> Line | None:
    """Show the line in this kernel from now on; None where nobody would see it."""
    shell = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    hooks = shell and [getattr(one, "register_hook", None) for one in (shell.display_pub, shell.displayhook)]
    if not hooks or None in hooks:
        return None
    if id(shell) not in _watched:
        line = _watched[id(shell)] = Line(shell.display_pub)
        for register in hooks:
            register(line.hush)
        shell.events.register("pre_run_cell", lambda *_: _listen(line))
        shell.events.register("pre_run_cell", line.begin)
        shell.events.register("post_run_cell", line.end)
        line.begin()  # the cell that imports this is one of the long ones
    return _watched[id(shell)]


def _listen(line: Line) -> None:
    """Have the line give way to what a cell prints; for each cell anew: IPython puts writers of its own in place."""
    for stream in (sys.stdout, sys.stderr):
        if not getattr(stream.write, "heard", False):
            stream.write = _heard(stream.write, line)


def _heard(write: Callable[..., Any], line: Line) -> Callable[..., Any]:
    def wrapped(*given: Any) -> Any:
        line.hush()
        return write(*given)

    wrapped.heard = True
    return wrapped
