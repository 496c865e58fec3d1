"""Which section answers which question: the index of capabilities, with addresses on the pages of a report."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crossborder import language
from crossborder.reports import project

__all__ = ["Answer", "answers", "rows"]


@dataclass(frozen=True)
class Answer:
    """One question with the section that answers it, the function that computes it and the test that holds it."""

    question: str
    notebook: str
    title: str
    section: str
    address: str
    function: str
    test: str

    @property
    def text(self) -> str:
        """All that the search box looks through."""
        words = (self.question, self.notebook.replace("_", " "), self.section, self.function)
        return " ".join(words).lower()


def answers(pages: Mapping[str, tuple[str, Mapping[str, str]]]) -> list[Answer]:
    """The questions that the pages answer; `pages` maps a notebook to its title and its headings (text to anchor)."""
    found = []
    for row in rows():
        if row["notebook"] not in pages:
            continue
        title, anchors = pages[row["notebook"]]
        section = language.text(row["section"]) if row["section"] else ""
        anchor = anchors.get(section, "")
        address = f"{row['notebook']}.html" + (f"#{anchor}" if anchor else "")
        question = language.text(row["question"])
        found.append(Answer(question, row["notebook"], title, section, address, row["function"], row["test"]))
    return found


def rows() -> list[dict[str, str]]:
    """The rows of the capability index; none where the project has no such file."""
    return list(_rows(project.root() / "data" / "reference" / "capabilities.csv"))


@cache
def _rows(path: Path) -> tuple[dict[str, str], ...]:
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(line for line in file if not line.startswith("#")))
