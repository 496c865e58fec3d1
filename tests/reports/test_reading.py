from typing import Literal

import pytest
from crossborder.reports.parameters import reading
from hypothesis import given
from hypothesis import strategies as st


@given(st.text())
def test_text_stays_what_was_written(text):
    assert reading.read(text, str) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_being_written(number):
    assert reading.read(repr(number), float) == number


@given(st.integers())
def test_a_whole_number_survives_being_written(number):
    assert reading.read(str(number), int) == number


@pytest.mark.parametrize("text", ["inf", "nan", "1_000", "0x10", "1,5", "", " "])
def test_what_is_no_plain_number_is_refused(text):
    with pytest.raises(ValueError, match=r"^$"):
        reading.read(text, float)


@pytest.mark.parametrize(
    "annotation, words",
    [
        (str, "text"),
        (float, "a number"),
        (bool, "true or false"),
        (Literal["a", "b", "c"], "a, b or c"),
        (list[float], "a list of numbers, comma-separated"),
        (int | None, "a whole number"),
    ],
)
def test_a_kind_in_words(annotation, words):
    assert reading.kind(annotation) == words


def test_nothing_is_none_only_where_none_is_allowed():
    assert reading.read("none", int | None) is None
    assert reading.read("none", str) == "none"


@pytest.mark.parametrize("place", ["../up", "a/../../up", "/abs", "~/home", "a\\b"])
def test_an_output_stays_inside(place):
    with pytest.raises(ValueError, match="inside the project"):
        reading.check_place(place, {"role": "output"})
    reading.check_place(place, {"role": "input"})
