"""Response curves: slopes, families, margin, bands."""

import numpy as np
import pytest
from crossborder.demo import mix_worlds
from crossborder.errors import InputError
from crossborder.marketing import mix_model, response
from crossborder.marketing.adstock import SATURATIONS
from crossborder.marketing.response import Curves


@pytest.mark.parametrize("family", [*SATURATIONS, "power"])
def test_slope_is_the_derivative_and_nothing_brings_nothing(family):
    curves = Curves(
        ("a", "b"), np.array([100.0, 40.0]), np.array([30.0, 5.0]) if family != "power" else np.full(2, 0.5)
    )
    curves = Curves(curves.channels, curves.size, curves.half, family)
    spend, step = np.array([12.0, 9.0]), 1e-4
    numeric = (curves.value(spend + step) - curves.value(spend - step)) / (2 * step)
    assert curves.slope(spend) == pytest.approx(numeric, rel=1e-5)
    assert curves.value(np.zeros(2)) == pytest.approx(0.0, abs=1e-9)


def test_a_power_above_one_and_an_s_shape_are_not_concave():
    assert not Curves(("a",), np.ones(1), np.array([1.2]), "power").concave
    assert not Curves(("a",), np.ones(1), np.ones(1), "hill2").concave
    assert Curves(("a",), np.ones(1), np.array([0.7]), "power").concave


@pytest.fixture(scope="module")
def model():
    world = mix_worlds.mix_world(np.random.default_rng(2), weeks=80)
    return mix_model.fit(world.spend, world.sales, world.controls)


def test_curves_of_a_model_hold_their_point_and_margin_scales_them(model):
    curves = response.curves_from_mix(model)
    drawn = response.curves_from_mix(model, 100, np.random.default_rng(1))
    now = model.spend.mean(axis=0)
    table = response.curve_table(curves, drawn, now, points=5)
    assert len(table) == 5 * len(model.channels)
    assert (table["response_low"] <= table["response_high"]).all()
    assert (table.groupby("channel")["spend"].max() == 2 * table.groupby("channel")["current"].first()).all()
    assert response.with_margin(curves, 0.3).value(now) == pytest.approx(0.3 * curves.value(now))


def test_draws_need_a_generator(model):
    with pytest.raises(InputError, match="a numpy random generator"):
        response.curves_from_mix(model, 10)
