"""Regional tests: weights, coverage, selection of regions."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.marketing import geo


def regions(rng, effect=0.0, periods=50, count=20, treated=2):
    common = rng.normal(size=(periods, 2)).cumsum(axis=0) * 0.4
    y = 80 + common @ rng.random((2, count)) + rng.normal(0, 1.0, (periods, count))
    y[40:, :treated] += effect
    return pd.DataFrame(y, columns=[f"g{i:02d}" for i in range(count)])


METHODS = ["synthetic_control", "augmented_synthetic_control", "synthetic_did", "difference_in_differences"]


@pytest.mark.parametrize("method", METHODS)
def test_intervals_cover_and_false_alarms_are_few(method):
    rng = np.random.default_rng(4)
    held = []
    for _ in range(20):
        found = getattr(geo, method)(regions(rng, 1.0), ["g00", "g01"], 40)
        held.append(found.low <= 1.0 <= found.high)
    assert sum(held) >= 14  # 18 of 20 expected at 90 %; 14 or more with probability 0.99


def test_a_treated_region_inside_the_hull_is_matched_exactly():
    rng = np.random.default_rng(0)
    controls = rng.normal(size=(30, 4))
    weights, shift = geo.simplex_fit(controls, controls @ np.array([0.5, 0.2, 0.3, 0.0]))
    assert weights == pytest.approx([0.5, 0.2, 0.3, 0.0], abs=1e-6)
    assert shift == 0.0


def test_scale_of_the_outcome_does_not_matter():
    frame = regions(np.random.default_rng(1), 2.0)
    one, thousand = (geo.synthetic_did(frame * k, ["g00", "g01"], 40, rng=np.random.default_rng(0)) for k in (1, 1000))
    assert thousand.estimate == pytest.approx(1000 * one.estimate, rel=1e-6)
    assert thousand.p_value == pytest.approx(one.p_value, abs=1e-9)


def test_larger_and_quieter_groups_find_smaller_effects():
    rng = np.random.default_rng(2)
    frame = regions(rng)
    frame["g05"] += rng.normal(0, 15, len(frame))
    found = geo.market_selection(frame, sizes=(1,), rng=rng)
    assert found["regions"].iloc[-1] == ("g05",)
    assert (found["minimum_effect"].diff().dropna() >= 0).all()


def test_holes_are_named():
    frame = regions(np.random.default_rng(3))
    frame.iloc[3, 5] = np.nan
    with pytest.raises(InputError, match="holes in"):
        geo.synthetic_control(frame, ["g00"], 40)


def test_panel_names_the_missing_column():
    with pytest.raises(InputError, match="lacks"):
        geo.panel(pd.DataFrame({"geo": ["a"], "date": ["2025-01-01"]}))


def apart(rng, effect=0.0, periods=40, count=16):
    """A treated region that rises faster than any mix of the others can."""
    slope = rng.uniform(0.0, 1.0, count)
    slope[0] = 1.3
    y = 50 + np.arange(periods)[:, None] * slope + rng.normal(0, 0.8, (periods, count))
    y[30:, 0] += effect
    return pd.DataFrame(y, columns=[f"g{i:02d}" for i in range(count)])


def test_the_augmented_control_is_less_biased_outside_the_hull():
    rng = np.random.default_rng(6)
    errors = {"synthetic_control": [], "augmented_synthetic_control": []}
    for _ in range(6):
        frame = apart(rng, 3.0)
        for name, found in errors.items():
            found.append(getattr(geo, name)(frame, ["g00"], 30).estimate - 3.0)
    plain, augmented = (np.abs(np.mean(values)) for values in errors.values())
    assert plain > 3.0
    assert augmented < 0.5 * plain


def test_the_augmented_control_is_the_plain_one_under_a_huge_penalty():
    frame = regions(np.random.default_rng(7), 2.0)
    plain = geo.synthetic_control(frame, ["g00", "g01"], 40)
    heavy = geo.augmented_synthetic_control(frame, ["g00", "g01"], 40, penalty=1e12)
    assert heavy.estimate == pytest.approx(plain.estimate, abs=1e-6)
    assert (heavy.low, heavy.high, heavy.p_value) == pytest.approx((plain.low, plain.high, plain.p_value), abs=1e-3)


def test_a_small_penalty_closes_the_gap_before_the_start():
    frame = apart(np.random.default_rng(8), count=60)
    found = geo.augmented_synthetic_control(frame, ["g00"], 30, penalty=1e-6)
    assert found.pre_error < 1e-3
    assert found.weights.sum() == pytest.approx(1.0, abs=1e-6)
    assert (found.weights < 0).any()


def test_a_penalty_of_nothing_and_equal_controls_are_refused():
    frame = regions(np.random.default_rng(9))
    with pytest.raises(InputError, match=r"penalty is 0\.0"):
        geo.augmented_synthetic_control(frame, ["g00"], 40, penalty=0.0)
    same = pd.DataFrame(np.tile(np.arange(20.0)[:, None], (1, 4)), columns=list("abcd"))
    with pytest.raises(Refusal, match="control regions do not differ"):
        geo.augmented_synthetic_control(same, ["a"], 15)
