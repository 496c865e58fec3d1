"""Chinese glyphs for a page: those that it uses, embedded, so that it reads well where no Chinese font is installed."""

import base64
import html
import io
import re
from functools import cache

from crossborder import language

__all__ = ["drawn_line", "with_font"]

CHINESE, FAMILY = 0x2E80, "crossborder zh"
# The reader's own fonts come first; the embedded one stands in where there is none, as on a server that prints.
FAMILIES = f'-apple-system, "PingFang SC", "Segoe UI", "Microsoft YaHei", Roboto, "Noto Sans CJK SC", "{FAMILY}"'
DATA = re.compile(r"data:[a-z/+-]+;base64,[A-Za-z0-9+/=]*")


def with_font(page: str) -> str:
    """The page with a font that holds its Chinese glyphs; an English page as it is."""
    if language.current() != "zh":
        return page
    glyphs = frozenset(glyph for glyph in DATA.sub("", page) if ord(glyph) >= CHINESE)
    font = base64.b64encode(_subset(glyphs)).decode()
    rules = (
        f'<style>@font-face {{ font-family: "{FAMILY}"; src: url(data:font/woff;base64,{font}); }}\n'
        f'body {{ font-family: {FAMILIES}, "DejaVu Sans", sans-serif; }}</style>\n</head>'
    )
    return page.replace("img-src data:;", "img-src data:; font-src data:;", 1).replace("</head>", rules, 1)


def drawn_line(text: str, height: str) -> str:
    """A line of text for the foot of a printed page, which takes no font: a picture of it if it has Chinese glyphs."""
    if not any(ord(glyph) >= CHINESE for glyph in text):
        return html.escape(text)
    from PIL import Image, ImageDraw, ImageFont

    from crossborder.language import drawn

    font = ImageFont.truetype(str(drawn.font_file()), 48)
    picture = Image.new("L", (int(font.getlength(text)) + 2, sum(font.getmetrics())), 255)
    ImageDraw.Draw(picture).text((0, 0), text, font=font, fill=0x55)
    stored = io.BytesIO()
    picture.save(stored, "PNG")
    said, shown = html.escape(text), base64.b64encode(stored.getvalue()).decode()
    return f'<img alt="{said}" style="height: {height}" src="data:image/png;base64,{shown}">'


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
