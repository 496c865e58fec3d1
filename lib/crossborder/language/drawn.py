"""Figures in Chinese: a font with the glyphs, and every text of a finished figure in the reader's language."""

import importlib.util
import unicodedata
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from crossborder.errors import MissingTable
from crossborder.language import text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["columns", "embolden", "families", "font_file", "translate", "wrap"]

LATIN, CHINESE = "DejaVu Sans", "Noto Sans SC"
# Marks that must not begin a line, and those that must not end one (GB/T 15834).
NOT_FIRST = set("\uff0c\u3002\u3001\uff1b\uff1a\uff1f\uff01\uff09\u3011\u300b\u201d\u2019%\u2103\u2026,.;:)")
NOT_LAST = set("\uff08\u3010\u300a\u201c\u2018(")


def families(language: str) -> list[str]:
    """The fonts of a figure, in the order in which a glyph is looked for."""
    if language != "zh":
        return [LATIN]
    _register()
    return [LATIN, CHINESE]


def font_file() -> Path:
    """The file of the Chinese font; raises MissingTable where its package is not installed."""
    # The package is found, not imported: its import would change the settings of all figures.
    place = importlib.util.find_spec("zhplot")
    if place is None:
        raise MissingTable("Chinese needs the package zhplot, which holds the font: run `make setup`")
    return Path(place.submodule_search_locations[0]) / "fonts" / "NotoSansSC-Regular.ttf"


@cache
def _register() -> None:
    from matplotlib import font_manager

    fonts = font_manager.fontManager
    fonts.addfont(font_file())
    regular = next(entry for entry in fonts.ttflist if entry.name == CHINESE)
    # There is one weight: bold is drawn from it with an outline.
    fonts.ttflist.append(replace(regular, weight=700))


def translate(fig: "Figure") -> None:
    """Put every text of a figure, tick labels included, into the language in use."""
    from matplotlib.text import Text

    for axes in fig.axes:
        _thin(axes)
        for axis in (axes.xaxis, axes.yaxis):
            for formatter in (axis.get_major_formatter(), axis.get_minor_formatter()):
                _speak(formatter)
    for one in fig.findobj(Text):
        if one.get_text():
            one.set_text(text(one.get_text()))
        embolden(one)


def embolden(one: object) -> None:
    """Outline a bold text, since the Chinese font has no bold cut."""
    from matplotlib import patheffects

    if one.get_fontweight() in ("bold", 700) and not one.get_text().isascii():
        one.set_path_effects([patheffects.Stroke(linewidth=0.3, foreground=one.get_color()), patheffects.Normal()])


def _thin(axes: object) -> None:
    """Fewer ticks below a narrow panel: 1,000万 takes more room than 10 m."""
    from matplotlib.ticker import AutoLocator

    place = axes.get_subplotspec()
    panels = place.get_gridspec().ncols if place else 1
    if panels > 1 and isinstance(axes.xaxis.get_major_locator(), AutoLocator):
        axes.xaxis.get_major_locator().set_params(nbins=max(3, 9 - 2 * panels))


def _speak(formatter: object) -> None:
    if getattr(formatter, "translated", False):
        return
    ticks, offset = formatter.format_ticks, formatter.get_offset
    formatter.format_ticks = lambda values: [text(one) for one in ticks(values)]
    formatter.get_offset = lambda: text(offset())
    formatter.translated = True


def wrap(shown: str, width: int) -> list[str]:
    """Lines of at most `width` columns, a Chinese glyph counting two; Latin words and numbers stay whole."""
    lines, line, used = [], "", 0
    for piece in _pieces(shown):
        wide = columns(piece)
        if used + wide > width and line and piece[0] not in NOT_FIRST:
            lines.append(line.rstrip())
            line, used, piece = "", 0, piece.lstrip()
            wide = columns(piece)
        line, used = line + piece, used + wide
    return [*lines, line.rstrip()] if line.strip() else lines


def columns(shown: str) -> int:
    """The width of a text in Latin letters."""
    return sum(2 if unicodedata.east_asian_width(glyph) in "WF" else 1 for glyph in shown)


def _pieces(shown: str) -> list[str]:
    """What may not be torn apart: a Latin word or number with its marks, a Chinese glyph with an opening mark."""
    pieces: list[str] = []
    for glyph in shown:
        wide = unicodedata.east_asian_width(glyph) in "WF"
        joins = pieces and (
            pieces[-1][-1] in NOT_LAST
            or (not wide and not glyph.isspace() and pieces[-1][-1].isascii() and not pieces[-1][-1].isspace())
            or glyph in "%\u2009 "
        )
        if joins:
            pieces[-1] += glyph
        else:
            pieces.append(glyph)
    return pieces
