"""Figures in Chinese have every glyph, and every text of theirs is translated."""

import pytest
from crossborder import style
from crossborder.language import drawn


@pytest.fixture(autouse=True)
def chinese():
    style.use("zh")
    yield
    style.use("en")


def test_titles_ticks_and_labels_are_translated_and_have_glyphs():
    fig, ax = style.figure(height=1.5)
    ax.barh(["DE", "US"], [1, 2])
    ax.set_yticks([0, 1], ["DE", "US"])
    ax.set_xlabel("days")
    style.finish(fig, title="Total", subtitle="到岸成本,12% — “引号”、−5 ≥ 3")
    assert fig.png().startswith(b"\x89PNG")  # a glyph that no font has would be a warning, and so an error
    assert [label.get_text() for label in ax.get_yticklabels()] == ["德国", "美国"]
    assert ax.get_xlabel() == "天"
    assert fig.title_text == "合计"


def test_english_figures_know_nothing_of_the_other_font():
    style.use("en")
    assert drawn.families("en") == ["DejaVu Sans"]


def test_lines_are_broken_between_glyphs_and_never_in_a_number_or_before_a_mark():
    lines = drawn.wrap("空运低于 1,230 件时更便宜,海运在此之上节省 38.5%。", 16)
    assert max(map(drawn.columns, lines)) <= 18
    assert not any(line[0] in ",。%" for line in lines)
    assert sum("1,230" in line for line in lines) == sum("38.5%" in line for line in lines) == 1
    assert "".join(lines).replace(" ", "") == "空运低于1,230件时更便宜,海运在此之上节省38.5%。"


def test_english_words_left_in_a_chinese_line_stay_whole():
    assert drawn.wrap("按 marketplace 渠道", 8) == ["按", "marketplace", "渠道"]
