"""Every invoice follows from what was sold, bought, shipped and advertised."""

import pandas as pd
from crossborder.demo.world import World

from tests.demo.estimators import cents


def test_a_month_of_ad_spend_is_the_advertising_invoice(made):
    tables = made[1]
    spend = tables["ad_spend"]
    number = "A" + spend["date"].dt.strftime("%Y%m") + "-" + spend["market"] + "-" + spend["channel"]
    spent = cents(spend.groupby(number)["spend"].sum())
    billed = tables["payables"].query("account == 'advertising'").set_index("invoice_id")["amount"]
    spent = spent[spent > 0]
    pd.testing.assert_series_equal(spent, cents(billed).sort_index(), check_names=False)


def test_settlements_are_the_orders_less_fees_and_refunds(made):
    tables = made[1]
    orders, ledger, owed = tables["orders"], tables["ledger"], tables["receivables"]
    gross = cents(orders["unit_price"] * orders["quantity"] - orders["discount"] + orders["shipping_charged"])
    day = orders["ordered_at"].dt.tz_localize(None).dt.floor("D")
    week = (day - World().weeks[0]).dt.days // 7
    document = "R" + week.astype(str).str.zfill(3) + "-" + orders["market"] + "-" + orders["platform"]
    sold = gross.groupby(document).sum()
    paid = ledger[ledger["document"].str.startswith("R", na=False) & (ledger["account"] == "sales payout")]
    cash = cents(paid.set_index("document")["amount"])
    assert (cash == sold.loc[cash.index]).all()
    net = cents(ledger[ledger["document"].isin(owed["invoice_id"])].groupby("document")["amount"].sum())
    settled = owed[owed["paid_on"].notna()].set_index("invoice_id")["amount"]
    pd.testing.assert_series_equal(net, cents(settled).sort_index(), check_names=False)
    open_weeks = set(sold.index) - set(cash.index)
    assert open_weeks <= set(owed[owed["paid_on"].isna()]["invoice_id"]) | set(
        tables["payables"].query("paid_on.isna()")["invoice_id"]
    )


def test_each_payable_is_paid_once_and_in_full(made):
    tables = made[1]
    ledger = tables["ledger"]
    bills = tables["payables"].query("account != 'refunds'")
    paid = bills[bills["paid_on"].notna()].set_index("invoice_id")
    cash = ledger[~ledger["document"].str.match(r"^[RW]\d+(-|$)(?!C)", na=False) & ledger["document"].notna()]
    cash = cash.set_index("document")["amount"]
    assert cash.index.is_unique
    pd.testing.assert_series_equal(-cents(cash).sort_index(), cents(paid["amount"]).sort_index(), check_names=False)


def test_goods_and_freight_invoices_are_the_purchases_and_shipments(made):
    tables = made[1]
    bills, ships, bought = tables["payables"], tables["shipments"], tables["purchases"]
    for account in ("inland", "freight", "insurance", "brokerage"):
        billed = bills.loc[bills["account"] == account, "amount"]
        assert cents(billed).sum() == cents(ships.groupby("shipment_id")[account].sum()).sum()
    customs = ships[ships["arrived_on"].notna()]
    assert cents(bills.loc[bills["account"] == "duty", "amount"]).sum() == cents(customs["duty"]).sum()
    ready = bought[bought["received_on"].notna()]
    billed = bills[bills["account"] == "purchases"]
    whole = billed["amount"].groupby(billed["invoice_id"].str.split("-").str[0]).sum()
    value = ready["quantity"] * ready["unit_cost"]
    assert (cents(whole.loc[ready["purchase_id"]]).to_numpy() == cents(value).to_numpy()).all()
