import numpy as np
import pytest
from crossborder.errors import InputError
from crossborder.supply import accuracy, forecasting


def seasonal(rng, series=300, weeks=164):
    shape = 1 + 0.5 * np.sin(2 * np.pi * np.arange(weeks) / 52)
    return rng.poisson(rng.lognormal(1.2, 0.8, (series, 1)) * shape).astype(float)


def test_the_batch_beats_the_seasonal_naive_and_covers_what_it_promises(rng):
    y = seasonal(rng)
    made = forecasting.batch(y[:, :156], 8, level=0.8)
    actual = y[:, 156:]
    assert accuracy.wape(actual, made.mean) < 0.9 * accuracy.wape(actual, forecasting.naive(y[:, :156], 8))
    assert accuracy.coverage(actual, made.low, made.high) == pytest.approx(0.8, abs=0.05)
    assert abs(accuracy.bias(actual, made.mean)) < 0.05


def test_intervals_hold_the_mean_and_stay_positive(rng):
    made = forecasting.batch(seasonal(rng, 40), 6)
    assert (made.low >= 0).all()
    assert (made.high >= made.low).all()


def test_a_group_without_a_season_gets_factors_near_one(rng):
    y = rng.poisson(20, (50, 156)).astype(float)
    factors = forecasting.group_season(y, np.zeros(50, int), np.arange(156) % 52)
    assert factors == pytest.approx(np.ones((1, 52)), abs=0.08)


def test_events_are_found(rng):
    events = np.zeros((150, 1))
    events[[20, 60, 100, 140]] = 1
    y = rng.poisson(40 * np.exp(0.7 * events[:, 0]), (30, 150))
    assert forecasting.event_uplift(y, np.zeros(30), events)[0, 0] == pytest.approx(0.65, abs=0.1)


def test_a_launch_leans_on_its_siblings_until_it_has_its_own_sales(rng):
    siblings = rng.poisson(rng.gamma(3, 1, (30, 1)) * np.linspace(2, 5, 20))
    none = forecasting.cold_start([[0.0] * 12], [0], siblings, 8)
    many = forecasting.cold_start([[30.0] * 12], [12], siblings, 8)
    assert none.own_weight[0] == 0
    assert none.mean[0] == pytest.approx(siblings.mean(0)[:8])
    assert many.own_weight[0] > 0.7
    assert many.mean[0].mean() > 2 * none.mean[0].mean()


def test_too_few_siblings_are_named():
    with pytest.raises(InputError, match="2 siblings with 20 weeks"):
        forecasting.cold_start([[1.0]], [1], np.ones((2, 20)), 4)


def test_causal_levels_do_not_look_ahead(rng):
    y = seasonal(rng, 20)
    place = np.arange(164) % 52
    first, _ = forecasting.causal_levels(y, np.zeros(20), place, 110)
    y[:, 140:] = 999
    second, _ = forecasting.causal_levels(y, np.zeros(20), place, 110)
    assert second[:, :141] == pytest.approx(first[:, :141])
