"""Recommendations: structure is found, lists are diverse when asked, metrics are right by hand."""

import numpy as np
import pandas as pd
import pytest
from crossborder.marketing import recommender


def shop(seed=0, people=400):
    rng = np.random.default_rng(seed)
    taste = rng.integers(0, 2, people)
    rows = [
        (c, f"{'AB'[taste[c]]}{i}", pd.Timestamp("2025-01-01") + pd.Timedelta(days=int(d)))
        for c in range(people)
        for d, i in enumerate(rng.choice(8, 4, replace=False))
    ]
    return pd.DataFrame(rows, columns=["customer_id", "sku", "at"])


def test_lists_stay_within_the_taste_and_beat_popularity():
    shown, hidden = recommender.leave_last_out(shop())
    model = recommender.fit_items(shown)
    plain = recommender.ItemModel(model.items, np.tile(model.popularity, (16, 1)), model.popularity)
    lists = {"items": recommender.recommend(model, shown), "popular": recommender.recommend(plain, shown)}
    kind = pd.Series({sku: sku[0] for sku in model.items})
    rank = pd.Series(model.popularity, index=list(model.items))
    found = recommender.evaluate(lists, hidden, category=kind, popularity=rank).set_index("list")
    assert found.loc["items", "hit_rate"] > found.loc["popular", "hit_high"]
    assert found.loc["items", "hit_low"] <= found.loc["items", "hit_rate"] + 1e-9


def test_bought_items_are_not_offered_again():
    frame = shop()
    made = recommender.recommend(recommender.fit_items(frame), frame, top=3)
    owned = set(zip(frame["customer_id"], frame["sku"], strict=True))
    assert not owned & set(zip(made["customer_id"], made["sku"], strict=True))


def test_diversity_weight_brings_in_the_other_category():
    frame = shop()
    model = recommender.fit_items(frame)
    kind = pd.Series({sku: sku[0] for sku in model.items})
    narrow, wide = (recommender.diversify(model, frame, kind, weight=w, top=4) for w in (0.0, 0.9))
    count = [
        made.assign(kind=made["sku"].map(kind)).groupby("customer_id")["kind"].nunique().mean()
        for made in (narrow, wide)
    ]
    assert count[0] < count[1] == 2.0


def test_hit_at_second_place_gains_its_discount():
    shown = pd.DataFrame({"customer_id": [1, 1], "rank": [1, 2], "sku": ["a", "b"]})
    hidden = pd.DataFrame({"customer_id": [1], "sku": ["b"]})
    found = recommender.evaluate(
        {"x": shown}, hidden, category=pd.Series({"a": "k", "b": "k"}), popularity=pd.Series({"a": 0.5, "b": 0.5})
    ).iloc[0]
    assert (found["hit_rate"], found["ndcg"]) == (1.0, pytest.approx(1 / np.log2(3)))
    assert found["novelty"] == pytest.approx(1.0)


def test_the_best_are_the_first_of_a_stable_sort_whatever_the_ties():
    rng = np.random.default_rng(5)
    scores = rng.integers(0, 6, (200, 90)).astype(float)
    scores[rng.random(scores.shape) < 0.2] = -np.inf
    scores[0] = -np.inf
    assert (recommender._best(scores, 7) == np.argsort(-scores, axis=1, kind="stable")[:, :7]).all()
