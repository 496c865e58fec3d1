"""What each table that a company does not have would unlock: read from the notebooks' models and from the notebooks."""

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from crossborder.reports import project, rendering

if TYPE_CHECKING:
    import pandas as pd

    from crossborder.company import Company

__all__ = ["unlocks"]

# The line by which a section without its table says what is missing.
NOTE = re.compile(r"reports\.missing\(\s*company,\s*((?:\"\w+\",\s*)+)adds=\"([^\"]+)\"\s*\)")


def unlocks(company: "Company") -> "pd.DataFrame":
    """One row a table that is absent and that some notebook asks for: table, questions, sections, importer.

    `questions` are those of the notebooks that would run if this table alone were added; a notebook that would need
    others too stands there with them. `sections` is what it adds to notebooks that run already. Numbers in brackets
    are notebooks. Tables that open most come first.
    """
    import pandas as pd

    from crossborder.company.tables import TABLES
    from crossborder.language import t
    from crossborder.reports.parameters import base

    opens, waits, adds = defaultdict(list), defaultdict(list), defaultdict(list)
    for path in project.numbered():
        model = base.registry().get(path.stem)
        if model is None or model.after:
            continue
        source = json.loads(path.read_text(encoding="utf-8"))
        title, number = rendering.title_of(source, path.stem)[0], path.stem[:2]
        lacking = [name for name in model.needs if not company.has(name)]
        for name in lacking:
            others = [other for other in lacking if other != name]
            (waits if others else opens)[name].append(_entry(t(title), number, others))
        notes = defaultdict(list)
        for named, text in NOTE.findall(_code(source)):
            for name in re.findall(r"\w+", named):
                notes[name].append(t(text))
        for name in () if lacking else model.uses:
            if not company.has(name):
                adds[name] += [f"{text} ({number})" for text in notes[name] or [t("more detail")]]
    names = [name for name in TABLES if name in opens or name in waits or name in adds]
    names.sort(key=lambda name: (-len(opens[name]), -len(adds[name]), -len(waits[name])))
    rows = [
        (name, "; ".join(opens[name] or waits[name][:2]), "; ".join(adds[name]), TABLES[name].importer)
        for name in names
    ]
    return pd.DataFrame(rows, columns=["table", "questions", "sections", "importer"])


def _code(notebook: dict) -> str:
    return "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")


def _entry(title: str, number: str, others: list[str]) -> str:
    from crossborder.language import t

    if not others:
        return f"{title} ({number})"
    if len(others) > 3:
        return t("{question} ({number}, with {count} more tables)", question=title, number=number, count=len(others))
    return t("{question} ({number}, with {tables})", question=title, number=number, tables=", ".join(others))
