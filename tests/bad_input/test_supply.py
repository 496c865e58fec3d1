"""What a user can get wrong in the supply chain: one clear report each."""

import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.supply import (
    allocation,
    duty_rules,
    forecasting,
    freight,
    inventory,
    network,
    newsvendor,
    replay,
    suppliers,
)
from crossborder.supply.landed_cost import Terms, landed_cost

PRODUCT = pd.DataFrame(
    {
        "sku": ["a"],
        "hs_code": ["392410"],
        "unit_cost_usd": [5.0],
        "weight_kg": [0.5],
        "length_cm": [30.0],
        "width_cm": [20.0],
        "height_cm": [10.0],
    }
)
LANE = pd.DataFrame(
    {
        "lane_id": ["s"],
        "origin": ["CNSHA"],
        "market": ["DE"],
        "mode": ["sea"],
        "cost_per_kg": [np.nan],
        "cost_per_cbm": [95.0],
        "cost_per_container": [2800.0],
        "transit_days_mean": [40.0],
    }
)
POOL = pd.DataFrame(
    {"supplier_id": list("abc"), "country": ["CN", "VN", "IN"], "unit_cost": 1.0, "capacity": 900.0, "minimum": 0.0}
)
DAY = "2026-10-31"


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan], ids=["zero", "negative", "missing"])
def test_a_weight_that_cannot_be_shipped(weight):
    with pytest.raises(InputError, match=r"weight_kg is [\s\S]*weigh the packed piece"):
        landed_cost(PRODUCT.assign(weight_kg=weight), LANE, DAY)


def test_a_side_of_zero():
    with pytest.raises(InputError, match=r"height_cm is 0\.0"):
        freight.chargeable_weight(1.0, 10, 10, 0)


def test_an_hs_code_that_is_no_code():
    with pytest.raises(InputError, match="hs_code is 'plasti'"):
        landed_cost(PRODUCT.assign(hs_code="plastic"), LANE, DAY)


@pytest.mark.parametrize("code", ["000000", "771100", "990000"])
def test_an_hs_code_of_no_chapter(code):
    with pytest.raises(InputError, match=rf"hs_code is '{code}'[\s\S]*chapters 01 to 97"):
        landed_cost(PRODUCT.assign(hs_code=code), LANE, DAY)


def test_a_market_without_rules():
    with pytest.raises(InputError, match=r"market 'XX' is not known[\s\S]*known: .*DE"):
        landed_cost(PRODUCT, LANE.assign(market="XX"), DAY)


def test_a_day_before_all_rules():
    with pytest.raises(Refusal, match=r"no rule .* for DE on 1990-01-01[\s\S]*add the row"):
        landed_cost(PRODUCT, LANE, "1990-01-01")


def test_a_lane_without_a_price():
    with pytest.raises(InputError, match="price of lane s is 'missing'"):
        landed_cost(PRODUCT, LANE.assign(cost_per_cbm=np.nan, cost_per_container=np.nan), DAY)


def test_a_shipment_of_no_pieces():
    with pytest.raises(InputError, match=r"pieces_per_shipment is 0\.0"):
        landed_cost(PRODUCT, LANE, DAY, Terms(pieces_per_shipment=0))


def test_columns_that_are_missing_are_all_named():
    with pytest.raises(InputError, match=r"table 'products' lacks \['hs_code', 'weight_kg'\]"):
        landed_cost(PRODUCT.drop(columns=["hs_code", "weight_kg"]), LANE, DAY)


@pytest.mark.parametrize(
    "call",
    [
        lambda: inventory.safety_stock(0.95, 10, 3, -2),
        lambda: inventory.rq_backorder_time(1, 5, 10, 100, 10, -0.1),
        lambda: inventory.order_up_to_for_fill_rate(0.95, 10, 3, -2),
    ],
    ids=["safety stock", "reorder point", "order-up-to level"],
)
def test_a_negative_lead_time(call):
    with pytest.raises(InputError, match=r"lead_time.* is -[\s\S]*never below 0"):
        call()


def test_a_negative_lead_time_in_a_replay():
    with pytest.raises(InputError, match=r"lead_weeks is -1\.0"):
        replay.replay([[1.0]], 1, 2, -1, [1.0])


def test_caps_below_feasibility_say_how_far_to_raise_them():
    with pytest.raises(Refusal, match=r"3 countries with their caps add to 90% of the demand[\s\S]*at least 33\.4%"):
        allocation.allocate(POOL, 1000, country_cap=0.3)


def test_a_cap_above_one():
    with pytest.raises(InputError, match=r"country_cap is 30\.0[\s\S]*give a fraction such as 0\.4"):
        allocation.allocate(POOL, 1000, country_cap=30)


def test_no_supplier_left():
    with pytest.raises(Refusal, match="there is no supplier"):
        allocation.allocate(POOL.iloc[:0], 1000)


def test_percent_given_for_a_fraction():
    with pytest.raises(InputError, match=r"service_level is 95\.0[\s\S]*a fraction such as 0\.95"):
        inventory.safety_stock(95, 10, 3, 4)


def test_a_negative_cost():
    with pytest.raises(InputError, match=r"holding_cost is -1\.0"):
        newsvendor.normal(-1, 2, 10, 3)


def test_demand_below_zero_and_holes():
    for bad in (-1.0, np.nan):
        with pytest.raises(InputError, match=r"y \(demand\) is"):
            forecasting.batch([[1.0, bad, 2.0]], 2)


def test_a_network_without_room():
    with pytest.raises(Refusal, match="the sites hold 5, the demand is 8"):
        network.locate([1.0], [[1.0, 1.0]], [4, 4], [5])


def test_a_supplier_table_without_indicators():
    with pytest.raises(InputError, match=r"table 'suppliers' lacks .*'traceability'"):
        suppliers.scorecard(pd.DataFrame({"supplier_id": ["a"]}))


def test_codes_read_as_numbers():
    cases = pd.DataFrame({"market": ["DE"], "origin": ["CN"], "mode": ["sea"]})
    with pytest.raises(InputError, match="with leading zeros"):
        duty_rules.rulebook([30199], cases, DAY)
