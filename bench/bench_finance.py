"""The five-year plan on 100,000 paths, beside the same model in LibreOffice and in plain Python, in one run.

Run: python -m bench.bench_finance [PATHS]
"""

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from crossborder import plan
from crossborder.company import Company
from crossborder.finance import workbook
from crossborder.finance.evaluate import evaluate
from crossborder.finance.lines import Model, Term
from crossborder.finance.plan_inputs import PlanCase, with_drivers
from crossborder.finance.simulation import draw_drivers, simulate
from crossborder.finance.statements import plan_model

from bench import harness

MONTHS, KEEP, ROUNDS = 60, ("cash", "revenue"), 3
BINARY = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
    "largest": max, "smallest": min,
}  # fmt: skip


class Plain:
    """The same lines, one number at a time, as a script of loops would compute them."""

    def __init__(self, model: Model, inputs: Mapping[str, np.ndarray], shape: tuple[int, int]) -> None:
        self.model, self.inputs, self.shape = model, inputs, shape
        self.known: dict[tuple[str, int, int, int], float] = {}
        self.numbers = {name: (np.asarray(value).tolist(), np.shape(value)) for name, value in inputs.items()}

    def line(self, name: str, month: int, market: int, channel: int) -> float:
        """A line in a month and segment."""
        line = self.model.lines[name]
        if line.level != "segment":
            market = channel = 0
        place = (name, month, market, channel)
        if place not in self.known:
            self.known[place] = (
                self._input(name, month, market, channel)
                if line.expression is None
                else self.term(line.expression, month, market, channel)
            )
        return self.known[place]

    def term(self, term: Term, month: int, market: int, channel: int) -> float:
        """An expression in a month and segment."""
        if term.operation == "constant":
            return term.value
        if term.operation == "line":
            return self.line(term.name, month, market, channel)
        if term.operation == "total":
            name = term.arguments[0].name
            return sum(self.line(name, month, m, c) for m in range(self.shape[0]) for c in range(self.shape[1]))
        if term.operation == "previous":
            name = term.arguments[0].name
            opening = self.model.lines[name].opening
            if month:
                return self.line(name, month - 1, market, channel)
            return self._input(opening, 0, market, channel) if opening else 0.0
        values = [self.term(argument, month, market, channel) for argument in term.arguments]
        return -values[0] if term.operation == "negative" else BINARY[term.operation](*values)

    def _input(self, name: str, month: int, market: int, channel: int) -> float:
        value, shape = self.numbers[name]
        places = (0, month, market, channel)[4 - len(shape) :]
        for place, length in zip(places, shape, strict=True):
            value = value[place if length > 1 else 0]
        return value


def plain(model: Model, inputs: Mapping[str, np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    """The kept lines by month, in plain Python."""
    walk = Plain(model, inputs, shape)
    # Month by month, so that no line reaches back further than one month at a time.
    return np.array([[walk.line(name, month, 0, 0) for month in range(MONTHS)] for name in KEEP])


def spreadsheet(model: Model, case: PlanCase, values: Mapping[str, np.ndarray]) -> str:
    """Seconds in which LibreOffice recalculates the plan's workbook, less those for an empty one."""
    import openpyxl

    from tests.finance import libreoffice

    if libreoffice.executable() is None:
        return "not measured: LibreOffice is not installed"
    book = workbook.plan_workbook(model, values, months=case.months, segments=case.segments)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "plan.xlsx").write_bytes(book)
        openpyxl.load_workbook(place / "plan.xlsx").save(place / "plan.xlsx")  # no cached numbers are left
        openpyxl.Workbook().save(place / "empty.xlsx")
        for name in ("empty.xlsx", "plan.xlsx"):
            libreoffice.recalculated(place / name, place)
        times = [
            harness.seconds(lambda: libreoffice.recalculated(place / "plan.xlsx", place))
            - harness.seconds(lambda: libreoffice.recalculated(place / "empty.xlsx", place))
            for _ in range(ROUNDS)
        ]
    return times


def main(paths: int) -> None:
    """Measure and print."""
    company, model = Company.open("data/demo"), plan_model()
    case = plan.plan_case(company, months=MONTHS)
    values = evaluate(model, case.inputs, MONTHS)
    shape = np.broadcast_shapes(*(array.shape for array in values.values()))[2:]
    exact = np.array([np.broadcast_to(values[name][0, :, 0, 0], MONTHS) for name in KEEP])
    one = [harness.seconds(lambda: evaluate(model, case.inputs, MONTHS)) for _ in range(ROUNDS)]
    memory, loops = harness.peak_megabytes(lambda: plain(model, case.inputs, shape))
    python = [harness.seconds(lambda: plain(model, case.inputs, shape)) for _ in range(ROUNDS)]
    difference = f"{np.abs(loops - exact).max() / np.abs(exact).max():.1e}"
    print(f"{len(model.lines)} lines x {MONTHS} months x {shape[0]} markets x {shape[1]} channels\n")
    print(harness.HEAD)
    print(harness.row("plan, one path", f"{MONTHS} months", "plain Python", one, python, (np.nan, memory), difference))
    sheet = spreadsheet(model, case, values)
    if isinstance(sheet, str):
        print(f"| plan, one path | {sheet} | | | | | | | |")
    else:
        sheet = [max(seconds, 1e-3) for seconds in sheet]
        cells = "see tests/finance/test_workbook.py"
        print(harness.row("plan, one path", f"{MONTHS} months", "LibreOffice", one, sheet, (np.nan, np.nan), cells))
    sizes, times = [max(1, paths // 100), max(1, paths // 10), paths], []
    for size in sizes:
        draws = draw_drivers(case.drivers, size, np.random.default_rng(1))
        call = lambda draws=draws: simulate(model, lambda rows: with_drivers(case, rows), draws, MONTHS, KEEP)  # noqa: E731
        memory, _ = harness.peak_megabytes(call) if size == paths else (np.nan, None)
        times.append([harness.seconds(call) for _ in range(1 if size == paths else ROUNDS)])
        loops_all = [seconds * size for seconds in python[: len(times[-1])]]
        name = "plan on many paths"
        print(harness.row(name, f"{size:,} paths", "plain Python, scaled", times[-1], loops_all, (memory, np.nan), ""))
    print(harness.growth("plan on many paths", sizes, [np.median(t) for t in times], sizes))


if __name__ == "__main__":
    main(int(float(sys.argv[1])) if len(sys.argv) > 1 else 100_000)
