"""WooCommerce orders, from exports and from the API."""

import json
from pathlib import Path

import pytest
from crossborder.company import Company, checks
from crossborder.errors import InputError


def orders(folder):
    """The orders as a frame."""
    return Company.open(folder).events("orders").order_by("order_id", "line").to_pandas()


@pytest.mark.parametrize(
    ("file", "skus"),
    [("woocommerce_items.csv", ["TIN", "JAR", "TIN"]), ("woocommerce_orders.jsonl", ["TIN", "JAR", "Tin"])],
)
def test_items_become_lines_with_tax_in_the_price_where_it_is_quoted_so(bring, file, skus):
    report, folder = bring("woocommerce", file)
    assert report.accepted, str(report)
    assert checks.check(folder).errors == []
    table = orders(folder)
    assert list(table["sku"]) == skus
    assert list(table["market"]) == ["DE", "DE", "US"]
    assert list(table["unit_price"]) == pytest.approx([11.9, 26.18, 10])
    assert list(table["discount"]) == pytest.approx([2.38, 0, 0])
    assert list(table["tax"]) == pytest.approx([4.37, 4.18, 0])
    assert list(table["shipping_charged"]) == pytest.approx([5.95, 0, 0])
    assert list(table["refund"]) == pytest.approx([0, 0, 10.8])
    assert list(table["returned"]) == [0, 0, 1]
    assert list(table["customer_id"].isna()) == [False, False, True]
    assert set(table["ordered_at"].dt.strftime("%H:%M")) == {"10:00"}
    assert (table["quantity"] * table["unit_price"] - table["discount"] + table["shipping_charged"])[
        :2
    ].sum() == pytest.approx(53.55)


def test_every_row_and_amount_is_accounted_for(bring):
    report, _ = bring("woocommerce", "woocommerce_items.csv")
    assert report.fates.set_index("fate")["rows"].to_dict() == {
        "order line": 2, "order line of a guest": 1, "order is cancelled": 1, "sales tax on top of the price": 0,
    }  # fmt: skip
    before = report.sums.set_index(["measure", "currency"])["before"].to_dict()
    # Typed in from the file: German amounts with their tax, American ones without.
    assert before == pytest.approx({
        ("goods", "EUR"): 49.98, ("goods", "USD"): 20.0, ("discount", "EUR"): 2.38, ("discount", "USD"): 0.0,
        ("shipping", "EUR"): 5.95, ("shipping", "USD"): 0.0, ("tax", "EUR"): 8.55, ("tax", "USD"): 0.8,
        ("refund", "EUR"): 0.0, ("refund", "USD"): 10.8,
    })  # fmt: skip


def test_the_columns_of_the_advanced_export_are_known(bring, tmp_path):
    path = tmp_path / "advanced.csv"
    path.write_text(
        "Order Number,Order Status,Order Date,Email (Billing),Country Code (Shipping),Order Shipping Amount,Order Refund Amount,"
        "Order Total Amount,SKU,Item Name,Quantity,Item Cost\n"
        "900,Completed,2026-02-03 09:30,customer9@example.com,FR,4.90,3.00,34.90,TIN,Tin,2,15.00\n"
    )
    report, folder = bring("woocommerce", path, currency="EUR", time_zone="Europe/Paris")
    assert report.accepted, str(report)
    [line] = orders(folder).to_dict("records")
    assert (line["unit_price"], line["shipping_charged"], line["refund"], line["market"]) == (15, 4.9, 3, "FR")
    assert str(line["ordered_at"]) == "2026-02-03 08:30:00+00:00"


def test_json_that_is_no_order_is_told(bring, tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"a": 1}\n')
    report, _ = bring("woocommerce", path)
    assert [(problem.column, problem.rule) for problem in report.problems] == [("line_items", "column is missing")]


def test_the_report_of_analytics_is_refused_with_the_right_export_named(bring, tmp_path):
    path = tmp_path / "orders.csv"
    head = 'Date,"Order #",Status,Customer,"Customer type",Product(s),"Items sold",Coupon(s),"N. Revenue",Attribution'
    path.write_text(head + '\n"2026-01-05 10:00:00",1001,completed,"",new,"2× Hoodie, 1× Cap",3,,55.00,Direct\n')
    with pytest.raises(InputError, match="order report of WooCommerce Analytics"):
        bring("woocommerce", path)


def test_an_order_without_items_is_accounted_for(bring, tmp_path):
    fixture = Path(__file__).parent / "fixtures" / "woocommerce_orders.jsonl"
    first = json.loads(fixture.read_text(encoding="utf-8").splitlines()[0])
    path = tmp_path / "orders.jsonl"
    path.write_text(
        "\n".join(
            json.dumps({**first, "number": n, "line_items": i}) for n, i in [("1", first["line_items"]), ("2", [])]
        )
    )
    report, _ = bring("woocommerce", path)
    assert report.rows_in == len(first["line_items"]) + 1
    assert dict(zip(report.fates["fate"], report.fates["rows"], strict=True))["row without SKU and name"] == 1


def test_statuses_in_other_languages_and_unknown_ones(bring, tmp_path):
    path = tmp_path / "orders.csv"
    rows = [
        "Abgeschlossen",
        "Storniert",
        "Zahlung ausstehend",
        "wc-cancelled",
        "Échouée",
        "已取消",
        "wc-waiting-for-pickup",
    ]
    lines = [f"{n};{word};13.02.2026 10:00;DE;CUP;2;10,50;21,00;EUR" for n, word in enumerate(rows)]
    header = "Order Number;Order Status;Order Date;Country Code (Shipping);SKU;Quantity;Item Cost;Order Line Total;Order Currency"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    report, folder = bring("woocommerce", path)
    assert report.accepted, str(report)
    assert list(orders(folder)["order_id"]) == ["0", "6"]
    assert any("'waiting-for-pickup' (1 rows)" in note for note in report.notes)


def test_a_refund_whose_pieces_are_off_already_is_not_taken_twice(bring, tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(
        "Order Number,Order Status,Order Date,Country Code (Shipping),SKU,Quantity (- Refund),Item Cost,Order Refund Amount,"
        "Order Total Amount\n1,Completed,2026-02-01 10:00,DE,CUP,1,20.00,20.00,40.00\n2,Completed,2026-02-01 10:00,DE,CUP,2,20.00,,40.00\n"
    )
    report, folder = bring("woocommerce", path, currency="EUR")
    assert report.accepted, str(report)
    table = orders(folder)
    assert (table["quantity"] * table["unit_price"]).tolist() == [20, 40]
    assert table["refund"].tolist() == [0, 0]
    assert table["returned"].fillna(-1).tolist() == [-1, 0]
    refund = report.sums.set_index("measure").loc["refund"]
    assert (refund["before"], refund["left_out"]) == (20, 20)
