"""Bands and errors of past forecasts on a made-up record whose errors are known."""

import numpy as np
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.finance import cash_backtest
from crossborder.finance.cash_backtest import Backtest


def made(errors: np.ndarray, *, naive: float = 50.0) -> Backtest:
    """A forecast of 100 a week from each of the weeks; the actual differs by `errors` [origin, week ahead]."""
    origins = 400 + 7 * np.arange(len(errors))
    last = int(origins[-1] + 7)
    forecast = np.full(errors.shape, 100.0)
    ends = origins[:, None] + 7 * (np.arange(errors.shape[1]) + 1)
    actual = np.where(ends <= last, forecast + errors, np.nan)
    return Backtest(origins, forecast, actual, np.ones(len(errors)), {"flat": forecast - naive}, last)


def noise(weeks: int = 4, origins: int = 104, seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 10, (origins, weeks))


def test_bands_of_steady_noise_cover_what_they_promise():
    table = cash_backtest.coverage(made(noise()), level=0.8).set_index("weeks_ahead")
    assert 0.7 < table.loc[0, "covered"] < 0.9
    wide = cash_backtest.coverage(made(noise()), level=0.95).set_index("weeks_ahead")
    assert wide.loc[0, "covered"] > table.loc[0, "covered"]


def test_a_band_knows_only_errors_from_before_its_forecast():
    """Errors that grow tenfold at the end cannot be covered by bands made before."""
    errors = noise()
    errors[-20:] *= 10
    table = cash_backtest.coverage(made(errors), level=0.8).set_index("weeks_ahead")
    assert table.loc[0, "covered"] < 0.75


def test_the_accuracy_table_finds_the_better_rule():
    table = cash_backtest.accuracy_table(made(noise()), rng=np.random.default_rng(1), draws=100)
    near = table[table["weeks_ahead"] == "1"].iloc[0]
    assert near["error_usd"] == pytest.approx(10 * np.sqrt(2 / np.pi), rel=0.25)
    assert near["naive_usd"] == pytest.approx(50, rel=0.1)
    assert near["low"] < near["better"] < near["high"] and near["low"] > 0.6
    worse = cash_backtest.accuracy_table(made(noise(), naive=1.0), rng=np.random.default_rng(1), draws=100)
    assert worse.iloc[0]["low"] < 0


def test_too_few_known_errors_are_refused():
    with pytest.raises(Refusal, match="no coverage"):
        cash_backtest.coverage(made(noise(origins=10)))
    with pytest.raises(InputError, match="level"):
        cash_backtest.cash_fan(None, made(noise()), 0.0, level=0.2)
