"""A Chinese page brings its own glyphs and still fetches nothing; an English page is untouched."""

import base64
import io
import re

from crossborder import language
from crossborder.reports import glyphs
from fontTools.ttLib import TTFont
from PIL import Image

PAGE = (
    "<html><head><meta content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\"></head>"
    '<body><img src="data:image/png;base64,AAAA">到岸成本，12%</body></html>'
)


def test_an_english_page_is_untouched():
    assert glyphs.with_font(PAGE) == PAGE


def test_a_chinese_page_holds_the_glyphs_that_it_uses():
    with language.using("zh"):
        made = glyphs.with_font(PAGE)
        assert made == glyphs.with_font(PAGE)
    assert "font-src data:" in made
    assert "http" not in made
    stored = base64.b64decode(re.search(r"data:font/woff;base64,([^)]*)\)", made)[1])
    with TTFont(io.BytesIO(stored)) as font:
        known = set(font.getBestCmap())
    assert set(map(ord, "到岸成本，")) <= known
    assert len(stored) < 20_000


def test_a_line_is_drawn_only_if_it_is_chinese():
    assert glyphs.drawn_line("Report <base>", "11px") == "Report &lt;base&gt;"
    line = glyphs.drawn_line("报告 base", "11px")
    assert line.startswith('<img alt="报告 base" style="height: 11px"')
    picture = Image.open(io.BytesIO(base64.b64decode(re.search(r"base64,([^\"]+)", line)[1])))
    assert picture.width > 3 * picture.height > 60 and picture.getextrema()[0] < 0x60
