import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.supply import carbon


def test_two_factor_sets_differ_only_in_the_air():
    legs = pd.DataFrame({"mode": ["sea", "air"], "weight_kg": 1000.0, "distance_km": 100.0})
    table = carbon.leg_emissions(legs)
    assert table["co2e_kg"].tolist() == pytest.approx([1.977, 103.455])
    assert table["co2e_kg_second"].tolist() == pytest.approx([1.977, 66.646])
    own = carbon.leg_emissions(legs, {"sea": 0.01})
    assert own["co2e_kg_second"].tolist() == pytest.approx([1.0, 103.455])


def test_shares_add_and_hotspots_are_large():
    stages = pd.DataFrame({"sku": "a", "stage": ["x", "y"], "activity": [3.0, 1.0], "factor": 1.0})
    table = carbon.footprint(stages)
    assert table["share"].sum() == pytest.approx(1)
    assert table["hotspot"].tolist() == [True, True]
    passport = carbon.product_passport(stages, pd.DataFrame({"sku": ["a"], "name": ["A"], "materials": ["steel"]}))
    assert passport.loc[0, ["co2e_kg", "hotspot"]].tolist() == [4.0, "x"]


def test_the_break_even_price_makes_the_value_zero():
    first = carbon.green_value([100.0], [2.0], [30.0], [0.0], [0.0], 50, 5, 0.1)
    price = float(first["break_even_carbon_price"].iloc[0])
    assert carbon.green_value([100.0], [2.0], [price], [0.0], [0.0], 50, 5, 0.1)["npv"].iloc[0] == pytest.approx(0)
    with pytest.raises(InputError, match="at least 1 year"):
        carbon.green_value([1.0], [1.0], [1.0], [0.0], [0.0], 1, 0, 0.1)
    assert np.isfinite(first["npv"]).all()
