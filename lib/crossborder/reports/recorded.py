"""Named results: the one interface through which a notebook hands its numbers on."""

import json
import math
import numbers
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crossborder.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from crossborder.style import Figure

__all__ = ["AREAS", "MIME", "Note", "Record", "Result", "from_notebook", "missing", "record", "results"]

MIME = "application/vnd.crossborder.results+json"
AREAS = ("market", "selection", "supply", "marketing", "finance", "risk", "company", "plan", "board")
OUT = "CROSSBORDER_OUT"  # folder of the run for this notebook's tables; absent when a reader runs the notebook
RUN_RESULTS = "CROSSBORDER_RESULTS"  # results.json of the notebooks of this run that have finished
NAME = re.compile(rf"({'|'.join(AREAS)})(\.[a-z0-9][a-z0-9_]*){{2,4}}")
PART = re.compile(r"[a-z][a-z0-9_]*")
FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\.(xlsx|csv|json|md|txt)")


@dataclass(frozen=True)
class Result:
    """One number that a notebook stands for; `name` is area.thing.measure and keeps its meaning for ever.

    `value` is finite, or None with a `note` that says why; `low` and `high` need a `level` (0 to 1), or a `note` that
    says what the range is. Raises InputError otherwise.
    """

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    unit: str = ""
    note: str = ""
    label: str = ""

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise InputError.out_of_range(
                "name of a result",
                self.name,
                f"area.thing.measure in lower case, area one of {', '.join(AREAS)}",
                "for example supply.landed_cost.median_usd",
            )
        for part in ("value", "low", "high", "level"):
            object.__setattr__(self, part, _plain(self.name, part, getattr(self, part)))
        self._check()

    def _check(self) -> None:
        if self.value is None and not self.note:
            raise InputError.out_of_range(f"{self.name}: value", None, "None only with a note that says why")
        if (self.low is None) != (self.high is None):
            raise InputError.out_of_range(f"{self.name}: interval", (self.low, self.high), "both ends or neither")
        if self.low is None:
            return
        if self.low > self.high:
            raise InputError.out_of_range(f"{self.name}: interval", (self.low, self.high), "low at most high")
        if self.level is None and not self.note:
            raise InputError.out_of_range(f"{self.name}: level", None, "0 to 1, or a note that says what the range is")
        if self.level is not None and not 0 < self.level < 1:
            raise InputError.out_of_range(f"{self.name}: level", self.level, "above 0 and below 1")

    @property
    def words(self) -> str:
        """What the result is called in a sentence."""
        return self.label or words(self.name)


def words(name: str) -> str:
    """A result's name in words.

    >>> words("supply.landed_cost.median_usd")
    'Landed cost: median usd'
    """
    thing, *measure = (part.replace("_", " ") for part in name.split(".")[1:])
    return f"{thing.capitalize()}: {', '.join(measure)}"


def shown(value: float | None, unit: str) -> str:
    """A value in its unit as a reader expects it: shares as per cent, money with its currency.

    >>> shown(0.126, "share"), shown(None, "days")
    ('12.6\\u2009%', '–')
    """
    from crossborder import style
    from crossborder.language import text

    if value is None:
        return "–"
    if unit in ("share", "percent", "fraction"):
        return style.percent(value, 0 if abs(value) >= 0.995 else 1)
    if re.fullmatch(r"[A-Z]{3}", unit):
        return style.money(value, unit)
    digits = (
        0 if abs(value) >= 100 or value == round(value) else (1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3)
    )
    return text(f"{style.number(value, digits)} {unit}".strip())


@dataclass(frozen=True)
class Record:
    """What one notebook found; shows itself as a table and carries its numbers under a private MIME type."""

    results: tuple[Result, ...]
    tables: tuple[str, ...] = ()
    figures: tuple[tuple[str, str], ...] = ()  # name, alternative text
    files: tuple[str, ...] = ()

    def as_data(self) -> dict:
        """The record as plain data, in the order of the notebook."""
        return {
            "results": [asdict(result) for result in self.results],
            "tables": list(self.tables),
            "figures": [{"name": name, "alt": alt} for name, alt in self.figures],
            "files": list(self.files),
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        table = self._table()
        return {"text/html": table._repr_html_(), "text/plain": repr(table), MIME: self.as_data()}

    def _table(self) -> object:
        import pandas as pd

        from crossborder import style
        from crossborder.language import t

        rows = [
            {
                "result": result.words,
                "value": shown(result.value, result.unit),
                "interval": f"{shown(result.low, result.unit)} … {shown(result.high, result.unit)}"
                if result.low is not None
                else "",
                "level": style.percent(result.level) if result.level is not None else "",
                "name": result.name,
                "note": result.note,
            }
            for result in self.results
        ]
        columns = ["result", "value", "interval", "level", "name", "note"]
        headers = {"result": t("Result"), "value": "Value", "interval": t("Interval"), "level": t("Level")}
        headers |= {"name": t("Recorded as"), "note": t("Note")}
        return style.table(
            pd.DataFrame(rows, columns=columns, dtype=str),
            headers=headers,
            caption=t("Results recorded by this notebook"),
            limit=max(1, len(rows)),
        )


@dataclass(frozen=True)
class Note:
    """One line in place of a section."""

    text: str

    def _repr_markdown_(self) -> str:
        return f"*{self.text}*"

    def __repr__(self) -> str:
        return self.text


def record(
    results: Sequence[Result],
    tables: Mapping[str, "pd.DataFrame"] | None = None,
    figures: Mapping[str, "Figure"] | None = None,
    files: Mapping[str, bytes] | None = None,
) -> Record:
    """The notebook's results, shown; inside a run also its tables and files, stored beside its page.

    The first three results are the headline figures of the report. A figure and a table of the same name belong
    together: the table holds the data behind the picture; of a figure without one, and of one that was shown and is
    not named here, what it draws is stored.
    Raises InputError for a name that is wrong or used twice.
    """
    tables, figures, files = tables or {}, figures or {}, files or {}
    names = [result.name for result in results]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError.out_of_range("names of results", twice, "each name once in a notebook")
    for name in (*tables, *figures):
        if not PART.fullmatch(name):
            raise InputError.out_of_range("name of a table or figure", name, "lower case letters, digits and _")
    for name in files:
        if not FILE.fullmatch(name):
            raise InputError.out_of_range("name of a file", name, "a plain name ending in xlsx, csv, json, md or txt")
    alts = tuple((name, getattr(figure, "alt", "")) for name, figure in figures.items())
    made = Record(tuple(results), tuple(tables), alts, tuple(files))
    if os.environ.get(OUT):
        from crossborder.reports import drawn, exports

        unnamed = _unnamed(alts)
        behind = {name: drawn.data(figure) for name, figure in figures.items() if name not in tables}
        behind |= {name: drawn.data(figure) for name, figure in unnamed.items()}
        data = made.as_data()
        data["figures"] += [{"name": name, "alt": figure.alt} for name, figure in unnamed.items()]
        exports.store(Path(os.environ[OUT]), data, tables, files, behind)
    return made


def _unnamed(alts: Sequence[tuple[str, str]]) -> dict[str, "Figure"]:
    """The figures that were shown and not recorded by a name, numbered."""
    from crossborder import style

    known = {alt for _, alt in alts}
    others = [figure for alt, figure in style.SHOWN.items() if alt not in known]
    return {f"figure_{number}": figure for number, figure in enumerate(others, start=1)}


def missing(company: object, *tables: str, adds: str) -> Note | None:
    """One line for a section whose optional `tables` are absent or empty, with what they add; None if all are there."""
    from crossborder.language import t

    absent = [f"`{table}`" for table in tables if not company.has(table)]
    if not absent:
        return _without_rows(company, tables, adds)
    if len(absent) == 1:
        return Note(t("Not shown: table {table} is absent; it would add {adds}.", table=absent[0], adds=t(adds)))
    named = ", ".join(absent)
    return Note(t("Not shown: tables {tables} are absent; they would add {adds}.", tables=named, adds=t(adds)))


def rates_at_hand(company: object) -> Note | None:
    """One line where amounts rest on a last known exchange rate, or on the company's own; None where they do not."""
    from crossborder.language import t
    from crossborder.reference import exchange

    if exchange.carried(company.as_of):
        last = f"{exchange.last_date():%Y-%m-%d}"
        return Note(t("Exchange rates at hand end on {day}; amounts of later days take the last one.", day=last))
    own = [name for name in company.sales_currencies if name not in exchange.published()]
    if not own:
        return None
    names = ", ".join(own)
    return Note(
        t("{names} at the company's own rates; how they move is not known, and their risk not counted.", names=names)
    )


def _without_rows(company: object, tables: Sequence[str], adds: str) -> Note | None:
    """One line for a section whose table is there and holds nothing; event tables are not asked."""
    from crossborder.company.tables import TABLES
    from crossborder.language import t

    empty = [table for table in tables if table in TABLES and not TABLES[table].events and company.table(table).empty]
    if not empty:
        return None
    return Note(t("Not shown: table {table} has no rows; it would add {adds}.", table=f"`{empty[0]}`", adds=t(adds)))


def results(notebooks: str | Path | None = None) -> "pd.DataFrame":
    """All named results, one row each: notebook, name, value, low, high, level, unit, note, label.

    Inside a run those of this run's notebooks that finished before; otherwise those of the executed notebooks in the
    folder `notebooks` (default: the project's own).
    """
    run = os.environ.get(RUN_RESULTS)
    if run and notebooks is None:
        return as_frame(json.loads(Path(run).read_text(encoding="utf-8")))
    from crossborder.reports.project import notebooks_folder

    folder = Path(notebooks) if notebooks is not None else notebooks_folder()
    return _frame({path.stem: from_file(path) for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))})


def as_frame(stored: Mapping) -> "pd.DataFrame":
    """The results in the content of a `results.json`, one row each, columns as `results` has them."""
    return _frame(
        {
            notebook: [{"name": name, **result} for name, result in entry["results"].items()]
            for notebook, entry in stored.get("notebooks", {}).items()
        }
    )


def _frame(found: Mapping[str, Sequence[Mapping]]) -> "pd.DataFrame":
    import pandas as pd

    rows = [{"notebook": notebook, **row} for notebook, rows in found.items() for row in rows]
    columns = ["notebook", "name", "value", "low", "high", "level", "unit", "note", "label"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({name: "float64" for name in ("value", "low", "high", "level")})


def from_file(path: Path) -> list[dict]:
    """The results that stand in an executed notebook's file."""
    return from_notebook(json.loads(path.read_text(encoding="utf-8"))).get("results", [])


def from_notebook(notebook: Mapping) -> dict:
    """The record of an executed notebook, as plain data; empty if it recorded nothing."""
    found: dict = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            found = output.get("data", {}).get(MIME, found)
    return found


def _plain(name: str, part: str, value: object) -> float | int | None:
    """A plain finite number, or None."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise InputError.out_of_range(f"{name}: {part}", value, "a number, or None with a note")
    if not math.isfinite(value):
        raise InputError.out_of_range(f"{name}: {part}", value, "finite", "give None and say why in the note")
    return int(value) if isinstance(value, numbers.Integral) else float(value)
