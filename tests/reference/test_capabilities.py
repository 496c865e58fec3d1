import pytest
from crossborder.errors import InputError
from crossborder.reference.capabilities import BASES, capabilities, find


def test_every_row_has_a_known_basis_and_no_gap():
    table = capabilities()
    assert set(table["basis"]) <= set(BASES)
    assert not table.isna().any(axis=None)


def test_words_are_found_in_any_order_and_case():
    assert "S215" in set(find("currency SWAP")["capability_id"])
    assert find("swap currency").equals(find("currency swap"))
    assert len(find("currency swap")) < len(find("currency")) < len(capabilities())
    assert find("zeppelin").empty


def test_no_words_are_refused():
    with pytest.raises(InputError, match="words"):
        find("  ")
