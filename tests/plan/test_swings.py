import numpy as np
import pytest
from crossborder import plan
from crossborder.company import Company
from crossborder.company.files import repository


def test_swings_rest_on_the_value_that_the_chain_gives_and_are_sorted():
    company = Company.open(repository() / "data" / "demo")
    found = plan.value_swings(company)
    assert found.attrs["base"] == pytest.approx(plan.chain(company).enterprise_value, rel=1e-9)
    assert found["swing"].is_monotonic_decreasing and np.isfinite(found["swing"]).all()
    by_name = found.set_index("driver")
    assert by_name.loc["freight", "value_low"] > found.attrs["base"] > by_name.loc["freight", "value_high"]
    assert by_name.loc["demand", "value_low"] < found.attrs["base"] < by_name.loc["demand", "value_high"]
