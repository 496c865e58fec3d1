"""Every text of the sources has its translation, with the same fields and marks, and no translation is stale."""

import json
import re

from crossborder import language
from crossborder.language import matching
from crossborder.reports import messages, project

PARTS = language.catalogue("zh")
PAIRS = [(area, key, said) for area, part in PARTS.items() for key, said in part.items()]
ROOT = project.root()
QUICK = "34"  # a notebook that is quick to run


def test_every_text_has_a_translation():
    """To fill: python -m crossborder.reports.messages > FILE, write the translations, then with --fill FILE."""
    assert messages.lacking("zh") == {}


def test_no_translation_is_stale():
    """To mend: python -m crossborder.reports.messages --prune."""
    assert messages.stale("zh") == []


def test_fields_and_marks_survive():
    broken = [
        key
        for _, key, said in PAIRS
        if matching.fields(key) != matching.fields(said)
        or key.count("**") != said.count("**")
        or key.count("`") != said.count("`")
    ]
    assert broken == []


def test_no_translation_is_empty_and_none_has_marks_of_the_other_language():
    assert [key for _, key, said in PAIRS if not said.strip()] == []
    ours = [(key, said) for _, key, said in PAIRS if re.search("[\u3400-\u9fff]", said)]
    # A half-width comma or colon between two Chinese glyphs is a slip of the pen.
    assert [said for _, said in ours if re.search("[\u3400-\u9fff][,;:!?][\u3400-\u9fff]", said)] == []


def test_a_text_has_one_translation():
    by_text: dict[str, set[str]] = {}
    for area, key, said in PAIRS:
        if area != language.CODES:
            by_text.setdefault(key, set()).add(said)
    assert {key: said for key, said in by_text.items() if len(said) > 1} == {}


def test_links_and_numbers_of_markdown_survive():
    def kept(text: str) -> list[str]:
        return sorted(re.findall(r"\]\([^)]*\)|`[^`]*`", text))

    assert [key for _, key, said in PAIRS if kept(key) != kept(said)] == []


def test_the_words_of_a_source_are_found():
    code = 't("{a} lanes") if x else style.table(f, headers={"a": "Lane (days)"}, caption="One" if y else "Two")'
    assert list(messages._of_code(code)) == ["{a} lanes", "One", "Two", "Lane (days)"]
    assert list(messages._of_code('COLUMNS = {"a": ("Header", "money"), "b": ("x", "y")}')) == ["Header"]
    assert list(messages._of_markdown("## Cost\n\n| a | b |")) == ["Cost", "", "", "a", "b", ""]


def test_what_is_missing_is_listed_and_taken_in(tmp_path, monkeypatch):
    monkeypatch.setattr(language, "CATALOGUES", tmp_path)
    assert messages.fill("zh", {"market": {"b": "乙", "a": "甲", "c": ""}}) == 2
    assert messages.fill("zh", {"market": {"d": "丁"}}) == 1
    stored = json.loads((tmp_path / "zh_market.json").read_text(encoding="utf-8"))
    assert list(stored.items()) == [("a", "甲"), ("b", "乙"), ("d", "丁")]


def test_what_no_source_says_is_taken_out(tmp_path, monkeypatch):
    monkeypatch.setattr(language, "CATALOGUES", tmp_path)
    monkeypatch.setattr(language, "catalogue", lambda name: {"pages": {"Question": "问题", "Unheard-of": "无"}})
    assert messages.prune("zh") == 1
    assert json.loads((tmp_path / "zh_pages.json").read_text(encoding="utf-8")) == {"Question": "问题"}


def test_numbers_are_the_same_in_chinese_and_no_sentence_stays_english(monkeypatch):
    monkeypatch.chdir(ROOT)
    path = next(path for path in project.numbered() if path.name.startswith(QUICK))
    _, english = messages.asked(path, "en")
    missed, chinese = messages.asked(path, "zh")
    assert chinese["results"] == english["results"]
    assert chinese["figures"] != english["figures"]  # their alternative texts are translated
    assert [text for text in missed if re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}", text)] == []
