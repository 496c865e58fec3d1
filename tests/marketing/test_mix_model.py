"""Mix model: identities, calibration by tests, coverage in worlds built differently."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo import mix_worlds
from crossborder.errors import InputError
from crossborder.marketing import accuracy, mix_model


@pytest.fixture(scope="module")
def world():
    return mix_worlds.mix_world(np.random.default_rng(3))


@pytest.fixture(scope="module")
def errors():
    return accuracy.mix_errors(mix_worlds.many(20, 20261031))


def test_parts_add_to_the_fitted_sales(world):
    model = mix_model.fit(world.spend, world.sales, world.controls)
    parts = mix_model.contributions(model).sum(axis=1).to_numpy() + model.controls @ model.coefficient
    assert parts == pytest.approx(model.fitted)
    assert (mix_model.contributions(model).to_numpy() >= 0).all()


def test_an_exact_test_sets_the_return(world):
    lift = pd.DataFrame({"roi": [2.5], "standard_error": [0.001]}, index=["video"])
    model = mix_model.fit(world.spend, world.sales, world.controls, experiments=lift)
    assert mix_model.roi(model, rng=np.random.default_rng(0)).loc["video", "roi"] == pytest.approx(2.5, abs=0.01)


def test_a_fit_after_another_of_the_same_weeks_is_the_same(world):
    plain = mix_model.fit(world.spend, world.sales, world.controls)
    alone = mix_model.fit(world.spend, world.sales, world.controls, experiments=world.tests)
    after = mix_model.fit(world.spend, world.sales, world.controls, experiments=world.tests, after=plain)
    assert np.array_equal(after.theta, alone.theta)
    assert not np.array_equal(after.theta, plain.theta)


def test_a_test_that_contradicts_the_model_is_flagged(world):
    model = mix_model.fit(world.spend, world.sales, world.controls)
    lift = pd.DataFrame({"roi": [60.0], "standard_error": [0.1]}, index=["social"])
    assert mix_model.conflicts(model, lift, rng=np.random.default_rng(0))["conflict"].all()


def test_a_test_without_error_is_not_taken(world):
    lift = pd.DataFrame({"roi": [1.0], "standard_error": [0.0]}, index=["video"])
    with pytest.raises(InputError, match=r"standard_error is 0\.0"):
        mix_model.fit(world.spend, world.sales, world.controls, experiments=lift)


def test_forecast_beats_repeating_last_year(world):
    found = mix_model.validate(world.spend, world.sales, world.controls)
    assert found["error"] < found["naive_error"]


def test_intervals_cover_in_worlds_built_differently(errors):
    covered = errors.groupby("model")["covered"].mean()
    assert 0.80 <= covered["calibrated"] <= 0.95


def test_moves_gain_on_the_true_response(errors):
    assert (errors.loc[errors["model"] == "calibrated", "true_gain"] > 0).sum() >= 18
    assert errors["gap"].max() < 1e-6
