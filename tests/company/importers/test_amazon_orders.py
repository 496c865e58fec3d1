"""Amazon's All Orders report."""

import pytest
from crossborder.company import Company, checks


def test_items_become_lines_and_every_other_row_has_a_reason(bring):
    report, folder = bring("amazon-orders", "amazon_orders.txt")
    assert report.accepted, str(report)
    assert checks.check(folder).errors == []
    assert dict(zip(report.fates["fate"], report.fates["rows"], strict=True)) == {
        "order line": 4, "item was cancelled": 1, "order is pending, without a price yet": 1,
        "order of another shop, fulfilled by Amazon": 1, "sales tax on top of the price": 0,
    }  # fmt: skip
    table = Company.open(folder).events("orders").order_by("order_id", "line").to_pandas()
    assert list(table["sku"]) == ["PAN-5", "JAR", "TIN", "TIN"]
    assert list(table["unit_price"].round(6)) == [10, 10, 11.9, 3.333333]
    assert list(table["market"]) == ["US", "US", "AT", "DE"]
    assert list(table["discount"]) == [3, 0, 0, 0]
    assert list(table["shipping_charged"]) == [0, 1.5, 4.9, 0]
    assert list(table["tax"].round(2)) == [0, 0, 4.58, 1.6]
    assert list(table["returned"]) == [0, 0, 2, 0]
    assert set(table["platform"]) == {"amazon"}
    assert str(table["ordered_at"].iloc[2]) == "2026-02-01 09:00:00+00:00"


def test_sums_equal_the_files(bring):
    report, _ = bring("amazon-orders", "amazon_orders.txt")
    before = report.sums.set_index(["measure", "currency"])["before"].to_dict()
    # Typed in from the file; the cancelled and the pending row name no currency and no amount.
    assert {key: value for key, value in before.items() if key[1] != "XXX"} == {
        ("goods", "USD"): 40.0, ("goods", "EUR"): 33.8, ("discount", "USD"): 3.0, ("discount", "EUR"): 0.0,
        ("shipping", "USD"): 1.5, ("shipping", "EUR"): 4.9, ("tax", "USD"): 3.2, ("tax", "EUR"): 6.18,
    }  # fmt: skip
    assert {value for key, value in before.items() if key[1] == "XXX"} == {0}


@pytest.mark.parametrize(
    "words",
    [
        "Shipping Price|Shipped Quantity|Shipping Country Code|USD|US",
        "Delivery Price|Dispatched Quantity|Delivery Country Code|GBP|GB",
    ],
)
def test_fulfilled_shipments_as_csv_come_in(bring, tmp_path, words):
    price, pieces, country, currency, market = words.split("|")
    path = tmp_path / "shipments.csv"
    path.write_text(
        f"Amazon Order Id,Purchase Date,Buyer E-mail,Merchant SKU,Title,{pieces},Currency,Item Price,Item Tax,{price},"
        f"Item Promo Discount,Shipment Promo Discount,{country},Sales Channel\r\n"
        f'9-1,2026-02-01T10:00:00+00:00,a@example.com,CUP,"Cup, 12"" tall",2,{currency},40,3,5,-2,-5,{market},amazon.com\r\n',
        encoding="utf-8-sig",
    )
    report, folder = bring("amazon-orders", path)
    assert report.accepted, str(report)
    [line] = Company.open(folder).events("orders").to_pandas().to_dict("records")
    found = {name: line[name] for name in ("sku", "quantity", "unit_price", "discount", "shipping_charged", "market")}
    assert found == {
        "sku": "CUP",
        "quantity": 2,
        "unit_price": 20,
        "discount": 2,
        "shipping_charged": 0,
        "market": market,
    }
