"""Inventory examples of textbooks: Nahmias, Hillier and Lieberman, Wagner and Whitin; sums typed in as printed."""

import numpy as np
import pytest
from crossborder.supply import inventory, lot_size, newsvendor


class TestNahmias:
    """S. Nahmias, Production and Operations Analysis, chapters 4 and 5."""

    def test_pencils(self):  # example 4.1: 3,120 a year, USD 12 an order, 25 % of 2 cents: 3,870 pencils
        assert lot_size.eoq(12, 0.25 * 0.02, 3120).order_quantity == pytest.approx(3870, abs=0.5)

    def test_newsstand(self):  # example 5.1: mean 11.73, sd 4.74, overage 15, underage 50 cents: ratio 0.77, 15 copies
        found = newsvendor.normal(0.15, 0.50, 11.73, 4.74)
        assert float(found.critical_ratio) == pytest.approx(0.77, abs=0.005)
        assert round(float(found.order_quantity)) == 15

    def test_mustard(self):  # example 5.4: lead-time demand of mean 100 and sd 25: (Q, R) = (111, 143)
        found = inventory.rq_backorder_unit(0.2 * 10, 25, 50, 200, 25 / np.sqrt(0.5), 0.5)
        assert round(float(found.order_quantity)) == 111
        assert round(float(found.reorder_point)) == 143

    def test_mustard_by_service(self):  # examples 5.5 and 5.6: 98 % of cycles: 151; 98 % of demand with Q = 100: 126
        assert 100 + inventory.safety_stock(0.98, 200, 25 / np.sqrt(0.5), 0.5) == pytest.approx(151, abs=0.5)
        assert inventory.reorder_point_for_fill_rate(0.98, 100, 100, 25) == pytest.approx(126, abs=0.5)


class TestHillierLieberman:
    """F. Hillier and G. Lieberman, Introduction to Operations Research, television speakers (chapter on inventory)."""

    def test_basic(self):  # 8,000 a month, USD 12,000 a set-up, USD 0.30 a month: 25,298, every 3.2 months
        found = lot_size.eoq(12_000, 0.30, 8_000)
        assert found.order_quantity == pytest.approx(25_298, abs=0.5)
        assert found.order_quantity / 8_000 == pytest.approx(3.2, abs=0.05)

    def test_planned_shortages(self):  # USD 1.10 for a speaker short: Q = 28,540, S = 22,424
        found = lot_size.eoq_with_backorders(12_000, 0.30, 1.10, 8_000)
        assert found.order_quantity == pytest.approx(28_540, abs=0.5)
        assert found.order_quantity * (1 - found.backorder_share) == pytest.approx(22_424, abs=1)


def test_dynamic_lot_sizes_of_wagner_and_whitin():
    # H. Wagner and T. Whitin, Management Science 5(1), 1958, table 1: twelve months, least cost 864, seven orders
    demand = [69, 29, 36, 61, 61, 26, 34, 67, 45, 67, 79, 56]
    setup = [85, 102, 102, 101, 98, 114, 105, 86, 119, 110, 98, 114]
    found = lot_size.wagner_whitin(demand, setup, 1.0)
    assert found.cost == pytest.approx(864)
    assert found.orders == pytest.approx([98, 0, 97, 0, 121, 0, 0, 112, 0, 67, 135, 0])
