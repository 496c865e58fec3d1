"""Small notebooks for tests: made here, run in a temporary folder, gone afterwards."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PARAMETERS = 'market: str = "DE"  # ISO country code\nlevel: float = 0.9  # share'
RESULT = "reports.Result('market.size.b2c_usd', {value}, low=1e9, high=2e9, level=level, unit='USD')"
FIGURE = "fig, ax = style.figure()\nax.plot([1, {last}])\nstyle.finish(fig, title='Up', alt='a line going up')"


def save(path: Path, pieces: list, parameters: str = PARAMETERS) -> Path:
    """A notebook of a title, a parameters cell and the pieces: ("md", text) or code."""
    sources = [("md", f"# {path.stem[3:].capitalize()}?\n\nWho asks, and what it decides."), ("parameters", parameters)]
    sources += [piece if isinstance(piece, tuple) else ("code", piece) for piece in pieces]
    made = []
    for place, (kind, source) in enumerate(sources):
        cell = new_markdown_cell(source) if kind == "md" else new_code_cell(source)
        cell["id"] = f"cell-{place}"
        if kind == "parameters":
            cell["metadata"]["tags"] = ["parameters"]
        made.append(cell)
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=made, metadata={"kernelspec": kernel}), path)
    return path


def article(path: Path, value: str = "1.5e9", last: float = 3) -> Path:
    """A notebook that keeps all the rules."""
    record = f"reports.record([{RESULT.format(value=value)}], figures={{'up': fig}})"
    return save(
        path,
        [
            "from crossborder import reports, style",
            ("md", "## First"),
            "2 + 3",
            ("md", "## Second"),
            FIGURE.format(last=last),
            "style.say('It is {x}.', x=3.25)",
            ("md", "## Answer"),
            ("md", "## How far to trust this"),
            ("md", "## Record"),
            record,
        ],
    )
