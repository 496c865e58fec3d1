import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.supply import checks


def test_the_first_bad_value_and_the_count_are_named():
    with pytest.raises(InputError, match=r"rate is '-1 \(and 1 more\)'"):
        checks.at_least("rate", [1, -1, -2], 0)


def test_missing_numbers_are_never_accepted():
    with pytest.raises(InputError, match="weight is nan"):
        checks.positive("weight", [1.0, np.nan])


def test_between_is_inclusive():
    assert checks.between("share", [0.0, 1.0], 0, 1).tolist() == [0, 1]


def test_a_missing_column_is_named():
    with pytest.raises(InputError, match="table 'lanes' lacks \\['mode'\\]"):
        checks.needs(pd.DataFrame({"lane_id": []}), "lanes", "lane_id mode")
