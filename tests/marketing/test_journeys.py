"""The coded form of journeys: rows kept, sets, ages, measures."""

import numpy as np
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.marketing.journeys import OfConversions, from_flat, from_paths

PATHS = from_paths(["a > b > a", "b", "c > b"], [1, 0, 2], [0, 3, 1], values={"revenue": [5, 0, 9]}, days_between=2.0)


def test_touches_know_their_row_place_and_age():
    assert PATHS.owner.tolist() == [0, 0, 0, 1, 2, 2]
    assert PATHS.position.tolist() == [0, 1, 2, 0, 0, 1]
    assert PATHS.age_days.tolist() == [4, 2, 0, 0, 2, 0]


def test_sets_are_bits_of_the_channels():
    assert PATHS.channel_sets().tolist() == [0b011, 0b010, 0b110]


def test_rows_kept_keep_their_touches_and_amounts():
    won = PATHS.converting()
    assert won.count == 2 and won.lengths.tolist() == [3, 2]
    assert won.amount("revenue").tolist() == [5, 9]
    assert [won.channels[code] for code in won.codes] == ["a", "b", "a", "c", "b"]


def test_flat_rows_and_paths_give_the_same_journeys():
    journey, channel = np.array([7, 7, 9]), np.array(["x", "y", "x"])
    flat = from_flat(journey, channel, np.array([True, True, False]))
    paths = from_paths(["x > y", "x"], [1, 0], [0, 1])
    assert flat.channels == paths.channels
    for name in ("codes", "starts", "conversions", "nulls"):
        assert getattr(flat, name).tolist() == getattr(paths, name).tolist()


def test_journeys_without_an_order_and_wrong_measures_are_refused():
    with pytest.raises(Refusal, match="journeys: 2, conversions: 0"):
        from_paths(["a"], [0], [2]).converting()
    with pytest.raises(InputError, match="measure 'profit' is not known"):
        PATHS.amount("profit")
    with pytest.raises(InputError, match="all equal"):
        from_paths(["a", "b"], [1])
    wide = from_paths([" > ".join(f"c{i:02d}" for i in range(63))], [1])
    with pytest.raises(InputError, match="number of channels is 63"):
        wide.channel_sets()


def test_amounts_of_conversions_are_given_for_all_rows():
    amounts = OfConversions(np.array([True, False, True]), {"revenue": np.array([5.0, 9.0])})
    assert amounts["revenue"].tolist() == [5, 0, 9] and list(amounts) == ["revenue"] and len(amounts) == 1
    assert "profit" not in amounts
