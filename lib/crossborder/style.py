"""The look of every figure, table and sentence; nothing else sets fonts, colours or number formats."""

import base64
import html
import io
import math
import re
import textwrap
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.ticker import FuncFormatter

from crossborder import language as _language
from crossborder.errors import InputError
from crossborder.language import amounts, drawn, t

__all__ = [
    "ACCENT", "BAD", "DIVERGING", "GOOD", "GREY", "INK", "LIGHT", "PALETTE", "SEQUENTIAL", "SHOWN", "Figure",
    "Sentence", "Table", "colour", "colours", "darker", "day", "figure", "finish", "human_axis", "interval",
    "label_ends", "money", "names", "number", "percent", "say", "table", "use", "zero_line",
]  # fmt: skip

INK, GREY, LIGHT = "#222222", "#6b6b6b", "#d9d9d9"
# Okabe and Ito (2008), in an order that keeps neighbours apart in greyscale too.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#8A7F00", "#000000")
MORE = ("#882255", "#44AA99", "#999933", "#AA4499")  # Tol (2021), muted: for the ninth to twelfth series
ACCENT, GOOD, BAD = "#D55E00", "#0072B2", "#D55E00"
SEQUENTIAL = LinearSegmentedColormap.from_list("sequential", ["#f2f7fb", "#9cc5e0", "#3c8dc0", "#00507d"])
DIVERGING = LinearSegmentedColormap.from_list("diverging", ["#0072B2", "#9cc5e0", "#ececec", "#f3c28f", "#D55E00"])

FIXED = {
    "market": ("US", "DE", "GB", "JP", "MX", "BR", "ID", "SA", "FR", "IT", "ES", "AU"),
    "channel": (
        "search_brand", "search_generic", "shopping", "video", "social_paid", "social_organic",
        "influencer", "live_stream", "affiliate", "retargeting", "email", "display",
    ),
    "scenario": ("base", "freight_shock", "home_currency_minus_30", "us_tariff_jump", "eu_parcel_duty",
                 "platform_ban", "canal_closure", "ad_cost_up_40", "demand_boom"),
    "platform": ("marketplace_a", "marketplace_b", "own_store", "social_shop"),
    "category": ("home_storage", "kitchen_health", "pet", "outdoor", "electronics_accessories", "beauty"),
    "currency": ("EUR", "GBP", "JPY", "BRL", "MXN", "USD", "IDR", "SAR", "CNY"),
}  # fmt: skip

WIDTHS = {"full": 7.2, "half": 3.5}
THIN = "\u2009"
CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")

mpl.rcParams.update(
    {
        "font.family": ["DejaVu Sans"],
        "font.size": 9,
        "axes.edgecolor": LIGHT,
        "axes.labelcolor": GREY,
        "axes.labelsize": 9,
        "axes.titlesize": 9,
        "axes.titlelocation": "left",
        "axes.titleweight": "bold",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "axes.prop_cycle": mpl.cycler(color=[*PALETTE, *MORE]),
        "grid.color": "#ececec",
        "xtick.color": GREY,
        "ytick.color": GREY,
        "xtick.labelsize": 8,
        "ytick.labelsize": 8,
        "ytick.left": False,
        "text.color": INK,
        "legend.frameon": False,
        "legend.fontsize": 8,
        "lines.linewidth": 1.6,
        "svg.hashsalt": "crossborder",
    }
)


def use(language: str = "en") -> None:
    """Set the language of all that follows in the notebook."""
    _language.use(language)
    mpl.rcParams["font.family"] = drawn.families(language)


# --- figures ---------------------------------------------------------------------------------------------------------

SHOWN: dict[str, "Figure"] = {}  # the figures that were shown, by alternative text: a run stores what they draw


class Figure(MatplotlibFigure):
    """A matplotlib figure that shows itself with its alternative text and needs no pyplot."""

    alt = title_text = ""

    def png(self, dpi: int = 130) -> bytes:
        """The picture as PNG, the same bytes each time on one machine."""
        buffer, before = io.BytesIO(), self.dpi
        self.dpi = dpi
        for axis in [axis for ax in self.axes for axis in (ax.xaxis, ax.yaxis) if not axis.get_label_text()]:
            axis.set_label_coords(0, 0)  # a label that says nothing needs no place, which takes long to find
        try:
            # `savefig` would draw everything once more beforehand, only for the layout, which a drawing does anyway.
            FigureCanvasAgg(self).print_png(buffer, metadata={"Software": None}, pil_kwargs={"compress_level": 3})
        finally:
            self.dpi = before
        return buffer.getvalue()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict, dict]:
        said = self.alt or self.title_text
        SHOWN[said] = self
        about = {"image/png": {"alt": said, "title": self.title_text}}
        return {"image/png": base64.b64encode(self.png()).decode(), "text/plain": said}, about


def figure(
    width: str = "full",
    height: float = 3.2,
    rows: int = 1,
    columns: int = 1,
    *,
    sharex: bool | str = False,
    sharey: bool | str = False,
    **subplots: object,
) -> tuple[Figure, Axes]:
    """A figure and its axes (an array of them if rows x columns > 1); `height` in inches, without the title."""
    if width not in WIDTHS:
        raise InputError.unknown("width", width, WIDTHS)
    fig = Figure(figsize=(WIDTHS[width], height), layout="constrained")
    FigureCanvasAgg(fig)
    return fig, fig.subplots(rows, columns, sharex=sharex, sharey=sharey, **subplots)


def finish(fig: Figure, *, title: str, subtitle: str = "", alt: str = "", source: str = "") -> Figure:
    """The figure with its finding as title, what is plotted as subtitle, its source below, and its alternative text."""
    wide, high = fig.get_size_inches()
    wrap, per_inch = (textwrap.wrap, 12.2) if _language.current() == "en" else (drawn.wrap, 13.2)
    title, subtitle, source, alt = (_language.text(one) for one in (title, subtitle, source, alt))
    title_lines = wrap(title, int(wide * per_inch * 0.92)) or [""]
    subtitle_lines, source_lines = wrap(subtitle, int(wide * per_inch * 1.18)), wrap(source, int(wide * per_inch * 1.3))
    top, bottom = 0.06 + 0.2 * len(title_lines) + 0.17 * len(subtitle_lines) + 0.05, 0.15 * len(source_lines)
    total = high + top + bottom
    fig.set_size_inches(wide, total)
    fig.get_layout_engine().set(rect=(0, bottom / total, 1, high / total))
    fig.text(0.008, 1 - 0.05 / total, "\n".join(title_lines), va="top", weight="bold", size=10.5, linespacing=1.25)
    below_title = 1 - (0.08 + 0.2 * len(title_lines)) / total
    fig.text(0.008, below_title, "\n".join(subtitle_lines), va="top", size=8.5, color=GREY, linespacing=1.3)
    if source_lines:
        fig.text(0.008, 0.01, "\n".join(source_lines), va="bottom", size=7, color=GREY)
    if _language.current() != "en":
        drawn.translate(fig)
    fig.title_text = title
    fig.alt = alt or " ".join(filter(None, (title, subtitle)))
    return fig


def colour(kind: str, name: str) -> str:
    """The colour that a market, channel, scenario, platform, category or currency has in every notebook."""
    if kind not in FIXED:
        raise InputError.unknown("kind of colour", kind, FIXED)
    known, ring = FIXED[kind], (*PALETTE, *MORE)
    # A stable hash, so that a name outside the list keeps its colour too.
    place = known.index(name) if name in known else zlib.crc32(name.encode())
    return ring[place % len(ring)]


def colours(kind: str, names: Iterable[str]) -> dict[str, str]:
    """The colours of several names of one kind."""
    return {name: colour(kind, name) for name in names}


def darker(hex_colour: str, share: float = 0.25) -> tuple[float, float, float]:
    """The colour mixed with black, so that small text in it can be read."""
    return tuple(part * (1 - share) for part in to_rgb(hex_colour))


def label_ends(ax: Axes, labels: Mapping[str, tuple[float, float, str]], *, gap: float = 0.06) -> None:
    """Labels at line ends, pushed apart so that none overlap; `labels` maps text to (x, y, colour)."""
    low, high = ax.get_ylim()
    least = gap * (high - low) * 3.2 / ax.figure.get_size_inches()[1]
    piles: list[list] = []  # labels that touch, and the height of the lowest
    for text, (x, y, hue) in sorted(labels.items(), key=lambda item: item[1][1]):
        pile = [[(text, x, y, hue)], y]
        while piles and pile[1] < piles[-1][1] + least * len(piles[-1][0]) - 1e-9:
            pile[0] = piles.pop()[0] + pile[0]
            # Together they are moved as little as can be.
            pile[1] = sum(one[2] - least * place for place, one in enumerate(pile[0])) / len(pile[0])
        piles.append(pile)
    for pile, lowest in piles:
        lowest = max(min(lowest, high - least * (len(pile) - 1)), low + least / 2)  # within the axes' height
        for place, (text, x, _, hue) in enumerate(pile):
            look = {"va": "center", "size": 8, "color": darker(hue), "annotation_clip": False}
            ax.annotate(text, (x, lowest + least * place), xytext=(5, 0), textcoords="offset points", **look)


def human_axis(axis: object, unit: str = "") -> None:
    """Tick labels for people; `unit` is "percent", "days", a currency code, or empty for plain numbers."""
    if unit == "percent":
        axis.set_major_formatter(FuncFormatter(lambda value, _: percent(value)))
    else:
        axis.set_major_formatter(FuncFormatter(lambda value, _: _scaled(value)))
        if unit:
            axis.set_label_text(unit)


def zero_line(ax: Axes, axis: str = "y") -> None:
    """A line at zero on the axis named."""
    (ax.axhline if axis == "y" else ax.axvline)(0, color=GREY, linewidth=0.8, zorder=1)


# --- numbers ---------------------------------------------------------------------------------------------------------


def number(value: float | None, digits: int = 0) -> str:
    """A number with thin thousands separators; a missing one is a dash."""
    if _missing(value):
        return "–"
    text = f"{value:,.{digits}f}".replace("inf", "∞")
    if _language.current() == "en":
        text = text.replace(",", THIN)
    # What rounds to zero has no sign: it would be noise.
    return text.replace("-", "−" if text.strip("-0.") else "")


def percent(value: float | None, digits: int = 0) -> str:
    """A fraction as per cent."""
    gap = THIN if _language.current() == "en" else ""
    return "–" if _missing(value) else f"{number(value * 100, digits)}{gap}%"


def money(value: float | None, currency: str = "USD", digits: int | None = None) -> str:
    """An amount with its currency; above a thousand in k, m, bn or tn unless `digits` asks for all of it."""
    if _missing(value):
        return "–"
    shown = _scaled(value) if digits is None else number(value, digits)
    return (
        f"{currency}{THIN}{shown}" if _language.current() == "en" else amounts.amount(shown, _language.text(currency))
    )


def interval(low: float | None, high: float | None, fmt: object = number) -> str:
    """An interval, each end formatted by `fmt`."""
    return t("{low} to {high}", low=fmt(low), high=fmt(high))


def names(values: Iterable[object], most: int = 5) -> str:
    """The first few of a list in words, and how many are left.

    >>> names(["home_storage, US", "pet, DE", "beauty, JP"], most=2)
    'home storage, US; pet, DE; and 1 more'
    """
    every = [_language.text(str(value).replace("_", " ")) for value in values]
    more = [t("and {count} more", count=len(every) - most)] if len(every) > most else []
    return ("; " if _language.current() == "en" else "\uff1b").join([*every[:most], *more])


def day(value: object) -> str:
    """A date as 2026-10-31."""
    return "–" if pd.isna(value) else pd.Timestamp(value).strftime("%Y-%m-%d")


def _scaled(value: float) -> str:
    if math.isinf(value):
        return number(value)
    if _language.current() == "zh":
        return amounts.scaled(value, number)
    size = abs(value)
    for limit, unit in ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if size >= limit * 0.9995:
            scaled = value / limit
            return f"{number(scaled, 0 if abs(scaled) >= 99.95 or scaled == round(scaled) else 1)}{THIN}{unit}"
    return number(value, 0 if size == round(size) or size >= 100 else (1 if size >= 10 else 2))


def _missing(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _words(value: object) -> str:
    """What a cell says in words: yes or no for a truth value, spaces for the underscores of a code."""
    if _missing(value):
        return "–"
    if isinstance(value, bool | np.bool_):
        return t("yes") if value else t("no")
    said = _language.text(str(value))
    return said.replace("_", " ") if CODE.fullmatch(said) else said


FORMATS = {
    "percent": percent,
    "percent1": lambda value: percent(value, 1),
    "percent2": lambda value: percent(value, 2),
    "money": lambda value: "–" if _missing(value) else _scaled(value),
    "money2": lambda value: number(value, 2),
    "integer": number,
    **{f"number{digits}": (lambda value, digits=digits: number(value, digits)) for digits in (0, 1, 2, 3, 4)},
    "date": day,
    "text": lambda value: _words(value),
    "code": lambda value: "–" if _missing(value) else str(value),
}


# --- tables and sentences --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """A typeset table: shows itself as escaped HTML and as plain text; `frame` keeps the numbers."""

    frame: pd.DataFrame
    caption: str = ""
    formats: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    interval: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    bold: Sequence[bool] = ()
    left_out: int = 0

    def cells(self) -> list[list[tuple[str, str, bool]]]:
        """Rows of (text, interval text, is a number)."""
        shown = [(name, *self._kind(self.frame[name], name)) for name in self.columns]
        rows = (dict(zip(self.frame.columns, values, strict=True)) for values in self.frame.to_numpy())
        return [[self._cell(row, *one) for one in shown] for row in rows]

    @property
    def columns(self) -> list[str]:
        """The columns shown: interval ends stand behind their value and have no column of their own."""
        ends = {end for pair in self.interval.values() for end in pair}
        return [name for name in self.frame.columns if name not in ends]

    def _kind(self, column: pd.Series, name: str) -> tuple[Callable[[object], str], bool]:
        numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        return FORMATS[self.formats.get(name) or _default_format(column)], numeric

    def _cell(self, row: dict, name: str, fmt: Callable[[object], str], numeric: bool) -> tuple[str, str, bool]:
        ends = ""
        if name in self.interval:
            low, high = self.interval[name]
            ends = "" if _missing(row[low]) and _missing(row[high]) else interval(row[low], row[high], fmt)
        return fmt(row[name]), ends, numeric

    def _header(self, name: str) -> str:
        return _language.text(self.headers.get(name, str(name).replace("_", " ")), header=True)

    def _repr_html_(self) -> str:
        numeric = {name: pd.api.types.is_numeric_dtype(self.frame[name]) for name in self.columns}
        side = {name: "right" if numeric[name] else "left" for name in self.columns}
        head = "".join(
            f'<th scope="col" style="text-align:{side[n]}">{html.escape(self._header(n))}</th>' for n in self.columns
        )
        body = []
        for place, row in enumerate(self.cells()):
            strong = ' style="font-weight:bold"' if place < len(self.bold) and self.bold[place] else ""
            tds = "".join(
                f'<td style="text-align:{side[name]}">{html.escape(text)}'
                + (f" <small>{html.escape(ends)}</small>" if ends else "")
                + "</td>"
                for name, (text, ends, _) in zip(self.columns, row, strict=True)
            )
            body.append(f"<tr{strong}>{tds}</tr>")
        caption = f"<caption>{html.escape(_language.text(self.caption))}</caption>" if self.caption else ""
        more = t("{count} more rows are in the table's file", count=self.left_out) if self.left_out else ""
        foot = f'<tfoot><tr><td colspan="{len(self.columns)}"><small>{more}</small></td></tr></tfoot>' if more else ""
        return (
            f'<table class="crossborder">{caption}<thead><tr>{head}</tr></thead>'
            f"<tbody>{''.join(body)}</tbody>{foot}</table>"
        )

    def __repr__(self) -> str:
        rows = [[f"{text} ({ends})" if ends else text for text, ends, _ in row] for row in self.cells()]
        shown = pd.DataFrame(rows, columns=[self._header(name) for name in self.columns], dtype=str)
        return f"{_language.text(self.caption)}\n{shown.to_string(index=False)}".strip()


def table(
    frame: pd.DataFrame,
    *,
    caption: str = "",
    formats: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    interval: Mapping[str, tuple[str, str]] | None = None,
    bold: object = None,
    total: bool = False,
    limit: int = 12,
) -> Table:
    """A frame as typeset table of at most `limit` rows.

    `formats` maps a column to percent, percent1, money, money2, integer, number0..4, date, text, or code for what
    a reader types as it stands; `interval` maps a value column to its (low, high) columns, shown behind it; `bold` is
    a mask, or the first column's value of the row that matters; `total` adds the sum of the numeric columns.
    """
    for name, fmt in (formats or {}).items():
        if fmt not in FORMATS:
            raise InputError.unknown(f"format of column {name!r}", fmt, FORMATS)
    shown = frame.head(limit).reset_index(drop=True)
    if bold is None:
        mask = [False] * len(shown)
    elif isinstance(bold, str | int | float):
        mask = list(shown.iloc[:, 0] == bold)
    else:
        mask = list(bold)[: len(shown)]
    if total and len(frame):
        sums = {c: frame[c].sum() for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c])}
        last = pd.DataFrame([{frame.columns[0]: t("Total"), **sums}])
        shown, mask = pd.concat([shown, last], ignore_index=True), [*mask, True]
    left_out = max(0, len(frame) - limit)
    return Table(shown[list(frame.columns)], caption, formats or {}, headers or {}, interval or {}, mask, left_out)


def _default_format(column: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(column):
        return "text"
    if pd.api.types.is_integer_dtype(column):
        return "integer"
    if pd.api.types.is_numeric_dtype(column):
        return "number2"
    return "date" if pd.api.types.is_datetime64_any_dtype(column) else "text"


@dataclass(frozen=True)
class Sentence:
    """A computed sentence; shows itself as Markdown."""

    text: str

    def _repr_markdown_(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text.replace("**", "")


def say(template: str, **values: object) -> Sentence:
    """A sentence in the reader's language; every number in it comes from `values`, and text from data is escaped."""
    return Sentence(_language.fill(template, {name: _plain(value) for name, value in values.items()}))


def _plain(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = html.escape(_words(value), quote=False)
        return "".join(f"\\{c}" if c in "*_`[]|#" else c for c in text)
    return number(value, 0 if isinstance(value, int) else 2)
