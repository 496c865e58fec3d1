"""Diagnostics: textbook inflation, channels that the data cannot tell apart are named."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo import mix_worlds
from crossborder.errors import InputError
from crossborder.marketing import known_effects, mix_diagnostics, mix_model, response


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


def test_a_parameter_that_is_held_stays_where_it_is(world):
    model = mix_model.fit(world.spend, world.sales, world.controls, held=("video", "decay", 0.8))
    assert model.decay[list(model.channels).index("video")] == pytest.approx(0.8)
    bent = mix_model.fit(world.spend, world.sales, world.controls, held=("video", "half_saturation", 2.0))
    place = list(bent.channels).index("video")
    assert bent.half_saturation[place] == pytest.approx(2 * bent.spend[:, place].mean())
    with pytest.raises(InputError, match="parameter 'size' is not known"):
        mix_model.fit(world.spend, world.sales, world.controls, held=("video", "size", 1.0))


def test_a_wrong_carry_over_costs_likelihood_and_a_right_one_little(world):
    grid = np.array([0.02, 0.5, 0.97])
    found = mix_diagnostics.profile_likelihood(world.spend, world.sales, world.controls, "shopping", grid=grid)
    free = mix_diagnostics.profile_likelihood(
        world.spend, world.sales, world.controls, "shopping",
        grid=np.append(grid, mix_model.fit(world.spend, world.sales, world.controls).decay[3]),
    )  # fmt: skip
    assert free["log_likelihood"].iloc[-1] >= found["log_likelihood"].min()
    assert found["log_likelihood"].min() < -0.5


def test_effect_of_price_covers_the_truth_where_the_plain_line_does_not():
    held, plain = 0, 0
    for seed in range(8):
        world = mix_worlds.mix_world(np.random.default_rng([5, seed]))
        model = mix_model.fit(world.spend, world.sales, world.controls)
        row = mix_diagnostics.control_effects(model, rng=np.random.default_rng(seed)).loc["log_price"]
        media = (world.true_roi * world.spend.sum()).sum()
        true = -1.2 * (1 - media / world.sales.sum())
        held += row["effect_low"] <= true <= row["effect_high"]
        raw = known_effects.raw_price_slope(world.sales, world.controls["log_price"])
        plain += abs(raw - true) > abs(row["effect"] - true)
    assert held >= 6  # 7 of 8 expected at 90 %
    assert plain >= 6


def test_values_within_half_the_square_of_z_are_supported():
    profile = pd.DataFrame({"value": [0.1, 0.3, 0.5, 0.7], "log_likelihood": [-1.36, -1.35, 0.0, -4.0]})
    assert mix_diagnostics.supported(profile) == (0.3, 0.5)
    assert mix_diagnostics.supported(profile, level=0.95) == (0.1, 0.5)
