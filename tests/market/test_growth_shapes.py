"""The shapes of growth: slopes, limits and arrays of parameters."""

import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.market import growth_shapes

PARAMETERS = {
    "logistic": (0.4, 0.5, 6.0),
    "gompertz": (0.4, 0.3, 5.0),
    "richards": (0.4, 0.6, 1.7, 6.0),
    "bass": (900.0, 0.02, 0.4),
}
T = np.linspace(0.5, 15.0, 20)


@pytest.mark.parametrize("name", PARAMETERS)
def test_density_is_the_slope_of_the_level(name):
    curve, step = growth_shapes.CURVES[name], 1e-5
    slope = (curve.level(T + step, *PARAMETERS[name]) - curve.level(T - step, *PARAMETERS[name])) / (2 * step)
    assert curve.slope(T, *PARAMETERS[name]) == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_level_rises_to_the_ceiling(name):
    curve = growth_shapes.CURVES[name]
    assert (np.diff(curve.level(T, *PARAMETERS[name])) > 0).all()
    assert curve.level(np.array([1e4]), *PARAMETERS[name]) == pytest.approx(PARAMETERS[name][0], rel=1e-9)


@pytest.mark.parametrize("name", PARAMETERS)
def test_many_curves_at_once_are_each_curve_alone(name):
    curve, base = growth_shapes.CURVES[name], np.array(PARAMETERS[name])
    many = np.array([base, 1.1 * base, 0.9 * base])
    together = curve.level(T, *many.T[:, :, None])
    assert together == pytest.approx(np.array([curve.level(T, *one) for one in many]), rel=1e-14)


def test_richards_with_shape_one_is_logistic():
    logistic = growth_shapes.cumulative("logistic", T, {"ceiling": 1.0, "rate": 0.5, "midpoint": 6.0})
    richards = growth_shapes.cumulative("richards", T, {"ceiling": 1.0, "rate": 0.5, "shape": 1.0, "midpoint": 6.0})
    assert richards == pytest.approx(logistic, rel=1e-12)


def test_an_unknown_curve_is_named():
    with pytest.raises(InputError, match="curve 'weibull' is not known"):
        growth_shapes.curve_named("weibull")
