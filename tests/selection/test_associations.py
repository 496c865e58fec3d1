"""Rules of the basket, by hand and under independence."""

import numpy as np
import pandas as pd
import pytest
from crossborder.selection import associations


def test_rules_of_the_basket_by_hand():
    rows = [("1", "a"), ("1", "b"), ("2", "a"), ("2", "b"), ("3", "a"), ("4", "c"), ("4", "b")]
    found = associations.rules(pd.DataFrame(rows, columns=["basket", "item"]), least=1).set_index(["when", "then"])
    assert found.loc[("a", "b"), ["support", "confidence", "lift"]].tolist() == pytest.approx([0.5, 2 / 3, 8 / 9])
    assert found.loc[("c", "b"), "confidence"] == pytest.approx(1.0)


def test_independent_items_have_no_sure_lift():
    rng = np.random.default_rng(3)
    has = rng.uniform(size=(4000, 6)) < 0.3
    row, item = np.nonzero(has)
    found = associations.rules(pd.DataFrame({"basket": row, "item": item}), total=4000)
    assert found["lift"].to_numpy() == pytest.approx(1, abs=0.1)
    assert not found["sure"].any()
