"""Diagnostics: textbook inflation, channels that the data cannot tell apart are named."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo import mix_worlds
from crossborder.marketing import mix_diagnostics, mix_model, response


def test_inflation_of_correlated_columns_is_one_over_one_minus_r_squared():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4000, 2))
    x[:, 1] = 0.8 * x[:, 0] + 0.6 * x[:, 1]
    r = np.corrcoef(x, rowvar=False)[0, 1]
    assert mix_diagnostics.variance_inflation(x) == pytest.approx(np.full(2, 1 / (1 - r**2)))


@pytest.fixture(scope="module")
def world():
    return mix_worlds.mix_world(np.random.default_rng(8))


def test_twins_are_named(world):
    spend = world.spend.assign(twin=world.spend["video"] * 1.001)
    found = mix_diagnostics.identifiability(mix_model.fit(spend, world.sales, world.controls))
    assert found.loc["twin", "vif"] > 50
    assert "moves with other columns" in found.loc["twin", "verdict"]


def test_profile_peaks_at_zero(world):
    found = mix_diagnostics.profile_likelihood(
        world.spend, world.sales, world.controls, "video", grid=np.array([0.1, 0.4, 0.8])
    )
    assert found["log_likelihood"].max() == 0


def test_curve_table_holds_the_curve_in_its_band(world):
    model = mix_model.fit(world.spend, world.sales, world.controls)
    curves = response.curves_from_mix(model)
    drawn = response.curves_from_mix(model, 300, np.random.default_rng(0))
    table = response.curve_table(curves, drawn, world.spend.mean().to_numpy(), level=0.9)
    assert (table["response_low"] <= table["response"] + 1e-9).all()
    assert (table["response"] <= table["response_high"] + 1e-9).all()


def test_slope_is_the_derivative(world):
    curves = response.curves_from_mix(mix_model.fit(world.spend, world.sales, world.controls))
    x = world.spend.mean().to_numpy()
    step = 1e-3 * x
    assert curves.slope(x) == pytest.approx((curves.value(x + step) - curves.value(x - step)) / (2 * step), rel=1e-4)
    assert isinstance(response.with_margin(curves, 0.5), response.Curves)
    assert isinstance(world.spend, pd.DataFrame)
