"""What is in an order, and what comes back."""

import numpy as np
import pandas as pd
import pytest
from crossborder.demo import baskets
from crossborder.demo.world import VAT


def test_late_parcels_come_back_more_often(made):
    orders, known = made[1]["orders"], made[2]["demand"]
    there = orders[orders["delivered_at"].notna() & (orders["ordered_at"] < "2026-08-01")]
    late = there["delivered_at"] - there["ordered_at"] > pd.to_timedelta(there["promised_days"], unit="D")
    rate = (there["returned"] > 0).groupby(late).mean()
    assert rate[True] / rate[False] == pytest.approx(known["return_late_factor"], rel=0.06)
    assert (there.loc[~late, "return_reason"] == "late").sum() == 0


def test_amounts_are_whole_coins_and_tax_is_inside(made):
    orders = made[1]["orders"]
    gross = orders["unit_price"] * orders["quantity"] - orders["discount"] + orders["shipping_charged"]
    vat = orders["market"].map(VAT)
    assert (orders["tax"] - gross * vat / (1 + vat)).abs().max() <= 0.51
    whole = orders[orders["currency"].isin(["JPY", "IDR"])]
    assert (whole[["unit_price", "discount", "tax", "refund"]] % 1 == 0).all().all()
    assert (orders["refund"] <= gross + 1e-9).all() and (orders["returned"] <= orders["quantity"]).all()
    assert (orders["refund"].gt(0) == orders["returned"].gt(0)).all()
    assert (orders["return_reason"].notna() == orders["returned"].gt(0)).all()


def test_products_are_chosen_by_their_attraction(small):
    orders = small.people.orders
    basket = small.people.persons["basket"][orders["person"]]
    lines = baskets.lines(small.world, small.goods, small.offers, small.shelf, orders, basket, 0)
    attraction = np.exp(small.offers.log_demand)
    share = attraction / attraction.sum(axis=2, keepdims=True)
    week = small.world.week_of_day[lines["day"]]
    expected = np.bincount(np.tile(np.arange(120), len(week)), share[week, lines["market"]].ravel())
    seen = np.bincount(lines["sku"], minlength=120)
    assert np.sum((seen - expected) ** 2 / expected) < 180  # chi square with 119 degrees of freedom, p about 0.0003
