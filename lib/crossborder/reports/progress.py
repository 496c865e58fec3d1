"""What a user sees while notebooks run: a live table on a terminal, one line a notebook elsewhere."""

import sys
from typing import Any, TextIO

from crossborder.language import t, using
from crossborder.reports.runs import Listener
from crossborder.reports.worker import Outcome

__all__ = ["Lines", "Live", "listener"]

SIGNS = {"ok": "✓", "failed": "✕", "skipped": "–"}


class Lines:
    """One line for each notebook that ends."""

    def __init__(self, stream: TextIO, language: str = "en") -> None:
        self._stream, self._language, self._done, self._to_run = stream, language, 0, 0

    def planned(self, notebooks: int, to_run: int) -> None:
        """Say how many of the notebooks have to run."""
        self._to_run = to_run
        with using(self._language):
            told = t(
                "{notebooks} notebooks, {to_run} to run, {others} unchanged or skipped",
                notebooks=notebooks, to_run=to_run, others=notebooks - to_run,
            )  # fmt: skip
        self._write(told)

    def cell(self, notebook: str, cell: int, cells: int) -> None:
        """Nothing: a log needs no line a cell."""

    def ended(self, outcome: Outcome) -> None:
        """The line of a notebook that ended."""
        self._done += 1
        self._write(f"[{self._done}/{self._to_run}] {_line(outcome)}")

    def close(self) -> None:
        """Nothing to put back."""

    def _write(self, text: str) -> None:
        print(text, file=self._stream, flush=True)


class Live(Lines):
    """The same, with a line of what runs just now below."""

    def __init__(self, stream: TextIO, language: str = "en") -> None:
        from rich.console import Console
        from rich.live import Live as RichLive

        super().__init__(stream, language)
        self._console: Any = Console(file=stream)
        self._live: Any = RichLive("", console=self._console, refresh_per_second=8, transient=True)
        self._running: dict[str, str] = {}
        self._live.start()

    def cell(self, notebook: str, cell: int, cells: int) -> None:
        """Show how far a notebook is."""
        self._running[notebook] = f"{notebook} {cell}/{cells}"
        with using(self._language):
            running = t("running:")
        self._live.update(f"{running} {'   '.join(self._running.values())}")

    def ended(self, outcome: Outcome) -> None:
        """Move a notebook from the live line to the log."""
        self._running.pop(outcome.name, None)
        super().ended(outcome)

    def close(self) -> None:
        """Put the terminal back."""
        self._live.stop()

    def _write(self, text: str) -> None:
        self._console.print(text, highlight=False, markup=False)


def listener(stream: TextIO | None = None, language: str = "en") -> tuple[Listener, Lines]:
    """A listener for the stream (default: stderr) that speaks a language, and the thing to close at the end."""
    stream = stream or sys.stderr
    to = Live(stream, language) if stream.isatty() else Lines(stream, language)
    return Listener(to.planned, to.cell, to.ended), to


def _line(outcome: Outcome) -> str:
    where = f" {outcome.error.get('kind', '')}: {_first(outcome.error)}" if outcome.error else ""
    return f"{SIGNS[outcome.status]} {outcome.name} {outcome.seconds:.1f} s{where}"


def _first(error: dict) -> str:
    return (error.get("text") or "no message").splitlines()[0]
