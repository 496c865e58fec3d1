"""Reviews, searches, prices: what is read, found and paid, against planted facts."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import Refusal
from crossborder.selection import aspects, associations, breakouts, sentiment, topics, voice
from crossborder.selection import willingness_to_pay as paying


@pytest.fixture(scope="module")
def reviews():
    rng = np.random.default_rng(1)
    good = ["great quality", "love it, works", "fast delivery", "fair price", "easy to use"]
    bad = ["poor quality", "broke after a week", "slow delivery", "not worth the price", "hard to use"]
    rows = []
    for i in range(600):
        fine = rng.uniform() < 0.6
        words = rng.choice(good if fine else bad, 2, replace=False)
        rows.append((f"V{i}", "US" if i % 2 else "GB", "en", (5 if fine else 1), ". ".join(words), "2026-03-01"))
    frame = pd.DataFrame(rows, columns=["review_id", "market", "language", "rating", "text", "date"])
    return frame.assign(date=pd.to_datetime(frame["date"]))


def test_sentiment_is_learned_from_stars(reviews):
    held = sentiment.held_out(reviews, np.random.default_rng(2))
    assert held.loc[0, "reviews"] == len(reviews)
    assert held.loc[0, "accuracy"] > 0.95 > held.loc[0, "always_the_same"]


def test_a_language_that_was_not_learned_is_refused_never_neutral(reviews):
    model = sentiment.train(reviews)
    with pytest.raises(Refusal, match="language 'xx' is not read"):
        model.score(pd.Series(["anything"]), pd.Series(["xx"]))


def test_unread_text_has_no_score(reviews):
    model = sentiment.train(reviews)
    assert model.score(pd.Series(["質量很差"]), pd.Series(["en"])).isna().all()


def test_coverage_names_what_is_not_read(reviews):
    more = pd.concat([reviews, reviews.head(5).assign(language="fr")])
    table = sentiment.coverage(more, sentiment.train(more)).set_index("language")
    assert table.loc["en", "read"]
    assert not table.loc["fr", "read"]
    assert table.loc["fr", "scored_share"] == 0


def test_clauses_are_scored_alone(reviews):
    model = sentiment.train(reviews)
    one = reviews.head(1).assign(text="great quality but slow delivery")
    named = aspects.mentions(aspects.clauses(one))
    tone = model.score(named["clause"], named["language"]).set_axis(named["label"])
    assert tone["quality"] > 0.5 > tone["delivery"]


def test_weights_of_needs_add_up_in_each_market(reviews):
    table = aspects.aspect_table(aspects.mentions(aspects.clauses(reviews)), sentiment.train(reviews))
    needs = aspects.need_weights(table)
    assert needs.groupby("market")["weight"].sum().to_numpy() == pytest.approx(1)
    assert ((needs["weight_low"] <= needs["weight"]) & (needs["weight"] <= needs["weight_high"])).all()


def test_a_planted_change_of_mentions_is_found(reviews):
    late = reviews.assign(date=pd.Timestamp("2025-06-01"), review_id="E" + reviews["review_id"])
    late["text"] = late["text"].str.replace("slow delivery", "broke after a week")
    both = pd.concat([late, reviews.assign(date=pd.Timestamp("2026-03-01"))])
    found = aspects.change_of_mentions(aspects.mentions(aspects.clauses(both)), both, "2026-01-01").set_index("label")
    assert found.loc["delivery", "low"] > 0
    assert found.loc["durability", "high"] < 0


def test_themes_need_reviews_of_the_language(reviews):
    table, assigned = topics.topics(reviews, "en", count=3)
    assert table["share"].sum() == pytest.approx(1)
    assert len(assigned) == len(reviews)
    with pytest.raises(Refusal, match="no themes in language 'de'"):
        topics.topics(reviews, "de")


def series(rng, jump=0.0, at=100, weeks=157):
    t = np.arange(weeks)
    noise = rng.normal(0, 0.05, weeks)
    for i in range(1, weeks):
        noise[i] += 0.4 * noise[i - 1]
    return 100 * np.exp(0.1 * t / 52 + 0.2 * np.cos(2 * np.pi * t / 52.18) + noise + np.log1p(jump) * (t >= at))


def panel(jumps, seed=5):
    rng = np.random.default_rng(seed)
    weeks = pd.date_range("2023-10-30", periods=157, freq="W-MON")
    parts = [pd.DataFrame({"week": weeks, "market": "US", "term": f"t{i}", "interest": series(rng, j)})
             for i, j in enumerate(jumps)]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_planted_breakouts_are_found_at_their_week():
    found = breakouts.breakouts(panel([0.5, 0.8] + [0.0] * 20), np.random.default_rng(1), draws=400)
    hits = found[found["found"]].set_index("term")
    assert {"t0", "t1"} <= set(hits.index)
    assert abs((hits.loc["t1", "week"] - pd.Timestamp("2025-09-29")).days) <= 14
    assert hits.loc["t1", "low"] < 0.8 < hits.loc["t1", "high"]


def test_series_without_change_raise_few_alarms():
    alarms = [breakouts.breakouts(panel([0.0] * 20, seed), np.random.default_rng(seed), draws=400)["found"].sum()
              for seed in range(5)]  # fmt: skip
    assert sum(alarms) <= 3


def test_rules_of_the_basket_by_hand():
    rows = [("1", "a"), ("1", "b"), ("2", "a"), ("2", "b"), ("3", "a"), ("4", "c"), ("4", "b")]
    found = associations.rules(pd.DataFrame(rows, columns=["basket", "item"]), least=1).set_index(["when", "then"])
    assert found.loc[("a", "b"), ["support", "confidence", "lift"]].tolist() == pytest.approx([0.5, 2 / 3, 8 / 9])
    assert found.loc[("c", "b"), "confidence"] == pytest.approx(1.0)


def test_independent_items_have_no_sure_lift():
    rng = np.random.default_rng(3)
    has = rng.uniform(size=(4000, 6)) < 0.3
    row, item = np.nonzero(has)
    found = associations.rules(pd.DataFrame({"basket": row, "item": item}), total=4000)
    assert found["lift"].to_numpy() == pytest.approx(1, abs=0.1)
    assert not found["sure"].any()


def offers(seed=2, premium=0.2):
    rng = np.random.default_rng(seed)
    n = 1200
    frame = pd.DataFrame(
        {
            "market": rng.choice(["US", "DE", "JP", "BR"], n),
            "niche": rng.choice(list("abc"), n),
            "seller_id": rng.integers(0, 200, n).astype(str),
            "rating": rng.normal(4.2, 0.3, n),
        }
    )
    frame["eco"], frame["smart"] = rng.uniform(size=(2, n)) < 0.3
    log = 3 + 0.5 * (frame["niche"] == "b") + np.log1p(premium) * frame["eco"] + 0.1 * rng.standard_normal(n)
    return frame.assign(price=np.exp(log))


def test_a_premium_is_found_and_a_null_is_not():
    found = paying.premiums(offers(), ("eco", "smart")).set_index(["attribute", "market"])
    assert ((found.loc["eco", "low"] < 0.2) & (found.loc["eco", "high"] > 0.2)).all()
    assert found.loc["smart", "premium"].abs().max() < 0.03


def test_premiums_cover_the_truth_over_worlds():
    inside = []
    for seed in range(12):
        found = paying.premiums(offers(seed), ("eco", "smart"))
        eco = found[found["attribute"] == "eco"]
        inside += ((eco["low"] <= 0.2) & (eco["high"] >= 0.2)).tolist()
    assert np.mean(inside) > 0.8


def test_break_even_by_hand():
    found = paying.break_even(0.2, 0.02, 30.0, 1.0, 2000.0, 1000).iloc[0]
    assert found["gain_piece_usd"] == pytest.approx(5.0)
    assert found["units_needed"] == pytest.approx(400)
    assert found["profit_usd"] == pytest.approx(3000)
    assert found["extra_cost_max_usd"] == pytest.approx(4.0)
    assert found["pays"] > 0.99
    assert np.isinf(paying.break_even(0.01, 0.0, 30.0, 1.0, 2000.0, 1000).loc[0, "units_needed"])


def test_a_certificate_is_weighed_by_market():
    paid = paying.premiums(offers(), ("eco", "smart"))
    table = voice.certificate(paid, "eco", 30.0, 1.0, 2000.0, 1000)
    assert set(table["market"]) == {"US", "DE", "JP", "BR"}
    assert table["profit_usd"].is_monotonic_decreasing
