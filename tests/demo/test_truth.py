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
