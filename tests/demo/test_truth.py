"""Reading the truth."""

from pathlib import Path

import pandas as pd
import pytest
from crossborder.demo import truth
from crossborder.errors import InputError


def test_a_path_from_the_repository_s_root_is_found_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert truth.available("data/demo")
    known = truth.load("data/demo")
    assert isinstance(known["channels"]["effects"], pd.DataFrame)
    assert isinstance(known["demand"]["elasticity"]["pet"], float)


def test_a_real_company_has_no_truth(tmp_path):
    assert not truth.available(tmp_path)
    with pytest.raises(InputError, match="path is"):
        truth.load(Path(tmp_path))


def test_one_part_is_that_part_of_the_whole():
    part = truth.load("data/demo", "market_sales")
    assert set(part) == set(truth.load("data/demo")["market_sales"])
    assert isinstance(part["market_true_values"], pd.DataFrame)
    with pytest.raises(InputError, match="part of the truth 'market_size' is not known"):
        truth.load("data/demo", "market_size")
