"""Good or bad, learned from stars; what is not read is refused, never neutral."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.selection import sentiment


def test_sentiment_is_learned_from_stars(plain_reviews):
    held = sentiment.held_out(plain_reviews, np.random.default_rng(2))
    assert held.loc[0, "reviews"] == len(plain_reviews)
    assert held.loc[0, "accuracy"] > 0.95 > held.loc[0, "always_the_same"]


def test_a_language_that_was_not_learned_is_refused_never_neutral(plain_reviews):
    model = sentiment.train(plain_reviews)
    with pytest.raises(Refusal, match="language 'xx' is not read"):
        model.score(pd.Series(["anything"]), pd.Series(["xx"]))


def test_unread_text_has_no_score(plain_reviews):
    model = sentiment.train(plain_reviews)
    assert model.score(pd.Series(["質量很差"]), pd.Series(["en"])).isna().all()


def test_coverage_names_what_is_not_read(plain_reviews):
    more = pd.concat([plain_reviews, plain_reviews.head(5).assign(language="fr")])
    table = sentiment.coverage(more, sentiment.train(more)).set_index("language")
    assert table.loc["en", "read"]
    assert not table.loc["fr", "read"]
    assert table.loc["fr", "scored_share"] == 0
