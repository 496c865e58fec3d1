"""Reviews: seven languages that a plain reader can learn but not perfectly, aspects that differ by market, bursts."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company.tables import TABLES
from crossborder.demo import risk_tables, rival_offers, voice
from crossborder.demo.world import World


@pytest.fixture(scope="module")
def built():
    world = World(seed=10)
    world.tables.update(risk_tables.part(world, world.rng("risks"))[0])
    world.tables.update(rival_offers.part(world, world.rng("rival_offers"))[0])
    tables, truth = voice.part(world, world.rng("reviews"))
    return tables["reviews"], truth, world


def test_table_keeps_the_contract(built):
    TABLES["reviews"].schema().validate(built[0], lazy=True)
    assert len(built[0]) == 6000


def test_seven_languages_each_with_enough_reviews(built):
    count = built[0]["language"].value_counts()
    assert set(count.index) == {"en", "de", "ja", "es", "pt", "id", "ar"}
    assert count.min() > 550


def test_texts_are_varied(built):
    assert built[0]["text"].nunique() > 0.85 * len(built[0])


@pytest.mark.parametrize("language", ["en", "ja", "ar"])
def test_a_plain_reader_learns_the_stars_but_not_perfectly(built, language):
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB

    frame = built[0][(built[0]["language"] == language) & (built[0]["rating"] != 3)]
    good = (frame["rating"] > 3).to_numpy()
    counts = CountVectorizer(analyzer="char", ngram_range=(2, 4), min_df=2).fit_transform(frame["text"])
    learn = np.arange(len(frame)) % 3 > 0
    reader = MultinomialNB().fit(counts[learn], good[learn])
    assert 0.80 < reader.score(counts[~learn], good[~learn]) < 0.98


def test_aspects_differ_by_market_as_stated(built):
    frame, truth, _ = built
    said = truth["review_aspects"].merge(frame[["review_id", "market"]], on="review_id")
    share = said.pivot_table(index="market", columns="aspect", values="good", aggfunc="mean")
    stated = truth["aspect_tilt_log_odds"].loc[share.index, share.columns]
    assert np.corrcoef(share.to_numpy().ravel(), stated.to_numpy().ravel())[0, 1] > 0.75


def test_stars_follow_the_words_with_noise(built):
    frame, truth, _ = built
    both = frame.merge(truth["review_labels"], on="review_id")
    mean = both.groupby("sentiment")["rating"].mean()
    assert mean["positive"] > 4.2 > mean["mixed"] > 2.2 > mean["negative"]


def test_incidents_leave_a_burst_of_complaints(built):
    frame, truth, _ = built
    for burst in truth["review_bursts"].itertuples():
        end = burst._3 + pd.Timedelta(days=13)
        rows = frame[(frame["market"] == burst.market) & frame["date"].between(burst._3, end)]
        assert (rows["rating"] <= 2).sum() >= 9


def test_rival_reviews_point_to_offers_of_the_same_market(built):
    frame, _, world = built
    rival = frame.dropna(subset="listing_id")
    assert len(rival) > 2000
    there = rival["listing_id"].map(world.tables["listings"].set_index("listing_id")["market"])
    assert (there == rival["market"]).mean() > 0.99
