import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.finance.plan_inputs import PlanCase, scaled, with_drivers
from crossborder.finance.simulation import Driver

CASE = PlanCase(
    {"fx_index": np.ones((1, 1, 2, 1)), "freight_factor": np.array(2.0)},
    (pd.Timestamp("2026-11-01"),),
    ("US", "DE"),
    ("own",),
    drivers=(Driver("currencies", 0.9, 1.0, 1.1),),
    acts_on={"currencies": ("fx_index",)},
    weights={"currencies": np.array([0.0, 1.0])[:, None]},
)


def test_a_driver_acts_on_its_inputs_by_its_weight_and_on_nothing_else():
    inputs = with_drivers(CASE, pd.DataFrame({"currencies": [0.9, 1.2]}))
    assert inputs["fx_index"].shape == (2, 1, 2, 1)
    assert inputs["fx_index"][:, 0, :, 0].tolist() == [[1.0, 0.9], [1.0, 1.2]]
    assert inputs["freight_factor"] == 2.0


def test_scaling_changes_a_copy_and_knows_its_inputs():
    assert scaled(CASE, {"freight_factor": 3.0}).inputs["freight_factor"] == 6.0
    assert CASE.inputs["freight_factor"] == 2.0
    with pytest.raises(InputError, match="did you mean 'freight_factor'"):
        scaled(CASE, {"freight_factr": 3.0})
