"""The logit: right where nothing is hidden, and its Shapley split adds up."""

import numpy as np
import pytest
from crossborder.marketing import data_driven
from crossborder.marketing.journeys import from_flat


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
