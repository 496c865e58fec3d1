"""Markdown of a notebook in the reader's language: block by block, so that no notebook has a copy."""

import json
import re
from pathlib import Path

from crossborder import language
from crossborder.errors import InputError
from crossborder.reports import exports, project

__all__ = ["blocks", "copies", "speak", "spoken"]

LANGUAGE = re.compile(r'^language: str = "\w+"', re.M)
MARKER = re.compile(r"(\s*(?:#{1,6}|[-*]|\d+\.|>)\s+)(.*)", re.S)


def blocks(source: str) -> list[tuple[str, str]]:
    """The parts of a Markdown source that are translated each on its own, as (what leads it, its text).

    A heading, a point of a list, a paragraph; a table is a part a line.

    >>> blocks("## Cost\\n\\nWhat it\\nis.\\n- one\\n- two")
    [('## ', 'Cost'), ('', ''), ('', 'What it is.'), ('- ', 'one'), ('- ', 'two')]
    """
    found: list[tuple[str, str]] = []
    for line in source.splitlines():
        marked = MARKER.fullmatch(line)
        if marked:
            found.append((marked[1], marked[2].strip()))
        elif _begins(line, *(found[-1] if found else ("", ""))):
            found.append(("", line.strip()))
        else:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
    return found


def spoken(source: str) -> str:
    """A Markdown source in the language in use."""
    if language.current() == "en":
        return source
    lines = []
    for lead, part in blocks(source):
        if part.startswith("|"):
            part = "|".join(f" {language.text(cell.strip())} " if cell.strip() else cell for cell in part.split("|"))
        lines.append(lead + (language.text(part) if part and not part.startswith("|") else part))
    return "\n".join(lines)


def speak(folder: Path, name: str) -> None:
    """Put the Markdown of a folder's notebooks into a language; code and outputs stay as they are."""
    for path in project.numbered(folder) if name != "en" else ():
        notebook = json.loads(path.read_text(encoding="utf-8"))
        with language.using(name):
            _speak(notebook)
        exports.write_text(path, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")


def copies(name: str, folder: Path) -> list[Path]:
    """Copies of the notebooks to work with in JupyterLab in another language: nothing run, the parameter set.

    Raises InputError for a language without a catalogue, and for a folder that holds notebooks already: they may be
    somebody's work.
    """
    if name not in language.LANGUAGES:
        raise InputError.unknown("language", name, language.LANGUAGES)
    if project.numbered(folder):
        raise InputError(f"{folder}: holds notebooks already; allowed: a new or an empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for path in project.numbered():
        notebook = json.loads(path.read_text(encoding="utf-8"))
        with language.using(name):
            _speak(notebook)
        for cell in (cell for cell in notebook["cells"] if cell["cell_type"] == "code"):
            cell |= {"outputs": [], "execution_count": None}
            if "parameters" in cell["metadata"].get("tags", ()):
                cell["source"] = LANGUAGE.sub(f'language: str = "{name}"', "".join(cell["source"]))
        written.append(folder / path.name)
        exports.write_text(written[-1], json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")
    return written


def _speak(notebook: dict) -> None:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = spoken("".join(cell["source"]))


def _begins(line: str, lead: str, before: str) -> bool:
    """Whether a line without a marker is a part of its own, and not the next line of the paragraph before it."""
    return not line.strip() or line.startswith("|") or not before or before.startswith("|") or lead.startswith("#")
