"""WooCommerce exports with an order a row and its items in cells."""

import json

import pytest
from crossborder.company import Company

HEADER = (
    "order_id,order_number,order_date,status,shipping_total,shipping_tax_total,order_total,order_currency,customer_id,"
    "billing_email,billing_country,shipping_country,refund_items,{items}\n"
)
ORDER = "101,101,2023-04-05 10:20:30,completed,5,0.95,53.55,EUR,7,a@example.com,DE,DE,{refund},{items}\n"
MUG = "name:Mug; red|product_id:11|sku:MUG|quantity:2|total:30.00|sub_total:30.00|tax:5.70|tax_data:x"
PLATE = "name:Plate|product_id:12|sku:PLATE|quantity:1|total:8.00|sub_total:10.00|tax:1.52|tax_data:x"


def quoted(*cells):
    """Cells of a CSV row."""
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)


def as_json():
    """The same items as JSON."""
    items = [
        {"id": 1, "name": "Mug; red", "sku": "MUG", "quantity": 2, "total": "30.00", "subtotal": "30.00", "total_tax": 5.7},
        {"id": 2, "name": "Plate", "sku": "PLATE", "quantity": 1, "total": "8.00", "subtotal": "10.00", "total_tax": 1.52},
    ]  # fmt: skip
    return json.dumps(items)


@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        ("line_item_1,line_item_2,line_item_3", (MUG, PLATE, "")),
        ("line_items", (f"id:1|{MUG};id:2|{PLATE}",)),
        ("line_items", (as_json(),)),
    ],
    ids=["columns", "one cell", "JSON"],
)
def test_items_in_cells_become_order_lines(bring, tmp_path, columns, cells):
    path = tmp_path / "orders.csv"
    path.write_text(HEADER.format(items=columns) + ORDER.format(refund="amount:9.52|reason:x", items=quoted(*cells)))
    report, folder = bring("woocommerce", path)
    assert report.accepted, str(report)
    table = Company.open(folder).events("orders").order_by("line").to_pandas()
    assert list(table["sku"]) == ["MUG", "PLATE"]
    assert list(table["quantity"]) == [2, 1]
    # Prices hold the tax of 19 %; the discount of 2.00 with its tax.
    assert list(table["unit_price"]) == pytest.approx([17.85, 11.52])
    assert list(table["discount"]) == pytest.approx([0, 2])
    assert list(table["shipping_charged"]) == pytest.approx([5.95, 0])
    assert table["refund"].sum() == pytest.approx(9.52)
    assert report.fates["rows"].sum() == 1
    assert (report.sums["difference"] == 0).all()


def test_an_order_without_items_is_left_out_and_told(bring, tmp_path):
    path = tmp_path / "orders.csv"
    items = quoted(MUG), quoted("")
    path.write_text(
        HEADER.format(items="line_item_1")
        + "".join(ORDER.replace("101", n).format(refund="", items=i) for n, i in zip(("1", "2"), items, strict=True))
    )
    report, _ = bring("woocommerce", path)
    assert report.accepted, str(report)
    assert report.fates.set_index("fate")["rows"].to_dict() == {"order line": 1, "row without SKU and name": 1}


def test_pieces_left_after_refunds_tell_the_pieces_sent_back(bring, tmp_path):
    path = tmp_path / "advanced.csv"
    header = "Order Number,Order Status,Order Date,Email (Billing),Country Code (Shipping),SKU,Item Cost,Order Refund Amount,"
    row = "301,Completed,2023-04-05 10:20,a@example.com,FR,MUG,15,15,"
    path.write_text(f"{header}Quantity,Quantity (- Refund)\n{row}2,1\n")
    report, folder = bring("woocommerce", path, currency="EUR")
    assert report.accepted, str(report)
    assert Company.open(folder).events("orders").to_pandas()["returned"].tolist() == [1]
    path.write_text(f"{header}Quantity (- Refund)\n{row}1\n")
    report, _ = bring("woocommerce", path, currency="EUR", to="net")
    assert any("without the pieces refunded" in note for note in report.notes)
