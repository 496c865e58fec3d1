"""Forecasts added up to markets."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import forecasting, own_forecasts

COLUMNS = pd.MultiIndex.from_product([["DE", "US"], ["pet", "beauty"]], names=["market", "category"])
RNG = np.random.default_rng(0)
VALUES = 100 * np.exp(0.02 * np.arange(42)[:, None] + 0.1 * RNG.standard_normal((42, 4)))
PANEL = pd.DataFrame(VALUES, columns=COLUMNS, index=pd.date_range("2023-01-01", periods=42, freq="MS"))
CHOICE = forecasting.choose(VALUES.T, origins=8)


def test_markets_are_the_sums_of_their_categories():
    fans = own_forecasts.market_fans(PANEL, CHOICE, horizon=6)
    point = forecasting.forecast_with(VALUES.T, 6, method=CHOICE.method)
    assert fans["DE"]["point"].to_numpy() == pytest.approx(point[:2].sum(axis=0))
    assert fans["US"].index[0] == pd.Timestamp("2026-07-01")
    assert (fans["US"]["low"] <= fans["US"]["point"]).all() and (fans["US"]["point"] <= fans["US"]["high"]).all()


def test_summary_is_the_sum_of_all_with_both_errors():
    found = own_forecasts.summary(PANEL, CHOICE, horizon=6)
    fans = own_forecasts.market_fans(PANEL, CHOICE, horizon=6)
    assert found["point"] == pytest.approx(sum(f["point"].sum() for f in fans.values()))
    assert found["wape"] == CHOICE.test.loc[CHOICE.method, "wape"]


def test_scores_are_sorted_by_the_later_error():
    found = own_forecasts.score_table(CHOICE)
    assert found["wape"].is_monotonic_increasing
    assert set(found["method"]) == set(forecasting.METHODS)


def test_a_scenario_moves_all_months_ahead_alike():
    plain = own_forecasts.market_fans(PANEL, CHOICE, horizon=3)["DE"]
    boom = own_forecasts.market_fans(PANEL, CHOICE, horizon=3, factor=1.2)["DE"]
    assert boom.to_numpy() == pytest.approx(1.2 * plain.to_numpy())


def test_a_forecast_takes_what_the_history_allows():
    made = own_forecasts.own_forecast(PANEL, horizon=6, origins=8)
    assert (made.horizon, made.origins, made.season) == (6, 8, 12)
    assert made.choice.method == CHOICE.method
    assert made.summary["point"] == pytest.approx(sum(fan["point"].sum() for fan in made.fans.values()))
    short = own_forecasts.own_forecast(PANEL.iloc[:12], horizon=6, origins=8)
    assert (short.horizon, short.origins, short.season) == (5, 4, 1)
    assert "seasonal_naive" not in set(short.scores["method"])
    middle = own_forecasts.own_forecast(PANEL.iloc[:22], horizon=6, origins=8)
    assert (middle.horizon, middle.origins, middle.season) == (4, 4, 12)
    assert own_forecasts.own_forecast(PANEL.iloc[:9], horizon=6, origins=8) is None


def test_the_interval_holds_the_forecast_even_when_past_errors_lie_on_one_side():
    growing = PANEL * np.exp(0.03 * np.arange(42))[:, None] ** 2
    made = own_forecasts.own_forecast(growing, horizon=6, origins=8)
    assert made.summary["low"] <= made.summary["point"] <= made.summary["high"]
    assert all((fan["low"] <= fan["point"]).all() and (fan["point"] <= fan["high"]).all() for fan in made.fans.values())
