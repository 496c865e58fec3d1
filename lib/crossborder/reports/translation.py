"""Markdown of a notebook in the reader's language: block by block, so that no notebook has a copy."""

import re

from crossborder import language

__all__ = ["blocks", "spoken"]

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


def _begins(line: str, lead: str, before: str) -> bool:
    """Whether a line without a marker is a part of its own, and not the next line of the paragraph before it."""
    return not line.strip() or line.startswith("|") or not before or before.startswith("|") or lead.startswith("#")
