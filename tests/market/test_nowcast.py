"""True size and growth behind published series."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import nowcast

YEARS = np.arange(2015, 2027)


def world(seed: int, series: int = 30) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    t = YEARS - 2015.0
    trend, speed, middle = rng.uniform(0, 0.06, series), rng.uniform(0.2, 0.5, series), rng.uniform(2, 12, series)
    logs = rng.normal(10, 1, series) + trend * t[:, None] - np.log1p(np.exp(-speed * (t[:, None] - middle)))
    noise = np.zeros((len(t), series))
    for k in range(len(t)):
        noise[k] = 0.35 * noise[k - 1] * (k > 0) + 0.03 * np.sqrt(1 - 0.35**2) * rng.standard_normal(series)
    return pd.DataFrame(np.exp(logs + noise), index=YEARS), np.exp(logs[-1]), np.exp(logs[-1] - logs[-2]) - 1


def test_intervals_cover_as_often_as_they_say():
    size, growth = [], []
    for seed in range(6):
        published, true_size, true_growth = world(seed)
        found = nowcast.nowcast(published).estimates
        size.append(((found["size_low"] <= true_size) & (true_size <= found["size_high"])).mean())
        growth.append(((found["growth_low"] <= true_growth) & (true_growth <= found["growth_high"])).mean())
    assert 0.82 <= np.mean(size) <= 0.97
    assert 0.82 <= np.mean(growth) <= 0.97


def test_exact_growth_is_found_exactly():
    exact = pd.DataFrame({"a": 100 * 1.07 ** np.arange(12), "b": 50 * 1.2 ** np.arange(12)}, index=YEARS)
    noisy = exact * np.exp(1e-4 * np.random.default_rng(0).standard_normal(exact.shape))
    found = nowcast.nowcast(noisy).estimates
    assert found["growth"].tolist() == pytest.approx([0.07, 0.2], abs=0.002)


def test_totals_add_the_sizes_and_are_surer_than_their_parts():
    published, _, _ = world(3, series=6)
    found = nowcast.nowcast(published)
    total = nowcast.group_totals(found, published, pd.Series("all", index=published.columns)).loc["all"]
    assert total["size"] == pytest.approx(found.estimates["size"].sum())
    width = np.log(total["size_high"] / total["size_low"])
    assert width < np.log(found.estimates["size_high"] / found.estimates["size_low"]).mean()


def test_probability_of_beating_the_floor_is_half_at_the_estimate():
    estimates = pd.DataFrame({"growth": [0.15, 0.30], "growth_sd": [0.02, 0.02]}, index=["at", "above"])
    found = nowcast.growth_probability(estimates, 0.15)
    assert found["at"] == pytest.approx(0.5)
    assert found["above"] > 0.99
