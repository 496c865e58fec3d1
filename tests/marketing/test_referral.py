"""Growth by invitation."""

import pytest
from crossborder.errors import InputError
from crossborder.marketing import referral


def test_viral_interval_holds_its_value():
    found = referral.viral_coefficient(500, 900, 60)
    assert found["low"] < found["k"] < found["high"]
    assert found["multiplier"] == pytest.approx(1 / (1 - 0.12))


def test_users_who_bring_nobody_stay_as_many():
    assert referral.growth_path(10, 0.0, cycle_days=7, days=70)["users"].to_list() == [10] * 71


def test_more_accepted_than_invited_is_refused():
    with pytest.raises(InputError, match="accepted"):
        referral.viral_coefficient(10, 5, 6)
