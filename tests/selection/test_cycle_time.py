"""The critical path, its spread, and the cost of delay."""

import numpy as np
import pandas as pd
import pytest
from crossborder.selection import cycle_time

STEPS = pd.DataFrame({"step": list("ABCD"), "after": ["", "A", "A", "B|C"], "days": [3, 5, 2, 4]})


def test_the_critical_path_by_hand():
    found = cycle_time.critical_path(STEPS).set_index("step")
    assert found["end"].max() == 12
    assert found["critical"].tolist() == [True, True, False, True]
    assert found.loc["C", "slack"] == 3


def test_where_paths_join_the_plan_is_too_short():
    rng = np.random.default_rng(1)
    even = STEPS.assign(days=[3, 5, 5, 4])
    spread, chance = cycle_time.simulate(even, rng)
    assert spread["mean"] > spread["planned"]
    assert chance[["A", "D"]].tolist() == pytest.approx([1, 1])
    assert chance["B"] + chance["C"] == pytest.approx(1)


def test_only_critical_steps_gain_time():
    found = cycle_time.shorten(STEPS, 0.2).set_index("step")["days_gained"]
    assert found["C"] == 0
    assert found["B"] == pytest.approx(1.0)


def test_delay_costs_the_months_lost():
    assert cycle_time.cost_of_delay(300.0, 30.4) == pytest.approx(300.0)
    assert cycle_time.cost_of_delay(300.0, 0) == 0
    assert cycle_time.cost_of_delay(300.0, 30.4, decay=0.3) > 300.0
