"""Factors from tests: what they do when tests are exact, weak or absent."""

import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.marketing import calibration

CREDIT = pd.Series({"a": 100.0, "b": 50.0, "c": 10.0})


def lift(increment, error):
    return pd.DataFrame({"increment": [increment], "standard_error": [error]}, index=["a"])


def test_an_exact_test_sets_the_credit():
    factors = calibration.incrementality_factors(CREDIT, lift(30.0, 0.01))
    assert calibration.calibrate(CREDIT, factors).loc["a", "credit"] == pytest.approx(30.0, abs=0.05)
    assert factors.loc["a", "conflict"]


def test_a_weak_test_moves_little_and_flags_nothing():
    factors = calibration.incrementality_factors(CREDIT, lift(30.0, 500.0), prior_mean=1.0)
    assert factors.loc["a", "factor"] == pytest.approx(1.0, abs=0.01)
    assert not factors["conflict"].any()


def test_untested_channels_get_the_prior():
    factors = calibration.incrementality_factors(CREDIT, lift(30.0, 1.0), prior_mean=0.4)
    assert factors.loc["c", "factor"] == pytest.approx(0.4)
    assert not factors.loc["c", "tested"]


def test_a_channel_that_nobody_buys_caused_nothing_unless_a_test_says_so():
    factors = calibration.incrementality_factors(CREDIT, lift(30.0, 1.0), unpaid=["c"])
    assert factors.loc["c", ["factor", "factor_low", "factor_high"]].to_list() == [0.0, 0.0, 0.0]
    assert factors.loc["b", "factor"] > 0
    assert calibration.incrementality_factors(CREDIT, lift(30.0, 1.0), unpaid=["a"]).loc["a", "factor"] > 0
    with pytest.raises(InputError, match="channel 'z' is not known"):
        calibration.incrementality_factors(CREDIT, lift(30.0, 1.0), unpaid=["z"])


def test_a_test_of_an_unknown_channel_is_named():
    with pytest.raises(InputError, match="channel 'z' is not known"):
        calibration.incrementality_factors(CREDIT, lift(1.0, 1.0).rename(index={"a": "z"}))


def test_distance_of_the_truth_to_itself_is_nothing():
    found = calibration.distance_to_truth(CREDIT, CREDIT)
    assert (found["share_distance"], found["level_ratio"]) == pytest.approx((0.0, 1.0))


def test_equal_studies_are_pulled_to_their_mean():
    found = calibration.shrink([0.1, 0.1, 0.1], [0.02, 0.05, 0.1])
    assert found["shrunk"].to_numpy() == pytest.approx([0.1, 0.1, 0.1])
