"""Themes of free text, one language at a time."""

import pytest
from crossborder.errors import Refusal
from crossborder.selection import topics


def test_themes_need_reviews_of_the_language(plain_reviews):
    table, assigned = topics.topics(plain_reviews, "en", count=3)
    assert table["share"].sum() == pytest.approx(1)
    assert len(assigned) == len(plain_reviews)
    with pytest.raises(Refusal, match="no themes in language 'de'"):
        topics.topics(plain_reviews, "de")
