"""Shopify's orders: fields of the order on its first row, amounts spread over its lines."""

from pathlib import Path

import pytest
from crossborder.company import Company, checks

FIXTURE = Path(__file__).parent / "fixtures" / "shopify.csv"


def orders(folder):
    """The orders as a frame."""
    return Company.open(folder).events("orders").order_by("order_id", "line").to_pandas()


@pytest.fixture
def imported(bring):
    """The report and the folder of the fixture."""
    return bring("shopify", FIXTURE)


def test_lines_get_their_orders_fields_and_shares(imported):
    report, folder = imported
    assert report.accepted, str(report)
    assert checks.check(folder).errors == []
    table = orders(folder)
    assert list(zip(table["order_id"], table["line"], table["sku"], strict=True)) == [
        ("#1001", 1, "TIN-R"), ("#1001", 2, "JAR-L"), ("#1002", 1, "TIN-R"), ("#1003", 1, "Gift paper"), ("#1005", 1, "TIN-R"),
    ]  # fmt: skip
    assert list(table["market"]) == ["US", "US", "DE", "AT", "US"]
    assert list(table["currency"]) == ["USD", "USD", "EUR", "EUR", "USD"]
    assert list(table["discount"]) == [1, 4, 0, 3, 0]
    assert list(table["shipping_charged"]) == [5, 0, 4.9, 4.9, 0]
    # American tax comes on top and is no part of the price; German tax is in it.
    assert list(table["tax"]) == [0, 0, 4.58, 2.2, 0]
    assert list(table["refund"]) == [0, 0, 28.7, 4, 0]
    assert list(table["returned"].isna()) == [False, False, False, True, False]
    assert list(table["returned"].dropna()) == [0, 0, 2, 0]
    assert str(table["ordered_at"].iloc[0]) == "2026-01-06 01:00:00+00:00"


def test_a_customer_is_the_same_in_any_case_and_no_address_is_kept(imported):
    table = orders(imported[1])
    assert table["customer_id"].iloc[0] == table["customer_id"].iloc[1]
    assert table["customer_id"].isna().sum() == 1
    assert not table["customer_id"].dropna().str.contains("@").any()


def test_every_row_and_amount_is_accounted_for(imported):
    report, _ = imported
    assert dict(zip(report.fates["fate"], report.fates["rows"], strict=True)) == {
        "order line": 4, "order line of a guest": 1, "order was cancelled": 1, "not a product: tip": 1,
        "sales tax on top of the price": 0, "rest of the total: duties, tips, gift cards, changes": 0,
    }  # fmt: skip
    sums = report.sums.set_index(["measure", "currency"])
    # Typed in from the file.
    assert sums["before"].to_dict() == {
        ("goods", "EUR"): 35.7, ("goods", "USD"): 72.0, ("discount", "EUR"): 3.0, ("discount", "USD"): 5.0,
        ("shipping", "EUR"): 9.8, ("shipping", "USD"): 5.0, ("tax", "EUR"): 6.78, ("tax", "USD"): 3.6,
        ("refund", "EUR"): 32.7, ("refund", "USD"): 0.0, ("total", "EUR"): 42.5, ("total", "USD"): 75.6,
    }  # fmt: skip
    assert sums.loc[("total", "USD"), "left_out"] == pytest.approx(10 + 3.6 + 2)


def test_an_order_of_two_exports_counts_once_as_the_later_one_has_it(bring, tmp_path):
    later = tmp_path / "later.csv"
    later.write_text(
        FIXTURE.read_text().replace("fulfilled,USD,45.00", "fulfilled,USD,45.00").replace("TIN-R", "TIN-NEW")
    )
    report, folder = bring("shopify", FIXTURE, later)
    assert report.accepted, str(report)
    assert report.rows_in == 14
    assert report.fates.set_index("fate")["rows"]["order stands in a later file too"] == 7
    assert set(orders(folder)["sku"]) == {"TIN-NEW", "JAR-L", "Gift paper"}


def test_an_export_with_fewer_columns_and_decimal_commas_works(bring, tmp_path):
    path = tmp_path / "short.csv"
    path.write_text(
        "name;created at;lineitem quantity;LINEITEM PRICE;Lineitem SKU;Shipping Country\n"
        "#1;2026-01-05 10:00:00 +0100;3;1.234,50;A;Germany\n"
    )
    report, _ = bring("shopify", path)
    assert report.problems[0].rule == "currency is not named"
    report, folder = bring("shopify", path, currency="eur")
    assert report.accepted, str(report)
    assert orders(folder)["unit_price"].item() == 1234.5
    assert orders(folder)["market"].item() == "DE"


HEADER = (
    "Name,Email,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,Lineitem quantity,"
    "Lineitem name,Lineitem price,Lineitem sku,Shipping Country,Refunded Amount\n"
)


def part_refunded(tmp_path, refunded, price="20.00"):
    """An order of two mugs, three plates at the price and a pan of 30.00, of which some money was given back."""
    path = tmp_path / "part.csv"
    total = 2 * 20 + 3 * float(price) + 30 + 5
    first = f"#1,a@example.com,partially_refunded,EUR,{total - 5},5.00,0.00,{total},0.00,2024-05-01 10:00:00 +0200"
    path.write_text(
        f"{HEADER}{first},2,Mug,20.00,MUG,DE,{refunded}\n"
        f"#1,a@example.com,,,,,,,,2024-05-01 10:00:00 +0200,3,Plate,{price},PLATE,,\n"
        "#1,a@example.com,,,,,,,,2024-05-01 10:00:00 +0200,1,Pan,30.00,PAN,,\n"
    )
    return path


@pytest.mark.parametrize(
    ("refunded", "price", "returned", "refunds"),
    [
        ("30.00", "21.00", [0, 0, 1], [0, 0, 30]),  # the pan alone costs as much
        ("42.00", "21.00", [0, 2, 0], [0, 42, 0]),  # two plates
        ("20.00", "20.00", None, None),  # a mug or a plate
        ("7.50", "20.00", None, None),  # no whole piece
        ("50.00", "21.00", None, None),  # of two lines, if any
    ],
)
def test_a_refund_of_whole_pieces_of_one_line_is_put_to_that_line(bring, tmp_path, refunded, price, returned, refunds):
    report, folder = bring("shopify", part_refunded(tmp_path, refunded, price))
    assert report.accepted, str(report)
    table = orders(folder)
    assert table["refund"].sum() == pytest.approx(float(refunded))
    if returned is None:
        assert table["returned"].isna().all()
        assert (table["refund"] > 0).all()
    else:
        assert list(table["returned"]) == returned
        assert list(table["refund"]) == refunds


def test_an_old_export_tells_refunds_by_the_status_alone(bring, tmp_path):
    path = tmp_path / "old.csv"
    header = HEADER.replace(",Refunded Amount", "")
    row = "2.00,0.00,22.00,0.00,2014-03-02 10:14:00 -0500,1,Mug,20.00,MUG,US\n"
    path.write_text(
        f"{header}#1,a@example.com,refunded,USD,20.00,{row}#2,b@example.com,paid,USD,20.00,{row}"
        f"#3,c@example.com,partially_refunded,USD,20.00,{row}"
    )
    report, folder = bring("shopify", path)
    assert report.accepted, str(report)
    table = orders(folder)
    assert list(table["refund"]) == [22, 0, 0]
    assert list(table["returned"].isna()) == [False, False, True]
    assert list(table["returned"][:2]) == [1, 0]


ROW = "{name},a@example.com,paid,USD,{subtotal},{total},{discount},2026-03-01 10:00:00 -0500,1,{item},{price},{sku},US,{pay}"
HEAD = "Name,Email,Financial Status,Currency,Subtotal,Total,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Country,Payment Method"


def test_a_tip_is_no_discount_and_a_test_order_no_order(bring, tmp_path):
    goods = {"item": "Cup", "price": "50.00", "sku": "CUP", "discount": "5.00", "pay": "card"}
    tip = {"item": "Tip", "price": "5.00", "sku": "", "subtotal": "", "total": "", "discount": "", "pay": ""}
    rows = [
        {**goods, "name": "#1", "subtotal": "45.00", "total": "50.00"}, {**tip, "name": "#1"},  # tip not in the subtotal
        {**goods, "name": "#2", "subtotal": "50.00", "total": "50.00"}, {**tip, "name": "#2"},  # tip in the subtotal
        {**goods, "name": "#3", "subtotal": "45.00", "total": "45.00", "pay": "(for testing) Bogus Gateway"},
    ]  # fmt: skip
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([HEAD, *(ROW.format(**row) for row in rows)]) + "\n", encoding="utf-8")
    report, folder = bring("shopify", path)
    assert report.accepted, str(report)
    table = orders(folder)
    assert list(table["order_id"]) == ["#1", "#2"]
    assert list(table["discount"]) == [5, 5]
    fates = dict(zip(report.fates["fate"], report.fates["rows"], strict=True))
    assert fates["not a product: tip"] == 2
    assert fates["test order"] == 1
