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
