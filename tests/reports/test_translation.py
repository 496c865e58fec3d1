"""Markdown of notebooks is translated block by block when it is rendered."""

import json

import pytest
from crossborder import language
from crossborder.errors import InputError
from crossborder.reports import project, translation


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


def texts(path, kind):
    return ["".join(c["source"]) for c in json.loads(path.read_text())["cells"] if c["cell_type"] == kind]


def test_copies_to_work_with_speak_the_language_and_hold_no_outputs(tmp_path):
    written = translation.copies("zh", tmp_path / "zh")
    assert [path.name for path in written] == [path.name for path in project.numbered()]
    for path, source in zip(written, project.numbered(), strict=True):
        assert 'language: str = "zh"' in "\n".join(texts(path, "code"))
        assert not any(c.get("outputs") for c in json.loads(path.read_text())["cells"])
        headings = [line for text in texts(path, "markdown") for line in text.splitlines() if line.startswith("#")]
        # A heading may be a name in Latin letters, but most are words.
        assert sum(not line.isascii() for line in headings) >= 0.9 * len(headings), path.name
        assert len(texts(path, "code")) == len(texts(source, "code"))


def test_copies_never_write_over_somebodys_work(tmp_path):
    (tmp_path / "11_market_sizing.ipynb").write_text("{}")
    with pytest.raises(InputError, match="holds notebooks already"):
        translation.copies("zh", tmp_path)
    with pytest.raises(InputError, match="language"):
        translation.copies("xx", tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["11_market_sizing.ipynb"]


def test_the_notebooks_of_a_run_speak_its_language(tmp_path):
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["## Answer\n"]},
        {"cell_type": "code", "metadata": {}, "source": ["1 + 1"], "outputs": [], "execution_count": 1},
    ]
    path = tmp_path / "11_market_sizing.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    translation.speak(tmp_path, "en")
    assert texts(path, "markdown") == ["## Answer\n"]
    translation.speak(tmp_path, "zh")
    assert texts(path, "markdown") == ["## 结论"] and texts(path, "code") == ["1 + 1"]
