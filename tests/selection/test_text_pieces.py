"""Pieces of text counted for all texts at once agree with scikit-learn's counter."""

import numpy as np
import pytest
from crossborder.selection import text_pieces

TEXTS = ["good, good  bag", "a bag", "", "good zip", "x", "袋子 很好", "很好 bag 🙂"]


@pytest.mark.parametrize("least", [1, 2])
@pytest.mark.parametrize("lengths", [(1, 4), (2, 6)])
def test_counts_agree_with_scikit_learn(lengths, least):
    from sklearn.feature_extraction.text import CountVectorizer

    theirs = CountVectorizer(analyzer="char", ngram_range=lengths, min_df=least)
    expected = theirs.fit_transform(TEXTS).toarray()
    counts, words = text_pieces.count(TEXTS, *lengths, least=least)
    assert words == list(theirs.get_feature_names_out())
    assert np.array_equal(counts.toarray(), expected)
    pieces = text_pieces.Pieces({word: column for column, word in enumerate(words)}, *lengths)
    new = ["a good bagpipe", "", "zzz"]
    assert np.array_equal(pieces.transform(new).toarray(), theirs.transform(new).toarray())


def test_texts_without_letters_have_no_pieces():
    counts, words = text_pieces.count(["", ""], 1, 3)
    assert counts.shape == (2, 0)
    assert words == []
