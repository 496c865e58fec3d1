import numpy as np
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.supply import accuracy


def test_a_perfect_forecast_adds_all_the_value():
    actual, naive = np.array([[4.0, 6]]), np.array([[5.0, 5]])
    assert accuracy.value_added(actual, actual, naive) == 1
    assert accuracy.value_added(actual, naive, naive) == 0


def test_naive_in_sample_has_a_mase_of_one():
    history = np.array([[1.0, 3, 2, 5, 4]])
    assert accuracy.mase(history[:, 1:], history[:, :-1], history)[0] == pytest.approx(1)


def test_pinball_is_least_at_the_quantile(rng):
    sample = rng.exponential(10, 20_000)
    losses = [accuracy.pinball(sample, np.full(20_000, q), 0.9) for q in np.quantile(sample, [0.85, 0.9, 0.95])]
    assert losses[1] == min(losses)


def test_the_score_of_an_interval_by_hand():
    assert accuracy.interval_score([12.0], [0.0], [10.0], 0.8) == pytest.approx(10 + 2 / 0.2 * 2)


def test_rolling_origins_see_only_the_past():
    y = np.arange(20.0)[None]
    actual, forecast = accuracy.rolling_origin(y, 3, 4, lambda known, h: np.repeat(known[:, -1:], h, axis=1))
    assert actual[0, :, 0].tolist() == [14, 15, 16, 17]
    assert (actual - forecast)[0].tolist() == [[1, 2, 3]] * 4


def test_the_bootstrap_holds_the_estimate(rng):
    actual = rng.poisson(5, (60, 8)).astype(float)
    forecast = np.full((60, 8), 5.0)
    low, high = accuracy.wape_interval(actual, forecast, rng)
    assert low < accuracy.wape(actual, forecast) < high


def test_groups_add_up(rng):
    actual = rng.poisson(5, (6, 4)).astype(float)
    table = accuracy.by_group(actual, actual + 1, actual + 2, actual, actual, list("aabbcc"))
    assert table["units"].sum() == actual.sum()
    assert table["value_added"].tolist() == pytest.approx([0.5] * 3)


def test_nothing_to_divide_by_is_refused():
    with pytest.raises(Refusal, match="all actuals are 0"):
        accuracy.wape([0.0], [1.0])
    with pytest.raises(InputError, match="shape of forecast"):
        accuracy.wape([1.0, 2.0], [1.0])
