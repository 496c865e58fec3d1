"""Orders from GA4 purchases: lines, discounts, delivery, what was sent twice."""

import pytest
from crossborder.company import Company

from tests.company.importers import ga4_export


def test_items_become_order_lines_and_the_revenue_holds(bring, tmp_path):
    (tmp_path / "e.jsonl").write_text(ga4_export.lines(ga4_export.shop()))
    report, folder = bring("ga4-orders", tmp_path / "e.jsonl")
    assert report.accepted, str(report)
    found = Company.open(folder).events("orders").order_by("line").to_pandas()
    assert list(found["order_id"]) == ["T-1", "T-1"]
    assert list(found["sku"]) == ["CH-1", "LA-2"]
    assert list(found["unit_price"]) == [50.0, 19.9]
    assert list(found["discount"]) == [9.0, 0.0]
    assert list(found["shipping_charged"]) == [4.9, 0.0]
    # Chairs 2 x 45.50, a lamp 19.90, delivery 4.90; the event that was sent again is left out with as much.
    [total] = report.sums.query("measure == 'revenue' and currency == 'EUR'").itertuples()
    assert (total.in_tables, total.left_out, total.difference) == (pytest.approx(115.8), pytest.approx(115.8), 0)
    fates = dict(zip(report.fates["fate"], report.fates["rows"], strict=True))
    assert fates == {"an order": 1, "purchase sent again": 1, "no purchase": 9}


def test_purchases_that_cannot_be_used_are_left_out_with_their_reason(bring, tmp_path):
    chair = {"item_id": "CH-1", "price": 45.5, "quantity": "2"}
    events = [
        ga4_export.event("purchase", "d1", 1, 1, items=[chair], currency="EUR", transaction_id="T-1"),
        ga4_export.event("purchase", "d1", 1, 2, items=[chair], currency="EUR"),
        ga4_export.event("purchase", "d1", 1, 3, items=[], currency="EUR", transaction_id="T-3"),
        ga4_export.event("purchase", "d1", 1, 4, items=[{"item_id": "A"}], currency="EUR", transaction_id="T-4"),
        ga4_export.event("purchase", "d1", 1, 5, items=[chair], transaction_id="T-5"),
    ]
    (tmp_path / "e.jsonl").write_text(ga4_export.lines(events))
    report, folder = bring("ga4-orders", tmp_path / "e.jsonl")
    assert report.accepted and set(report.fates["fate"]) == {
        "an order",
        "purchase without a transaction_id",
        "purchase without items",
        "an item has no name, no price or no pieces",
        "currency is missing",
    }
    assert any("say --store-currency" in note for note in report.notes)
    assert len(Company.open(folder).events("orders").to_pandas()) == 1


def test_refunds_go_to_the_lines_of_their_order(bring, tmp_path):
    chair, lamp = (
        {"item_id": name, "price": price, "quantity": "2"} for name, price in (("CH-1", 45.5), ("LA-2", 19.9))
    )
    one = {"item_id": "CH-1", "price": 45.5, "quantity": "1"}
    sale = {"items": [chair, lamp], "currency": "EUR"}
    events = [
        ga4_export.event("purchase", "d1", 1, 1, transaction_id="T-1", **sale),
        ga4_export.event("purchase", "d1", 1, 2, transaction_id="T-2", **sale),
        ga4_export.event("purchase", "d1", 1, 3, transaction_id="T-3", **sale),
        ga4_export.event("refund", "d1", 2, 4, transaction_id="T-1", items=[one], currency="EUR"),
        ga4_export.event("refund", "d1", 2, 5, transaction_id="T-2", currency="EUR"),
        ga4_export.event("refund", "d1", 2, 6, transaction_id="T-9", currency="EUR"),
    ]
    (tmp_path / "e.jsonl").write_text(ga4_export.lines(events))
    report, folder = bring("ga4-orders", tmp_path / "e.jsonl")
    assert report.accepted, str(report)
    found = Company.open(folder).events("orders").order_by("order_id", "line").to_pandas()
    assert list(found["returned"]) == [1, 0, 2, 2, 0, 0]
    assert list(found["refund"]) == pytest.approx([45.5, 0, 91, 39.8, 0, 0])
    fates = dict(zip(report.fates["fate"], report.fates["rows"], strict=True))
    assert fates == {
        "an order": 3, "refund, as pieces returned on the lines of its order": 2,
        "refund of an order that is not in the files": 1,
    }  # fmt: skip
    [refund] = report.sums.query("measure == 'refund' and currency == 'EUR'").itertuples()
    assert (refund.in_tables, refund.difference) == (pytest.approx(176.3), 0)
