"""Mix model and budget: a published simulated example with full truth, and closed forms."""

import numpy as np
import pandas as pd
import pytest
from crossborder.marketing import adstock, budget, mix_model
from crossborder.marketing.response import Curves


@pytest.fixture(scope="module")
def example():
    """The data of pymc-marketing's mmm_example (Apache-2.0), generated again from its published recipe."""
    rng = np.random.default_rng(sum(map(ord, "mmm")))
    weeks = pd.date_range("2018-04-01", "2021-09-01", freq="W-MON")
    n = len(weeks)
    x1 = rng.uniform(0.0, 1.0, n)
    x1 = np.where(x1 > 0.9, x1, x1 / 2)
    x2 = rng.uniform(0.0, 1.0, n)
    x2 = np.where(x2 > 0.8, x2, 0)
    made1 = adstock.logistic(adstock.adstock(x1, adstock.geometric_weights(0.4, 8)), 4.0)
    made2 = adstock.logistic(adstock.adstock(x2, adstock.geometric_weights(0.2, 8)), 3.0)
    trend = (np.linspace(0.0, 50, n) + 10) ** 0.25 - 1
    day = weeks.day_of_year.to_numpy()
    season = 0.5 * (-np.sin(2 * 2 * np.pi * day / 365.5) + np.cos(2 * np.pi * day / 365.5))
    event1, event2 = (weeks == "2019-05-13").astype(float), (weeks == "2020-09-14").astype(float)
    noise = rng.normal(0.0, 0.25, n)
    sales = 1000 * (2 + trend + season + 1.5 * event1 + 2.5 * event2 + 3 * made1 + 2 * made2 + noise)
    controls = mix_model.fourier(weeks, 2, 365.5).assign(event1=event1, event2=event2)
    truth = np.array([3000 * made1.sum(), 2000 * made2.sum()])
    return pd.DataFrame({"x1": x1, "x2": x2}, index=weeks), pd.Series(sales, weeks), controls, truth


def test_example_is_generated_digit_for_digit(example):
    spend, sales, _, truth = example
    assert truth == pytest.approx([274848.296, 65905.982], abs=0.01)
    assert truth / spend.sum().to_numpy() == pytest.approx([4967.832, 2274.883], abs=0.01)
    assert truth / sales.sum() == pytest.approx([0.29054, 0.06967], abs=1e-4)


def test_mix_model_finds_the_truth_of_the_example(example):
    spend, sales, controls, truth = example
    model = mix_model.fit(spend, sales, controls, lags=8, saturation="logistic")
    assert model.decay == pytest.approx([0.4, 0.2], abs=0.06)
    assert 2 * np.arctanh(0.5) / model.half_saturation == pytest.approx([4.0, 3.0], abs=1.0)
    assert model.size == pytest.approx([3000, 2000], rel=0.25)
    found = mix_model.contributions(model).sum().to_numpy()
    assert abs(found[0] / truth[0] - 1) < 0.10
    assert abs(found[1] / truth[1] - 1) < 0.20


def test_intervals_of_the_example_hold_the_truth(example):
    spend, sales, controls, truth = example
    found = mix_model.roi(mix_model.fit(spend, sales, controls, saturation="logistic"), rng=np.random.default_rng(1))
    assert ((found["contribution_low"] < truth) & (truth < found["contribution_high"])).all()


def test_budget_of_square_roots_has_a_closed_form():
    # max sum b_i sqrt(x_i), sum x = B: x_i = B b_i^2 / sum b^2, multiplier sqrt(sum b^2) / (2 sqrt(B)).
    curves = Curves(("a", "b", "c"), np.array([10.0, 20.0, 5.0]), np.full(3, 0.5), "power")
    wide = pd.DataFrame({"low": 0.0, "high": 1000.0}, index=["a", "b", "c"])
    found = budget.optimise(curves, pd.Series(100.0, index=["a", "b", "c"]), wide)
    assert found.spend.to_numpy() == pytest.approx(300 * np.array([100, 400, 25]) / 525, rel=1e-6)
    assert found.multiplier == pytest.approx(np.sqrt(525) / (2 * np.sqrt(300)), rel=1e-6)
    assert found.gap < 1e-6


def test_hill_and_delayed_adstock_of_jin():
    # Jin et al. (2017), equations 3 and 5: half of the maximum at x = K; the delayed weight is 1 at the peak.
    assert adstock.hill(np.array(2.0), 2.0, 3.0) == pytest.approx(0.5, abs=1e-12)
    weights = adstock.delayed_weights(0.8, 5, 13, normalised=False)
    assert weights.argmax() == 5 and weights[5] == 1.0
    assert weights[3] == pytest.approx(0.8**4, abs=1e-12)
