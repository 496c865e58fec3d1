"""Measuring two ways of computing the same, turn by turn in one process: time, spread, memory and agreement."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["HEAD", "Case", "compared", "growth", "peak_megabytes", "row", "spread"]

HEAD = (
    "| computation | size | ours | peer | peer's time | peer / ours | our memory | peer's memory | difference |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Case:
    """One computation at several sizes.

    `make(size)` gives the inputs, `ours` and `theirs` take them; `scale(size)` is by how much a peer's time is
    multiplied that was measured on a part of the work; `differ` compares the two results.
    """

    name: str
    peer: str
    sizes: Sequence[int]
    unit: str
    make: Callable[[int], Any]
    ours: Callable[[Any], Any]
    theirs: Callable[[Any], Any]
    differ: Callable[[Any, Any], str]
    scale: Callable[[int], float] = lambda size: 1.0
    rounds: int = 3


def peak_megabytes(call: Callable[[], Any]) -> tuple[float, Any]:
    """What a call adds to the memory of this process at its peak, megabytes, and its result; nan where unknown."""
    gc.collect()
    status, reset = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    try:
        reset.write_text("5", encoding="ascii")  # from now on the peak counts anew
    except OSError:
        return np.nan, call()
    before = _line(status, "VmRSS")
    result = call()
    return max(0.0, (_line(status, "VmHWM") - before) / 1e3), result


def seconds(call: Callable[[], Any]) -> float:
    """Wall-clock seconds of a call."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def compared(case: Case) -> list[str]:
    """The rows of a case, smallest size first, and how both ways grow with the size."""
    rows, ours_all, theirs_all = [], [], []
    for size in case.sizes:
        inputs = case.make(size)
        our_memory, our_result = peak_megabytes(lambda inputs=inputs: case.ours(inputs))
        peer_memory, peer_result = peak_megabytes(lambda inputs=inputs: case.theirs(inputs))
        ours, theirs = [], []
        for _ in range(case.rounds):  # turn by turn: what disturbs one disturbs the other
            ours.append(seconds(lambda inputs=inputs: case.ours(inputs)))
            theirs.append(seconds(lambda inputs=inputs: case.theirs(inputs)) * case.scale(size))
        rows.append(
            row(
                case.name, f"{size:,} {case.unit}", case.peer, ours, theirs, (our_memory, peer_memory),
                case.differ(our_result, peer_result),
            )
        )  # fmt: skip
        ours_all.append(np.median(ours))
        theirs_all.append(np.median(theirs))
    return [*rows, growth(case.name, case.sizes, ours_all, theirs_all)]


def row(
    name: str,
    size: str,
    peer: str,
    ours: Sequence[float],
    theirs: Sequence[float],
    memory: tuple[float, float],
    difference: str,
) -> str:
    """One line of the table."""
    ratio = np.array(theirs) / np.array(ours)
    cells = [
        name, size, spread(ours), peer, spread(theirs), f"{_short(np.median(ratio))} ({_short(ratio.min())} to "
        f"{_short(ratio.max())}){' peer is faster' if np.median(ratio) < 1 else ''}",
        _megabytes(memory[0]), _megabytes(memory[1]), difference,
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def growth(name: str, sizes: Sequence[int], ours: Sequence[float], theirs: Sequence[float]) -> str:
    """How the time grows with the size n, as the exponent of n between the smallest and the largest."""
    span = np.log(sizes[-1] / sizes[0])
    powers = [np.log(times[-1] / times[0]) / span for times in (ours, theirs)]
    return f"| {name} | growth | n^{powers[0]:.2f} | | n^{powers[1]:.2f} | | | | |"


def spread(times: Sequence[float]) -> str:
    """Median of some times, with the smallest and the largest."""
    return f"{_time(np.median(times))} ({_time(min(times))} to {_time(max(times))})"


def _time(value: float) -> str:
    return f"{value:.3g} s" if value >= 1 else f"{1e3 * value:.3g} ms" if value >= 1e-3 else f"{1e6 * value:.3g} us"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _megabytes(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.0f} MB"


def _line(status: Path, name: str) -> float:
    text = status.read_text(encoding="utf-8")
    return float(next(line for line in text.splitlines() if line.startswith(name)).split()[1])
