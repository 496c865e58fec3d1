"""Decompositions: whatever the data, the parts add up."""

import numpy as np
import pandas as pd
import pytest
from crossborder.market import decomposition
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

positive = st.floats(0.01, 1e4)


@settings(max_examples=40)
@given(arrays(float, (2, 5), elements=positive))
def test_regions_add_up_to_total_growth(values):
    before, after = pd.Series(values[0]), pd.Series(values[1])
    found = decomposition.growth_contributions(before, after)
    assert found["contribution"].sum() == pytest.approx(after.sum() / before.sum() - 1, rel=1e-9, abs=1e-9)


@settings(max_examples=40)
@given(arrays(float, (2, 3, 4), elements=positive))
def test_drivers_add_up_and_multiply_up(values):
    before, after = (pd.DataFrame(v, columns=list("wxyz")) for v in values)
    found = decomposition.growth_drivers(before, after)
    v0, v1 = values[0].prod(axis=1).sum(), values[1].prod(axis=1).sum()
    assert found["effect"].sum() == pytest.approx(v1 - v0, rel=1e-6, abs=1e-6 * max(v0, v1))
    assert found["factor"].prod() == pytest.approx(v1 / v0, rel=1e-6)


def test_mix_and_growth_at_first_mix_add_up():
    sizes = pd.DataFrame({"slow": [80.0, 84.0, 88.2], "fast": [20.0, 30.0, 45.0]}, index=[2023, 2024, 2025])
    found = decomposition.mix_effect(sizes)
    assert (found["at_first_mix"] + found["mix"]).tolist() == pytest.approx(found["growth"].tolist())
    assert found["mix"].tolist() == pytest.approx([0, 133.2 / 114 - 1.14])


def test_logarithmic_mean_is_between_the_two():
    assert decomposition.logarithmic_mean(np.array([2.0, 5.0]), np.array([8.0, 5.0])) == pytest.approx(
        [6 / np.log(4), 5]
    )


def test_share_shift_of_a_swap_is_whole():
    assert decomposition.share_shift(pd.Series([1.0, 0.0]), pd.Series([0.0, 1.0])) == pytest.approx(1)


def test_exact_growth_has_no_interval_width():
    found = decomposition.growth_table(pd.Series(100 * 1.1 ** np.arange(5), index=range(2020, 2025)))
    assert found.attrs["rate"] == pytest.approx((0.1, 0.1, 0.1))
    assert found["growth"].iloc[1:].tolist() == pytest.approx([0.1] * 4)
