"""Randomised tests: coverage, CUPED, ratios, several arms."""

import numpy as np
import pandas as pd
import pytest
from crossborder.marketing import experiments


def sums(y, x):
    return {"people": len(y), "y": y.sum(), "yy": (y**2).sum(), "x": x.sum(), "xx": (x**2).sum(), "xy": (x * y).sum()}


def test_cuped_keeps_the_effect_and_removes_the_explained_variance():
    rng = np.random.default_rng(0)
    x = rng.gamma(2, 10, (2, 20_000))
    y = 0.8 * x + rng.normal(0, 6, x.shape)
    y[1] += 1.0
    found, removed = experiments.cuped(sums(y[0], x[0]), sums(y[1], x[1]))
    assert removed == pytest.approx(np.corrcoef(x[0], y[0])[0, 1] ** 2, abs=0.02)
    plain = experiments.mean_effect(*[(len(v), v.sum(), (v**2).sum()) for v in y])
    assert found.standard_error == pytest.approx(plain.standard_error * np.sqrt(1 - removed), rel=0.02)
    assert found.low < 1.0 < found.high


def test_cuped_without_a_past_is_the_plain_difference():
    y, none = np.array([1.0, 2, 3, 4]), np.zeros(4)
    found, removed = experiments.cuped(sums(y, none), sums(y + 1, none))
    assert (found.estimate, removed) == (pytest.approx(1.0), 0.0)


def test_relative_interval_covers_the_true_lift():
    rng = np.random.default_rng(1)
    control, treated = rng.binomial(5000, 0.05, 400), rng.binomial(5000, 0.06, 400)
    held = [
        (e := experiments.proportion_effect((a, 5000), (b, 5000), level=0.9)).relative_low <= 0.2 <= e.relative_high
        for a, b in zip(control, treated, strict=True)
    ]
    assert np.mean(held) == pytest.approx(0.9, abs=0.05)


def test_ratio_effect_equals_the_mean_effect_for_equal_denominators():
    rng = np.random.default_rng(2)
    y = rng.gamma(2, 5, (2, 3000))
    frames = [pd.DataFrame({"numerator": v, "denominator": 1.0}) for v in y]
    ratio, mean = (
        experiments.ratio_effect(*frames),
        experiments.mean_effect(*[(3000, v.sum(), (v**2).sum()) for v in y]),
    )
    assert ratio.estimate == pytest.approx(mean.estimate)
    assert ratio.standard_error == pytest.approx(mean.standard_error, rel=1e-6)


def test_power_and_size_are_inverse():
    people = experiments.sample_size_proportions(0.05, 0.06, power=0.8)
    assert experiments.power_proportions(people, 0.05, 0.06) == pytest.approx(0.8, abs=1e-9)
    assert experiments.minimum_detectable(people, 0.05, power=0.8) == pytest.approx(0.01, rel=1e-6)


@pytest.mark.parametrize("correction", ["holm", "bonferroni", "dunnett"])
def test_false_alarms_over_arms_stay_at_their_level(correction):
    rng = np.random.default_rng(3)
    alarms = 0
    for _ in range(100):
        arms = pd.DataFrame({"converted": rng.binomial(2000, 0.1, 4), "people": 2000}, index=["control", "a", "b", "c"])
        alarms += experiments.many_arms(arms, correction=correction, level=0.95)["significant"].any()
    assert alarms <= 12  # 5 of 100 expected; 12 or fewer with probability 0.998
