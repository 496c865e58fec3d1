"""What a committed notebook must be, checked on its file alone: each problem is one line."""

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path

from crossborder.reports import recorded
from crossborder.reports.parameters import base, cells

MOST_BYTES = 1_500_000
MOST_LINES = 15
LEAST_CELLS, MOST_CELLS = 12, 40
SECTIONS = ("Answer", "How far to trust this", "Record")
FORBIDDEN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.AsyncFor, ast.While)
ABSOLUTE = re.compile(r"(?<![\w.:/])/(home|root|tmp|work|Users|var|usr|opt|mnt)/\w|\b[A-Z]:\\\\\w")


def problems(path: Path, model: type[base.Request] | None = None) -> list[str]:
    """Everything wrong with a notebook; `model` is that of its parameters (default: the registered one)."""
    text = path.read_text(encoding="utf-8")
    notebook = json.loads(text)
    model = model or base.registry().get(path.stem)
    found = [line for guard in GUARDS for line in guard(notebook)]
    found += _parameters(notebook, model)
    if len(text.encode()) > MOST_BYTES:
        found.append(f"file of {len(text.encode()) / 1e6:.2f} MB, at most {MOST_BYTES / 1e6:.1f} MB")
    return found


def code_cells(notebook: dict) -> list[tuple[int, dict, str]]:
    """Number (from 1, all cells counted), cell and source of each code cell."""
    numbered = enumerate(notebook["cells"], start=1)
    return [(number, cell, "".join(cell["source"])) for number, cell in numbered if cell["cell_type"] == "code"]


def executed_in_order(notebook: dict) -> list[str]:
    """Execution counts 1 to n from top to bottom: run as a whole, by nobody out of order."""
    counts = [cell.get("execution_count") for _, cell, _ in code_cells(notebook)]
    return [] if counts == list(range(1, len(counts) + 1)) else [f"execution counts are {counts}, not 1 to n"]


def outputs_present(notebook: dict) -> list[str]:
    """Outputs stand in the file: each cell that ends in a call or a name shows something, and results are recorded."""
    found = [] if recorded.from_notebook(notebook).get("results") else ["no recorded results in the outputs"]
    if not any("image/png" in o.get("data", {}) for _, cell, _ in code_cells(notebook) for o in cell["outputs"]):
        found.append("no figure in the outputs")
    return found


def outputs_clean(notebook: dict) -> list[str]:
    """No error and nothing on stderr."""
    found = []
    for number, cell, _ in code_cells(notebook):
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                found.append(f"cell {number} holds the error {output['ename']}")
            if output.get("name") == "stderr":
                found.append(f"cell {number} writes to stderr: {''.join(output['text'])[:80]!r}")
    return found


def pictures_described(notebook: dict) -> list[str]:
    """Every picture has its alternative text."""
    return [
        f"cell {number} has a picture without alternative text"
        for number, cell, _ in code_cells(notebook)
        for output in cell["outputs"]
        if "image/png" in output.get("data", {}) and not output["metadata"].get("image/png", {}).get("alt")
    ]


def plain_metadata(notebook: dict) -> list[str]:
    """Kernel python3, and nothing that a person's session left behind."""
    metadata = notebook["metadata"]
    found = [] if metadata.get("kernelspec", {}).get("name") == "python3" else ["kernel is not python3"]
    if set(metadata) - {"kernelspec", "language_info"}:
        found.append(f"metadata {sorted(set(metadata) - {'kernelspec', 'language_info'})}: refresh with make notebooks")
    found += [
        f"cell {number} has metadata {sorted(set(cell['metadata']) - {'tags'})}: refresh with make notebooks"
        for number, cell in enumerate(notebook["cells"], start=1)
        if set(cell["metadata"]) - {"tags"}
    ]
    return found


def no_absolute_path(notebook: dict) -> list[str]:
    """No place of somebody's machine in sources or outputs."""
    found = []
    for number, cell in enumerate(notebook["cells"], start=1):
        shown = [{k: v for k, v in o.get("data", {}).items() if k != "image/png"} for o in cell.get("outputs", ())]
        texts = [o.get("text", "") for o in cell.get("outputs", ())]
        hit = ABSOLUTE.search("".join(cell["source"]) + json.dumps([shown, texts], ensure_ascii=False))
        found += [f"cell {number} names a place of this machine: {hit[0]}"] if hit else []
    return found


def cells_short(notebook: dict) -> list[str]:
    """Code cells of few lines that call the library: no definitions, no loops, no magics, no sys.path."""
    found = []
    for number, _, source in code_cells(notebook):
        if len(source.splitlines()) > MOST_LINES:
            found.append(f"cell {number} has {len(source.splitlines())} lines, at most {MOST_LINES}")
        if re.search(r"^\s*[%!]", source, re.M):
            found.append(f"cell {number} has a magic or shell command")
            continue
        if "sys.path" in source:
            found.append(f"cell {number} touches sys.path")
        wrong = {type(node).__name__ for node in ast.walk(ast.parse(source)) if isinstance(node, FORBIDDEN)}
        found += [f"cell {number} has {', '.join(sorted(wrong))}: that belongs in lib/"] if wrong else []
    return found


def reads_like_an_article(notebook: dict) -> list[str]:
    """A question first, then parameters, then sections that end with answer, trust and record."""
    content = notebook["cells"]
    found = []
    first = "".join(content[0]["source"]).partition("\n")[0].rstrip()
    if content[0]["cell_type"] != "markdown" or not (first.startswith("# ") and first.endswith("?")):
        found.append("the first cell is not a heading that asks a question")
    if not LEAST_CELLS <= len(content) <= MOST_CELLS:
        found.append(f"{len(content)} cells, from {LEAST_CELLS} to {MOST_CELLS}")
    heads = re.findall(
        r"^## (.+?)\s*$", "\n".join("".join(c["source"]) for c in content if c["cell_type"] == "markdown"), re.M
    )
    if [head for head in heads if head in SECTIONS] != list(SECTIONS):
        found.append(f"sections {SECTIONS} are not all there in this order: {heads}")
    ids = [cell.get("id") for cell in content]
    if None in ids or len(set(ids)) < len(ids):
        found.append("cells without an id of their own")
    return found


def _parameters(notebook: dict, model: type[base.Request] | None) -> list[str]:
    source = cells.source_of(notebook)
    if source is None:
        return ["no cell tagged parameters"]
    if model is None:
        return ["no typed model in lib/crossborder/reports/parameters/"]
    return [f"parameters: {line}" for line in cells.differences(source, model)]


GUARDS: tuple[Callable[[dict], list[str]], ...] = (
    executed_in_order,
    outputs_present,
    outputs_clean,
    pictures_described,
    plain_metadata,
    no_absolute_path,
    cells_short,
    reads_like_an_article,
)
