"""Markdown of notebooks is translated block by block when it is rendered."""

from crossborder import language
from crossborder.reports import translation


def test_headings_points_paragraphs_and_tables_are_parts():
    source = "# Why?\n\nOne line\nand the next.\n\n- a point\n- another\n\n| a | b |\n|---|---|\n"
    parts = [part for part in translation.blocks(source) if part[1]]
    assert parts == [
        ("# ", "Why?"),
        ("", "One line and the next."),
        ("- ", "a point"),
        ("- ", "another"),
        ("", "| a | b |"),
        ("", "|---|---|"),
    ]


def test_english_is_untouched_and_what_is_unknown_stays():
    source = "## Answer\n\nAn unheard-of sentence,\nin two lines."
    assert translation.spoken(source) == source
    with language.using("zh"):
        said = translation.spoken(source)
    assert said == "## 结论\n\nAn unheard-of sentence, in two lines."
