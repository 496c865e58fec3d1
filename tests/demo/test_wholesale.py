"""Business customers on credit."""

import numpy as np
from crossborder.demo import supply_base, wholesale
from crossborder.demo.world import World


def test_weak_buyers_pay_late_or_never():
    rows = []
    for seed in range(30):
        world = World(seed=seed)
        rows.append(wholesale.wholesale(world, supply_base.suppliers(world.rng("suppliers")))[0])
    score = np.concatenate([r["score"] for r in rows])
    fails = np.concatenate([r["defaults"] for r in rows])
    late = np.concatenate([(r["paid"] - r["due"]).dt.days for r in rows])
    assert fails[score < 0.5].mean() > 3 * fails[score > 0.8].mean()
    assert np.nanmean(late[score < 0.5]) > 5 * np.nanmean(late[score > 0.9])


def test_invoices_and_goods_belong_together(made):
    tables = made[1]
    trade = tables["receivables"].query("kind == 'wholesale'")
    assert len(trade) > 60 and trade["credit_score"].notna().all()
    bills = tables["payables"]
    goods = bills[bills["invoice_id"].str.fullmatch(r"W\d{4}-C")]
    assert set(goods["invoice_id"].str[:-2]) == set(trade["invoice_id"])
    paid = trade.dropna(subset="paid_on").set_index("invoice_id")["amount"]
    ledger = tables["ledger"]
    cash = ledger[ledger["document"].isin(trade["invoice_id"])].set_index("document")["amount"]
    assert (cash.sort_index() == paid.sort_index()).all()
    assert tables["receivables"].query("kind == 'payout'")["credit_score"].isna().all()
