import numpy as np
import pandas as pd
import pytest
from crossborder.supply import duty_rules, parcel_rules


def due(market, day, goods, categories=1.0):
    case = pd.DataFrame({"market": [market], "origin": ["CN"], "mode": ["courier"]})
    book = duty_rules.rulebook(["392410"], case, day, "parcel")
    value = np.array([[float(goods)]])
    parts = parcel_rules.parcel_taxes(book.cases, book.duty["base"], value, 0.1 * value, categories)
    return [float(part[0, 0]) for part in parts], book


def test_relief_ends_above_its_value():
    below, _ = due("GB", "2026-10-31", 150)
    above, _ = due("GB", "2026-10-31", 250)
    assert below[0] == 0 < above[0]
    assert below[1] > 0  # VAT is due all the same


def test_mexico_takes_one_rate_for_all():
    (duty, tax, _), _ = due("MX", "2026-10-31", 100)
    assert duty == pytest.approx(0.335 * 110)
    assert tax == 0


def test_more_categories_pay_more_in_the_union():
    one, three = (due("DE", "2026-10-31", 60, n)[0][0] for n in (1.0, 3.0))
    assert three == pytest.approx(3 * one)


def test_japan_forgives_small_parcels():
    small, large = due("JP", "2026-10-31", 30)[0], due("JP", "2026-10-31", 300)[0]
    assert small[:2] == [0, 0]
    assert large[1] > 0


def test_thresholds_in_dollars():
    assert parcel_rules.thresholds(["US", "GB"], "2025-01-15", origin="CN") == pytest.approx([800, 165], rel=0.1)


def test_amounts_without_a_rate_count_as_no_relief():
    got = parcel_rules.to_usd(np.array([100.0, 10.0]), np.array(["VND", "USD"], object), pd.Timestamp("2026-01-05"))
    assert got.tolist() == [0, 10]


def test_a_basket_of_one_heading_pays_once():
    items = pd.DataFrame({"hs6": ["610910", "61091000", "640299"], "qty": [1, 3, 0]})
    assert parcel_rules.basket_duty(items, 3.0) == 3.0
