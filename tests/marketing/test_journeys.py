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


def test_equal_paths_become_one_row_in_the_order_of_their_first():
    made = from_paths(["b > a", "a", "b > a", "a > b", "a"], [1, 0, 2, 0, 3], [0, 4, 1, 1, 0], values={"r": range(5)})
    found = made.distinct
    assert [tuple(found.codes[a:b]) for a, b in zip(found.starts, found.starts[1:], strict=False)] == [
        (1, 0),
        (0,),
        (0, 1),
    ]
    assert found.conversions.tolist() == [3, 3, 0] and found.nulls.tolist() == [1, 4, 1]
    assert found.amount("r").tolist() == [2, 5, 3]
    assert found.distinct.codes.tolist() == found.codes.tolist() and PATHS.distinct.age_days is None


def test_paths_too_long_for_a_number_stay_apart_from_each_other_and_from_their_beginnings():
    longest = int(62 / np.log2(3))
    texts = [" > ".join(["a", "b"] * 100)[: 4 * touches - 3] for touches in (longest, longest + 1, 80, 80, longest)]
    found = from_paths(texts, [1, 1, 1, 1, 1]).distinct
    assert found.lengths.tolist() == [longest, longest + 1, 80, 80]
    assert found.conversions.tolist() == [2, 1, 1, 1]
