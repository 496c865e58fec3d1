"""A report on paper: a PDF of each page, and one of the whole with cover, contents and page numbers."""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crossborder import language
from crossborder.errors import InputError
from crossborder.reports import browser, exports, glyphs, kept
from crossborder.reports.html import environment

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["Chapter", "asked", "chapter", "page_count", "printed", "whole", "write"]

WHOLE = "report.pdf"
LINK = re.compile(r'<a\b[^>]*\bhref="(?P<to>[^"]*)"[^>]*>(?P<text>.*?)</a>', re.S)
FOOTER = (
    '<div style="width:100%;padding:0 15mm;font:8px sans-serif;color:#555;display:flex;justify-content:space-between">'
    '<span>{title}</span><span><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>'
)
PAPER = {"format": "A4", "margin": {"top": "16mm", "bottom": "18mm", "left": "16mm", "right": "16mm"}}


@dataclass(frozen=True)
class Chapter:
    """One notebook's part of the whole: its name, its question, what is printed, and the page that it begins on."""

    notebook: str
    title: str
    body: str
    page: int | str = ""


def asked(reports: Path, words: Sequence[str]) -> tuple[Path, list[str]]:
    """The report and the notebooks that the words of a command mean: [RUN] [NOTEBOOK ...]; the latest run if none.

    Raises InputError for a run or a notebook that is not there.
    """
    there = sorted(path.parent.name for path in reports.glob("[!.]*/manifest.json"))
    named = bool(words) and (reports / words[0] / "manifest.json").is_file()
    run, rest = (words[0], words[1:]) if named else ("latest", words)
    if not (reports / run / "manifest.json").is_file():
        if not there:
            raise InputError("no reports yet\n  do: crossborder run --all")
        raise InputError.unknown("run", words[0] if words else run, there)
    folder = (reports / run).resolve()
    pages = list(kept.read(folder, "manifest.json")["notebooks"])
    chosen = [next((p for p in pages if word in (p, p[:2], p[3:])), "") for word in rest]
    for word, page in zip(rest, chosen, strict=True):
        if not page:
            known = pages if named else [*there, *pages]
            raise InputError.unknown("notebook of this run" if named else "run or notebook", word, known)
    return folder, chosen or pages


def write(folder: Path, notebooks: Sequence[str], tell: Callable[[Path], None] = lambda path: None) -> list[Path]:
    """PDFs of the pages of a report, and of the whole if all its pages are asked for; each whole or not at all.

    Raises NoBrowser where Playwright or Chromium is missing, before anything is written.
    """
    manifest = kept.read(folder, "manifest.json")
    pages = {name: (folder / f"{name}.html").read_text(encoding="utf-8") for name in notebooks}
    written = []
    with browser.opened() as chromium:
        for name, content in _print(chromium, manifest, pages):
            (folder / "pdf").mkdir(exist_ok=True)
            exports.write_bytes(folder / "pdf" / name, content)
            written.append(folder / "pdf" / name)
            tell(written[-1])
    return written


def _print(chromium: "Browser", manifest: Mapping, pages: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    chapters, counts = [], []
    for name, text in pages.items():
        one = chapter(name, text)
        alone = _printed(chromium, printed(text), one.title)
        chapters.append(one)
        counts.append(page_count(alone))
        yield f"{name}.pdf", alone
    if set(pages) != set(manifest["notebooks"]):
        return
    spoken = re.search(r'<html lang="(\w+)"', next(iter(pages.values())))[1]
    with language.using(spoken):
        run = {**manifest, "language": spoken}
        title = language.t("Report {run}", run=run["name"])
        bare = whole(run, [replace(one, body="") for one in chapters])
        front = page_count(_printed(chromium, bare, title))
        starts = [front + 1 + sum(counts[:place]) for place in range(len(counts))]
        numbered = [replace(one, page=start) for one, start in zip(chapters, starts, strict=True)]
        content = _printed(chromium, whole(run, numbered), title)
        if page_count(content) != front + sum(counts):  # a wrong number would be worse than none
            content = _printed(chromium, whole(run, chapters), title)
    yield WHOLE, content


def chapter(notebook: str, page: str) -> Chapter:
    """The part of a page that is printed, with addresses that hold inside the whole."""
    title = html.unescape(re.search(r"<h1>(.*?)</h1>", page, re.S)[1])
    body = re.search(r"<header>.*</footer>", page, re.S)[0]
    body = re.sub(r'<details class="code".*?</details>', "", body, flags=re.S)
    body = re.sub(r'\b(id|aria-labelledby)="([^"]+)"', rf'\1="{notebook}-\2"', body)
    return Chapter(notebook, title, LINK.sub(lambda link: _inside(link, notebook), body))


def printed(page: str) -> str:
    """A page as it is printed alone: links to files and other pages, which paper does not lead to, become text."""
    text = re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    return LINK.sub(lambda link: link[0] if link["to"].startswith(("#", "https:", "http:")) else link["text"], text)


def whole(run: Mapping, chapters: Sequence[Chapter]) -> str:
    """The document of all chapters with cover and contents; chapters without a body are only in the contents."""
    return glyphs.with_font(environment().get_template("whole.html.j2").render(run=run, chapters=chapters))


def page_count(content: bytes) -> int:
    """The number of pages of a PDF that Chromium wrote."""
    return len(re.findall(rb"/Type\s*/Page(?![A-Za-z])", content))


def _inside(link: re.Match, notebook: str) -> str:
    """A link of a chapter: within it, to another chapter, to the web, or text alone."""
    target = html.unescape(link["to"])
    other = re.fullmatch(r"(\d\d_\w+)\.html(?:#(.+))?", target)
    if target.startswith(("https:", "http:")):
        return link[0]
    if target.startswith("#"):
        return f'<a href="#{notebook}-{html.escape(target[1:])}">{link["text"]}</a>'
    if other:
        anchor = f"{other[1]}-{other[2]}" if other[2] else other[1]
        return f'<a href="#{html.escape(anchor)}">{link["text"]}</a>'
    return link["text"]


def _printed(chromium: "Browser", document: str, title: str) -> bytes:
    page: Any = chromium.new_page()
    try:
        page.emulate_media(media="print", color_scheme="light")
        page.set_content(document, wait_until="load")
        return page.pdf(
            **PAPER, print_background=True, tagged=True, outline=True, display_header_footer=True,
            header_template="<span></span>", footer_template=FOOTER.format(title=glyphs.drawn_line(title, "11px")),
        )  # fmt: skip
    finally:
        page.close()
