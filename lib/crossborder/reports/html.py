"""The pages of a report: one a notebook and an index, each a single file that fetches nothing."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from crossborder import language
from crossborder.reports import rendering
from crossborder.reports.answers import answers
from crossborder.reports.baseline import NOTHING, Baseline, Beside
from crossborder.reports.recorded import shown, words

__all__ = ["AREA_NAMES", "Card", "environment", "in_words", "index", "matrix", "page"]

TEMPLATES = Path(__file__).parent / "templates"
HEADLINES = 3
_WRITTEN = "AUC B2B B2C CAC CLV CO2e EBITDA FX IRR KPI LTV MAPE MASE NPS NPV ROAS ROI SKU SKUs USD VaR WAPE"
ACRONYMS = {word.lower(): word for word in _WRITTEN.split()}
AREA_NAMES = {
    "0": "Start", "1": "Market", "2": "Selection", "3": "Supply", "4": "Marketing", "5": "Finance", "6": "Risk",
    "7": "Decisions", "8": "More", "9": "More",
}  # fmt: skip


@dataclass(frozen=True)
class Card:
    """What the index and a page's frame say of one notebook."""

    notebook: str
    title: str
    status: str
    seconds: float = 0.0
    reused: bool = False
    lead: str = ""
    headings: tuple[str, ...] = ()
    results: tuple[dict, ...] = ()
    changed: Mapping[str, object] = field(default_factory=dict)
    error: Mapping[str, str] = field(default_factory=dict)
    anchors: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, Beside] = field(default_factory=dict)

    @property
    def headlines(self) -> list[dict]:
        """The first results in words, for a glance; `results` that are None are left to the page."""
        with_value = [result for result in self.results if result["value"] is not None]
        return [in_words(result) for result in with_value[:HEADLINES]]

    @property
    def area(self) -> str:
        """The part of the story, from the number's tens digit."""
        return AREA_NAMES.get(self.notebook[:1], "More")


def in_words(result: Mapping) -> dict:
    """A result as texts: what it is, its value and its interval in its unit."""
    ends = ""
    if result.get("low") is not None:
        ends = f"{shown(result['low'], result['unit'])} … {shown(result['high'], result['unit'])}"
    level = f"{result['level']:.0%}" if result.get("level") else ""
    name = short_words(result["name"], result["unit"]) if language.current() == "en" else words(result["name"])
    label = language.text(result.get("label") or name)
    return {"label": label, "value": shown(result["value"], result["unit"]), "interval": ends, "level": level,
            "name": result["name"], "note": language.text(result.get("note", ""))}  # fmt: skip


def short_words(name: str, unit: str) -> str:
    """A result's name in words, without the unit that its value shows anyway.

    >>> short_words("supply.landed_cost.median_usd", "USD"), short_words("finance.plan.npv", "")
    ('Landed cost: median', 'Plan: NPV')
    >>> short_words("supply.network.saved_usd_year", "USD")
    'Network: saved a year'
    """
    text = words(name)
    if unit:
        text = re.sub(rf" {re.escape(unit)} (week|month|quarter|year)$", r" a \1", text, flags=re.I)
    shorter = text[: -len(unit) - 1] if unit and text.lower().endswith(f" {unit.lower()}") else text
    if shorter.endswith((":", ",")):
        shorter = text
    return re.sub(r"\w+", lambda match: ACRONYMS.get(match[0].lower(), match[0]), shorter)


def page(
    card: Card,
    notebook: Mapping,
    record: Mapping,
    parameters: Sequence[Mapping],
    run: Mapping,
    cards: Sequence[Card],
    baseline: Baseline = NOTHING,
) -> tuple[str, Card]:
    """The page of one notebook, and its card completed with title, headings, results and what they were in the base.

    Raises AssertionError if an output of the notebook would be missing from the page.
    """
    title, lead = rendering.title_of(notebook, card.title)
    body = rendering.render_cells(notebook, _data_links(card.notebook, record))
    made = sum(len(cell.get("outputs", ())) for cell in notebook["cells"])
    assert body.outputs == made, f"{card.notebook}: {body.outputs} of {made} outputs on the page"
    results = tuple(record.get("results", ()))
    labels = {result["name"]: in_words(result)["label"] for result in results}
    card = replace(
        card,
        title=title,
        lead=lead,
        headings=tuple(heading.text for heading in body.headings),
        anchors={heading.text: heading.anchor for heading in reversed(body.headings)},
        results=results,
        beside=baseline.beside(card.notebook, results, labels),
    )
    names = [other.notebook for other in cards]
    place = names.index(card.notebook)
    text = environment().get_template("page.html.j2").render(
        card=card,
        lead=lead,
        body=body,
        parameters=parameters,
        run=run,
        record=record,
        moves=list(card.beside.values()),
        before=names[place - 1] if place else None,
        after=names[place + 1] if place + 1 < len(names) else None,
        policy=_policy("page.js"),
    )  # fmt: skip
    return _unbroken(text), card


def index(cards: Sequence[Card], run: Mapping) -> str:
    """The index of a run: a matrix of its notebooks with status, headline figures and a search box."""
    groups: dict[str, list[Card]] = {}
    for card in cards:
        groups.setdefault(card.area, []).append(card)
    count = {status: sum(card.status == status for card in cards) for status in ("ok", "failed", "skipped")}
    template = environment().get_template("index.html.j2")
    listed = answers({card.notebook: (card.title, card.anchors) for card in cards})
    text = template.render(groups=groups, run=run, count=count, answers=listed, policy=_policy("index.js"))
    return _unbroken(text)


def _unbroken(page: str) -> str:
    """The page with thin spaces that no line breaks at: a number stays in one piece."""
    return page.replace("\u2009", "\u202f")


def search_text(card: Card) -> str:
    """All that the search box looks through."""
    found = [card.notebook.replace("_", " "), card.title, *card.headings]
    found += [
        text for result in card.results for text in (result["name"], result.get("label") or words(result["name"]))
    ]
    return " ".join(found).lower()


def _data_links(notebook: str, record: Mapping) -> dict[str, list[tuple[str, str]]]:
    """The data behind each figure, by its alternative text: the table of the same name, else what is drawn."""
    links = {}
    for figure in record.get("figures", ()):
        name = figure["name"]
        if name in record.get("tables", ()):
            links[figure["alt"]] = [(kind, f"tables/{notebook}/{name}.{kind.lower()}") for kind in ("CSV", "Parquet")]
        elif name in record.get("drawn", ()):
            links[figure["alt"]] = [("CSV", f"figures/{notebook}/{name}.csv")]
    return links


def _policy(script: str) -> str:
    """A content policy under which a page can load nothing and run only its own script."""
    digest = hashlib.sha256((TEMPLATES / script).read_bytes()).digest()
    allowed = f"'sha256-{base64.b64encode(digest).decode()}'"
    return f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {allowed}"


@cache
def environment() -> Any:
    """The templates, with what they may call."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup
    from pygments.formatters import HtmlFormatter

    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.globals |= {
        "style": Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),
        "code_style": Markup(_code_style(HtmlFormatter)),
        "script": lambda name: Markup((TEMPLATES / name).read_text(encoding="utf-8")),
        "t": language.t,
        "word": language.text,
        "in_words": in_words,
        "search_text": search_text,
    }
    return made


def _code_style(formatter: Any) -> str:
    light = formatter(style="xcode").get_style_defs(".source")
    dark = formatter(style="github-dark").get_style_defs(".source")
    return f"{light}\n@media (prefers-color-scheme: dark) {{ {dark} }}\n.source{{background:none}}"


def matrix(name: str, markets: Sequence[str], scenarios: Sequence[str], cells: Sequence[Mapping]) -> str:
    """The page over a sweep: a row a market, a column a scenario, in each cell the first figure of each notebook."""
    by_place = {(cell["market"], cell["scenario"]): cell for cell in cells}
    template = environment().get_template("matrix.html.j2")
    shown = {"name": name, "markets": markets, "scenarios": scenarios, "cells": by_place}
    return template.render(**shown, language=language.current(), policy=_policy("index.js"))
