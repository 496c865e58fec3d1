"""Amazon's words."""

import pytest
from crossborder.company.importers import amazon_terms
from crossborder.company.importers.desk import quoted
from crossborder.company.tables.money import ACCOUNTS


@pytest.mark.parametrize(
    ("words", "account"),
    [
        ("Order ItemPrice Principal", "sales payout"),
        ("Order ItemPrice Tax", "sales tax"),
        ("Order ItemPrice ShippingTax", "sales tax"),
        ("Order ItemWithheldTax MarketplaceFacilitatorTax-Principal", "sales tax"),
        ("Order ItemFees Commission", "platform fees"),
        ("Order ItemFees FBAPerUnitFulfillmentFee", "last mile"),
        ("Order ItemFees ShippingChargeback", "platform fees"),
        ("Order Promotion Shipping", "sales payout"),
        ("Refund ItemPrice Principal", "refunds"),
        ("Refund ItemFees RefundCommission", "platform fees"),
        ("ServiceFee Cost of Advertising TransactionTotalAmount", "advertising"),
        ("other-transaction other-transaction Storage Fee", "warehousing"),
        ("other-transaction other-transaction Subscription Fee", "platform fees"),
        ("other-transaction FBA Inventory Reimbursement REVERSAL_REIMBURSEMENT", "write-off"),
        ("other-transaction other-transaction FBAInboundTransportationFee", "freight"),
        ("other-transaction other-transaction RemovalComplete", "returns handling"),
        ("other-transaction other-transaction Previous Reserve Amount Balance", "sales payout"),
        ("other-transaction other-transaction Shipping label purchase", "last mile"),
        ("Chargeback Refund ItemPrice Principal", "refunds"),
    ],
)
def test_an_amount_finds_its_account(desk, words, account):
    assert desk.one(f"SELECT {amazon_terms.account_of(quoted(words))}") == (account,)


def test_every_account_is_one_of_the_ledger():
    assert {account for _, account in amazon_terms.ACCOUNTS} <= set(ACCOUNTS)


@pytest.mark.parametrize(
    ("word", "kind"),
    [("Bestellung", "order"), ("返金", "refund"), ("Transferir", "transfer"), ("Service Fee", "other")],
)
def test_a_transaction_is_known_in_any_language(desk, word, kind):
    assert desk.one(f"SELECT {amazon_terms.transaction_type(quoted(word))}") == (kind,)


@pytest.mark.parametrize(
    ("name", "market"), [("Amazon.de", "DE"), ("amazon.com.mx", "MX"), ("www.amazon.co.jp", "JP"), ("eBay", None)]
)
def test_a_marketplace_has_a_market(desk, name, market):
    assert desk.one(f"SELECT {amazon_terms.marketplace(quoted(name))}") == (market,)
