import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.finance.credit import credit_book, credit_terms, default_model, grade_table
from scipy.special import expit


def invoices(count: int, seed: int) -> pd.DataFrame:
    """Invoices of 30 buyers whose default follows logit 0.9 - 6.5 x score."""
    rng = np.random.default_rng(seed)
    score = rng.uniform(0.3, 0.95, 30).round(2)
    who = rng.integers(0, 30, count)
    issued = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 600, count), unit="D")
    due = issued + pd.Timedelta(days=30)
    default = rng.random(count) < expit(0.9 - 6.5 * score[who])
    return pd.DataFrame(
        {
            "invoice_id": [f"W{i}" for i in range(count)],
            "counterparty": [f"B{i:02d}" for i in who],
            "kind": "wholesale",
            "market": "US",
            "issued_on": issued,
            "due_on": due,
            "paid_on": pd.Series(due + pd.Timedelta(days=5)).where(~default),
            "amount": 1000.0,
            "currency": "USD",
            "credit_score": score[who],
        }
    )


def test_the_model_recovers_the_chance_of_default():
    model = default_model(credit_book(invoices(6000, 1), "2026-12-31"))
    chance = model.probability(np.array([0.3, 0.5, 0.8]))
    truth = expit(0.9 - 6.5 * np.array([0.3, 0.5, 0.8]))
    assert ((chance["low"] <= truth) & (truth <= chance["high"])).all()
    assert chance["probability"].is_monotonic_decreasing


def test_intervals_cover_over_many_small_books():
    truth = expit(0.9 - 6.5 * 0.5)
    ends = [
        default_model(credit_book(invoices(150, seed), "2026-12-31")).probability(np.array([0.5])) for seed in range(60)
    ]
    covered = np.mean([(row["low"].iloc[0] <= truth) & (truth <= row["high"].iloc[0]) for row in ends])
    assert 0.8 <= covered <= 1


def test_grades_terms_and_expected_loss_go_with_the_chance():
    book = credit_book(invoices(2000, 3), "2026-12-31")
    grades = grade_table(book, default_model(book), loss_given_default=0.6)
    assert grades["probability"].is_monotonic_increasing
    assert grades["days"].is_monotonic_decreasing
    assert (grades["expected_loss_usd"] <= 0.6 * grades["open_usd"] + 1e-9).all()


def test_best_terms_never_earn_less_than_uniform_ones():
    book = credit_book(invoices(2000, 3), "2026-12-31")
    grades = grade_table(book, default_model(book))
    terms = credit_terms(grades, margin=0.3, capital_rate=0.1)
    assert (terms["gain_usd"] >= -1e-9).all()
    assert terms.loc[terms["best_days"] == 0, "loss_share"].eq(0).all()


def test_too_few_invoices_or_none_in_default_carry_no_model():
    good = invoices(200, 1).assign(paid_on=lambda table: table["due_on"])
    with pytest.raises(Refusal, match="0 defaults"):
        default_model(credit_book(good, "2026-12-31"))
    with pytest.raises(Refusal, match="judged invoices"):
        default_model(credit_book(invoices(10, 1), "2026-12-31"))
    with pytest.raises(InputError, match="score"):
        default_model(credit_book(invoices(500, 1), "2026-12-31")).probability(np.array([1.4]))
