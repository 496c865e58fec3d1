"""What a cell can ask for at any time: the tables at hand, the scenarios, and what this notebook may be asked."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from crossborder import style
from crossborder.company import Company, scenarios
from crossborder.company.tables import TABLES
from crossborder.language import t
from crossborder.reports.parameters import base

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["Overview", "overview"]

NAMED = ("JPY_SESSION_NAME", "CROSSBORDER_NOTEBOOK")  # where a server tells the notebook at hand


@dataclass(frozen=True)
class Overview:
    """Tables, scenarios and parameters as typeset tables, one below the other."""

    parts: tuple[style.Table, ...]

    def _repr_html_(self) -> str:
        return "".join(part._repr_html_() for part in self.parts)

    def __repr__(self) -> str:
        return "\n\n".join(map(repr, self.parts))


def overview(names: Mapping[str, object] | None = None) -> Overview:
    """The companies opened among `names` (default: the variables of the notebook at hand), scenarios and parameters."""
    names = _variables() if names is None else names
    opened = {name: value for name, value in names.items() if isinstance(value, Company) and not name.startswith("_")}
    parts = [_tables(company) for company in {id(one): one for one in opened.values()}.values()]
    in_use = {company.scenario.name for company in opened.values()}
    return Overview((*parts, _scenarios(in_use), *_parameters(names)))


def _variables() -> Mapping[str, object]:
    shell = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    return shell.user_ns if shell else vars(sys.modules["__main__"])


def _tables(company: Company) -> style.Table:
    """Tables that are there; rows and the last day of those that were read so far, which costs nothing again."""
    rows = [_row(company, name) for name in company.tables]
    frame = pd.DataFrame(rows, columns=["table", "kind", "rows", "first_day", "last_day"])
    caption = t(
        "Tables of {name} ({place}) as of {day}: {read} of {all} read so far",
        name=company.name, place=company.path.name, day=style.day(company.as_of),
        read=int((frame["rows"] != "").sum()), all=len(frame),
    )  # fmt: skip
    headers = {"first_day": t("first day"), "last_day": t("last day")}
    return style.table(frame, caption=caption, headers=headers, limit=len(frame), formats={"table": "code"})


def _row(company: Company, name: str) -> tuple[str, ...]:
    table = TABLES[name]
    if name not in company._cache:
        return name, t("events") if table.events else t("table"), "", "", ""
    if table.events:
        lazy = company.events(name)
        asked = {"rows": lazy.count()}
        if table.dated_by:
            asked |= {"first": lazy[table.dated_by].min(), "last": lazy[table.dated_by].max()}
        found = lazy.aggregate(**asked).to_pandas().iloc[0]
        count, ends = int(found["rows"]), (found.get("first"), found.get("last"))
    else:
        frame = company.table(name)
        days = frame[table.dated_by].dropna() if table.dated_by else frame.iloc[:0, 0]
        count, ends = len(frame), (days.min(), days.max()) if len(days) else (None, None)
    first, last = ("" if end is None or pd.isna(end) else style.day(end) for end in ends)
    return name, t("events") if table.events else t("table"), style.number(count), first, last


def _scenarios(in_use: set[str]) -> style.Table:
    known = [scenarios.load(name) for name in scenarios.available()]
    rows = [(one.name, one.title or one.name, len(one.changes), one.name in in_use) for one in known]
    frame = pd.DataFrame(rows, columns=["scenario", "title", "changes", "in_use"])
    return style.table(
        frame, caption=t("Scenarios"), headers={"in_use": t("in use")}, limit=len(frame), formats={"scenario": "code"},
        bold=frame["in_use"],
    )  # fmt: skip


def _parameters(names: Mapping[str, object]) -> list[style.Table]:
    model = _model(names)
    if model is None:
        return []
    rows = [
        (
            name,
            str(names.get(name, field.default)),
            str(field.default),
            base.allowed(model, name),
            field.description or "",
        )
        for name, field in model.model_fields.items()
    ]
    frame = pd.DataFrame(rows, columns=["parameter", "value", "default", "allowed", "meaning"])
    caption = t("Parameters of {notebook}", notebook=model.notebook)
    formats = dict.fromkeys(["parameter", "value", "default"], "code")
    return [
        style.table(frame, caption=caption, limit=len(frame), formats=formats, bold=frame["value"] != frame["default"])
    ]


def _model(names: Mapping[str, object]) -> "type[BaseModel] | None":
    """The model of the notebook at hand: named by the server, else the one whose parameters are all there."""
    known = base.registry()
    for variable in NAMED:
        stem = Path(os.environ.get(variable, "")).stem
        if stem in known:
            return known[stem]
    whole = [model for model in known.values() if set(model.model_fields) <= set(names)]
    return max(whole, key=lambda model: len(model.model_fields), default=None)
