"""Two passes with the stock in between."""

import numpy as np
import pytest
from crossborder.demo import core
from crossborder.demo.world import World


@pytest.fixture(scope="module")
def company() -> core.Core:
    """A very small company."""
    return core.core(World(seed=11, scale=0.05))


def test_served_lines_are_what_stock_sold(company):
    sold = np.zeros_like(company.demand)
    for _, _, lines in core.served(company):
        np.add.at(sold, (lines["day"], lines["market"], lines["sku"]), lines["quantity"])
        assert (lines["quantity"] > 0).all()
    assert (sold == company.flows.sold).all()
    assert (sold <= company.demand).all() and sold.sum() < company.demand.sum()


def test_lines_of_a_short_shelf_bring_nothing_back_to_it(company):
    short = company.demand > company.flows.available
    for _, _, lines in core.served(company):
        scarce = short[lines["day"], lines["market"], lines["sku"]]
        assert (lines["restocked"][scarce] == 0).all()
        cut = lines.get("cut", np.zeros(len(scarce), bool))
        assert (lines["returned"][cut] == 0).all() and (lines["refund"][cut] == 0).all()


def test_serving_twice_gives_the_same_lines(company):
    first = [lines["quantity"].sum() for _, _, lines in core.served(company)]
    again = [lines["quantity"].sum() for _, _, lines in core.served(company)]
    assert first == again
