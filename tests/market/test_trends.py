"""Interest, turning points, projections, share-growth grid."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import trends

WEEKS = pd.date_range("2024-01-01", periods=104, freq="7D")


def test_growth_of_interest_is_found_whatever_the_season():
    season = np.tile(1 + 0.4 * np.sin(np.arange(52) / 52 * 2 * np.pi), 2)
    noise = np.exp(0.02 * np.random.default_rng(0).standard_normal(104))
    rising = 100 * season * np.repeat([1.0, 1.25], 52) * noise
    frame = pd.concat(
        [pd.DataFrame({"week": WEEKS, "term": n, "interest": v}) for n, v in (("up", rising), ("flat", 100 * season))]
    )
    found = trends.interest_index(frame)
    assert found.index[0] == "up"
    assert found.loc["up", "low"] < 0.25 < found.loc["up", "high"]
    assert found.loc["flat", "growth"] == pytest.approx(0, abs=1e-9)


def test_a_wave_has_its_turns():
    wave = pd.Series(100 + 20 * np.sin(np.arange(104) / 104 * 4 * np.pi), index=WEEKS)
    found = trends.turning_points(wave)
    # The first peak lies too near the start to be told; then a trough at three eighths and a peak at five eighths
    assert found["turn"].tolist() == ["trough", "peak"]
    assert abs((found.loc[0, "at"] - WEEKS[39]).days) <= 14


@pytest.mark.parametrize(("method", "value"), [("linear", 0.91), ("logit", 0.8485)])
def test_two_points_are_carried_on(method, value):
    assert trends.project_rate(pd.Series({2020: 0.55, 2022: 0.67}), 2026, method=method) == pytest.approx(
        value, abs=0.001
    )


def test_a_rate_stays_between_none_and_all():
    points = pd.Series({2020: 0.5, 2022: 0.9})
    assert trends.project_rate(points, 2030, method="linear") == 1.0
    assert trends.project_rate(points, 2030) < 1.0


def test_grid_says_large_or_small_fast_or_slow():
    cells = pd.DataFrame(
        {"size": [70.0, 30.0], "growth": [0.05, 0.2], "growth_sd": [0.01, 0.01]}, index=["home", "pet"]
    )
    found = trends.share_growth_grid(cells)
    assert found["field"].to_dict() == {"home": "large, slow", "pet": "small, fast"}
    assert found["share"].sum() == pytest.approx(1)


def test_interest_needs_two_years_and_a_season_is_no_turn():
    weeks = pd.date_range("2023-01-02", periods=156, freq="7D")
    rising = 100 + 0.2 * np.arange(156) + 10 * np.sin(2 * np.pi * np.arange(156) / 52)
    hill = 100 - 0.01 * (np.arange(156) - 80.0) ** 2
    interest = pd.concat(
        [pd.DataFrame({"week": weeks, "term": name, "interest": v}) for name, v in (("up", rising), ("hill", hill))]
    )
    found = trends.interest_or_none(interest, "term")
    assert found.loc["up", "turn"] == "none"
    assert found.loc["hill", "turn"].startswith("peak 2024")
    assert trends.interest_or_none(interest[interest["week"] < weeks[100]], "term") is None
    assert trends.interest_or_none(None, "term") is None
