"""Suspicion scores: signals, out-of-fold judgement, value of acting."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import integrity


@pytest.fixture(scope="module")
def listings() -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(1)
    fake = pd.Series(rng.random(600) < 0.15)
    frame = pd.DataFrame(
        {
            "market": "DE", "niche": rng.choice(["a", "b"], 600), "seller_id": rng.integers(0, 150, 600).astype(str),
            "price": 20 * np.exp(rng.normal(0, 0.3, 600) - 0.5 * fake), "rating": rng.uniform(3, 5, 600),
            "review_count": rng.poisson(40, 600), "units_month": rng.poisson(60 + 60 * fake),
            "listed_on": pd.Timestamp("2025-06-01") - pd.to_timedelta(rng.integers(1, 900, 600), unit="D"),
            "image_hash": rng.integers(0, 500, 600),
        }
    )  # fmt: skip
    return frame, fake


def test_cheap_offers_score_high_and_the_judgement_is_out_of_fold(listings):
    frame, fake = listings
    found = integrity.score_cases(integrity.listing_signals(frame), fake)
    assert 0.8 < found.auc < 1
    assert found.weights["cheapness"] > 0
    shuffled = pd.Series(np.random.default_rng(2).permutation(fake.to_numpy()))
    assert integrity.score_cases(integrity.listing_signals(frame), shuffled).auc < 0.6  # leans below 0.5


def test_value_of_acting_peaks_where_the_next_case_costs_more_than_it_brings():
    probability = pd.Series([0.9, 0.8, 0.3, 0.1])
    table = integrity.removal_value(probability, pd.Series([1, 1, 0, 0]), 100.0, cost_each_usd=10, wrong_cost_usd=5)
    assert table["value_usd"].tolist() == [90, 180, 165, 150]
    assert table.loc[table["best"], "threshold"].tolist() == [0.8]


def test_weak_finances_raise_the_default_probability():
    suppliers = pd.DataFrame(
        {"supplier_id": ["weak", "strong"], "outage_probability_year": 0.05, "financial_health": [0.3, 0.95]}
    )
    table = integrity.default_exposure(suppliers, pd.Series({"weak": 100.0, "strong": 100.0})).set_index("supplier_id")
    assert table.loc["weak", "probability"] > 0.05 > table.loc["strong", "probability"]
    assert table.loc["weak", "expected_usd"] == pytest.approx(60 * table.loc["weak", "probability"])


def test_too_few_cases_are_refused(listings):
    frame, _ = listings
    with pytest.raises(Refusal, match="only 3 labelled cases of one kind"):
        integrity.score_cases(integrity.listing_signals(frame), pd.Series([True] * 3 + [False] * 597))
    with pytest.raises(InputError, match="seller_id"):
        integrity.listing_signals(frame.drop(columns="seller_id"))
