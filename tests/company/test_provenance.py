import hashlib
import json

import pandas as pd
import pytest
from crossborder.company.provenance import chained, first_break
from crossborder.errors import InputError

RECORDS = pd.DataFrame({"purchase_id": ["P1", "P2", "P3"], "quantity": [70, 60, 50]})


def test_a_hash_is_that_of_the_content_and_the_hash_before():
    content = json.dumps({"purchase_id": "P1", "quantity": "70"})
    first = hashlib.sha256(f"{'0' * 64}{content}".encode()).hexdigest()
    assert chained(RECORDS)["hash"].iloc[0] == first
    assert first_break(chained(RECORDS)) is None


@pytest.mark.parametrize(
    ("tamper", "place"),
    [
        (lambda rows: rows.assign(quantity=[70, 61, 50]), 1),
        (lambda rows: rows.drop(index=1).reset_index(drop=True), 1),
        (lambda rows: rows.iloc[[1, 0, 2]].reset_index(drop=True), 0),
        (lambda rows: pd.concat([rows.head(1), rows]).reset_index(drop=True), 1),
    ],
)
def test_a_change_is_found_where_it_was_made(tamper, place):
    assert first_break(tamper(chained(RECORDS))) == place


def test_rows_cut_off_at_the_end_are_found_by_the_last_hash():
    whole = chained(RECORDS)
    assert first_break(whole.head(2)) is None
    assert first_break(whole.head(2), whole["hash"].iloc[-1]) == 2


def test_records_without_hashes_are_refused():
    with pytest.raises(InputError, match="hash"):
        first_break(RECORDS)
