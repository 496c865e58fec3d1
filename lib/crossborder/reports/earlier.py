"""What the last run of the same name found, for the question what has changed since."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from crossborder.reports.recorded import RUN_RESULTS, as_frame

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LastRun", "last_run", "of_folder"]


@dataclass(frozen=True)
class LastRun:
    """Results of the run before this one, as `results()` gives them; `started` is empty on a first run."""

    results: "pd.DataFrame"
    run: str = ""
    started: str = ""
    failed: tuple[str, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.started)


def last_run() -> LastRun:
    """The published run that the run at hand will replace; empty on a first run, and outside of runs."""
    place = os.environ.get(RUN_RESULTS)
    stored = json.loads(Path(place).read_text(encoding="utf-8")).get("before", {}) if place else {}
    failed = tuple(name for name, one in stored.get("notebooks", {}).items() if one["status"] != "ok")
    return LastRun(as_frame(stored), stored.get("run", ""), stored.get("started", ""), failed)


def of_folder(folder: Path) -> dict:
    """The results in a run's folder with the moment of its start, as plain data; empty if there is none.

    A file that cannot be read counts as none: the run at hand does not hang on an older one.
    """
    try:
        stored, manifest = (
            json.loads((folder / name).read_text("utf-8")) for name in ("results.json", "manifest.json")
        )
        return {"run": stored["run"], "started": manifest["started"], "notebooks": stored["notebooks"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
