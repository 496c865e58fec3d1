"""Spans of the plan's factors: from yearly changes, or judgement where the record is short."""

import numpy as np
import pandas as pd
import pytest
from crossborder.company import Company
from crossborder.company.files import repository
from crossborder.plan import spans


def test_a_span_is_symmetric_in_logs_and_counts_drift():
    low, high, measured = spans.span(np.full(8, np.log(1.1)), (0.9, 1.2))
    assert measured and low * high == pytest.approx(1.0)
    assert high == pytest.approx(1.1**spans.Z95)
    assert spans.span(np.array([0.1, np.nan]), (0.9, 1.2)) == (0.9, 1.2, False)


def test_a_mix_of_currencies_moves_less_than_each():
    end = pd.Timestamp("2026-10-30")
    alone = [spans.basket_span(pd.Series({code: 1.0}), end, (0, 0)) for code in ("BRL", "GBP")]
    both = spans.basket_span(pd.Series({"BRL": 1.0, "GBP": 1.0}), end, (0, 0))
    assert all(one[2] for one in (*alone, both))
    assert max(high for _, high, _ in alone) > both[1] > 1 > both[0] > min(low for low, _, _ in alone)


def test_the_demo_company_gives_five_spans_and_a_young_one_none():
    found = spans.measured_spans(Company.open(repository() / "data" / "demo"))
    assert set(found) == {"order value", "returns", "media prices", "purchase prices", "sales currencies"}
    assert all(low < 1 < high for low, high in found.values())
    young = Company.open(repository() / "data" / "demo", as_of="2024-09-30")
    assert set(spans.measured_spans(young)) == {"sales currencies"}


def test_a_changed_mix_of_products_is_no_change_of_price():
    """A supplier that sells two products at constant cost has no change, whatever is bought more."""
    cost = pd.DataFrame({0: [1.0, 9.0], 1: [1.0, 9.0]}, index=["cheap", "dear"])
    assert spans._changes(cost).ravel().tolist() == [0.0, 0.0]
