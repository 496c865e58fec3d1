"""Tails: recovery of a known tail, intervals that hold it, refusals."""

import numpy as np
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.risk import extremes
from scipy.stats import genpareto


@pytest.mark.parametrize("shape", [-0.2, 0.0, 0.3, 0.8])
def test_a_known_tail_is_found_as_scipy_finds_it(shape):
    losses = genpareto.rvs(shape, scale=2.0, size=4000, random_state=np.random.default_rng(7))
    tail = extremes.peaks_over_threshold(losses, 0.0)
    assert tail.shape == pytest.approx(shape, abs=0.08)
    theirs = genpareto.fit(losses[losses > 0], floc=0)
    ours = genpareto.logpdf(losses, tail.shape, scale=tail.scale).sum()
    assert ours >= genpareto.logpdf(losses, theirs[0], scale=theirs[2]).sum() - 0.05
    assert float(tail.value_at_risk(0.99)) == pytest.approx(genpareto.ppf(0.99, shape, scale=2.0), rel=0.12)


def test_intervals_hold_the_quantile_about_as_often_as_they_say():
    rng, held = np.random.default_rng(11), 0
    truth = genpareto.ppf(0.995, 0.2, scale=1.0)
    for _ in range(120):
        tail = extremes.peaks_over_threshold(genpareto.rvs(0.2, size=400, random_state=rng), share=0.25)
        low, high = tail.interval(0.995, confidence=0.9)
        held += low <= truth <= high
    assert 0.78 <= held / 120 <= 0.99


def test_shortfall_lies_above_the_value_at_risk_and_has_no_bound_for_heavy_tails():
    tail = extremes.Peaks(0.0, 0.2, 1.0, 100, 1000, np.eye(2))
    assert float(tail.shortfall(0.99)) > float(tail.value_at_risk(0.99)) > 0
    heavy = extremes.Peaks(0.0, 1.2, 1.0, 100, 1000, np.eye(2))
    assert np.isinf(heavy.shortfall(0.99))
    with pytest.raises(InputError, match="level"):
        tail.value_at_risk(0.5)


def test_few_peaks_are_refused():
    with pytest.raises(Refusal, match="30 are needed"):
        extremes.peaks_over_threshold(np.arange(50.0), share=0.1)
    with pytest.raises(InputError, match="finite"):
        extremes.peaks_over_threshold([1.0, np.nan])


def test_mean_excess_of_an_exponential_is_flat():
    losses = np.random.default_rng(3).exponential(2.0, 200_000)
    assert extremes.mean_excess(losses, [0, 1, 3]) == pytest.approx([2, 2, 2], rel=0.02)
    with pytest.raises(InputError, match="thresholds"):
        extremes.mean_excess([1.0, 2.0], [5.0])


def test_wild_moments_and_wrong_families_are_refused():
    with pytest.raises(Refusal, match="corrected quantile"):
        extremes.cornish_fisher(0.99, 0, 1, 3.0, 0.0)
    with pytest.raises(InputError, match="level"):
        extremes.cornish_fisher(0.3, 0, 1, 0, 0)
    with pytest.raises(InputError, match="family"):
        extremes.archimedean_tail("frank", 2)
    with pytest.raises(InputError, match="theta"):
        extremes.archimedean_tail("gumbel", 0.5)
    with pytest.raises(InputError, match="correlation"):
        extremes.t_copula_tail(1.5, 4)


def test_archimedean_tails():
    assert extremes.archimedean_tail("clayton", 2)["lower"] == pytest.approx(2**-0.5)
    assert extremes.archimedean_tail("gumbel", 2)["upper"] == pytest.approx(2 - 2**0.5)
    assert extremes.archimedean_tail("clayton", 2)["tau"] == extremes.archimedean_tail("gumbel", 2)["tau"] == 0.5
