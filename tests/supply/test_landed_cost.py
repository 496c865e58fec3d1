import numpy as np
import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.supply import landed_cost as lc

DAY = "2026-10-31"


def test_lines_add_to_the_total(products, lanes):
    cost = lc.landed_cost(products, lanes, DAY)
    frame = cost.frame()
    assert frame[list(lc.LINES)].sum(axis=1).to_numpy() == pytest.approx(frame["total"].to_numpy())
    assert len(frame) == len(products) * len(lanes)


def test_one_shipment_by_hand(products, lanes):
    terms = lc.Terms(inland_cbm_usd=10, insurance_rate=0.01, pieces_per_shipment=100, brokerage_shipment_usd=50)
    cost = lc.landed_cost(products, lanes, DAY, terms)
    line = {name: values[0, 3] for name, values in cost.lines.items()}  # the box by sea to Germany
    assert line["inland"] == pytest.approx(0.06)
    assert line["insurance"] == pytest.approx(0.01 * (5 + 0.06 + line["freight"]))
    value = 5 + 0.06 + line["freight"] + line["insurance"]
    rate = cost.books["bulk"].duty["base"][cost.books["bulk"].index(["392410"])[0], 2]
    assert line["duty"] == pytest.approx(rate * value)
    assert line["import_tax"] == pytest.approx(0.19 * (value + line["duty"]))
    assert line["brokerage"] == pytest.approx(0.5)


def test_duty_ends_hold_the_duty(products, lanes):
    cost = lc.landed_cost(products, lanes, DAY)
    bulk = (lanes["mode"] != "courier").to_numpy()
    assert (cost.duty_low <= cost.lines["duty"] + 1e-9)[:, bulk].all()
    assert (cost.duty_high >= cost.lines["duty"] - 1e-9)[:, bulk].all()


def test_the_cheapest_lane_of_each_market(products, lanes):
    best = lc.landed_cost(products, lanes, DAY).cheapest()
    assert set(best["mode"]) == {"sea"}
    assert len(best) == 6


def test_least_costs_are_those_of_the_cheapest_lanes(products, lanes):
    cost = lc.landed_cost(products, lanes, DAY)
    best = cost.cheapest().pivot_table(index="sku", columns="market", values="before_tax")
    pd.testing.assert_frame_equal(cost.least().loc[best.index], best, check_names=False)
    nothing = cost.least(np.zeros(len(lanes), bool))
    assert np.isinf(nothing.to_numpy()).all()


def test_doors_add_what_follows_the_border(products, lanes):
    door = lc.DoorTerms(
        pd.DataFrame(
            {
                "commission_rate": [0.15, 0.1],
                "last_mile": [3.0, 2.0],
                "return_rate": [0.1, 0.2],
                "return_cost": 2.0,
                "resale_share": 1.0,
            },
            index=["US", "DE"],
        )
    )
    cost = lc.landed_cost(products, lanes, DAY, door=door, price=np.array([20.0, 30, 25]))
    assert cost.lines["selling_fees"][0].tolist() == pytest.approx([3, 3, 3, 2, 2])
    assert cost.lines["last_mile"][0].tolist() == [3, 3, 0, 2, 0]
    assert cost.lines["returns"][0].tolist() == pytest.approx([0.2, 0.2, 0.2, 0.4, 0.4])


def test_an_unknown_market_of_the_door_is_told(products, lanes):
    door = lc.DoorTerms(pd.DataFrame({"last_mile": [3.0]}, index=["US"]))
    with pytest.raises(InputError, match="market of the door terms 'DE' is not known"):
        lc.landed_cost(products, lanes, DAY, door=door)


def test_terms_come_from_assumptions_and_known_values_win():
    table = pd.DataFrame({"name": ["supply.insurance.rate"], "base": [0.004]})
    terms = lc.Terms.of(table, inland_cbm_usd=9.0)
    assert (terms.insurance_rate, terms.inland_cbm_usd) == (0.004, 9.0)
