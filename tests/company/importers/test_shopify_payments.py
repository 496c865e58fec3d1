"""Shopify's transactions: charges, refunds and fees to the ledger."""

import pytest
from crossborder.company import Company, checks

PAYMENTS = """Transaction Date,Type,Order,Card Brand,Card Source,Payout Status,Payout Date,Payout ID,Available On,Amount,Fee,Net,Checkout,Payment Method Name,Presentment Amount,Presentment Currency,Currency,VAT
2026-01-19 12:07:45 +0100,charge,#3703,master,online,paid,2026-02-02,14076,2026-01-22,37.90,1.10,36.80,#5125,card,37.90,EUR,EUR,0.00
2026-01-20 23:30:00 -0500,refund,#3703,master,online,paid,2026-02-02,14076,2026-01-22,-10.00,0.00,-10.00,#5125,card,-10.00,EUR,EUR,0.00
2026-01-21 08:00:00 +0100,adjustment,,,,paid,2026-02-02,14076,2026-01-22,-3.00,0.00,-3.00,,,,,EUR,0.00
2026-02-02 08:00:00 +0100,payout,,,,paid,2026-02-02,14076,2026-01-22,-23.80,0.00,-23.80,,,,,EUR,0.00
"""
RECORDS = """Order,Name,Kind,Gateway,Created At,Status,Amount,Currency,Card Type
4509,#1001,authorization,shopify_payments,2023-04-05 10:00:00 +0200,success,50.00,EUR,visa
4509,#1001,capture,shopify_payments,2023-04-05 10:00:05 +0200,success,50.00,EUR,visa
4510,#1002,sale,paypal,2023-04-06 10:00:05 +0200,failure,20.00,EUR,
4509,#1001,refund,shopify_payments,2023-04-07 10:00:05 +0200,success,10.00,EUR,visa
"""


def test_amounts_and_fees_are_entries_and_payouts_are_not(bring, tmp_path):
    path = tmp_path / "payments.csv"
    path.write_text(PAYMENTS)
    report, folder = bring("shopify-payments", path)
    assert report.accepted, str(report)
    assert checks.check(folder).errors == []
    ledger = Company.open(folder).table("ledger").sort_values(["date", "amount"])
    assert list(zip(ledger["date"].dt.strftime("%m-%d"), ledger["account"], ledger["amount"], strict=True)) == [
        ("01-19", "platform fees", -1.1), ("01-19", "sales payout", 37.9), ("01-21", "refunds", -10.0),
        ("01-21", "platform fees", -3.0),
    ]  # fmt: skip
    assert list(ledger["document"]) == ["#3703", "#3703", "#3703", "payout 14076"]
    fates = report.fates.set_index("fate")["rows"].to_dict()
    assert fates == {"entries of the ledger": 3, "payout to the bank": 1}
    [total] = report.sums.itertuples()
    assert (total.before, total.in_tables, total.left_out) == pytest.approx((0, 23.8, -23.8))


def test_payment_records_of_orders_count_what_succeeded(bring, tmp_path):
    path = tmp_path / "records.csv"
    path.write_text(RECORDS)
    report, folder = bring("shopify-payments", path)
    assert report.accepted, str(report)
    ledger = Company.open(folder).table("ledger")
    assert list(zip(ledger["account"], ledger["amount"], ledger["document"], strict=True)) == [
        ("sales payout", 50.0, "#1001"), ("refunds", -10.0, "#1001"),
    ]  # fmt: skip
    fates = report.fates.set_index("fate")["rows"].to_dict()
    assert fates == {
        "entries of the ledger": 2, "no money moved: authorization": 1, "transaction did not succeed": 1,
    }  # fmt: skip


def test_exports_that_follow_each_other_count_a_transaction_once(bring, tmp_path):
    lines = PAYMENTS.splitlines(keepends=True)
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("".join(lines[:3]))
    second.write_text("".join([lines[0], *lines[2:]]))
    bring("shopify-payments", first)
    report, folder = bring("shopify-payments", second, mode="append")
    assert report.accepted, str(report)
    assert Company.open(folder).table("ledger")["amount"].sum() == pytest.approx(23.8)
