"""Chinese glyphs for a page: those that it uses, embedded, so that it reads well where no Chinese font is installed."""

import base64
import io
import re
from functools import cache

from crossborder import language

__all__ = ["with_font"]

# The reader's own fonts come first; the embedded one stands in where there is none, as on a server that prints.
FAMILIES = '-apple-system, "PingFang SC", "Segoe UI", "Microsoft YaHei", Roboto, "Noto Sans CJK SC", "crossborder zh"'
DATA = re.compile(r"data:[a-z/+-]+;base64,[A-Za-z0-9+/=]*")


def with_font(page: str) -> str:
    """The page with a font that holds its Chinese glyphs; an English page as it is."""
    if language.current() != "zh":
        return page
    glyphs = {glyph for glyph in DATA.sub("", page) if ord(glyph) >= 0x2E80}
    font = base64.b64encode(_subset(frozenset(glyphs))).decode()
    rules = (
        f'<style>@font-face {{ font-family: "crossborder zh"; src: url(data:font/woff;base64,{font}); }}\n'
        f'body {{ font-family: {FAMILIES}, "DejaVu Sans", sans-serif; }}</style>\n</head>'
    )
    return page.replace("img-src data:;", "img-src data:; font-src data:;", 1).replace("</head>", rules, 1)


@cache
def _subset(glyphs: frozenset[str]) -> bytes:
    """The font with these glyphs alone, as WOFF."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    from crossborder.language import drawn

    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True)
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=sorted(map(ord, glyphs)))
    stored = io.BytesIO()
    with TTFont(drawn.font_file(), lazy=True, recalcTimestamp=False) as font:
        chosen.subset(font)
        font.flavor = "woff"
        font.save(stored)
    return stored.getvalue()
