"""Import once what the package imports anywhere, so that the bytecode of it all lies on disk.

uv installs sources only. Where PYTHONDONTWRITEBYTECODE is set, as in many containers, no later process would write the
bytecode: each kernel would compile pandas, matplotlib and ibis anew, which takes longer than most notebooks do.
"""

import ast
import contextlib
import importlib
import os
import sys
import warnings
from pathlib import Path

# What libraries import only when they are used: to draw contours, to join tables, to read a frame for scikit-learn.
LATE = ("contourpy", "pyarrow.acero", "narwhals._pandas_like.namespace", "narwhals._pandas_like.group_by")
PACKAGE = Path(__file__).resolve().parents[1] / "lib" / "crossborder"


def imported(source: str) -> set[str]:
    """Names that a source text imports: modules, and what might be a module inside them."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def everything() -> list[str]:
    """Every module that the package names in an import, its own modules, and what starts a kernel."""
    from crossborder.reports.nursery import STACK

    paths = sorted(PACKAGE.rglob("*.py"))
    names = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in paths}
    for path in paths:
        names |= imported(path.read_text(encoding="utf-8"))
    return sorted({name.removesuffix(".__init__") for name in {*names, *STACK}})


def main() -> None:
    """Import all of it; what is not installed, or is no module, is left out."""
    sys.dont_write_bytecode = False
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # the debugger would remark that Python's own modules are frozen
    warnings.simplefilter("ignore")
    for name in (*everything(), *LATE):
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    with contextlib.suppress(Exception):
        by_path()


def by_path() -> None:
    """Modules that are read by their path: the sea network, longer to compile than pandas is, and the holidays."""
    from crossborder.reference import calendars, files, sea

    sea.SeaNetwork.load()
    known = {market for cell in files.read("sale_events.csv")["markets"] for market in cell.split()}
    calendars.weekly_features(sorted(known), "2026-01-01", "2026-12-31")


if __name__ == "__main__":
    main()
