"""What ideas cost at the warehouse and at the door, on the lanes, fees and returns of the demo company."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.errors import InputError
from crossborder.plan.candidates import candidate_landed_costs


@pytest.fixture(scope="module")
def demo() -> Company:
    return Company.open("data/demo")


@pytest.fixture(scope="module")
def priced(demo) -> pd.DataFrame:
    return candidate_landed_costs(demo, demo.table("candidates"))


def test_every_idea_costs_more_at_the_warehouse_than_at_the_gate(priced):
    assert (priced["landed_cost_usd"] > priced["unit_cost_usd"]).all()
    assert (priced["door_cost_usd"] > 0).all()
    assert priced["advertising_share"].between(0, 1, inclusive="neither").all()
    assert "courier" not in set(priced["mode"])


def test_dearer_goods_pay_the_dearer_duty_and_a_surcharge_hits_its_own_market(demo, priced):
    twice = demo.table("candidates").assign(unit_cost_usd=lambda f: 2 * f["unit_cost_usd"])
    rise = candidate_landed_costs(demo, twice)["landed_cost_usd"] - priced["landed_cost_usd"]
    assert (rise >= priced["unit_cost_usd"] - 1e-9).all(), "the goods themselves, with their share of duty"
    shocked = Company.open("data/demo", scenario="us_tariff_jump")
    change = candidate_landed_costs(shocked, demo.table("candidates"))["landed_cost_usd"] / priced["landed_cost_usd"]
    assert (change[priced["market"] == "US"] > 1.01).all()
    assert change[priced["market"] != "US"].to_numpy() == pytest.approx(1.0)


def test_a_market_without_a_lane_is_told(demo):
    ideas = demo.table("candidates").head(2).assign(market="ZZ")
    with pytest.raises(InputError, match="market of a candidate without a lane 'ZZ' is not known"):
        candidate_landed_costs(demo, ideas)
    assert np.isfinite(candidate_landed_costs(demo, demo.table("candidates").head(1))["landed_cost_usd"]).all()
