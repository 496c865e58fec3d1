"""Pegs found in made-up rates whose regimes are known."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.reference.regimes import pegs


def _rates(steps: np.ndarray) -> pd.DataFrame:
    days = pd.bdate_range("2010-01-04", periods=len(steps))
    frame = pd.DataFrame({"AAA": np.exp(-np.cumsum(steps))}, index=days)
    frame.attrs["base"] = "USD"
    return frame


def test_a_peg_between_two_floats_is_found_to_the_day():
    rng = np.random.default_rng(3)
    steps = rng.normal(0, 0.006, 900)
    steps[300:600] = rng.normal(0, 1e-5, 300)
    steps[300], steps[600] = 0.03, -0.04
    found = pegs(_rates(steps))
    days = _rates(steps).index
    assert found["kind"].tolist() == ["peg"]
    assert (found["start"].item(), found["end"].item()) == (days[300], days[599])
    assert found["break_next"].item() == pytest.approx(np.expm1(-0.04))


def test_a_steady_crawl_is_managed_and_not_a_peg():
    rng = np.random.default_rng(4)
    found = pegs(_rates(0.0004 + rng.normal(0, 0.0003, 700)))
    assert set(found["kind"]) == {"managed"}


def test_a_float_is_nothing():
    assert pegs(_rates(np.random.default_rng(5).normal(0, 0.006, 800))).empty


def test_two_pegs_with_a_devaluation_between_stay_two():
    steps = np.zeros(400)
    steps[200] = 0.05
    found = pegs(_rates(steps))
    assert len(found) == 2 and found["break_next"].iloc[0] == pytest.approx(np.expm1(0.05))


def test_a_short_series_gives_an_empty_table_with_its_columns():
    found = pegs(_rates(np.zeros(20)))
    assert found.empty and "kind" in found


def test_a_frame_without_dates_is_refused():
    with pytest.raises(InputError, match="dates"):
        pegs(pd.DataFrame({"EUR": [1.0, 1.0]}))
