"""What an import of every module of a room costs in a fresh interpreter, against its budget.

Run: python -m bench.bench_imports
"""

import os
import subprocess
import sys
from pathlib import Path

ROUNDS = 6
# In units of an import of pandas in the same run, so that a slow or busy machine does not matter; with bytecode on
# disk, since what is compiled anew takes several times as long. What costs more belongs into the functions that need
# it. `company` holds a dialect of ibis, which only the first event table loads.
BUDGETS = {
    "errors": 0.1, "language": 0.3, "reference": 1.8, "company": 2.9, "market": 2.2, "selection": 2.2, "supply": 2.2,
    "marketing": 2.2, "finance": 2.2, "risk": 2.2, "demo": 2.2, "style": 2.4, "charts": 3.6, "plan": 3.0,
    "reports": 3.5,
}  # fmt: skip
SURROUNDINGS = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
# The package and all its modules: a notebook that imports one of them pays for no more than this.
MEASURE = """
import importlib, pkgutil, sys, time
before, began = len(sys.modules), time.process_time()
package = importlib.import_module("{name}")
for module in pkgutil.walk_packages(getattr(package, "__path__", []), "{name}.") if {all} else ():
    importlib.import_module(module.name)
print(time.process_time() - began, len(sys.modules) - before)
"""


def measured(name: str, every: bool = True) -> tuple[float, int]:
    """The least CPU seconds of some imports in fresh interpreters, and how many modules they load."""
    found = []
    for _ in range(ROUNDS):
        command = [sys.executable, "-c", MEASURE.format(name=name, all=every)]
        ended = subprocess.run(command, env=SURROUNDINGS, check=True, capture_output=True, text=True)
        seconds, modules = ended.stdout.split()
        found.append((float(seconds), int(modules)))
    return min(found)


def main() -> int:
    """Print the table; 1 if a room is over its budget or has none."""
    import crossborder

    base = Path(crossborder.__file__).parent
    rooms = {path.stem for path in base.iterdir() if path.name[0] != "_" and (path.is_dir() or path.suffix == ".py")}
    over = rooms - BUDGETS.keys()
    unit, count = measured("pandas", every=False)
    print("| every module of | CPU seconds | in imports of pandas | budget | modules loaded |\n|---|---|---|---|---|")
    print(f"| pandas, plain | {unit:.2f} | 1.00 | | {count} |")
    for room, budget in BUDGETS.items():
        seconds, modules = measured(f"crossborder.{room}")
        exceeded = seconds > budget * unit
        over |= {room} if exceeded else set()
        told = f"{budget:.2f}{' exceeded' if exceeded else ''}"
        print(f"| {room} | {seconds:.2f} | {seconds / unit:.2f} | {told} | {modules} |")
    if over:
        print(f"\nover the budget, or without one: {', '.join(sorted(over))}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
