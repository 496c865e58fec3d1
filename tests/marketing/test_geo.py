"""Regional tests: weights, coverage, selection of regions."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.marketing import geo


def regions(rng, effect=0.0, periods=50, count=20, treated=2):
    common = rng.normal(size=(periods, 2)).cumsum(axis=0) * 0.4
    y = 80 + common @ rng.random((2, count)) + rng.normal(0, 1.0, (periods, count))
    y[40:, :treated] += effect
    return pd.DataFrame(y, columns=[f"g{i:02d}" for i in range(count)])


@pytest.mark.parametrize("method", ["synthetic_control", "synthetic_did", "difference_in_differences"])
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
