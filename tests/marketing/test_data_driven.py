"""The logit: right where nothing is hidden, and its Shapley split adds up."""

import numpy as np
import pytest
from crossborder.marketing import data_driven
from crossborder.marketing.journeys import from_flat
from crossborder.marketing.shapley import shapley_value


def journeys(seed, effect=(1.0, 0.0), count=20_000):
    rng = np.random.default_rng(seed)
    seen = rng.random((count, 2)) < 0.5
    seen[~seen.any(axis=1), 0] = True
    won = rng.random(count) < 1 / (1 + np.exp(2.0 - seen @ np.array(effect)))
    person, channel = np.nonzero(seen)
    return from_flat(person, channel, won[person], channels=["a", "b"]), seen, won


def test_effects_without_hidden_targeting_are_found():
    made, seen, _ = journeys(1)
    fit = data_driven.fit_logit(made, data_driven.exposure(made, transform="presence"))
    found = data_driven.incremental_credit(fit).set_index("channel")
    true = (1 / (1 + np.exp(2.0 - seen @ [1.0, 0.0])) - 1 / (1 + np.exp(2.0))).sum()
    assert found.loc["a", "credit_low"] < true < found.loc["a", "credit_high"]
    assert found.loc["b", "credit_low"] < 0 < found.loc["b", "credit_high"]


def test_shapley_split_adds_to_switching_all_off():
    made, _, _ = journeys(2, (1.0, 0.5))
    fit = data_driven.fit_logit(made, data_driven.exposure(made))
    off = fit.design.copy()
    off[:, 1:] = 0.0
    lost = fit.trials @ (fit.probability - 1 / (1 + np.exp(-(off @ fit.coefficient))))
    assert data_driven.shapley_credit(fit).sum() == pytest.approx(lost, rel=1e-6)


def test_fitted_orders_add_to_the_observed_ones():
    made, _, won = journeys(3)
    fit = data_driven.fit_logit(made, data_driven.exposure(made))
    assert fit.trials @ fit.probability == pytest.approx(won.sum(), rel=1e-6)


def test_equal_paths_counted_once_give_the_same_fit():
    made, _, _ = journeys(4, (1.0, 0.5))
    every, once = (data_driven.fit_logit(some, data_driven.exposure(some)) for some in (made, made.distinct))
    assert len(once.trials) == 3
    assert once.coefficient == pytest.approx(every.coefficient, rel=1e-9)
    assert once.covariance == pytest.approx(every.covariance, rel=1e-9)
    one, two = (data_driven.incremental_credit(fit).iloc[:, 1:].to_numpy() for fit in (once, every))
    assert one == pytest.approx(two, rel=1e-9)


def test_shapley_split_of_few_rows_at_once_is_that_of_all_coalitions(monkeypatch):
    rng = np.random.default_rng(5)
    touched = rng.random((400, 5)) < 0.4
    touched[~touched.any(axis=1), 0] = True
    person, channel = np.nonzero(touched)
    won = rng.random(400) < 0.3
    made = from_flat(person, channel, won[person], channels=list("abcde"))
    fit = data_driven.fit_logit(made, data_driven.exposure(made))
    members = (np.arange(32)[:, None] >> np.arange(5)) & 1
    logits = (fit.design[:, 1:] * fit.coefficient[1:]) @ members.T + fit.coefficient[0]
    monkeypatch.setattr(data_driven, "GAMES", 20)
    found = data_driven.shapley_credit(fit).to_numpy()
    assert found == pytest.approx(shapley_value(fit.trials @ (1 / (1 + np.exp(-logits)))), abs=1e-4)
