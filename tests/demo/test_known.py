"""The truth names every mechanism with its parameters."""

import pytest
from crossborder.demo import people, prices
from crossborder.demo.world import CATEGORIES, CHANNELS


def test_every_mechanism_has_its_parameters(made):
    truth = made[2]
    assert {"demand", "channels", "customers", "supply", "money", "experiments"} <= set(truth)
    assert truth["demand"]["elasticity"] == prices.ELASTICITY and set(prices.ELASTICITY) == set(CATEGORIES)
    assert truth["channels"]["effects"]["channel"].tolist() == list(CHANNELS)
    assert truth["customers"]["hazard_a_day"] == people.HAZARD
    assert {d["name"] for d in truth["supply"]["disruptions"]} == {"canal closure", "port congestion"}


def test_stock_outs_cost_a_believable_share(made):
    assert 0.90 < made[2]["supply"]["served_share"] < 0.99
    sold = made[1]["orders"]["quantity"].sum()
    lost = made[2]["demand"]["lost_sales_units"]
    assert sold / (sold + lost) == pytest.approx(made[2]["supply"]["served_share"])


def test_customers_differ_in_what_they_spend_as_stated(made):
    known = made[2]["customers"]["order_value"]
    orders = made[1]["orders"].dropna(subset="customer_id")
    pieces = orders.groupby(["customer_id", "order_id"])["quantity"].sum()
    assert pieces.mean() == pytest.approx(known["mean_pieces"], rel=0.05)
    assert known["gamma_gamma_q"] == pytest.approx(2 + 1 / known["between_customers_cv"] ** 2)
