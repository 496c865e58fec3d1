"""Watch lists: stated by the company, or learned from its past incidents."""

import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.risk import watching


def test_the_watch_list_is_learned_from_past_incidents(simulated):
    usual, incidents, watch, split = simulated
    learned = watching.learn_watch(usual, incidents, end=split)
    assert set(watch["x"]) <= set(learned["x"])
    assert set(watch["y"]) <= set(learned["y"])


def test_a_stated_watch_list_is_preferred(simulated):
    usual, incidents, _, split = simulated
    stated = pd.DataFrame({"name": ["i0", "i1"], "watches": ["x|y", None]})
    assert watching.watch_map(stated) == {"x": ["i0"], "y": ["i0"]}
    assert watching.watch_list(stated, usual, incidents, end=split)[1] == "stated"
    assert watching.watch_list(stated.assign(watches=None), usual, incidents, end=split)[1] == "learned"
    with pytest.raises(InputError, match="watches"):
        watching.watch_map(stated.drop(columns="watches"))
