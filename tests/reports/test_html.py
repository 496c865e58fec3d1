import base64
import hashlib
import re

from crossborder.reports import html
from crossborder.reports.answers import Answer
from crossborder.reports.html import Card

RUN = {
    "name": "base", "finished": "2026-11-22 05:00 UTC", "seconds": 3, "data": "data/demo", "scenario": "base",
    "language": "en", "asked": {"market": "<b>"}, "fingerprint": "f" * 64, "lock": "l" * 64, "revision": "",
    "python": "3.11.7", "baseline": "",
}  # fmt: skip
RESULT = {
    "name": "market.size.share",
    "value": 0.25,
    "low": 0.2,
    "high": 0.3,
    "level": 0.9,
    "unit": "share",
    "note": "",
}


def card(name="11_size", status="ok", **more):
    more = {"error": {"kind": "", "text": "", "source": "", "traceback": "", "number": ""}, **more}
    return Card(name, "How <big>?", status, 1.5, results=(RESULT,), **more)


def page(**record):
    cells = [{"cell_type": "markdown", "source": ["# How <big>?\n\nWho & why."]}]
    record = {"results": [RESULT], "tables": [], "files": [], **record}
    cards = [card("10_a"), card(), card("12_b")]
    return html.page(card(), {"cells": cells}, record, [], RUN, cards)


def test_a_page_has_title_key_figures_and_neighbours():
    text, complete = page()
    assert "<h1>How &lt;big&gt;?</h1>" in text and "Who &amp; why." in text
    assert "25.0\u202f%" in text and "20.0\u202f% … 30.0\u202f% (90%)" in text
    assert 'href="10_a.html"' in text and 'href="12_b.html"' in text
    assert complete.title == "How <big>?" and complete.results == (RESULT,)


def test_a_page_offers_its_tables_and_files():
    text, _ = page(tables=["sizes"], files=["model.xlsx"])
    for link in ("tables/11_size/sizes.csv", "tables/11_size/sizes.parquet", "tables/11_size/all.xlsx",
                 "files/11_size/model.xlsx"):  # fmt: skip
        assert f'href="{link}"' in text


def test_only_our_own_script_may_run():
    for text in (page()[0], html.index([card()], RUN), html.matrix("m", [], [], [])):
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1].replace("&#39;", "'")
        assert policy.startswith("default-src 'none'; img-src data:;")
        for script in re.findall(r"<script>(.*?)</script>", text, re.S):
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy


def test_the_index_counts_groups_and_can_be_searched():
    failed = card("31_cost", "failed", error={"kind": "ValueError", "text": "<boom>\nmore"})
    skipped = card("32_net", "skipped", error={"kind": "MissingTable", "text": "table 'lanes' is missing"})
    text = html.index([card(headings=("Growth rates",)), failed, skipped], RUN)
    assert "✓ 1 finished" in text and "✕ 1 failed" in text and "– 1 skipped" in text
    assert "ValueError &lt;boom&gt;" in text and "table &#39;lanes&#39; is missing" in text
    assert ">Market</h2>" in text and ">Supply</h2>" in text
    assert re.search(r'data-text="[^"]*growth rates[^"]*market\.size\.share', text)
    assert "market &lt;b&gt;" in text


def test_the_index_says_what_a_notebook_was_asked_otherwise():
    text = html.index([card(changed={"language": "zh", "market": "US", "lookback": "30"})], RUN)
    assert '<span class="quiet">market US</span>, <span class="quiet">lookback 30</span>' in text
    assert "language zh" not in text


def test_the_index_lists_which_section_answers_which_question(monkeypatch):
    one = Answer("Is <it> big?", "11_size", "Size?", "Growth", "11_size.html#growth", "market.size", "tests/x.py::y")
    monkeypatch.setattr(html, "answers", lambda pages: [one])
    text = html.index([card(anchors={"Growth": "growth"})], RUN)
    assert "Is &lt;it&gt; big?" in text and 'href="11_size.html#growth"' in text and "tests/x.py::y" in text
    assert 'data-answer="is &lt;it&gt; big? 11 size growth market.size"' in text
    monkeypatch.setattr(html, "answers", lambda pages: [])
    assert "data-answer=" not in html.index([card()], RUN)


def test_the_matrix_shows_the_first_figure_of_each_run():
    cell = {"market": "DE", "scenario": "base", "address": "base-DE/index.html", "failed": [],
            "results": [html.in_words(RESULT)]}  # fmt: skip
    text = html.matrix("sweep", ["DE"], ["base"], [cell])
    assert 'href="base-DE/index.html"' in text and "25.0\u2009%" in text


def test_pages_adapt_to_paper_dark_rooms_and_phones():
    text, _ = page()
    for rule in (
        "@media print",
        "prefers-color-scheme: dark",
        "max-width: 44rem",
        "max-width: 72ch",
        "position: sticky",
    ):
        assert rule in text
    assert "url(" not in text and "@import" not in text


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21. Source: W3C, Web Content Accessibility Guidelines 2.2, section 1.4.3."""

    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_text_colour_stands_out_from_its_ground_in_both_themes():
    themes = re.findall(r":root \{(.*?)\}", (html.TEMPLATES / "style.css").read_text(), re.S)
    for theme in themes:
        colours = dict(re.findall(r"--(\w+): (#\w{6})", theme))
        for name in ("ink", "quiet", "link", "good", "bad", "wait"):
            for ground in ("paper", "soft"):
                if name in colours:
                    assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
