"""Running notebooks and reading what they found; a notebook itself needs only the names below."""

import gc
from typing import TYPE_CHECKING

from crossborder.reports.doubts import placeholders
from crossborder.reports.earlier import last_run
from crossborder.reports.recorded import Result, missing, rates_at_hand, record, results, shown
from crossborder.reports.unlocks import unlocks
from crossborder.reports.waiting import live, watch

if TYPE_CHECKING:
    import pandas as pd

if live():
    watch()

# A notebook makes objects by the million that stay to its end; seeking cycles among them often took a twentieth of it.
gc.set_threshold(10_000, 20, 20)

__all__ = [
    "Result",
    "last_run",
    "missing",
    "placeholders",
    "questions",
    "rates_at_hand",
    "record",
    "results",
    "shown",
    "unlocks",
]


def questions() -> "pd.DataFrame":
    """Which notebook answers which question: notebook, question, and the tables that it needs."""
    import json

    import pandas as pd

    from crossborder.reports import project, rendering
    from crossborder.reports.parameters import base

    rows = []
    for path in project.numbered():
        title, _ = rendering.title_of(json.loads(path.read_text(encoding="utf-8")), path.stem)
        model = base.registry().get(path.stem)
        rows.append((title, path.stem, ", ".join(model.needs[:4]) if model else ""))
    return pd.DataFrame(rows, columns=["question", "notebook", "needs"])
