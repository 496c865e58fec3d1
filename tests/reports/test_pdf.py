import json
from contextlib import contextmanager

import pytest
from crossborder import language
from crossborder.errors import InputError
from crossborder.reports import browser, glyphs, pdf

BODY = """<!DOCTYPE html>
<html lang="en">
<body>
<nav><a href="#answer">Answer</a></nav>
<header><h1>How &amp; why?</h1></header>
<main id="main"><section aria-labelledby="answer"><h2 id="answer">Answer</h2>
<details class="code" id="cell-3"><summary>Code</summary><pre>secret</pre></details>
<p><a href="#answer">here</a> <a rel="next" href="31_cost.html#duty">there</a> <a href="32_net.html">net</a>
<a href="tables/11_size/a.csv">CSV</a> <a href="https://example.org/">web</a></p></section></main>
<footer><p>Data</p></footer>
<script>alert(1)</script>
</body>
</html>
"""
MANIFEST = {"name": "base", "data": "data/demo", "scenario": "base", "started": "2026-11-22T05:00:00Z",
            "fingerprint": "f" * 64, "lock": "l" * 64, "revision": "", "versions": {"python": "3.11.7"}}  # fmt: skip


@pytest.fixture
def reports(tmp_path):
    """Two runs below a folder, the latest of them `base`."""
    for run in ("base", "shock"):
        (tmp_path / run).mkdir()
        notebooks = {"11_size": {}, "31_cost": {}}
        (tmp_path / run / "manifest.json").write_text(json.dumps({**MANIFEST, "name": run, "notebooks": notebooks}))
        for name in notebooks:
            (tmp_path / run / f"{name}.html").write_text(BODY)
    (tmp_path / "latest").symlink_to("base")
    return tmp_path


@pytest.mark.parametrize(
    "words, run, notebooks",
    [
        ([], "base", ["11_size", "31_cost"]),
        (["shock"], "shock", ["11_size", "31_cost"]),
        (["shock", "31"], "shock", ["31_cost"]),
        (["cost"], "base", ["31_cost"]),
        (["latest", "11_size"], "base", ["11_size"]),
    ],
)
def test_a_run_and_notebooks_are_told_apart(reports, words, run, notebooks):
    assert pdf.asked(reports, words) == (reports / run, notebooks)


def test_a_word_that_is_neither_is_refused_with_what_is_there(reports):
    with pytest.raises(InputError, match=r"run or notebook 'shok' is not known\n.*11_size.*\n.*did you mean 'shock'"):
        pdf.asked(reports, ["shok"])
    with pytest.raises(InputError, match="notebook of this run '99' is not known"):
        pdf.asked(reports, ["base", "99"])


def test_without_reports_the_command_that_makes_one_is_named(tmp_path):
    with pytest.raises(InputError, match="crossborder run --all"):
        pdf.asked(tmp_path, [])


def test_a_chapter_leads_only_where_paper_can():
    one = pdf.chapter("11_size", BODY)
    assert one.title == "How & why?"
    assert '<h2 id="11_size-answer">' in one.body and '<a href="#11_size-answer">here</a>' in one.body
    assert '<a href="#31_cost-duty">there</a>' in one.body and '<a href="#32_net">net</a>' in one.body
    assert "a.csv" not in one.body and ">CSV<" not in one.body and "CSV" in one.body
    assert '<a href="https://example.org/">' in one.body
    assert "secret" not in one.body and "<script" not in one.body and "<nav" not in one.body


def test_a_page_printed_alone_names_no_file_of_the_machine():
    text = pdf.printed(BODY)
    assert "a.csv" not in text and "31_cost.html" not in text and "<script" not in text
    assert '<a href="#answer">' in text and '<a href="https://example.org/">' in text


def test_the_whole_has_a_cover_contents_and_chapters():
    chapters = [pdf.Chapter("11_size", "How <big>?", "<p>one</p>", 3), pdf.Chapter("31_cost", "Cost?", "", 7)]
    text = pdf.whole({**MANIFEST, "language": "en"}, chapters)
    assert "<h1>Report base</h1>" in text and "2026-11-22" in text and "without revision" in text
    assert '<a href="#11_size">How &lt;big&gt;?</a>' in text and '<span class="page">3</span>' in text
    assert '<div class="chapter" id="11_size"><p>one</p></div>' in text and 'id="31_cost"' not in text


def test_the_whole_and_the_foot_of_a_page_bring_their_chinese_glyphs():
    with language.using("zh"):
        text = pdf.whole({**MANIFEST, "language": "zh"}, [pdf.Chapter("11_size", "市场有多大？", "<p>到岸成本</p>", 3)])
    assert glyphs.FAMILY in text and "font-src data:" in text
    asked = {}

    class Page:
        def emulate_media(self, **_): ...
        def set_content(self, *_, **__): ...
        def close(self): ...
        def pdf(self, **given):
            asked.update(given)
            return b""

    class Chromium:
        new_page = Page

    pdf._printed(Chromium(), text, "市场有多大？")
    assert '<img alt="市场有多大？"' in asked["footer_template"]


def test_pages_are_counted_and_their_tree_is_not():
    assert pdf.page_count(b"<</Type /Page\n/Parent 1>> <</Type/Page>> <</Type /Pages /Count 2>>") == 2


@contextmanager
def no_browser():
    yield None


def paper(pages):
    return b"<</Type /Page>>" * pages


def test_every_page_and_the_whole_are_written_with_right_numbers(reports, monkeypatch):
    documents = []

    def printed(chromium, document, title):
        documents.append(document)
        chapters = document.count('<div class="chapter"')
        return paper(2 + 3 * chapters if 'class="cover"' in document else 3)

    monkeypatch.setattr(browser, "opened", no_browser)
    monkeypatch.setattr(pdf, "_printed", printed)
    written = pdf.write(reports / "base", ["11_size", "31_cost"])
    assert [path.name for path in written] == ["11_size.pdf", "31_cost.pdf", "report.pdf"]
    assert sorted(path.name for path in (reports / "base" / "pdf").iterdir()) == sorted(path.name for path in written)
    # Two pages of cover and contents, three of the first chapter.
    assert '<span class="page">3</span>' in documents[-1] and '<span class="page">6</span>' in documents[-1]


def test_a_whole_that_breaks_its_pages_otherwise_has_no_page_numbers(reports, monkeypatch):
    documents = []
    monkeypatch.setattr(browser, "opened", no_browser)
    monkeypatch.setattr(pdf, "_printed", lambda chromium, document, title: documents.append(document) or paper(5))
    pdf.write(reports / "base", ["11_size", "31_cost"])
    assert documents[-1].count('<span class="page"></span>') == 2


def test_one_page_asked_for_is_printed_alone(reports, monkeypatch):
    monkeypatch.setattr(browser, "opened", no_browser)
    monkeypatch.setattr(pdf, "_printed", lambda chromium, document, title: paper(1))
    assert [path.name for path in pdf.write(reports / "base", ["31_cost"])] == ["31_cost.pdf"]
