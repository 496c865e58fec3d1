"""From cells and outputs to HTML: everything escaped or cleaned, nothing fetched, no output left out."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from crossborder.language import t
from crossborder.reports.translation import spoken

__all__ = ["Heading", "Rendered", "boxed", "clean", "markdown", "prepare", "render_cells", "title_of"]

# The first kind that an output has is the one shown.
KINDS = ("text/html", "image/png", "image/jpeg", "image/svg+xml", "text/markdown", "application/json", "text/plain")
TABLE_TAGS = ("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "colgroup", "col")
TEXT_TAGS = ("p", "div", "span", "b", "strong", "i", "em", "small", "sub", "sup", "br", "ul", "ol", "li", "code", "pre")
ATTRIBUTES = {"*": ["class", "style"], "th": ["scope", "colspan", "rowspan"], "td": ["colspan", "rowspan"]}
STYLES = ("text-align", "font-weight", "color", "background-color", "width", "white-space", "font-style")
KEPT = 2048  # cleaned outputs and coloured cells of a run, worked out while later notebooks still run
HIDDEN_TAGS = {"hide-input", "remove-input"}
# A date would otherwise be broken at its hyphens, and a name with dots make its column as wide as itself.
DATE_CELL = re.compile(r"<td((?: style=\"[^\"]*\")?)>(?=\d{4}-\d\d(?:-\d\d)?</td>)")
NAME_CELL = re.compile(r"<td((?: style=\"[^\"]*\")?)>(?=[a-z]\w*(?:\.\w+){2,}</td>)")


@dataclass(frozen=True)
class Heading:
    """A heading of a page: its level (2 or 3), text and anchor."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Rendered:
    """The cells of a notebook as HTML pieces, the headings in them, and how many outputs they show."""

    pieces: tuple[str, ...]
    headings: tuple[Heading, ...]
    outputs: int


def render_cells(notebook: Mapping, data_links: Mapping[str, Sequence[tuple[str, str]]]) -> Rendered:
    """The cells of a notebook below its title; `data_links` maps a picture's alternative text to (label, address)."""
    pieces, headings, outputs = [], [], 0
    for place, cell in enumerate(_below_title(notebook["cells"]), start=1):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            pieces.append(_with_anchors(markdown(spoken(source)), headings))
        elif cell["cell_type"] == "code":
            shown = [_output(output, data_links) for output in cell.get("outputs", ())]
            outputs += len(shown)
            pieces.append(_code(source, cell, place) + "".join(shown))
    return Rendered(tuple(pieces), tuple(headings), outputs)


def prepare(notebook: Mapping) -> None:
    """Work out what takes longest of `render_cells` and keep it, so that the page is written at once later."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            _code("".join(cell["source"]), cell, 1)
            for output in cell.get("outputs", ()):
                _output(output, {})


def title_of(notebook: Mapping, otherwise: str) -> tuple[str, str]:
    """The question that a notebook asks (its first heading) and the HTML of the sentences under it."""
    for cell in notebook["cells"][:1]:
        lines = "".join(cell["source"]).strip().splitlines()
        if cell["cell_type"] == "markdown" and lines and lines[0].startswith("# "):
            return spoken(lines[0])[2:].strip(), markdown(spoken("\n".join(lines[1:])))
    return otherwise, ""


def markdown(text: str) -> str:
    """Markdown as HTML; raw HTML in it is shown as text, pictures from elsewhere become links."""
    return _markdown()(text)


@lru_cache(KEPT)
def clean(text: str) -> str:
    """HTML of an output with nothing but tables and text: scripts, styles, forms and addresses are gone."""
    text = re.sub(r"<style\b.*?</style\s*>", "", text, flags=re.S | re.I)
    return _cleaner().clean(text)


def boxed(table: str) -> str:
    """HTML of a table in a box of its own that scrolls where the page is too narrow, by mouse and by keyboard."""
    caption = re.search(r"<caption[^>]*>(.*?)</caption>", table, re.S)
    name = html.escape(html.unescape(re.sub(r"<[^>]+>", "", caption[1]))) if caption else html.escape(t("Table"))
    whole = NAME_CELL.sub(r'<td class="name"\1>', DATE_CELL.sub(r'<td class="day"\1>', table))
    return f'<div class="scroll" tabindex="0" role="group" aria-label="{name}">{whole}</div>'


@cache
def _cleaner() -> Any:
    from bleach.css_sanitizer import CSSSanitizer
    from bleach.sanitizer import Cleaner

    class Styles(CSSSanitizer):
        # Every cell of a table says the same few things of its style.
        sanitize_css = lru_cache(KEPT)(CSSSanitizer.sanitize_css)

    styles = Styles(allowed_css_properties=STYLES)
    return Cleaner(tags={*TABLE_TAGS, *TEXT_TAGS}, attributes=ATTRIBUTES, css_sanitizer=styles, strip=False)


@cache
def _markdown() -> Any:
    import mistune

    class Renderer(mistune.HTMLRenderer):
        def image(self, text: str, url: str, title: str | None = None) -> str:
            return self.link(text, url, title)

        def link(self, text: str, url: str, title: str | None = None) -> str:
            # A link to another notebook is a link to its page.
            return super().link(text, re.sub(r"^(?!\w+:)([\w./-]+)\.ipynb(?=#|$)", r"\1.html", url), title)

        def table(self, text: str) -> str:
            return boxed(super().table(text))

    return mistune.create_markdown(renderer=Renderer(escape=True), plugins=["table", "strikethrough"])


def _below_title(cells: Sequence[Mapping]) -> list[Mapping]:
    if not cells or not "".join(cells[0]["source"]).lstrip().startswith("# "):
        return list(cells)
    return list(cells[1:])


def _with_anchors(text: str, headings: list[Heading]) -> str:
    def anchored(match: re.Match) -> str:
        level, inner = max(2, int(match[1])), match[2]
        plain = html.unescape(re.sub(r"<[^>]+>", "", inner))
        anchor = re.sub(r"\W+", "-", plain.lower()).strip("-") or "section"
        taken = sum(heading.anchor.rstrip("0123456789-") == anchor for heading in headings)
        anchor = f"{anchor}-{taken + 1}" if taken else anchor
        headings.append(Heading(level, plain, anchor))
        return f'<h{level} id="{anchor}">{inner}</h{level}>'

    return re.sub(r"<h([1-6])>(.*?)</h\1>", anchored, text, flags=re.S)


def _code(source: str, cell: Mapping, place: int) -> str:
    if not source.strip() or HIDDEN_TAGS & set(cell.get("metadata", {}).get("tags", ())):
        return ""
    count = cell.get("execution_count") or ""
    return (
        f'<details class="code" id="cell-{place}"><summary>{t("Code")} <span>[{count}]</span></summary>'
        f"{_highlighted(source)}</details>"
    )


@lru_cache(KEPT)
def _highlighted(source: str) -> str:
    from pygments import highlight

    return highlight(source, *_colours())


@cache
def _colours() -> tuple[Any, Any]:
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return PythonLexer(), HtmlFormatter(cssclass="source", nowrap=False)


def _output(output: Mapping, data_links: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    kind = output["output_type"]
    if kind == "stream":
        body = f'<pre class="stream">{html.escape("".join(output["text"]))}</pre>'
    elif kind == "error":
        body = f'<pre class="error">{html.escape(output["ename"])}: {html.escape(output["evalue"])}</pre>'
    else:
        body = _shown(output["data"], output.get("metadata", {}), data_links)
    return f'<div class="output">{body}</div>'


def _shown(data: Mapping, metadata: Mapping, data_links: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    kind = next((one for one in KINDS if one in data), None)
    if kind is None:
        return (
            f'<pre class="stream">{t("output of a kind that a page cannot show:")} {html.escape(", ".join(data))}</pre>'
        )
    content = data[kind] if not isinstance(data[kind], list) else "".join(data[kind])
    if kind == "text/html":
        return clean(content) if content.startswith('<div class="cards"') else boxed(clean(content))  # cards reflow
    if kind == "text/markdown":
        return markdown(content)
    if kind.startswith("image/"):
        return _picture(kind, content, metadata.get(kind, {}), data.get("text/plain", ""), data_links)
    return f'<pre class="stream">{html.escape(content if isinstance(content, str) else str(content))}</pre>'


def _picture(kind: str, content: str, about: Mapping, plain: object, data_links: Mapping) -> str:
    import base64

    alt = str(about.get("alt") or ("".join(plain) if not isinstance(plain, str) else plain))
    if kind == "image/svg+xml":  # as a picture of its own, so that no script in it runs
        content = base64.b64encode(content.encode()).decode()
    links = "".join(
        f' <a href="{html.escape(address)}">{html.escape(label)}</a>' for label, address in data_links.get(alt, ())
    )
    caption = f"<figcaption>{t('Data behind the figure:')}{links}</figcaption>" if links else ""
    source = f"data:{kind};base64,{content.replace(chr(10), '')}"
    image = f'<img src="{source}" alt="{html.escape(alt)}"{_size(kind, content)}>'
    # On a phone a picture keeps the size at which its letters can be read, and scrolls in a box of its own; its title
    # would be cut there, so it stands above.
    title = f'<p class="finding" aria-hidden="true">{html.escape(about["title"])}</p>' if about.get("title") else ""
    name = html.escape(t("Picture, scrolls sideways"))
    box = f'<div class="scroll picture" tabindex="0" role="group" aria-label="{name}">{image}</div>'
    return f"<figure>{title}{box}{caption}</figure>"


def _size(kind: str, content: str) -> str:
    """Width and height of a PNG, told before it is drawn; nothing for other kinds and for what is no picture."""
    import base64
    import struct

    head = base64.b64decode(content[:64] + "=" * (-len(content[:64]) % 4)) if kind == "image/png" else b""
    if len(head) < 24 or head[12:16] != b"IHDR":
        return ""
    wide, high = struct.unpack(">II", head[16:24])
    return f' width="{wide}" height="{high}" style="--wide: {wide}px"'
