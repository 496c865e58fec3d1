"""Names as numbers: equal numbers for equal names only, in the order of the names."""

import numpy as np
import pyarrow as pa
import pytest
from crossborder.marketing.journey_names import Ranked, Spelled

NAMES = ["C0012", "V99", "C0002", "C1", "", "a_b", "C0012", "ä1", "C1\0", "C10"]


@pytest.mark.parametrize("kind", [Spelled, lambda names: Ranked(pa.chunked_array([names]))])
@pytest.mark.parametrize("names", [NAMES, NAMES[:4], ["K1", "K2"], ["K1x", "K23", "K4y"], [""]])
def test_numbers_tell_names_apart_and_keep_their_order(kind, names):
    names = [name for name in names if "\0" not in name]
    numbers = kind(pa.array(names)).numbers(pa.array(names))
    pairs = sorted(zip(numbers.tolist(), (name.encode() for name in names), strict=True))
    assert [name for _, name in pairs] == sorted(name.encode() for name in names)
    assert len(set(numbers.tolist())) == len(set(names)) and min(numbers) >= 0


def test_a_zero_within_a_name_is_part_of_it():
    numbers = Spelled(pa.array(NAMES)).numbers(pa.array(NAMES))
    assert len(set(numbers.tolist())) == len(set(NAMES))


def test_other_digits_are_known_and_other_bytes_are_not():
    spelled = Spelled(pa.array(["C01", "V20"]))
    assert (spelled.numbers(pa.array(["C99", "V47", "C00"])) >= 0).all()
    assert (spelled.numbers(pa.array(["D01", "C1", "C011", "C0x", ""])) < 0).all()
    assert Ranked(pa.chunked_array([["b", "a"]])).numbers(pa.array(["a", "c", "b"])).tolist() == [0, -1, 1]


def test_names_of_random_texts_are_too_long_to_spell():
    rng = np.random.default_rng(1)
    assert not Spelled(pa.array([rng.bytes(16).hex() for _ in range(200)])).fits
    assert Spelled(pa.array(["C000000000", "V499999999"])).size == 2 * 10**9


def test_a_slice_of_an_array_is_read_from_its_place():
    names = pa.array(["C01", "C02", "C03"])
    spelled = Spelled(names)
    assert spelled.numbers(names.slice(1)).tolist() == spelled.numbers(names)[1:].tolist()
