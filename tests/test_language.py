import pytest
from crossborder import language
from crossborder.errors import InputError


@pytest.fixture(autouse=True)
def english():
    yield
    language.use("en")


def test_fields_are_filled_and_unknown_texts_stay_english():
    language.use("zh")
    assert language.t("{count} unheard-of lanes", count=3) == "3 unheard-of lanes"
    assert language.current() == "zh"


def test_an_unknown_language_is_told():
    with pytest.raises(InputError, match="language 'xx' is not known"):
        language.use("xx")


def test_a_template_of_known_clauses_is_put_together_and_one_of_known_words_is_not(monkeypatch):
    known = {"One of {all}.": "共 {all} 之一。", "Two.": "二。", "Conversion": "转化", "rate": "率"}
    monkeypatch.setattr(language, "_messages", lambda name: known)
    language._joined.cache_clear()
    assert language._joined("zh", "One of {all}. Two.") == "共 {all} 之一。二。"
    assert language._joined("zh", "Conversion rate") is None
    language._joined.cache_clear()


def test_a_language_holds_within_its_block_alone():
    with language.using("zh"):
        assert language.t("Total") == "合计"
    assert language.t("Total") == "Total"
