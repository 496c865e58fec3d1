"""Exact compound distributions: the two methods agree, and closed forms hold."""

import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.risk import compound


def test_fourier_equals_panjer():
    severity = compound.lognormal_grid(1000.0, 0.8, 100.0, 400)
    total = compound.fft_total(severity, 2.5, 2048)
    recursion = compound.panjer(severity, 1200, mean=2.5)
    np.testing.assert_allclose(total[:1200], recursion, atol=1e-10)
    assert total.sum() == pytest.approx(1, abs=1e-6)


def test_single_unit_losses_give_back_the_counts():
    from scipy.stats import binom, nbinom, poisson

    unit = [0.0, 1.0]
    np.testing.assert_allclose(compound.panjer(unit, 12, mean=3.0), poisson.pmf(range(12), 3.0), atol=1e-12)
    np.testing.assert_allclose(
        compound.panjer(unit, 8, frequency="binomial", mean=2.0, size=10), binom.pmf(range(8), 10, 0.2), atol=1e-12
    )
    np.testing.assert_allclose(
        compound.panjer(unit, 12, frequency="negative_binomial", mean=3.0, size=2.0),
        nbinom.pmf(range(12), 2.0, 2 / 5),
        atol=1e-12,
    )


def test_the_grid_keeps_the_mean_of_the_severity():
    grid = compound.lognormal_grid(500.0, 0.6, 10.0, 2000)
    assert grid.sum() == pytest.approx(1)
    assert grid @ (10.0 * np.arange(2000)) == pytest.approx(500 * np.exp(0.18), rel=2e-3)


def test_quantile_is_the_first_point_that_reaches_the_level():
    assert compound.quantile([0, 1, 2], [0.5, 0.3, 0.2], 0.8) == 1
    with pytest.raises(InputError, match="within the grid"):
        compound.quantile([0, 1], [0.5, 0.3], 0.9)


def test_wrong_frequencies_are_named():
    with pytest.raises(InputError, match="binomial, negative_binomial, poisson"):
        compound.panjer([0, 1.0], 5, frequency="geometric", mean=1.0)
    with pytest.raises(InputError, match="below the 3 trials"):
        compound.panjer([0, 1.0], 5, frequency="binomial", mean=4.0, size=3)
